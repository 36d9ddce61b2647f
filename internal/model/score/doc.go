// Package score judges forecasts and bets after the fact: proper scoring rules,
// calibration, returns with their uncertainty, and the regressions and tests that
// tell a market's error from chance.
//
// A forecast is a slice of probabilities that sum to one and the index of the
// outcome that came. The formulas expect probabilities and do not check them;
// what has to be solved returns an error when there is no solution. Accumulators
// are ready for use as zero values unless they say otherwise, take one row at a
// time and can be merged, so that rows need not be kept and clusters can be
// drawn again (see Bootstrap).
//
// Rows of one match or one day are not independent. Every standard error here
// assumes that rows are; Bootstrap over clusters is for when they are not.
package score
