// Package log is BetFlow's view of the Kafka-protocol log: which topics there
// are, how records are written in them, and how a raw response becomes a
// record. The embedded broker (package embedded) and a real cluster are used
// through the same client.
//
// # Order and time
//
// The raw topics have one writer, RawWriter. Whatever it writes carries a log
// time that never goes back, and every entry puts exactly one record in every
// raw partition: the response in its own, a tick in all others. So for any two
// raw partitions it is known from their records alone how far each has come,
// and a reader can merge them into one order that a replay repeats.
package log
