// Package backtest replays what was known, moment by moment, to strategies that
// are data, and tells what their bets would have brought.
//
// A tape yields records in the order in which they became known: the log's. The
// world is what the records so far say; a strategy decides on it and sees nothing
// else. Its bets are struck at the price that stands when they would have reached
// the book, and closing prices and results come in only when the tape has come to
// them. There is no other way into a decision, so there is no look-ahead to avoid.
package backtest
