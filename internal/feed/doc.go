// Package feed holds the records that flow through BetFlow: the captured
// response (Raw), the canonical records made of it (Quote, Game, Weather,
// Fixture, Quarantine) and the market state derived from quotes.
//
// Every canonical and derived record begins with two fields. Kind tells what
// the record is: each topic has one schema, so a tick travels in the same shape
// as the data beside it and differs by kind alone. Seq is the record's position
// among all that its task wrote to that partition, from 1 without gaps: a
// record with a sequence number at or below the last one seen is a repetition
// and is dropped.
//
// The package is pure: it imports the standard library only, and no function
// reads a clock.
package feed
