package metric

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// value is one record of a series as the oracle keeps it.
type value struct {
	price       float64
	limit, line *float64
	book        string
	time        feed.Time
	seq         int64
}

// oracle computes windows naively: it keeps every value and gathers each window
// anew from its list at each watermark. It shares no code with the operators.
type oracle struct {
	kind      Kind
	spans     []oracleSpan
	lateness  feed.Time
	ttl       feed.Time
	early     bool
	watermark feed.Time
	lists     map[oracleSeries][]value // accepted
	barred    map[oracleWindow][]int64 // sequence numbers of values that the window was closed for
	shown     map[oracleWindow]oracleShown
}

type oracleSpan struct{ size, every feed.Time }

type oracleSeries struct {
	span int
	key  string
}

// oracleWindow is known by its end, a session by its start.
type oracleWindow struct {
	oracleSeries
	at feed.Time
}

type oracleShown struct {
	values   int
	revision int32
	end      feed.Time
}

type oracleRow struct {
	span       int
	start, end feed.Time
	revision   int32
	key        string
	values     []value
}

type oracleMissed struct {
	span  int
	start feed.Time
}

// multipleBelow rounds down by arithmetic other than the code's.
func multipleBelow(t, size feed.Time) feed.Time {
	return feed.Time(math.Floor(float64(t)/float64(size))) * size
}

func (o *oracle) over(end feed.Time) bool { return end+o.lateness <= o.watermark }

func (o *oracle) add(key string, v value) (missed []oracleMissed) {
	for i, sp := range o.spans {
		s := oracleSeries{i, key}
		taken := false
		newest := oracleMissed{span: i, start: -1 << 62}
		switch o.kind {
		case KindSession:
			if taken = !o.over(v.time + sp.every); !taken {
				newest.start = v.time
			}
		case KindSinceOpen:
			begin := multipleBelow(v.time, sp.every)
			if taken = !o.over(begin + sp.every); !taken {
				newest.start = begin
			}
		default:
			for end := multipleBelow(v.time, sp.every) + sp.every; end-sp.size <= v.time; end += sp.every {
				if o.over(end) {
					w := oracleWindow{s, end}
					o.barred[w] = append(o.barred[w], v.seq)
					newest.start = end - sp.size
				} else {
					taken = true
				}
			}
		}
		if newest.start > -1<<62 {
			missed = append(missed, newest)
		}
		if taken {
			o.lists[s] = append(o.lists[s], v)
		}
	}
	return missed
}

// windows gathers every window of a series that has something to show.
func (o *oracle) windows(s oracleSeries) (rows []oracleRow) {
	list, sp := slices.Clone(o.lists[s]), o.spans[s.span]
	slices.SortFunc(list, byTime)
	ends := map[feed.Time]bool{}
	switch o.kind {
	case KindSession:
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].time-list[n-1].time <= sp.every {
				n++
			}
			rows = append(rows, oracleRow{span: s.span, key: s.key, start: list[0].time, end: list[n-1].time + sp.every, values: list[:n]})
			list = list[n:]
		}
	case KindSinceOpen:
		for _, v := range list {
			ends[multipleBelow(v.time, sp.every)+sp.every] = true
		}
		for end := range ends {
			values := slices.Clone(list)
			values = slices.DeleteFunc(values, func(v value) bool { return v.time >= end })
			rows = append(rows, oracleRow{span: s.span, key: s.key, start: list[0].time, end: end, values: values})
		}
	default:
		for _, v := range list {
			for end := multipleBelow(v.time, sp.every) + sp.every; end-sp.size <= v.time; end += sp.every {
				ends[end] = true
			}
		}
		for end := range ends {
			barred := o.barred[oracleWindow{s, end}]
			row := oracleRow{span: s.span, key: s.key, start: end - sp.size, end: end}
			begun := false
			for _, v := range list {
				if v.time >= row.start && v.time < end && !slices.Contains(barred, v.seq) {
					row.values = append(row.values, v)
					begun = begun || v.time >= end-sp.every
				}
			}
			// Of the open windows those are shown early that are next to end or
			// hold a value in their last step.
			if len(row.values) > 0 && (end <= o.watermark || begun || end-sp.every <= o.watermark) {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

func (o *oracle) advance(watermark feed.Time) (rows []oracleRow) {
	before := o.watermark
	o.watermark = max(o.watermark, watermark)
	for s := range o.lists {
		starts := map[feed.Time]bool{}
		for _, row := range o.windows(s) {
			w := oracleWindow{s, row.end}
			if o.kind == KindSession {
				w.at = row.start
			}
			starts[w.at] = true
			was, known := o.shown[w]
			if (row.end <= o.watermark || o.early) && (!known || was.values != len(row.values)) {
				if known {
					row.revision = was.revision + 1
				}
				o.shown[w] = oracleShown{len(row.values), row.revision, row.end}
				rows = append(rows, row)
			}
		}
		if o.kind != KindSession {
			continue
		}
		for w, was := range o.shown {
			if w.oracleSeries == s && !starts[w.at] {
				rows = append(rows, oracleRow{span: s.span, key: s.key, start: w.at, end: was.end, revision: was.revision + 1})
				delete(o.shown, w)
			}
		}
	}
	slices.SortFunc(rows, func(a, b oracleRow) int {
		return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(a.span, b.span), cmp.Compare(a.key, b.key), cmp.Compare(a.start, b.start))
	})
	o.forget(before)
	return rows
}

// forget drops sessions that are closed for good, which nothing can join, and
// series that have been silent.
func (o *oracle) forget(before feed.Time) {
	for s, list := range o.lists {
		switch every := o.spans[s.span].every; o.kind {
		case KindSession:
			for _, row := range o.windows(s) {
				if o.over(row.end) {
					delete(o.shown, oracleWindow{s, row.start})
					list = slices.DeleteFunc(list, func(v value) bool { return v.time >= row.start && v.time <= row.end-every })
				}
			}
		case KindSinceOpen:
			now := multipleBelow(o.watermark, every)
			newest := slices.MaxFunc(list, byTime).time
			if now > multipleBelow(before, every) && newest+o.ttl <= now && o.over(multipleBelow(newest, every)+every) {
				list = nil
			}
		}
		if o.lists[s] = list; len(list) == 0 {
			delete(o.lists, s)
		}
	}
}

func byTime(a, b value) int { return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.seq, b.seq)) }

// measure computes one column over a window's values, in as many passes as it
// likes; NaN where it is not defined.
func (m Measure) naive(values []value) float64 {
	values = slices.Clone(values)
	slices.SortFunc(values, byTime)
	var xs, ws []float64
	var times []feed.Time
	books := map[string]bool{}
	for _, v := range values {
		books[v.book] = true
		x, w := v.price, 1.0
		switch m.Value {
		case "probability":
			x = 1 / v.price
		case "logit":
			x = math.Log(1/v.price) - math.Log(1-1/v.price)
		case "line":
			x = math.NaN()
			if v.line != nil {
				x = *v.line
			}
		}
		if (m.Value == "probability" || m.Value == "logit") && v.price <= 1 {
			continue
		}
		if m.Aggregate == "limit_weighted" {
			if v.limit == nil || *v.limit <= 0 {
				continue
			}
			w = *v.limit
		}
		if math.IsNaN(x) || math.IsNaN(w) || math.IsInf(x, 0) || math.IsInf(w, 0) {
			continue
		}
		xs, ws, times = append(xs, x), append(ws, w), append(times, v.time)
	}
	n := len(xs)
	switch {
	case m.Aggregate == "count":
		return float64(n)
	case m.Aggregate == "distinct":
		return float64(len(books))
	case n == 0, n == 1 && (m.Aggregate == "stddev" || m.Aggregate == "realised_volatility"):
		return math.NaN()
	}
	total := func(f func(i int) float64) (sum float64) {
		for i := range xs {
			sum += f(i)
		}
		return sum
	}
	average := total(func(i int) float64 { return xs[i] }) / float64(n)
	switch m.Aggregate {
	case "sum":
		return average * float64(n)
	case "first":
		return xs[0]
	case "last":
		return xs[n-1]
	case "min":
		return slices.Min(xs)
	case "max":
		return slices.Max(xs)
	case "mean":
		return average
	case "stddev":
		return math.Sqrt(total(func(i int) float64 { return (xs[i] - average) * (xs[i] - average) }) / float64(n-1))
	case "limit_weighted":
		return total(func(i int) float64 { return ws[i] * xs[i] }) / total(func(i int) float64 { return ws[i] })
	case "ewma":
		d := func(i int) float64 {
			return math.Pow(0.5, times[n-1].Sub(times[i]).Seconds()/(float64(m.HalfLife)/1e9))
		}
		return total(func(i int) float64 { return d(i) * xs[i] }) / total(d)
	case "realised_volatility":
		return math.Sqrt(total(func(i int) float64 {
			if i == 0 {
				return 0
			}
			return math.Pow(xs[i]-xs[i-1], 2)
		}))
	}
	panic("the oracle does not know " + m.Aggregate)
}
