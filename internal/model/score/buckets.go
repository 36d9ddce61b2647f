package score

import (
	"math"
	"slices"
)

// Buckets hold returns by ranges of a number that was known before the result:
// by price they show the favourite-longshot bias, by closing line value whether
// that foretells the return. They are made by NewBuckets.
type Buckets struct {
	edges []float64
	rows  []bucket
}

type bucket struct {
	value   Mean
	returns ROI
}

// NewBuckets returns empty buckets between the edges, which rise, with one below
// the first and one above the last. The bucket of an edge is the one above it.
func NewBuckets(edges []float64) *Buckets {
	return &Buckets{edges: slices.Clone(edges), rows: make([]bucket, len(edges)+1)}
}

// PriceEdges are the usual edges for decimal prices.
func PriceEdges() []float64 { return []float64{1.25, 1.5, 2, 2.5, 3, 4, 6, 10, 20} }

// Add takes a settled bet under its value.
func (b *Buckets) Add(value, stake, profit float64) {
	row := &b.rows[binOf(b.edges, value)]
	row.value.Add(value)
	row.returns.Add(stake, profit)
}

// Merge adds another's bets. Both must have the same edges.
func (b *Buckets) Merge(o *Buckets) {
	for i := range b.rows {
		b.rows[i].value.Merge(o.rows[i].value)
		b.rows[i].returns.Merge(o.rows[i].returns)
	}
}

// Bucket is the bets of one range.
type Bucket struct {
	Low, High float64 // the range; -Inf and +Inf at the ends
	Value     Mean    // of what the bets were sorted by
	Returns   ROI
}

// List returns the buckets that hold bets, the lowest first.
func (b *Buckets) List() []Bucket {
	var out []Bucket
	for i, row := range b.rows {
		if row.value.n == 0 {
			continue
		}
		bucket := Bucket{math.Inf(-1), math.Inf(1), row.value, row.returns}
		if i > 0 {
			bucket.Low = b.edges[i-1]
		}
		if i < len(b.edges) {
			bucket.High = b.edges[i]
		}
		out = append(out, bucket)
	}
	return out
}

// Slope fits return = a + b value through the buckets, each weighted by its bets.
// The standard errors come from those of the buckets' returns; buckets of fewer
// than two bets are left out. Closing line value that is worth what it says has
// a = 0 and b = 1. It returns ErrRows with fewer than two buckets and
// ErrCollinear if all have the same value.
func (b *Buckets) Slope() (intercept, slope Estimate, err error) {
	var used []Bucket
	total, centre := 0.0, 0.0
	for _, k := range b.List() {
		if n := float64(k.Value.n); n >= 2 {
			used = append(used, k)
			total += n
			centre += n * k.Value.mean
		}
	}
	if len(used) < 2 {
		return Estimate{}, Estimate{}, ErrRows
	}
	centre /= total
	spread := 0.0
	for _, k := range used {
		d := k.Value.mean - centre
		spread += float64(k.Value.n) * d * d
	}
	if !(spread > 0) {
		return Estimate{}, Estimate{}, ErrCollinear
	}
	// Both are sums of the buckets' returns with fixed weights.
	var a, s, varA, varS float64
	for _, k := range used {
		n, y, se := float64(k.Value.n), k.Returns.Value(), k.Returns.SE()
		forSlope := n * (k.Value.mean - centre) / spread
		forA := n/total - forSlope*centre
		s += forSlope * y
		a += forA * y
		varS += forSlope * forSlope * se * se
		varA += forA * forA * se * se
	}
	return normalEstimate(a, math.Sqrt(varA)), normalEstimate(s, math.Sqrt(varS)), nil
}
