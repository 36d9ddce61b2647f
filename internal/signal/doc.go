// Package signal finds what is worth a look in the prices of a fixture's books:
// arbitrage, middles, low holds, value, steam, drops, stale lines and outliers.
// Each rule is a file; what they have in common is beside them:
//
//   - guards refuse what the arithmetic finds and reality does not hold: prices
//     too old or too far apart in time, too few books, a book that has one side
//     only, a game that has begun;
//   - an episode is the life of what a rule has found: it opens, updates and
//     closes as a signal, or is dropped, once, with the guard's reason.
//
// The package is pure. A Detector is told the markets of a fixture after each
// response and each tick; the same markets in the same order give the same
// records, also when its state was saved and restored in between.
package signal
