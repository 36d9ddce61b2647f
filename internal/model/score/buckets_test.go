package score

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

func TestBucketsSortBetsByPrice(t *testing.T) {
	b, rest := NewBuckets(PriceEdges()), NewBuckets(PriceEdges())
	b.Add(1.2, 1, .2)
	b.Add(1.25, 1, -1) // an edge opens the bucket above it
	b.Add(1.3, 2, .6)
	rest.Add(50, 1, -1)
	b.Merge(rest)
	list := b.List()
	if len(list) != 3 || !math.IsInf(list[0].Low, -1) || list[0].High != 1.25 || list[1].Returns.N() != 2 || !math.IsInf(list[2].High, 1) || list[2].Low != 20 {
		t.Fatalf("%+v", list)
	}
	closeTo(t, "ROI", list[1].Returns.Value(), -.4/3)
	closeTo(t, "mean price", list[1].Value.Value(), 1.275)
}

// TestSlopeThroughBuckets draws bets that return what their closing line value
// says: the slope is 1, and its error bars hold it.
func TestSlopeThroughBuckets(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 0))
	b := NewBuckets([]float64{-.05, -.02, 0, .02, .05, .1})
	var rows []bet
	for range 60_000 {
		clv := .04 * r.NormFloat64()
		price := 1.5 + 2*r.Float64()
		profit := -1.0
		if r.Float64() < (1+clv)/price {
			profit = price - 1
		}
		b.Add(clv, 1, profit)
		rows = append(rows, bet{clv, profit})
	}
	a, slope, err := b.Slope()
	if err != nil || !slope.CI(.95).Holds(1) || !a.CI(.95).Holds(0) || slope.CI(.95).Holds(0) {
		t.Fatalf("a %+v, slope %+v, %v", a, slope, err)
	}
	// The regression on all rows says the same, with error bars as wide.
	fit := must[Regression](t)(OLS(column(rows, func(r bet) float64 { return r.profit }), column(rows, func(r bet) float64 { return r.stake })))
	within(t, "slope", slope.Value, fit.Coefficients[1].Value, fit.Coefficients[1].SE)
	within(t, "SE", slope.SE/fit.Coefficients[1].SE, 1, .1)
	within(t, "constant's SE", a.SE/fit.Coefficients[0].SE, 1, .1)
}

func TestSlopeNeedsTwoBuckets(t *testing.T) {
	b := NewBuckets([]float64{0})
	b.Add(-.1, 1, 1)
	b.Add(-.1, 1, -1)
	b.Add(.1, 1, 1) // alone in its bucket
	if _, _, err := b.Slope(); !errors.Is(err, ErrRows) {
		t.Errorf("one bucket: %v", err)
	}
	b.Add(.1, 1, .5)
	if _, slope, err := b.Slope(); err != nil || math.Abs(slope.Value-3.75) > 1e-12 {
		t.Errorf("two buckets: %v, %v", slope, err)
	}
}
