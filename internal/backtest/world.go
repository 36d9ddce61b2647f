package backtest

import (
	"slices"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// world is what is known at one moment of a tape.
type world struct {
	now      feed.Time
	catalog  *league.Catalog // may be nil
	fixtures map[string]*fixture
	order    []*fixture // in the order of their first mention
}

// fixture is what is known of one game.
type fixture struct {
	id      string
	league  string
	start   feed.Time // as last announced
	home    string
	away    string
	game    *feed.Game // newest; nil while no source has told of the game itself
	markets []*market

	// The closing prices, once they are frozen. Scheduled are those at the
	// announced start, which count where nobody tells when it really began.
	close     []bet.Quote
	closed    bool
	scheduled []bet.Quote
	kickedOff bool // scheduled has been frozen
}

// market is one market and line, with every book's prices of it.
type market struct {
	name, period string
	line         feed.Line
	outcomes     []string
	books        []*book // in the order of their first price
	touched      bool    // by the picture that is being applied
}

// book is one book's prices, in the order of the market's outcomes.
type book struct {
	name   string
	prices []price
}

// price is the newest word on one outcome.
type price struct {
	value float64
	open  bool
	event feed.Time // the provider's time, or of its last confirmation
	limit float64   // 0 if not known
}

func newWorld(c *league.Catalog) *world {
	return &world{catalog: c, fixtures: map[string]*fixture{}}
}

func (w *world) fixture(id, leagueID string) *fixture {
	f := w.fixtures[id]
	if f == nil {
		f = &fixture{id: id, league: leagueID}
		w.fixtures[id] = f
		w.order = append(w.order, f)
	}
	return f
}

// describe takes in what a fixture is.
func (w *world) describe(r *feed.Fixture) {
	f := w.fixture(r.FixtureID, r.League)
	if f.kickedOff && r.StartTime > w.now {
		f.kickedOff, f.scheduled = false, nil // put off
	}
	f.start, f.home, f.away = r.StartTime, r.Home, r.Away
}

// quote takes in a price, or the confirmation of a book's prices. It returns the
// fixture if with this record its picture is whole, else nil.
func (w *world) quote(q *feed.Quote) *fixture {
	f := w.fixture(q.FixtureID, q.League)
	w.kickOff(f)
	if q.Kind == feed.KindSeen {
		f.confirm(q)
	} else {
		f.apply(q)
	}
	if q.Last {
		return f
	}
	return nil
}

func (f *fixture) apply(q *feed.Quote) {
	m := f.market(q.Market, q.Period, feed.LineOf(q.Line))
	p := &m.book(q.Book).prices[m.outcome(q.Outcome)]
	p.value, p.open, p.event, p.limit = q.Price, q.State == feed.StateOpen, q.EventTime, 0
	if q.Limit != nil {
		p.limit = *q.Limit
	}
	m.touched = true
}

// confirm notes that a book still has its prices of a market.
func (f *fixture) confirm(q *feed.Quote) {
	for _, m := range f.markets {
		if m.name != q.Market {
			continue
		}
		for _, b := range m.books {
			if b.name != q.Book {
				continue
			}
			for i := range b.prices {
				b.prices[i].event = max(b.prices[i].event, q.EventTime)
			}
			m.touched = true
		}
	}
}

func (f *fixture) market(name, period string, line feed.Line) *market {
	m := f.lookup(name, period, line)
	if m == nil {
		m = &market{name: name, period: period, line: line}
		f.markets = append(f.markets, m)
	}
	return m
}

// lookup returns a market, nil if nobody has priced it.
func (f *fixture) lookup(name, period string, line feed.Line) *market {
	for _, m := range f.markets {
		if m.name == name && m.period == period && m.line == line {
			return m
		}
	}
	return nil
}

// outcome returns the outcome's position, making room for a new one.
func (m *market) outcome(name string) int {
	if i := slices.Index(m.outcomes, name); i >= 0 {
		return i
	}
	m.outcomes = append(m.outcomes, name)
	for _, b := range m.books {
		b.prices = append(b.prices, price{})
	}
	return len(m.outcomes) - 1
}

func (m *market) book(name string) *book {
	if b := m.find(name); b != nil {
		return b
	}
	b := &book{name: name, prices: make([]price, len(m.outcomes))}
	m.books = append(m.books, b)
	return b
}

// find returns a book's prices, nil if it has none.
func (m *market) find(name string) *book {
	for _, b := range m.books {
		if b.name == name {
			return b
		}
	}
	return nil
}

// state takes in what a game has come to.
func (w *world) state(g *feed.Game) *fixture {
	f := w.fixture(g.FixtureID, g.League)
	w.kickOff(f)
	if !f.closed && g.State != feed.GamePre {
		w.end(f, g.State)
	}
	record := *g
	f.game = &record
	return f
}

// selection names one outcome of the market.
func (m *market) selection(outcome, ways int) bet.Selection {
	s := bet.Selection{Market: m.name, Period: m.period, Line: m.line, Outcome: m.outcomes[outcome]}
	if s.Market == feed.MarketH2H {
		s.Ways = ways
	}
	return s
}

// started tells whether the game is under way, or over, for all that is known.
func (w *world) started(f *fixture) bool {
	return f.game != nil && f.game.State != feed.GamePre || f.start.IsZero() || w.now >= f.start
}

// running tells whether the game is under way.
func (f *fixture) running() bool { return f.game != nil && f.game.State == feed.GameIn }

// final is how the game ended, nil if that is not known.
func (w *world) final(f *fixture) *bet.Final {
	if f.game == nil {
		return nil
	}
	g := f.game
	out := &bet.Final{State: g.State, HomePeriods: ints(g.HomePeriods), AwayPeriods: ints(g.AwayPeriods)}
	switch g.State {
	case feed.GameCancelled, feed.GamePostponed, feed.GameAbandoned:
		return out
	case feed.GamePost:
		if g.HomeScore == nil || g.AwayScore == nil {
			return nil
		}
	default:
		return nil
	}
	out.Home, out.Away = int(*g.HomeScore), int(*g.AwayScore)
	if l := w.league(f.league); l != nil {
		out.Regular = l.Periods.Count
	}
	return out
}

// league returns a league's definition, nil if it is not known.
func (w *world) league(id string) *league.League {
	if w.catalog == nil {
		return nil
	}
	l, _ := w.catalog.League(id)
	return l
}

func ints(v []int32) []int {
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

// event names the fixture for bets.
func (f *fixture) event() bet.Event {
	return bet.Event{Fixture: f.id, League: f.league, Home: f.home, Away: f.away, Start: f.start}
}
