// Package espn speaks ESPN's unofficial site API: it builds scoreboard requests
// and reads scoreboards. The API needs no key and promises nothing, so the
// reader takes fields in every shape seen so far.
//
// Competitors are told apart by homeAway, never by position. ESPN's own odds
// are not read.
package espn
