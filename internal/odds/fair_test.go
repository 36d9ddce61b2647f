package odds

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestFairRefusesWhatHasNoAnswer(t *testing.T) {
	even := []float64{1.9, 1.9}
	for name, tc := range map[string]struct {
		method  Method
		prices  []float64
		winners int
		want    error
	}{
		"unknown method":           {"mean", even, 1, ErrUnknownMethod},
		"no outcome":               {Power, nil, 1, ErrOutcomes},
		"one outcome":              {Power, []float64{1.9}, 1, ErrOutcomes},
		"no winner":                {Power, even, 0, ErrWinners},
		"as many winners":          {Power, even, 2, ErrWinners},
		"underround":               {Power, []float64{2.1, 2.1}, 1, ErrUnderround},
		"underround for 2 winners": {Shin, []float64{1.6, 1.6, 1.6}, 2, ErrUnderround},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := FairWinners(nil, tc.method, tc.prices, tc.winners); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
	for _, price := range []float64{1, 0, -2, 0.5, 1e10, math.NaN(), math.Inf(1), math.Inf(-1)} {
		var refused *PriceError
		if _, err := Fair(nil, Power, []float64{1.9, price}); !errors.As(err, &refused) {
			t.Errorf("price %v: error %v, want a PriceError", price, err)
		}
	}
}

func TestFairKeepsPricesWithoutMargin(t *testing.T) {
	for _, prices := range [][]float64{{2, 2}, {3, 3, 3}, {1.5, 3}, {4, 4, 2}} {
		for _, m := range Methods() {
			got, err := Fair(nil, m, prices)
			if err != nil {
				t.Fatalf("%s %v: %v", m, prices, err)
			}
			for i, p := range got.Probabilities {
				closeTo(t, fmt.Sprint(m, prices, i), p, 1/prices[i])
			}
			if got.Parameter != m.neutral() || got.Status != StatusOK {
				t.Errorf("%s %v: parameter %v, status %s", m, prices, got.Parameter, got.Status)
			}
		}
	}
}

func TestFairReadsAnUnderroundBookProportionally(t *testing.T) {
	got, err := Fair(nil, Multiplicative, []float64{2.1, 2.1})
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "p", got.Probabilities[0], .5)
	if got.Status != StatusUnderround {
		t.Errorf("status = %s", got.Status)
	}
}

func TestFairWinnersSumsToWinners(t *testing.T) {
	// The test vector of the implied package: three of nine go down.
	prices := []float64{1.53, 1.67, 1.25, 2.38, 2.38, 4.5, 5.5, 6.5, 7}
	for _, m := range Methods() {
		got, err := FairWinners(nil, m, prices, 3)
		if err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		sum := 0.0
		for i, p := range got.Probabilities {
			sum += p
			if p > 1/prices[i] {
				t.Errorf("%s: p[%d] = %v is above the raw %v", m, i, p, 1/prices[i])
			}
		}
		closeTo(t, string(m), sum, 3)
		closeTo(t, "hold", got.Hold, 1-3/got.Booksum)
	}
}

func TestFairWritesToItsTarget(t *testing.T) {
	prices := []float64{2.6, 2.4, 4.3}
	for _, m := range Methods() {
		want, err := Fair(nil, m, prices)
		if err != nil {
			t.Fatal(err)
		}
		own := slices.Clone(prices)
		got, err := Fair(own[:0], m, own)
		if err != nil {
			t.Fatal(err)
		}
		if &got.Probabilities[0] != &own[0] {
			t.Errorf("%s: the target's memory was not used", m)
		}
		if !slices.Equal(got.Probabilities, want.Probabilities) {
			t.Errorf("%s in place = %v, want %v", m, got.Probabilities, want.Probabilities)
		}
	}
}

func TestFairDoesNotAllocateWithATarget(t *testing.T) {
	prices, dst := []float64{2.6, 2.4, 4.3}, make([]float64, 3)
	for _, m := range append(Methods(), WPO, Logit) {
		allocs := testing.AllocsPerRun(100, func() {
			if _, err := Fair(dst, m, prices); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s allocates %v times", m, allocs)
		}
	}
}

func TestFairAnswersHostilePrices(t *testing.T) {
	repeat := func(n int, prices ...float64) []float64 {
		var all []float64
		for range n {
			all = append(all, prices...)
		}
		return all
	}
	markets := map[string][]float64{
		"certain pair":         {MinPrice, MinPrice},
		"certain and hopeless": {MinPrice, 1.5, MaxPrice},
		"favourite":            append(repeat(40, 10000), 1.0001),
		"forty certain":        repeat(40, MinPrice),
		"forty favourites":     repeat(40, 1.0001),
		"forty long shots":     append(repeat(38, 1000), 1.01, 30),
		"wide":                 {1.0001, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9},
		"two of three certain": {1.0001, 1.0001, 10000},
		"barely any margin":    {2, 2 - 1e-11},
		"thousand":             repeat(1000, 1.01, 500),
	}
	for name, prices := range markets {
		for _, m := range Methods() {
			for _, k := range []int{1, len(prices) / 2, len(prices) - 1} {
				got, err := FairWinners(nil, m, prices, k)
				if errors.Is(err, ErrUnderround) || errors.Is(err, ErrWinners) {
					continue
				}
				if err != nil {
					t.Errorf("%s, %s, %d winners: %v", name, m, k, err)
					continue
				}
				checkFair(t, got, prices)
			}
		}
	}
}

func TestEveryMethodAnswersTheWholeRangeOfPrices(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(rt, "n")
		k := rapid.IntRange(1, n-1).Draw(rt, "k")
		prices := make([]float64, n)
		for i := range prices {
			profit := math.Pow(10, rapid.Float64Range(-9, 9).Draw(rt, "log profit"))
			prices[i] = min(max(1+profit, MinPrice), MaxPrice)
		}
		for _, m := range Methods() {
			got, err := FairWinners(nil, m, prices, k)
			if errors.Is(err, ErrUnderround) {
				continue
			}
			if err != nil {
				rt.Fatalf("%s %v for %d: %v", m, prices, k, err)
			}
			checkFair(rt, got, prices)
		}
	})
}

// checkFair fails unless the result keeps what every method promises.
func checkFair(t failer, got Result, prices []float64) {
	sum := 0.0
	for i, p := range got.Probabilities {
		sum += p
		if got.Margin >= 0 && p > 1/prices[i]+1e-12 {
			t.Errorf("%s %v: p[%d] = %v is above the raw %v", got.Method, prices, i, p, 1/prices[i])
		}
		for j, q := range got.Probabilities {
			if prices[i] < prices[j] && p < q-1e-12 {
				t.Errorf("%s %v: order of %d and %d lost: %v, %v", got.Method, prices, i, j, p, q)
			}
		}
		if (p <= 0 || p >= 1) && !got.Problematic() {
			t.Errorf("%s %v: p[%d] = %v with status %s", got.Method, prices, i, p, got.Status)
		}
	}
	if !(math.Abs(sum-float64(got.Winners)) <= 1e-12*max(got.Booksum, float64(got.Winners))) {
		t.Errorf("%s %v: sum %.17g, want %d", got.Method, prices, sum, got.Winners)
	}
}

// overround draws prices of n outcomes with a margin over k winners.
func overround(rt *rapid.T, atLeast int) (prices []float64, k int) {
	n := rapid.IntRange(atLeast, 20).Draw(rt, "n")
	k = rapid.IntRange(1, n-1).Draw(rt, "k")
	for range 1000 {
		prices = prices[:0]
		sum := 0.0
		for range n {
			raw := rapid.Float64Range(1e-4, 0.999).Draw(rt, "raw")
			prices = append(prices, 1/raw)
			sum += raw
		}
		if sum > float64(k)+1e-6 {
			return prices, k
		}
		k = max(1, k-1)
	}
	rt.Skip("no overround market drawn")
	return nil, 0
}

func TestEveryMethodKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		prices, k := overround(rt, 2)
		m := rapid.SampledFrom(Methods()).Draw(rt, "method")
		got, err := FairWinners(nil, m, prices, k)
		if err != nil {
			rt.Fatalf("%s %v: %v", m, prices, err)
		}
		checkFair(rt, got, prices)

		order := rapid.Permutation(indexes(len(prices))).Draw(rt, "order")
		shuffled := make([]float64, len(prices))
		for to, from := range order {
			shuffled[to] = prices[from]
		}
		again, err := FairWinners(nil, m, shuffled, k)
		if err != nil {
			rt.Fatal(err)
		}
		for to, from := range order {
			if d := again.Probabilities[to] - got.Probabilities[from]; math.Abs(d) > 1e-12 {
				rt.Errorf("%s %v: outcome %d changes by %g when moved to %d", m, prices, from, d, to)
			}
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestTwoOutcomesOfShinAreAdditive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := rapid.Float64Range(0.02, 0.98).Draw(rt, "a")
		b := rapid.Float64Range(1-a+1e-6, 0.999).Draw(rt, "b")
		prices := []float64{1 / a, 1 / b}
		shin, err1 := Fair(nil, Shin, prices)
		additive, err2 := Fair(nil, WPO, prices)
		if err1 != nil || err2 != nil {
			rt.Fatal(err1, err2)
		}
		// The closed form must also solve Shin's own equation.
		z, sum := shin.Parameter, shin.Booksum
		for i, p := range shin.Probabilities {
			if p != additive.Probabilities[i] {
				rt.Errorf("%v: shin %v, additive %v", prices, p, additive.Probabilities[i])
			}
			r := 1 / prices[i]
			left, right := (1-z)*p*p+z*p, r*r/sum
			if p > 0 && math.Abs(left-right) > 1e-12 {
				rt.Errorf("%v: p %v and z %v do not solve the model: %v and %v", prices, p, z, left, right)
			}
		}
	})
}

func TestEqualPricesAreEquallyLikely(t *testing.T) {
	for _, n := range []int{2, 3, 7, 40} {
		for _, price := range []float64{1.01, 1.5, float64(n) * 0.95} {
			prices := slices.Repeat([]float64{price}, n)
			for _, m := range Methods() {
				got, err := Fair(nil, m, prices)
				if err != nil {
					t.Fatalf("%s %v: %v", m, prices, err)
				}
				for _, p := range got.Probabilities {
					closeTo(t, fmt.Sprint(m, n, price), p, 1/float64(n))
				}
			}
		}
	}
}

func FuzzFair(f *testing.F) {
	f.Add(0, 1, 1.9, 1.9, 3.0, 4.0)
	f.Add(3, 1, 1.0001, 10000.0, 10000.0, 1.0001)
	f.Add(8, 2, 1.5, 1.5, 1.5, 1e9)
	f.Add(5, 3, math.NaN(), math.Inf(1), -1.0, 0.0)
	f.Fuzz(func(t *testing.T, method, winners int, a, b, c, d float64) {
		all := Methods()
		m := all[((method%len(all))+len(all))%len(all)]
		got, err := FairWinners(nil, m, []float64{a, b, c, d}, winners)
		if errors.Is(err, ErrNoConvergence) {
			t.Fatalf("%s %v: %v", m, []float64{a, b, c, d}, err)
		}
		if err == nil {
			sum := 0.0
			for _, p := range got.Probabilities {
				sum += p
			}
			if !(math.Abs(sum-float64(winners)) <= 1e-9) {
				t.Errorf("%s %v: %v sum to %v, want %d", m, []float64{a, b, c, d}, got.Probabilities, sum, winners)
			}
		} else if got.Probabilities != nil {
			t.Errorf("probabilities %v beside error %v", got.Probabilities, err)
		}
	})
}

func BenchmarkFair(b *testing.B) {
	for _, market := range []struct {
		name   string
		prices []float64
	}{
		{"two", []float64{1.5, 2.74}},
		{"three", []float64{2.6, 2.4, 4.3}},
		{"eight", []float64{3, 4, 7, 8, 12, 17, 26, 34}},
	} {
		for _, m := range Methods() {
			b.Run(market.name+"/"+string(m), func(b *testing.B) {
				dst := make([]float64, len(market.prices))
				if _, err := Fair(dst, m, market.prices); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					Fair(dst, m, market.prices)
				}
			})
		}
	}
}
