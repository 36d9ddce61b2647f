package odds

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestKellyAndGrowth(t *testing.T) {
	for _, tc := range []struct{ price, p, full float64 }{
		{3.5, .3, .02}, {2, .6, .2}, {2.5, .5, 1.0 / 6}, {210.0 / 110, .55, .055},
		{2.1, .55, .155 / 1.1}, {2, .5, 0}, {2, .4, 0},
	} {
		closeTo(t, "kelly", Kelly(tc.p, tc.price), tc.full)
	}
	closeTo(t, "EV", EV(.5, 2.5), .25)
	closeTo(t, "full growth", Growth(.5, 2.5, Kelly(.5, 2.5)), .0204109972601)
	closeTo(t, "half growth", Growth(.5, 2.5, Kelly(.5, 2.5)/2), .0153858293283)
	half := Kelly(.55, 2.1) / 2
	if math.Abs(half-.0705) > 5e-5 || math.Abs(Growth(.55, 2.1, half)-.008177) > 5e-7 {
		t.Errorf("half kelly %v, growth %v, want 7.05 %% and 0.8177 %%", half, Growth(.55, 2.1, half))
	}
	closeTo(t, "growth of no bet", Growth(.5, 2.5, 0), 0)
	closeTo(t, "growth of all on a sure thing", Growth(1, 2.5, 1), math.Log(2.5))
	if got := Growth(.9, 2.5, 1); !math.IsInf(got, -1) {
		t.Errorf("growth of all on one bet = %v", got)
	}
}

func TestKellyGrowsFastestOfAllShares(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.Float64Range(.01, .99).Draw(rt, "p")
		price := rapid.Float64Range(1.01, 50).Draw(rt, "price")
		other := rapid.Float64Range(0, .999).Draw(rt, "other")
		if best := Growth(p, price, Kelly(p, price)); Growth(p, price, other) > best+1e-12 {
			rt.Errorf("share %v of p %v at %v grows faster than kelly", other, p, price)
		}
	})
}

func TestKellyExclusiveBetsSeveralOutcomes(t *testing.T) {
	probabilities, prices := []float64{.55, .25, .20}, []float64{2.5, 3.2, 2.8}
	got, err := KellyExclusive(nil, probabilities, prices)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.2717391304347826, .0326086956521739, 0} {
		closeTo(t, "share", got[i], want)
	}
	// penaltyblog prints 4.6783 %.
	if g := GrowthExclusive(probabilities, prices, got); math.Abs(g-.046783) > 5e-7 {
		t.Errorf("growth = %v", g)
	}
}

func TestKellyExclusiveOfOneOutcomeIsKelly(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.Float64Range(0, 1).Draw(rt, "p")
		price := rapid.Float64Range(1.01, 50).Draw(rt, "price")
		got, err := KellyExclusive(nil, []float64{p}, []float64{price})
		if err != nil {
			rt.Fatal(err)
		}
		closeTo(rt, "share", got[0], Kelly(p, price))
	})
}

func TestKellyExclusiveGrowsFastestNearby(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "n")
		weights := rapid.SliceOfN(rapid.Float64Range(.01, 1), n+1, n+1).Draw(rt, "weights")
		prices := rapid.SliceOfN(rapid.Float64Range(1.05, 15), n, n).Draw(rt, "prices")
		total := 0.0
		for _, w := range weights {
			total += w
		}
		probabilities := make([]float64, n) // the last weight is the chance that all lose
		for i := range probabilities {
			probabilities[i] = weights[i] / total
		}
		shares, err := KellyExclusive(nil, probabilities, prices)
		if err != nil {
			rt.Fatal(err)
		}
		best, staked := GrowthExclusive(probabilities, prices, shares), 0.0
		for _, f := range shares {
			if f < 0 {
				rt.Errorf("negative share in %v", shares)
			}
			staked += f
		}
		if staked >= 1 {
			rt.Fatalf("shares %v leave nothing", shares)
		}
		// Growth is concave, so no better neighbour means no better choice.
		for i := range shares {
			for _, change := range []float64{1e-4, -1e-4} {
				changed := append([]float64(nil), shares...)
				if changed[i] += change; changed[i] < 0 || staked+change >= 1 {
					continue
				}
				if g := GrowthExclusive(probabilities, prices, changed); g > best+1e-12 {
					rt.Errorf("p %v at %v: shares %v grow slower than %v", probabilities, prices, shares, changed)
				}
			}
		}
	})
}

func TestKellyExclusiveStakesAllOnACrossedMarket(t *testing.T) {
	probabilities := []float64{.5, .3, .2}
	got, err := KellyExclusive(nil, probabilities, []float64{2.2, 3.8, 5.6})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range probabilities {
		closeTo(t, "share", got[i], p)
	}
}

func TestKellyExclusiveRefusesBadInput(t *testing.T) {
	var refused *PriceError
	for name, tc := range map[string]struct{ p, prices []float64 }{
		"nothing":       {nil, nil},
		"lengths":       {[]float64{.5}, []float64{2, 3}},
		"negative":      {[]float64{-.1}, []float64{2}},
		"not a number":  {[]float64{math.NaN()}, []float64{2}},
		"sum above one": {[]float64{.6, .5}, []float64{2, 2}},
		"no price":      {[]float64{.6}, []float64{1}},
	} {
		_, err := KellyExclusive(nil, tc.p, tc.prices)
		if !errors.Is(err, ErrOutcomes) && !errors.Is(err, ErrProbability) && !errors.As(err, &refused) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
