// Package exchange keeps the state of betting exchange markets: what has been
// traded at which price, what is on offer, and the prices that follow from it.
//
// A market is built from changes, in the order in which the exchange published
// them. An image replaces what was known; a size of zero removes a level. Sizes
// are exact amounts of money and prices exact hundredths, so that sums hold to
// the last digit: the traded ladder of a runner sums to its traded volume.
//
// The words are those of the Betfair exchange stream. To back is to bet on a
// runner, to lay is to bet against it. The volume counts the stakes of backers
// and layers, so it is twice what backers staked.
//
// The package is pure: it imports the standard library and other pure packages,
// reads no clock and does no I/O.
package exchange
