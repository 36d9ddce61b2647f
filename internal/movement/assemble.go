package movement

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// Assemble makes the markets of one fixture from its quote records, which must
// stand in the order of their numbers. A book that offers several lines at once
// is taken at the most balanced one, where the raw probabilities of the outcomes
// lie closest together; of equals at the lowest. An outcome belongs to a market
// if any book ever quoted it or its other side.
func Assemble(records []feed.Quote) []Market {
	a := assembly{markets: map[marketKey]*Market{}, offers: map[offerKey]*offer{}}
	for i := range records {
		q := &records[i]
		if q.Kind == feed.KindQuote || q.Kind == "" {
			a.outcome(q)
		}
	}
	for i := range records {
		q := &records[i]
		if q.Kind != feed.KindQuote && q.Kind != "" {
			continue
		}
		key := offerKey{marketKey{q.Market, q.Period}, q.Book}
		if o := a.offers[key]; o != nil && o.seen != q.SeenTime {
			a.close(key, o) // the response before this one is complete
		}
		a.apply(key, q)
	}
	for key, o := range a.offers {
		a.close(key, o)
	}
	out := make([]Market, 0, len(a.markets))
	for _, m := range a.markets {
		slices.SortFunc(m.Tracks, func(a, b Track) int { return cmp.Compare(a.Book, b.Book) })
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Market) int { return cmp.Or(cmp.Compare(a.Market, b.Market), cmp.Compare(a.Period, b.Period)) })
	return out
}

type marketKey struct{ market, period string }

type offerKey struct {
	marketKey
	book string
}

// offer is what a book has on offer in a market while records are read.
type offer struct {
	lines map[feed.Line][]side // by line, in the order of the outcomes
	seen  feed.Time            // of the response that is being read
	event feed.Time            // of its newest record
}

type side struct {
	price float64 // 0 if not open
	limit float64 // 0 if not known
	event feed.Time
}

type assembly struct {
	markets map[marketKey]*Market
	offers  map[offerKey]*offer
}

// outcome makes the outcome one of its market's.
func (a *assembly) outcome(q *feed.Quote) {
	key := marketKey{q.Market, q.Period}
	m := a.markets[key]
	if m == nil {
		m = &Market{Market: q.Market, Period: q.Period}
		a.markets[key] = m
	}
	m.outcome(q.Outcome)
	switch q.Outcome { // one side names the other
	case feed.OutcomeHome, feed.OutcomeDraw, feed.OutcomeAway:
		m.outcome(feed.OutcomeHome)
		m.outcome(feed.OutcomeAway)
	case feed.OutcomeOver, feed.OutcomeUnder:
		m.outcome(feed.OutcomeOver)
		m.outcome(feed.OutcomeUnder)
	}
}

func (m *Market) outcome(name string) {
	if i, known := slices.BinarySearchFunc(m.Outcomes, name, feed.CompareOutcomes); !known {
		m.Outcomes = slices.Insert(m.Outcomes, i, name)
	}
}

func (a *assembly) apply(key offerKey, q *feed.Quote) {
	o := a.offers[key]
	if o == nil {
		o = &offer{lines: map[feed.Line][]side{}}
		a.offers[key] = o
	}
	m := a.markets[key.marketKey]
	line := feed.LineOf(q.Line)
	if o.lines[line] == nil {
		o.lines[line] = make([]side, len(m.Outcomes))
	}
	s := side{event: q.EventTime}
	if q.State == feed.StateOpen {
		s.price = q.Price
	}
	if q.Limit != nil {
		s.limit = *q.Limit
	}
	i, _ := slices.BinarySearchFunc(m.Outcomes, q.Outcome, feed.CompareOutcomes)
	o.lines[line][i] = s
	o.seen, o.event = q.SeenTime, max(o.event, q.EventTime)
}

// close writes down what the book offers at the end of a response, if it differs
// from what it offered before.
func (a *assembly) close(key offerKey, o *offer) {
	m := a.markets[key.marketKey]
	i := slices.IndexFunc(m.Tracks, func(t Track) bool { return t.Book == key.book })
	if i < 0 {
		i = len(m.Tracks)
		m.Tracks = append(m.Tracks, Track{Book: key.book})
	}
	t := &m.Tracks[i]
	q := o.quote()
	o.event = 0
	if n := len(t.Quotes); n == 0 && !q.Open() || n > 0 && t.Quotes[n-1].Line == q.Line && slices.Equal(t.Quotes[n-1].Prices, q.Prices) {
		return
	}
	t.Quotes = append(t.Quotes, q)
}

// quote returns the most balanced of the whole lines.
func (o *offer) quote() Quote {
	best := Quote{Event: o.event, Seen: o.seen}
	least := 0.0
	for line, sides := range o.lines {
		q := Quote{Line: line, Seen: o.seen}
		low, high, limited := 1.0, 0.0, false
		limits := make([]float64, 0, len(sides))
		for _, s := range sides {
			if s.price <= 0 {
				q.Prices = nil
				break
			}
			low, high = min(low, 1/s.price), max(high, 1/s.price)
			q.Event = max(q.Event, s.event)
			q.Prices = append(q.Prices, s.price)
			limits = append(limits, s.limit)
			limited = limited || s.limit > 0
		}
		if limited {
			q.Limits = limits
		}
		if len(q.Prices) < 2 {
			continue
		}
		if !best.Open() || high-low < least || high-low == least && line.Less(best.Line) {
			best, least = q, high-low
		}
	}
	return best
}
