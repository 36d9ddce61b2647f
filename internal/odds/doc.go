// Package odds holds the mathematics of betting markets: price formats, margins,
// fair probabilities, consensus between books, arbitrage, stakes and closing
// line value.
//
// A price is a decimal price: what one unit staked returns, stake included. A
// probability is a number from 0 to 1. Every other way to write a price is an
// input and display format (see Format). The notation in comments is the usual
// one: o is a price, r = 1/o the raw implied probability, p a fair probability,
// B the sum of r over a market (the booksum), n the number of outcomes and k the
// number of them that win, which is 1 in all but place and top-k markets.
//
// Functions that return an error check what they are given. The others are plain
// formulas and expect prices that pass CheckPrice and probabilities.
//
// The package is pure: it imports the standard library only, reads no clock and
// keeps no state.
package odds
