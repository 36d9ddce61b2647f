package simulate

import "math"

// Prices stay within these probabilities: beyond them a price would have no
// place on any grid.
const (
	leastImplied = .005
	mostImplied  = .985
)

// band is a part of a grid: up to a price, in steps of a size.
type band struct{ upto, step float64 }

// betfairLadder are the increments of exchange prices.
var betfairLadder = []band{{2, .01}, {3, .02}, {4, .05}, {6, .1}, {10, .2}, {20, .5}, {30, 1}, {50, 2}, {100, 5}, {1000, 10}}

var decimalBands = []band{{5, .01}, {10, .1}, {30, .5}, {1000, 1}}

// nickelBands and pennyBands are steps of the American price without its sign.
var (
	nickelBands = []band{{300, 5}, {500, 10}, {1000, 25}, {math.Inf(1), 100}}
	pennyBands  = []band{{200, 1}, {500, 5}, {1000, 25}, {math.Inf(1), 100}}
)

// price rounds the decimal price of an implied probability to the grid.
func (g Grid) price(implied float64) float64 {
	d := 1 / implied
	switch g {
	case GridNickel:
		return decimal(nearest(american(d), nickelBands))
	case GridPenny:
		return decimal(nearest(american(d), pennyBands))
	case GridExchange:
		return nearest(d, betfairLadder)
	}
	return nearest(d, decimalBands)
}

// nearest rounds to the grid that the bands describe, keeping the sign.
func nearest(x float64, bands []band) float64 {
	for _, b := range bands {
		if math.Abs(x) <= b.upto {
			return math.Round(x/b.step) * b.step
		}
	}
	return x
}

// american converts a decimal price, exactly.
func american(d float64) float64 {
	if d >= 2 {
		return 100 * (d - 1)
	}
	return -100 / (d - 1)
}

// decimal converts an American price, exactly.
func decimal(a float64) float64 {
	if a > 0 {
		return 1 + a/100
	}
	return 1 - 100/a
}

// shown is a price as The Odds API writes it: American in whole units, decimal
// in hundredths.
func shown(d float64, inAmerican bool) float64 {
	if !inAmerican {
		return math.Round(d*100) / 100
	}
	a := math.Round(american(d))
	if a == -100 {
		return 100
	}
	return a
}

// margins turns fair probabilities that sum to 1 into implied ones that sum to
// 1+margin. Half of the margin is proportional and half is the same for every
// outcome, so longshots carry more of it, as they do at real books.
func margins(fair []float64, margin float64) {
	for i, p := range fair {
		fair[i] = min(mostImplied, max(leastImplied, p*(1+margin/2)+margin/2/float64(len(fair))))
	}
}

// tilt moves the probability of the first outcome by n logits, and the others
// in proportion.
func tilt(fair []float64, n float64) {
	rest := 1 - fair[0]
	if fair[0] <= 0 || rest <= 0 {
		return
	}
	first := 1 / (1 + math.Exp(-(math.Log(fair[0]/rest) + n)))
	for i := range fair[1:] {
		fair[1+i] *= (1 - first) / rest
	}
	fair[0] = first
}
