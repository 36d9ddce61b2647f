package metric

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// value is one value of a series as the oracle keeps it.
type value struct {
	v  float64
	at Order
}

// oracle computes windows naively: it keeps every value and recomputes each
// window from its list. It shares no code with Tumbling.
type oracle struct {
	sizes     []feed.Time
	lateness  feed.Time
	watermark feed.Time
	panes     map[PaneID]*oraclePane
}

type oraclePane struct {
	values []value
	rows   int32 // how many rows it has had
	due    bool  // holds a value that no row has shown
}

// oracleRow is a row with the aggregates by name; those not defined are absent.
type oracleRow struct {
	size       int
	start, end feed.Time
	revision   int32
	key        string
	values     map[string]float64
}

// floorTo rounds down to a multiple of size by arithmetic other than the code's.
func floorTo(t, size feed.Time) feed.Time {
	return feed.Time(math.Floor(float64(t)/float64(size))) * size
}

// add returns the indexes of the sizes that were closed for good.
func (o *oracle) add(key string, v float64, at Order) (missed []int) {
	for i, size := range o.sizes {
		start := floorTo(at.Time, size)
		if start+size+o.lateness <= o.watermark {
			missed = append(missed, i)
			continue
		}
		id := PaneID{i, start, key}
		if o.panes[id] == nil {
			o.panes[id] = &oraclePane{}
		}
		o.panes[id].values = append(o.panes[id].values, value{v, at})
		o.panes[id].due = true
	}
	return missed
}

func (o *oracle) advance(watermark feed.Time) (rows []oracleRow) {
	o.watermark = max(o.watermark, watermark)
	for id, p := range o.panes {
		if end := id.Start + o.sizes[id.Size]; p.due && end <= o.watermark {
			rows = append(rows, oracleRow{id.Size, id.Start, end, p.rows, id.Key, aggregate(p.values)})
			p.rows++
			p.due = false
		}
	}
	slices.SortFunc(rows, func(a, b oracleRow) int {
		return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(a.size, b.size), cmp.Compare(a.key, b.key))
	})
	return rows
}

// live returns the panes that may still take a value.
func (o *oracle) live() map[PaneID]bool {
	live := map[PaneID]bool{}
	for id := range o.panes {
		if id.Start+o.sizes[id.Size]+o.lateness > o.watermark {
			live[id] = true
		}
	}
	return live
}

// aggregate computes every aggregate in two passes over the values.
func aggregate(vs []value) map[string]float64 {
	inOrder := slices.Clone(vs)
	slices.SortFunc(inOrder, func(a, b value) int {
		return cmp.Or(cmp.Compare(a.at.Time, b.at.Time), cmp.Compare(a.at.Seq, b.at.Seq))
	})
	n := float64(len(vs))
	sum, low, high := 0.0, math.Inf(1), math.Inf(-1)
	for _, x := range vs {
		sum += x.v
		low, high = math.Min(low, x.v), math.Max(high, x.v)
	}
	out := map[string]float64{
		"count": n, "sum": sum, "mean": sum / n, "min": low, "max": high,
		"first": inOrder[0].v, "last": inOrder[len(inOrder)-1].v,
	}
	if len(vs) > 1 {
		squares := 0.0
		for _, x := range vs {
			squares += (x.v - sum/n) * (x.v - sum/n)
		}
		out["stddev"] = math.Sqrt(squares / (n - 1))
	}
	return out
}
