package metric

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// aggregateDocs names the aggregates a definition may ask for, and what each
// is, in the unit of the value.
var aggregateDocs = map[string]string{
	"count":  "number of values",
	"sum":    "sum of the values",
	"first":  "the value with the earliest event time; among equals the one that came first",
	"last":   "the value with the latest event time; among equals the one that came last",
	"min":    "the smallest value",
	"max":    "the largest value",
	"mean":   "the arithmetic mean of the values",
	"stddev": "the sample standard deviation (divisor n-1); absent for a single value",
}

// Order places a value among others of its series: by event time, then by its
// sequence number in the log.
type Order struct {
	Time feed.Time
	Seq  int64
}

func (a Order) before(b Order) bool {
	return a.Time < b.Time || a.Time == b.Time && a.Seq < b.Seq
}

// Accumulator holds what every aggregate needs of the values seen so far. The
// zero Accumulator is empty.
type Accumulator struct {
	Count       int64
	Mean        float64 // Welford: running mean
	M2          float64 // Welford: sum of squared differences from the mean
	Sum         float64
	Min, Max    float64
	First, Last float64
	FirstAt     Order
	LastAt      Order
}

// Add takes one value.
func (a *Accumulator) Add(v float64, at Order) {
	a.Count++
	a.Sum += v
	d := v - a.Mean
	a.Mean += d / float64(a.Count)
	a.M2 += d * (v - a.Mean)
	if a.Count == 1 {
		a.Min, a.Max, a.First, a.Last, a.FirstAt, a.LastAt = v, v, v, v, at, at
		return
	}
	a.Min, a.Max = min(a.Min, v), max(a.Max, v)
	if at.before(a.FirstAt) {
		a.First, a.FirstAt = v, at
	}
	if a.LastAt.before(at) {
		a.Last, a.LastAt = v, at
	}
}

// Value returns the named aggregate; ok is false where it is not defined, as
// the deviation of one value is not.
func (a *Accumulator) Value(name string) (v float64, ok bool) {
	if a.Count == 0 {
		return 0, name == "count"
	}
	switch name {
	case "count":
		return float64(a.Count), true
	case "sum":
		return a.Sum, true
	case "first":
		return a.First, true
	case "last":
		return a.Last, true
	case "min":
		return a.Min, true
	case "max":
		return a.Max, true
	case "mean":
		return a.Mean, true
	case "stddev":
		if a.Count < 2 {
			return 0, false
		}
		return math.Sqrt(a.M2 / float64(a.Count-1)), true
	}
	return 0, false
}
