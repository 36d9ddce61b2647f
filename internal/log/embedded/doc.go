// Package embedded runs a Kafka-protocol broker inside this process, for
// machines that have no Kafka. It is kfake, the broker of the franz-go project,
// with a data directory, wrapped so that a kill at any moment loses nothing
// that was acknowledged. Any Kafka client can connect to it.
//
// # What kfake gets wrong, and what is done about it
//
// Each of these was found by running or reading kfake, and each cure is held by
// the test named beside it.
//
//  1. A transaction's commit is not atomic under a kill: one between the
//     markers and the offsets repeats the transaction. Transactions work, but
//     correctness must never depend on them: write outputs with ids that follow
//     from the input, store the input offset after they are acknowledged, and
//     drop ids seen before. (TestRelayWithStoredOffsetSurvivesKill)
//  2. Retention that empties a partition sends the log's end back to 0 at the
//     next start, so new records would reuse old offsets. Here kfake's
//     retention is off, requests that set it are stripped, and the janitor
//     always leaves the last record. (TestEndsStayWhenJanitorTookAll)
//  3. Retention does not run after a restart. The janitor runs at every start
//     and every minute. (TestRetentionGoesOnAfterKill)
//  4. A producer that outlives the broker may repeat what was in flight. The
//     producers of this program live in the broker's process, and readers drop
//     ids seen before. (TestProducerInBrokersProcessSurvivesKill)
//  5. Compaction deletes a partition's segments before it writes them anew, and
//     like retention it stops for good at a restart. Here the janitor asks for
//     it, behind hard links to the old segments that the next start puts back
//     if the process died meanwhile. (TestCompactionSurvivesKill,
//     TestInterruptedCompactionIsUndone)
//  6. A tail damaged after a clean stop is cut off in the file but not in the
//     broker's books, and what is produced next cannot be read. The tails are
//     checked, and cut, before kfake sees them. (TestDamagedTailIsCut)
//
// The start of the log is not stored as it moves: after a kill, records that
// the janitor deleted may be seen again until its next round deletes them.
//
// Writes go to the page cache, as in Kafka itself: a kill of the process loses
// nothing, a power failure may lose the newest records.
//
// # Differences from a Kafka cluster
//
// One broker; topics are created explicitly; the size and age of the log are
// set for the whole of it, so retention and segment settings of a topic are
// ignored with a log line, and the broker's own settings cannot be changed.
package embedded
