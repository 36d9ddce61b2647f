package metric

import (
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// Aggregate is an entry of the catalogue of aggregates.
type Aggregate struct {
	Name    string
	Doc     string // what it tells
	Formula string // over the values v1 .. vn by event time t1 .. tn
	Weight  string // the column that weighs the values, if it needs one
	Unit    Unit   // of the result; empty for the unit of the value

	column   bool // counts texts of a column, not values
	halfLife bool // needs a half-life
	bag      bool // keeps more than words
	work     func(Measure) aggregator
}

// Counts tells whether the aggregate is a whole number that is never absent.
func (a *Aggregate) Counts() bool { return a.Unit == UnitValues || a.Unit == UnitNames }

// Aggregates returns the catalogue. A value that is absent or no number is left
// out of the aggregates that it belongs to, and of no other. Values are ordered
// by event time, equal times by their number in the log. An aggregate of nothing
// is absent.
func Aggregates() []Aggregate { return slices.Clone(aggregates) }

// same is the work of an aggregate that takes nothing from its measure.
func same(a aggregator) func(Measure) aggregator { return func(Measure) aggregator { return a } }

var aggregates = []Aggregate{
	{Name: "count", Doc: "number of values", Formula: "n", Unit: UnitValues, work: same(count{})},
	{Name: "sum", Doc: "sum of the values", Formula: "Σ vi", work: same(sum{})},
	{Name: "first", Doc: "the value with the earliest event time; among equals the one that came first", Formula: "v1", work: same(first{})},
	{Name: "last", Doc: "the value with the latest event time; among equals the one that came last", Formula: "vn", work: same(last{})},
	{Name: "min", Doc: "the smallest value", Formula: "min vi", work: same(minimum{})},
	{Name: "max", Doc: "the largest value", Formula: "max vi", work: same(maximum{})},
	{Name: "mean", Doc: "the arithmetic mean of the values", Formula: "m = (Σ vi) / n", work: same(mean{})},
	{Name: "stddev", Doc: "the sample standard deviation (divisor n-1); absent for a single value", Formula: "√( Σ (vi − m)² / (n − 1) )", work: same(stddev{})},
	{Name: "limit_weighted", Doc: "the mean of the values, each weighted by the bet limit; values without a limit are left out. A limit is what a book would take, not what was traded: this is no VWAP", Formula: "(Σ wi vi) / (Σ wi)", Weight: "limit", work: same(weighted{})},
	{Name: "vwap", Doc: "the mean of the values, each weighted by the volume traded at it", Formula: "(Σ wi vi) / (Σ wi)", Weight: "volume", work: same(weighted{})},
	{Name: "ewma", Doc: "the mean of the values, each weighted by half for every half-life h that it is older than the newest", Formula: "(Σ di vi) / (Σ di), di = 2^(−(tn − ti) / h)", halfLife: true, work: func(m Measure) aggregator { return ewma{m.HalfLife.Time()} }},
	{Name: "realised_volatility", Doc: "the root of the sum of the squared differences of consecutive values; absent for a single value", Formula: "√( Σ (vi − v(i−1))² )", bag: true, work: same(realised{})},
	{Name: "distinct", Doc: "number of different names in the column", Formula: "|{names}|", Unit: UnitNames, column: true, bag: true, work: same(distinct{})},
}

// aggregateOf finds an entry of the catalogue.
func aggregateOf(name string) (Aggregate, bool) {
	for i := range aggregates {
		if aggregates[i].Name == name {
			return aggregates[i], true
		}
	}
	return Aggregate{}, false
}

// aggregator is an aggregate at work. Its state lies outside of it: some words,
// all of them zero at the beginning, and for a few a bag. n is the number of
// values in the state: in add with the new one, in merge without the other's.
//
// Whatever the grouping in which values are added and states merged, the result
// is the same but for rounding; given the same calls it is the same to the bit.
type aggregator interface {
	words() int
	add(s words, b *bag, n int64, p *Point)
	merge(s words, b *bag, n int64, other words, ob *bag, on int64)
	value(s words, b *bag, n int64) float64 // NaN where it is not defined
}

// sealer is an aggregator that can forget something once no value will be added
// before the ones it has.
type sealer interface{ seal(s words, b *bag) }

// Order places a value among others of its series: by event time, then by its
// sequence number in the log.
type Order struct {
	Time feed.Time
	Seq  int64
}

func (a Order) before(b Order) bool {
	return a.Time < b.Time || a.Time == b.Time && a.Seq < b.Seq
}

// Point is what one record brings to an aggregate.
type Point struct {
	Value  float64
	Weight float64 // of an aggregate that weighs
	Text   string  // of an aggregate over a column
	At     Order
}

// words is the state of an aggregate, or of all of a pane: numbers and times by
// their bits.
type words []uint64

func (w words) float(i int) float64        { return math.Float64frombits(w[i]) }
func (w words) setFloat(i int, v float64)  { w[i] = math.Float64bits(v) }
func (w words) time(i int) feed.Time       { return feed.Time(w[i]) }
func (w words) setTime(i int, t feed.Time) { w[i] = uint64(t) }
func (w words) order(i int) Order          { return Order{feed.Time(w[i]), int64(w[i+1])} }
func (w words) setOrder(i int, at Order)   { w[i], w[i+1] = uint64(at.Time), uint64(at.Seq) }

// bag is what does not fit into words.
type bag struct {
	points []point  // by order
	texts  []string // by the alphabet, each once
}

type point struct {
	value float64
	at    Order
}
