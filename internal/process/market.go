package process

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// fixtureMarkets is what the books say about one fixture. Its exported fields
// are stored in checkpoints.
type fixtureMarkets struct {
	Markets []*market
	Seen    map[string]*bookSeen // by book and market name: when it was last confirmed
	Touched feed.Time
	Start   feed.Time // of the game, 0 while nobody has told

	index   map[marketID]*market
	ladders []*ladder // in the order of their first markets

	bytes, signalBytes int // of memory, about, as of the last checkpoint: of this, and of what its signals have in mind
}

// marketID names a market within a fixture.
type marketID struct {
	Market string
	Period string
	Line   feed.Line
}

type bookSeen struct {
	Event  feed.Time
	Seen   feed.Time
	Before feed.Time // when it was seen the time before
}

// market is one market and line of a fixture.
type market struct {
	ID       marketID
	Outcomes []string    // all ever quoted, in the order of the market
	Books    []*bookView // in order of name
	Digest   *digest     // of the state last published
	Due      bool        // changed by the response that is being applied
	Main     bool        // the main one of its ladder

	told bool // the response that is being applied has brought a new state
}

// bookView is one book's prices, in the order of the market's outcomes.
type bookView struct {
	Book   string
	Prices []bookPrice

	reading   reading
	confirmed *bookSeen // nil until it is looked up
}

type bookPrice struct {
	Price float64
	Open  bool
	Event feed.Time
	Seen  feed.Time
}

func newFixtureMarkets() *fixtureMarkets {
	return &fixtureMarkets{Seen: map[string]*bookSeen{}, index: map[marketID]*market{}}
}

// reindex rebuilds what a checkpoint leaves out.
func (f *fixtureMarkets) reindex() {
	f.index = make(map[marketID]*market, len(f.Markets))
	f.ladders = nil
	for _, m := range f.Markets {
		f.index[m.ID] = m
		f.climb(m)
	}
}

// starts notes when the game begins.
func (f *fixtureMarkets) starts(q *feed.Quote) {
	f.Touched, f.Start = q.SeenTime, q.EventTime
}

// running tells whether the game has begun by then.
func (f *fixtureMarkets) running(at feed.Time) bool { return f.Start != 0 && at >= f.Start }

// see notes that a book's market was confirmed. Changing times alone is no
// reason to publish a state.
func (f *fixtureMarkets) see(q *feed.Quote) {
	f.Touched = q.SeenTime
	s := f.sight(q.Book, q.Market)
	if s.Seen < q.SeenTime { // one answer may confirm a market twice
		s.Before = s.Seen
	}
	s.Event, s.Seen = q.EventTime, q.SeenTime
}

// confirmed returns when the book's market was last confirmed.
func (f *fixtureMarkets) confirmed(m *market, b *bookView) bookSeen {
	if b.confirmed == nil {
		b.confirmed = f.sight(b.Book, m.ID.Market)
	}
	return *b.confirmed
}

// sight returns the place where a book's market is noted to be confirmed. It
// stays the same for good.
func (f *fixtureMarkets) sight(book, market string) *bookSeen {
	key := book + "|" + market
	if f.Seen[key] == nil {
		f.Seen[key] = &bookSeen{}
	}
	return f.Seen[key]
}

// apply takes a quote into its market, which is then due.
func (f *fixtureMarkets) apply(q *feed.Quote) {
	f.Touched = q.SeenTime
	id := marketID{q.Market, q.Period, feed.LineOf(q.Line)}
	m := f.index[id]
	if m == nil {
		m = &market{ID: id}
		f.index[id] = m
		f.Markets = append(f.Markets, m)
		f.climb(m)
	}
	at := m.outcome(q.Outcome)
	b := m.book(q.Book)
	b.Prices[at] = bookPrice{
		Price: q.Price, Open: q.State == feed.StateOpen, Event: q.EventTime, Seen: q.SeenTime,
	}
	b.reading.forget()
	m.Due = true
}

// outcome returns the outcome's position, making room for a new one.
func (m *market) outcome(name string) int {
	if i := slices.Index(m.Outcomes, name); i >= 0 {
		return i
	}
	i, _ := slices.BinarySearchFunc(m.Outcomes, name, feed.CompareOutcomes)
	m.Outcomes = slices.Insert(m.Outcomes, i, name)
	for _, b := range m.Books {
		b.Prices = slices.Insert(b.Prices, i, bookPrice{})
		b.reading.forget()
	}
	return i
}

// book returns the book's view, sized for the market's outcomes.
func (m *market) book(name string) *bookView {
	i, ok := slices.BinarySearchFunc(m.Books, name, func(b *bookView, n string) int { return cmp.Compare(b.Book, n) })
	if !ok {
		m.Books = slices.Insert(m.Books, i, &bookView{Book: name, Prices: make([]bookPrice, len(m.Outcomes))})
	}
	return m.Books[i]
}
