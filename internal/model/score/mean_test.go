package score

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMeanByHand(t *testing.T) {
	var m Mean
	if !math.IsNaN(m.Value()) || !math.IsNaN(m.SE()) {
		t.Error("the mean of nothing is a number")
	}
	for _, x := range []float64{2, 4, 4, 4, 5, 5, 7, 9} {
		m.Add(x)
	}
	closeTo(t, "mean", m.Value(), 5)
	closeTo(t, "variance", m.Variance(), 32.0/7)
	closeTo(t, "SE", m.SE(), math.Sqrt(32.0/7/8))
	ci := m.CI(.95) // t with 7 degrees of freedom: 2.364624251592785
	closeTo(t, "low", ci.Low, 5-2.364624251592785*m.SE())
	closeTo(t, "high", ci.High, 5+2.364624251592785*m.SE())
}

// bet is a stake and its profit.
type bet struct{ stake, profit float64 }

func drawBets(t *rapid.T) []bet {
	var out []bet
	for range rapid.IntRange(2, 40).Draw(t, "bets") {
		b := bet{stake: rapid.Float64Range(.5, 20).Draw(t, "stake")}
		if b.profit = -b.stake; rapid.Bool().Draw(t, "won") {
			b.profit = b.stake * rapid.Float64Range(.1, 9).Draw(t, "odds")
		}
		out = append(out, b)
	}
	return out
}

func TestROIAgreesWithSumsOverAllBets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bets := drawBets(t)
		var stake, profit float64
		for _, b := range bets {
			stake += b.stake
			profit += b.profit
		}
		squares := 0.0
		for _, b := range bets {
			d := b.profit - profit/stake*b.stake
			squares += d * d
		}
		n := float64(len(bets))
		want := math.Sqrt(n/(n-1)*squares) / stake

		cut := rapid.IntRange(0, len(bets)).Draw(t, "cut")
		var r, rest ROI
		for i, b := range bets {
			if i < cut {
				r.Add(b.stake, b.profit)
			} else {
				rest.Add(b.stake, b.profit)
			}
		}
		r.Merge(rest)
		closeTo(t, "staked", r.Staked(), stake)
		closeTo(t, "profit", r.Profit(), profit)
		closeTo(t, "ROI", r.Value(), profit/stake)
		within(t, "SE", r.SE(), want, 1e-7)
	})
}

func TestROIOfEqualStakesIsTheMeanReturn(t *testing.T) {
	var r ROI
	var m Mean
	for i, profit := range []float64{-1, 1.5, -1, .8, -1, 3.2} {
		r.Add(10, 10*profit)
		m.Add(profit)
		if i > 0 {
			closeTo(t, "SE", r.SE(), m.SE())
		}
	}
	closeTo(t, "ROI", r.Value(), m.Value())
	closeTo(t, "low", r.CI(.9).Low, m.CI(.9).Low)
	if !math.IsNaN((&ROI{}).Value()) || !math.IsNaN((&ROI{}).SE()) {
		t.Error("the return of nothing is a number")
	}
}

func TestIntervals(t *testing.T) {
	// Wilson for 7 of 20 as in Newcombe 1998 by hand: (p + zz/2n -+ z sqrt(p(1-p)/n + zz/4nn)) / (1 + zz/n).
	const z = 1.959963984540054
	centre, half := (.35+z*z/40)/(1+z*z/20), z*math.Sqrt(.35*.65/20+z*z/1600)/(1+z*z/20)
	ci := Wilson(7, 20, .95)
	closeTo(t, "low", ci.Low, centre-half)
	closeTo(t, "high", ci.High, centre+half)
	if got := Wilson(0, 10, .95); got.Low != 0 || got.High < .2 || got.High > .3 {
		t.Errorf("none of ten: %v", got)
	}
	if got := Wilson(10, 10, .95); got.High != 1 {
		t.Errorf("ten of ten: %v", got)
	}
	if got := Wilson(0, 0, .95); got != (Interval{0, 1}) || !got.Holds(.5) || got.Holds(1.1) {
		t.Errorf("none of none: %v", got)
	}
	within(t, "t with many degrees", studentQuantile(.95, 1_000_000), z, 1e-5)
	closeTo(t, "chi-squared 5.991 with 2", chiSquared(2*math.Log(20), 2).P, .05)
	closeTo(t, "normal", normal(-z).P, .05)
}
