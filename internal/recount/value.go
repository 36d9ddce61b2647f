package recount

import (
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// value is what a quote says, and when it came.
type value struct {
	time      feed.Time
	seq       int64
	offset    int64
	watermark feed.Time // when it came
	price     float64
	line      float64 // NaN without one
	limit     float64
	names     map[string]string // by column, of those that are counted
}

func (v *value) before(o *value) bool {
	return v.time < o.time || v.time == o.time && v.seq < o.seq
}

// newValue returns what a quote brings to a definition, nil if it has nothing
// for any measure.
func newValue(d *metric.Definition, q *feed.Quote, offset int64, watermark feed.Time) *value {
	v := &value{time: q.EventTime, seq: q.Seq, offset: offset, watermark: watermark, price: q.Price, line: math.NaN(), limit: math.NaN()}
	if q.Line != nil {
		v.line = *q.Line
	}
	if q.Limit != nil {
		v.limit = *q.Limit
	}
	found := false
	for _, m := range d.Aggregates {
		if m.Aggregate == "distinct" {
			if v.names == nil {
				v.names = map[string]string{}
			}
			v.names[m.Column] = column(q, m.Column)
			found = true
			continue
		}
		_, _, ok := v.number(d, m)
		found = found || ok
	}
	if !found {
		return nil
	}
	return v
}

// number returns what the value brings to a measure and its weight.
func (v *value) number(d *metric.Definition, m metric.Measure) (x, weight float64, ok bool) {
	x, weight = math.NaN(), 1
	switch valueName(d, m) {
	case "price":
		x = v.price
	case "probability":
		if v.price > 1 {
			x = 1 / v.price
		}
	case "logit":
		if v.price > 1 {
			x = math.Log(1/v.price) - math.Log1p(-1/v.price)
		}
	case "line":
		x = v.line
	case "limit":
		x = v.limit
	}
	if m.Aggregate == "limit_weighted" {
		weight = v.limit
	}
	return x, weight, !math.IsNaN(x) && !math.IsInf(x, 0) && weight > 0 && !math.IsInf(weight, 0)
}

// valueName names what a measure aggregates.
func valueName(d *metric.Definition, m metric.Measure) string {
	if m.Value != "" {
		return m.Value
	}
	return d.Value
}

// known tells whether the recount can compute a measure.
func known(d *metric.Definition, m metric.Measure) bool {
	switch m.Aggregate {
	case "distinct":
		return true
	case "count", "sum", "first", "last", "min", "max", "mean", "stddev", "limit_weighted", "ewma", "realised_volatility":
		switch valueName(d, m) {
		case "price", "probability", "logit", "line", "limit":
			return true
		}
	}
	return false
}

// Exact tells whether a measure has to agree to the last bit: it counts, or picks
// one of the values, and they are read or are one division. All others are sums
// whose rounding depends on the order, or logarithms.
func Exact(d *metric.Definition, m metric.Measure) bool {
	switch m.Aggregate {
	case "count", "distinct":
		return true
	case "first", "last", "min", "max":
		return valueName(d, m) != "logit"
	}
	return false
}

// Tolerance is how far sums may lie apart, relative to the larger of 1 and the
// recounted value.
const Tolerance = 1e-9

// Same tells whether a row's number agrees with the recounted one; NaN is absent.
func Same(exact bool, row, recounted float64) bool {
	switch {
	case math.IsNaN(row) || math.IsNaN(recounted):
		return math.IsNaN(row) && math.IsNaN(recounted)
	case exact:
		return row == recounted
	}
	return math.Abs(row-recounted) <= Tolerance*max(1, math.Abs(recounted))
}

// compute works out a measure over values that are ordered, in as many passes as
// it likes; NaN where it is not defined.
func compute(d *metric.Definition, m metric.Measure, values []*value) float64 {
	if m.Aggregate == "distinct" {
		names := map[string]bool{}
		for _, v := range values {
			names[v.names[m.Column]] = true
		}
		return float64(len(names))
	}
	var xs, weights []float64
	var times []feed.Time
	for _, v := range values {
		if x, weight, ok := v.number(d, m); ok {
			xs, weights, times = append(xs, x), append(weights, weight), append(times, v.time)
		}
	}
	n := len(xs)
	if m.Aggregate == "count" {
		return float64(n)
	}
	if n == 0 {
		return math.NaN()
	}
	switch m.Aggregate {
	case "first":
		return xs[0]
	case "last":
		return xs[n-1]
	case "min":
		return slices.Min(xs)
	case "max":
		return slices.Max(xs)
	case "sum":
		return total(xs, nil)
	case "mean":
		return total(xs, nil) / float64(n)
	case "stddev":
		return deviation(xs)
	case "limit_weighted":
		return total(xs, weights) / total(weights, nil)
	case "ewma":
		for i, t := range times {
			weights[i] = math.Pow(2, -float64(times[n-1]-t)/(float64(m.HalfLife)/1000))
		}
		return total(xs, weights) / total(weights, nil)
	case "realised_volatility":
		if n == 1 {
			return math.NaN()
		}
		squares := 0.0
		for i := 1; i < n; i++ {
			squares += math.Pow(xs[i]-xs[i-1], 2)
		}
		return math.Sqrt(squares)
	}
	return math.NaN() // no known measure comes here
}

// total sums numbers by their weights; nil weighs all the same.
func total(xs, weights []float64) (sum float64) {
	for i, x := range xs {
		if weights != nil {
			x *= weights[i]
		}
		sum += x
	}
	return sum
}

// deviation is the sample standard deviation in two passes.
func deviation(xs []float64) float64 {
	if len(xs) < 2 {
		return math.NaN()
	}
	mean, squares := total(xs, nil)/float64(len(xs)), 0.0
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	return math.Sqrt(squares / float64(len(xs)-1))
}
