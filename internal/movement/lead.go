package movement

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// leastPairs is how many moves, or increments that are not zero, each of two
// series needs before a lead between them is named.
const leastPairs = 10

// Lead is how two books' moves lie in time. A positive lag says that the first
// book leads, a negative one that it follows.
type Lead struct {
	Leader      string   `json:"leader"`
	Follower    string   `json:"follower"`
	Lag         Estimate `json:"lag_s"`       // seconds; N is the smaller number of moves
	Correlation Estimate `json:"correlation"` // at the lag
	// Ratio is the sum of the squared correlations at positive lags over that at
	// negative ones, above 1 where the first book leads (N. Huth and F. Abergel,
	// "High frequency lead/lag relationships", J. Empirical Finance 26, 2014). nil
	// if there is nothing at negative lags.
	Ratio *float64 `json:"ratio"`
}

// newLead is a lead of which nothing is known but the number of moves.
func newLead(leader, follower string, moves int) Lead {
	return Lead{Leader: leader, Follower: follower, Lag: tooFew(moves, leastPairs), Correlation: tooFew(moves, leastPairs)}
}

// peak fills in the lead from the correlations at lags that are symmetric around
// zero. Of equal ones the lag nearest to zero counts.
func (l *Lead) peak(curve []float64, lagOf func(int) feed.Time) {
	best, middle := -1, len(curve)/2
	ahead, behind := 0.0, 0.0
	for i, c := range curve {
		switch {
		case math.IsNaN(c):
			continue
		case i > middle:
			ahead += c * c
		case i < middle:
			behind += c * c
		}
		if best < 0 || math.Abs(c) > math.Abs(curve[best]) || math.Abs(c) == math.Abs(curve[best]) && abs(i-middle) < abs(best-middle) {
			best = i
		}
	}
	if best < 0 {
		return
	}
	l.Lag, l.Correlation = of(lagOf(best).Sub(0).Seconds(), l.Lag.N), of(curve[best], l.Lag.N)
	if behind > 0 {
		ratio := ahead / behind
		l.Ratio = &ratio
	}
}

func abs(n int) int { return max(n, -n) }

// pairs returns the lead of every pair of n books, turned so that its lag is not
// negative, the stronger correlation first.
func pairs(n int, lead func(a, b int) Lead) []Lead {
	out := []Lead{}
	for a := range n {
		for b := a + 1; b < n; b++ {
			l := lead(a, b)
			if l.Lag.Enough() && *l.Lag.Value < 0 {
				l = l.turned()
			}
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b Lead) int { return cmp.Compare(strength(b), strength(a)) })
	return out
}

// turned is the same lead with the books in the other order.
func (l Lead) turned() Lead {
	l.Leader, l.Follower, l.Lag = l.Follower, l.Leader, of(-*l.Lag.Value, l.Lag.N)
	if l.Ratio != nil && *l.Ratio > 0 {
		ratio := 1 / *l.Ratio
		l.Ratio = &ratio
	} else {
		l.Ratio = nil
	}
	return l
}

func strength(l Lead) float64 {
	if !l.Correlation.Enough() {
		return -1
	}
	return math.Abs(*l.Correlation.Value)
}
