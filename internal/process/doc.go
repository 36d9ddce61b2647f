// Package process turns the log's raw responses into canonical records and
// those into market states, windows and joins.
//
// Three kinds of task do the work, each bound to one partition number. A
// normalise task reads that partition of every raw topic; it owns the identity
// state of the leagues in it. A compute task reads that partition of every
// league's quotes and owns the markets and windows of the fixtures in it. A join
// task reads that partition of every league's games, main lines and weather and
// brings them together at event time.
//
// # Exactly once, without transactions
//
// An operator is a pure function of the order of its input, which follows from
// the records alone. Every output carries a sequence number, counted per output
// partition, and every output partition has one writing task. A checkpoint
// holds, in one synced batch, the operator's state, the positions of its inputs
// and the sequence numbers it had reached, and is made only after all outputs
// up to it are acknowledged.
//
// After a crash the task loads its checkpoint, reads the last record of each of
// its output partitions, and processes its input again from the checkpoint's
// positions. What it emits again gets the numbers it got before; numbers that
// stand in the log already are not written a second time. The log holds each
// output once, and no consumer has to know that there was a crash.
//
// # Looking inside
//
// Inspect reads a task's last checkpoint, Task.Inspect that of a running task:
// both go through the same database, so both say the same.
//
// # Without a log
//
// Inline runs the same operators over a recording in one goroutine, for
// backtests and studies.
package process
