// Package registry is a schema registry for machines that have none: an
// http.Handler that speaks the part of Confluent's REST interface which
// franz-go, Flink, Spark, Kafka Connect and Druid use.
//
// # What it does
//
// Avro schemas under subjects, with soft and permanent deletion, and all seven
// compatibility levels, checked by Avro's resolution rules. The default is
// BACKWARD: who knows the new schema can read what was written with the one
// before. Statuses, error codes and bodies are Confluent's.
//
// A schema is one schema in every spelling: white space, the order of
// attributes, and short or full names make no difference (see normalForm). It
// has one id in all subjects. An id is never given to another schema and stays
// readable even when every version with it was deleted for good, because
// records in the log still carry it.
//
// # What it does not
//
// Protobuf and JSON Schema, references to other schemas, rule sets and metadata
// are refused with code 42201; modes other than READWRITE, and ids chosen by
// the client, with 42205. Contexts and GUIDs do not exist. A subject's
// compatibility level stays when the subject is deleted.
//
// # Where it is kept
//
// In one file, journal.jsonl, a line for each change, synced before the answer.
// A kill leaves at most half a last line, which nobody was told of and the next
// start cuts off. Any other damage is a CorruptError.
package registry
