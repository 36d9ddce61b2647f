package soccer

import (
	"math"
	"slices"
	"strconv"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/study"
)

// Bucket is bets of a unit in a range of a number that was known before the
// result.
type Bucket struct {
	Low  study.Number   `json:"low"`  // null: without end
	High study.Number   `json:"high"` // not in the range; null: without end
	Bets int            `json:"bets"`
	Won  int            `json:"won"`
	Mean study.Number   `json:"mean"` // of the number
	ROI  study.Estimate `json:"roi"`  // interval over days
	SE   study.Number   `json:"se"`   // sd/sqrt(bets)
}

// buckets sort bets as score.Buckets does, with intervals over days.
type buckets struct {
	edges []float64 // inner ones, rising: the bucket of an edge is the one above it
	rows  []bucket
}

type bucket struct {
	byDay
	number score.Mean
	won    int
}

func newBuckets(edges []float64) *buckets {
	return &buckets{edges: edges, rows: make([]bucket, len(edges)+1)}
}

// add takes a unit at a price under its number. Days come in order.
func (b *buckets) add(day int, number float64, won bool, price float64) {
	at, exact := slices.BinarySearch(b.edges, number)
	if exact {
		at++
	}
	row := &b.rows[at]
	row.byDay.add(day, 1, profit(won, price))
	row.number.Add(number)
	if won {
		row.won++
	}
}

// list returns the buckets that hold bets, the lowest first.
func (b *buckets) list() []Bucket {
	var out []Bucket
	for i := range b.rows {
		row := &b.rows[i]
		if row.number.N() == 0 {
			continue
		}
		low, high := math.Inf(-1), math.Inf(1)
		if i > 0 {
			low = b.edges[i-1]
		}
		if i < len(b.edges) {
			high = b.edges[i]
		}
		out = append(out, Bucket{
			Low: study.Number(low), High: study.Number(high), Bets: row.number.N(), Won: row.won, Mean: study.Number(row.number.Value()),
			ROI: row.ratio(), SE: study.Number(row.single.SE()),
		})
	}
	return out
}

// prices writes a range of prices: 1.5-2.
func (b Bucket) prices() string { return b.label(1, "-", "", "<", "+") }

// percents writes a range of returns: -6 to -4 %.
func (b Bucket) percents() string { return b.label(100, " to ", " %", "below ", " and more") }

func (b Bucket) label(scale float64, between, unit, below, above string) string {
	text := func(v study.Number) string {
		return strconv.FormatFloat(math.Round(1e6*scale*float64(v))/1e6, 'f', -1, 64)
	}
	switch {
	case math.IsInf(float64(b.Low), 0):
		return below + text(b.High) + unit
	case math.IsInf(float64(b.High), 0):
		return text(b.Low) + unit + above
	}
	return text(b.Low) + between + text(b.High) + unit
}
