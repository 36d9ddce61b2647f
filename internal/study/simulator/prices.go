package simulator

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// table is one market and line of a fixture: what every book offers.
type table struct {
	key      feed.MarketKey
	outcomes []string // in the market's order
	rows     []*row   // in order of the book
}

// row is one book's offers.
type row struct {
	book   string
	quotes []quote   // by outcome
	fair   []float64 // fair probabilities; nil unless every price is open and the book has a margin
}

// quote is a price, 0 where there is none.
type quote struct {
	price   float64
	event   feed.Time
	garbled bool
}

func (q *quote) open() bool { return q.price > 0 }

// table finds a market of the fixture, nil if it has none of the key.
func (f *fixture) table(key feed.MarketKey) *table {
	for _, t := range f.tables {
		if t.key == key {
			return t
		}
	}
	return nil
}

// quote finds a price; one that does not exist is not open.
func (f *fixture) quote(market, period string, line feed.Line, outcome, book string) (q quote) {
	t := f.table(feed.MarketKey{FixtureID: f.id, Market: market, Period: period, Line: line})
	if t == nil {
		return q
	}
	if r, i := t.row(book), slices.Index(t.outcomes, outcome); r != nil && i >= 0 {
		q = r.quotes[i]
	}
	return q
}

// put sets a price.
func (f *fixture) put(k feed.QuoteKey, q quote) {
	key := feed.MarketKey{FixtureID: k.FixtureID, Market: k.Market, Period: k.Period, Line: k.Line}
	t := f.table(key)
	if t == nil {
		t = &table{key: key}
		at, _ := slices.BinarySearchFunc(f.tables, t, compareTables)
		f.tables = slices.Insert(f.tables, at, t)
	}
	i := slices.Index(t.outcomes, k.Outcome)
	if i < 0 {
		i, _ = slices.BinarySearchFunc(t.outcomes, k.Outcome, feed.CompareOutcomes)
		t.outcomes = slices.Insert(t.outcomes, i, k.Outcome)
		for _, r := range t.rows {
			r.quotes = slices.Insert(r.quotes, i, quote{})
			r.read()
		}
	}
	r := t.row(k.Book)
	if r == nil {
		r = &row{book: k.Book, quotes: make([]quote, len(t.outcomes))}
		at, _ := slices.BinarySearchFunc(t.rows, k.Book, func(r *row, book string) int { return cmp.Compare(r.book, book) })
		t.rows = slices.Insert(t.rows, at, r)
	}
	r.quotes[i] = q
	r.read()
}

func compareTables(a, b *table) int {
	return cmp.Or(cmp.Compare(a.key.Market, b.key.Market), cmp.Compare(a.key.Period, b.key.Period), cmp.Compare(a.key.Line.Points, b.key.Line.Points))
}

func (t *table) row(book string) *row {
	for _, r := range t.rows {
		if r.book == book {
			return r
		}
	}
	return nil
}

// read takes the margin out of the row's prices.
func (r *row) read() {
	prices := make([]float64, 0, len(r.quotes))
	for i := range r.quotes {
		if r.quotes[i].open() {
			prices = append(prices, r.quotes[i].price)
		}
	}
	r.fair = nil
	if len(prices) < len(r.quotes) {
		return
	}
	if res, err := odds.Fair(prices, odds.DefaultMethod, prices); err == nil {
		r.fair = res.Probabilities
	}
}

// best is the highest price of an outcome after commission; -Inf without one.
func (t *table) best(i int, net func(book string, price float64) float64) (price float64, garbled bool) {
	price = math.Inf(-1)
	for _, r := range t.rows {
		if q := &r.quotes[i]; q.open() {
			if p := net(r.book, q.price); p > price {
				price, garbled = p, q.garbled
			}
		}
	}
	return price, garbled
}
