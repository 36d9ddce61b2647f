// Package movement measures how the prices of a market moved: where they opened
// and closed, how fast and how far they went, who moved first and whom the
// others followed.
//
// Everything about size is on one scale: the log odds of the fair probability of
// the market's first outcome at a fixed reference line, x = ln(p/(1-p)). A change
// of price and a change of line are both a change of x, and moves can be added,
// compared between markets and averaged over books.
//
// A Path is one book's x over time. It is a step function: x holds until the next
// point. Times are the provider's (event time); what may be known at an instant
// is decided by seen time, and that is done where paths are made.
//
// Every estimate says how many observations it rests on and, where there is one
// worth its name, its standard error. A number that would rest on too few is not
// given at all: see Estimate.
//
// The package is pure: it reads no clock and does no I/O.
package movement
