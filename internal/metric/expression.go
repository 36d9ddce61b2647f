package metric

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// Unit says what a number counts or measures.
type Unit string

// The units of values and aggregates.
const (
	UnitValues      Unit = "values"
	UnitNames       Unit = "names"
	UnitPrice       Unit = "decimal odds"
	UnitProbability Unit = "probability"
	UnitLogOdds     Unit = "log odds"
	UnitMoney       Unit = "money of the book"
	UnitPoints      Unit = "points"
)

// Value is a number that each record of a stream has, or lacks.
type Value struct {
	Name string
	Doc  string
	Unit Unit
	SQL  string                      // over the columns of the stream's table, in any dialect; NULL where it lacks
	of   func(q *feed.Quote) float64 // NaN where it lacks
}

// QuoteValues returns what can be aggregated of quotes.
func QuoteValues() []Value {
	return []Value{
		{"price", "the price", UnitPrice, `price`, func(q *feed.Quote) float64 { return q.Price }},
		{"probability", "the implied probability 1 / price, margin included", UnitProbability, `CASE WHEN price > 1 THEN 1 / price END`, func(q *feed.Quote) float64 {
			if q.Price > 1 {
				return 1 / q.Price
			}
			return math.NaN()
		}},
		// ln(p / (1-p)) with p = 1/price is -ln(price - 1), without a difference
		// of nearly equal numbers.
		{"logit", "the log odds ln(p / (1 − p)) of the implied probability p", UnitLogOdds, `CASE WHEN price > 1 THEN -LN(price - 1) END`, func(q *feed.Quote) float64 {
			if q.Price > 1 {
				return -math.Log(q.Price - 1)
			}
			return math.NaN()
		}},
		{"line", "the handicap or total", UnitPoints, `line`, func(q *feed.Quote) float64 { return optional(q.Line) }},
		{"limit", "the book's bet limit", UnitMoney, `"limit"`, func(q *feed.Quote) float64 { return optional(q.Limit) }},
	}
}

func optional(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// valueOf finds a value of quotes.
func valueOf(name string) (Value, bool) {
	for _, v := range QuoteValues() {
		if v.Name == name {
			return v, true
		}
	}
	return Value{}, false
}

// Column is a column of a source stream: its name and whether it is a number
// that may be absent. All others are text.
type Column struct {
	Name   string
	Number bool
}

// QuoteColumns are the key columns that the quotes stream offers.
func QuoteColumns() []Column {
	return []Column{
		{Name: "fixture_id"}, {Name: "league"}, {Name: "market"}, {Name: "period"},
		{Name: "line", Number: true}, {Name: "outcome"}, {Name: "book"}, {Name: "source"},
	}
}

// textOf returns what reads a text column of quotes, nil if there is none of the
// name.
func textOf(column string) func(q *feed.Quote) string {
	switch column {
	case "fixture_id":
		return func(q *feed.Quote) string { return q.FixtureID }
	case "league":
		return func(q *feed.Quote) string { return q.League }
	case "market":
		return func(q *feed.Quote) string { return q.Market }
	case "period":
		return func(q *feed.Quote) string { return q.Period }
	case "outcome":
		return func(q *feed.Quote) string { return q.Outcome }
	case "book":
		return func(q *feed.Quote) string { return q.Book }
	case "source":
		return func(q *feed.Quote) string { return q.Source }
	}
	return nil
}
