package odds

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// naive solves a method by halving an interval of its parameter on the textbook
// formula, slowly and without any of the package's rearrangements.
type naive struct {
	lo, hi  float64
	formula func(raw, parameter, booksum, winners float64) float64
}

var naives = map[Method]naive{
	Power: {1, 1e6, func(r, e, _, _ float64) float64 { return math.Pow(r, e) }},
	Shin: {0, 1 - 1e-13, func(r, z, b, k float64) float64 {
		return (math.Sqrt(z*z+4*(1-z)*k*r*r/b) - z) / (2 * (1 - z))
	}},
	OddsRatio: {1, 1e9, func(r, c, _, _ float64) float64 { return r / (c + r - c*r) }},
	Probit: {0, 20, func(r, c, _, _ float64) float64 {
		x := -math.Sqrt2 * math.Erfcinv(2*r)
		return 0.5 * math.Erfc(-(x-c)/math.Sqrt2)
	}},
	JSD: {0, 1, func(r, d, _, _ float64) float64 {
		return bisect(0, r, func(p float64) float64 { return naiveDistance(p, r) - d })
	}},
}

func bisect(lo, hi float64, decreasing func(float64) float64) float64 {
	for range 200 {
		mid := (lo + hi) / 2
		if decreasing(mid) > 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

func naiveDistance(p, r float64) float64 {
	term := func(a, m float64) float64 {
		if a == 0 {
			return 0
		}
		return a * math.Log(a/m)
	}
	m := (p + r) / 2
	d := term(p, m) + term(r, m) + term(1-p, 1-m) + term(1-r, 1-m)
	return math.Sqrt(max(0, d/2))
}

func TestIterativeMethodsAgreeWithNaiveSolutions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		prices, k := overround(rt, 3)
		sum, err := Booksum(prices)
		if err != nil {
			rt.Fatal(err)
		}
		if sum > 0.97*float64(len(prices)) {
			rt.Skip("the textbook formulas lose their digits where all outcomes are nearly certain")
		}
		for m, n := range naives {
			if m == JSD && (len(prices) > 5 || sum/float64(k) < 1.001) {
				continue // halving inside halving is slow, and the textbook distance has no digits for small margins
			}
			got, err := FairWinners(nil, m, prices, k)
			if err != nil {
				rt.Fatal(err)
			}
			parameter := bisect(n.lo, n.hi, func(x float64) float64 {
				total := -float64(k)
				for _, o := range prices {
					total += n.formula(1/o, x, sum, float64(k))
				}
				return total
			})
			for i, o := range prices {
				want := n.formula(1/o, parameter, sum, float64(k))
				if d := got.Probabilities[i] - want; math.Abs(d) > 1e-8 {
					rt.Errorf("%s %v for %d: p[%d] = %.12g, want %.12g", m, prices, k, i, got.Probabilities[i], want)
				}
			}
		}
	})
}

func TestRootEndsWhateverTheFunction(t *testing.T) {
	for name, tc := range map[string]struct {
		f    func(x float64) (float64, float64)
		want float64
	}{
		"straight": {func(x float64) (float64, float64) { return 3 - x, -1 }, 3},
		"step":     {func(x float64) (float64, float64) { return math.Copysign(1, 3-x), 0 }, 3},
		"no slope": {func(x float64) (float64, float64) { return 3 - x, math.NaN() }, 3},
		"wrong slope": {func(x float64) (float64, float64) {
			return math.Cbrt(3 - x), 1e-3
		}, 3},
		"steep": {func(x float64) (float64, float64) {
			return math.Exp(-x) - math.Exp(-3), -math.Exp(-x)
		}, 3},
		"cube root": {func(x float64) (float64, float64) { // Newton alone runs away here
			return math.Cbrt(3 - x), -1 / (3 * math.Pow(math.Abs(3-x), 2.0/3))
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			y, slope := tc.f(0)
			got, err := root(0, 1e12, point{0, y, slope}, 0, newton, tc.f)
			if err != nil {
				t.Fatal(err)
			}
			closeTo(t, "root", got, tc.want)
		})
	}
}

func TestQuantileInvertsTheNormalDistribution(t *testing.T) {
	for _, tail := range []float64{1e-9, 1e-6, 1e-3, 0.019, 0.021, 0.1, 0.3, 0.5} {
		x := quantile(tail, 1-tail)
		if got := cumulative(x); math.Abs(got-tail) > 1e-13*tail {
			t.Errorf("cumulative(quantile(%g)) misses by %g", tail, got-tail)
		}
		if mirrored := quantile(1-tail, tail); math.Abs(mirrored+x) > 1e-15*math.Abs(x) {
			t.Errorf("quantile(1-%g) = %v, want %v", tail, mirrored, -x)
		}
	}
}

func TestCoinDistanceAgreesWithTheTextbook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		raw := rapid.Float64Range(1e-3, 1-1e-3).Draw(rt, "raw")
		drop := raw * rapid.Float64Range(1e-2, 1).Draw(rt, "drop")
		got, _ := coin{raw, 1 - raw}.distance(drop)
		if want := naiveDistance(raw-drop, raw); math.Abs(got-want) > 1e-9 {
			rt.Errorf("distance of %v from %v = %v, want %v", raw-drop, raw, got, want)
		}
	})
}

// The search for all coins at once and the nested searches are two ways to the
// same answer.
func TestBothSearchesForTheDistanceAgree(t *testing.T) {
	together := 0
	rapid.Check(t, func(rt *rapid.T) {
		prices, k := overround(rt, 2)
		sum, err := Booksum(prices)
		if err != nil {
			rt.Fatal(err)
		}
		b := booksum{sum: sum, winners: float64(k), n: float64(len(prices))}
		fast, slow := make([]float64, len(prices)), make([]float64, len(prices))
		d, ok := b.jsdTogether(fast, prices)
		if !ok {
			return
		}
		together++
		want, err := b.jsdNested(slow, prices)
		if err != nil {
			rt.Fatal(err)
		}
		if math.Abs(d-want) > 1e-13 {
			rt.Errorf("%v for %d: distance %.17g, want %.17g", prices, k, d, want)
		}
		for i, p := range slow {
			if math.Abs(fast[i]-p) > 1e-13 {
				rt.Errorf("%v for %d: p[%d] = %.17g, want %.17g", prices, k, i, fast[i], p)
			}
		}
	})
	if together == 0 {
		t.Error("no market was solved by the search for all at once")
	}
}
