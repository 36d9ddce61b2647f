package score

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// meanOf is the mean over clusters that are accumulators themselves.
func meanOf(sample []Mean) float64 {
	var all Mean
	for _, m := range sample {
		all.Merge(m)
	}
	return all.Value()
}

func TestBootstrapOfSingleRowsAgreesWithTheFormula(t *testing.T) {
	var rows []Mean
	var all Mean
	for i := range 400 {
		var m Mean
		m.Add(math.Sin(float64(i * i)))
		rows = append(rows, m)
		all.Merge(m)
	}
	r := Bootstrap(rows, 1, 4000, meanOf)
	within(t, "SE", r.SE(), all.SE(), .05*all.SE())
	want, got := all.CI(.95), r.CI(.95)
	within(t, "low", got.Low, want.Low, .1*all.SE())
	within(t, "high", got.High, want.High, .1*all.SE())
}

func TestBootstrapOfClustersSeesThatRowsRepeat(t *testing.T) {
	// Every row stands there four times: the true uncertainty is twice the formula's.
	var clusters []Mean
	var all Mean
	for i := range 300 {
		var m Mean
		for range 4 {
			m.Add(math.Sin(float64(i * i)))
		}
		clusters = append(clusters, m)
		all.Merge(m)
	}
	within(t, "SE", Bootstrap(clusters, 7, 2000, meanOf).SE(), 2*all.SE(), .1*all.SE())
}

func TestBootstrapIsTheSameForTheSameSeed(t *testing.T) {
	rows := []float64{1, 2, 3, 4, 5, 6}
	largest := func(s []float64) float64 { return s[0] + slices.Max(s)/10 }
	a, b := Bootstrap(rows, 3, 50, largest), Bootstrap(rows, 3, 50, largest)
	if !slices.Equal(a, b) || slices.Equal(a, Bootstrap(rows, 4, 50, largest)) || !slices.IsSorted(a) {
		t.Errorf("%v and %v", a, b)
	}
	// The generator is part of the promise: a new one would change published intervals.
	if got := a.CI(.5); got != (Interval{1.775, 4.6}) {
		t.Errorf("seed 3 gave %v", got)
	}
	if r := Bootstrap(nil, 3, 50, largest); r != nil || !math.IsNaN(r.CI(.9).Low) {
		t.Errorf("of nothing: %v", r)
	}
}

func TestClustersKeepEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.IntRange(0, 99)).Draw(t, "rows")
		groups := Clusters(rows, func(v int) int { return v / 10 })
		var back []int
		for i, g := range groups {
			if i > 0 && groups[i-1][0]/10 >= g[0]/10 {
				t.Errorf("groups out of order: %v", groups)
			}
			back = append(back, g...)
		}
		want := slices.Clone(rows)
		slices.SortStableFunc(want, func(a, b int) int { return a/10 - b/10 })
		if !slices.Equal(back, want) {
			t.Errorf("%v became %v", rows, groups)
		}
	})
}
