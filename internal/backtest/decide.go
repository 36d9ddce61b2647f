package backtest

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// candidate is a price that a strategy wants to bet on.
type candidate struct {
	fixture *fixture
	market  *market
	outcome int
	book    string
	price   float64
	ev      float64 // expected profit of a unit; NaN for a control
	fair    float64 // by the other books; NaN for a control
	books   int     // behind fair
	share   float64 // of the stake, where several prices are one bet
}

// key names what a strategy bets on once: the lines of a market are one.
type key struct{ fixture, market, period, outcome string }

func (c *candidate) key() key {
	return key{c.fixture.id, c.market.name, c.market.period, c.market.outcomes[c.outcome]}
}

// scout looks for candidates. It keeps scratch space between calls.
type scout struct {
	strategy *Strategy
	seed     uint64
	rule     odds.Rule

	opinions  []odds.Opinion
	prices    []float64
	consensus odds.Consensus
	moved     []string // books that are not bet with at the moment
}

func newScout(s *Strategy, seed uint64) *scout {
	return &scout{strategy: s, seed: seed, rule: odds.Rule{Average: s.Entry.Consensus.Average, MADs: s.Entry.Consensus.MADs}}
}

// eligible tells whether the strategy bets on the fixture at this moment.
func (s *scout) eligible(w *world, f *fixture) bool {
	u := &s.strategy.Universe
	if len(u.Leagues) > 0 && !slices.Contains(u.Leagues, f.league) {
		return false
	}
	if u.InPlay {
		return f.running()
	}
	if w.started(f) {
		return false
	}
	left := f.start.Sub(w.now)
	return (u.Start.From == 0 || left <= time.Duration(u.Start.From)) && left >= time.Duration(u.Start.To)
}

// covers tells whether the strategy bets on the market.
func (s *scout) covers(m *market) bool {
	u := &s.strategy.Universe
	return (len(u.Markets) == 0 || slices.Contains(u.Markets, m.name)) && slices.Contains(u.Periods, m.period)
}

// look yields the best price of each outcome of a market that meets the entry.
func (s *scout) look(w *world, f *fixture, m *market, yield func(candidate)) {
	if !s.covers(m) {
		return
	}
	if s.strategy.Entry.Chance > 0 {
		s.draw(w, f, m, yield)
		return
	}
	s.gather(w, m)
	for outcome := range m.outcomes {
		if best, ok := s.best(w, f, m, outcome); ok {
			yield(best)
		}
	}
}

// gather makes an opinion of each book with fresh prices on every outcome.
func (s *scout) gather(w *world, m *market) {
	s.opinions = s.opinions[:0]
	if len(m.outcomes) < 2 {
		return
	}
	for _, b := range m.books {
		if trusted := s.strategy.Entry.Consensus.Books; len(trusted) > 0 && !slices.Contains(trusted, b.name) {
			continue
		}
		s.prices = s.prices[:0]
		for i := range b.prices {
			if s.fresh(w, &b.prices[i]) {
				s.prices = append(s.prices, b.prices[i].value)
			}
		}
		if len(s.prices) < len(m.outcomes) {
			continue
		}
		at := len(s.opinions)
		s.opinions = slices.Grow(s.opinions, 1)[:at+1]
		o := &s.opinions[at]
		r, err := odds.Fair(o.Fair[:0], s.strategy.Entry.Consensus.Method, s.prices)
		if err != nil {
			s.opinions = s.opinions[:at] // its own prices cross
			continue
		}
		*o = odds.Opinion{Book: b.name, Fair: r.Probabilities, Weight: 1}
	}
}

func (s *scout) fresh(w *world, p *price) bool {
	return p.open && w.now.Sub(p.event) <= time.Duration(s.strategy.Entry.MaxAge)
}

// best returns the price of an outcome with the highest expected profit that
// meets the entry. A book is held against what the others say.
func (s *scout) best(w *world, f *fixture, m *market, outcome int) (best candidate, ok bool) {
	e := &s.strategy.Entry
	for _, b := range m.books {
		p := &b.prices[outcome]
		if !s.fresh(w, p) || !s.allowed(b.name) || !e.Price.holds(p.value) {
			continue
		}
		if err := s.rule.Without(&s.consensus, s.opinions, b.name); err != nil || s.consensus.Books < e.MinBooks {
			continue
		}
		fair := s.consensus.Fair[outcome]
		ev := odds.EV(fair, s.strategy.net(b.name, p.value))
		if e.EV.holds(ev) && (!ok || ev > best.ev) {
			best, ok = candidate{f, m, outcome, b.name, p.value, ev, fair, s.consensus.Books, 1}, true
		}
	}
	return best, ok
}

func (s *scout) allowed(book string) bool {
	return (len(s.strategy.Entry.Books) == 0 || slices.Contains(s.strategy.Entry.Books, book)) && !slices.Contains(s.moved, book)
}

// draw is the entry of a control: a coin for each thing to bet on, the same in
// every run of a seed, and the best price there is.
func (s *scout) draw(w *world, f *fixture, m *market, yield func(candidate)) {
	for outcome, name := range m.outcomes {
		best := candidate{fixture: f, market: m, outcome: outcome, ev: math.NaN(), fair: math.NaN(), share: 1}
		for _, b := range m.books {
			if p := &b.prices[outcome]; s.fresh(w, p) && s.allowed(b.name) && s.strategy.Entry.Price.holds(p.value) && p.value > best.price {
				best.book, best.price = b.name, p.value
			}
		}
		if best.book != "" && coin(s.seed, f.id, m.name, m.period, name) < s.strategy.Entry.Chance {
			yield(best)
		}
	}
}

// coin is a number from 0 to 1 that belongs to a seed and a name.
func coin(seed uint64, name ...string) float64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, seed, "|", strings.Join(name, "|")) // a hash takes everything
	v := h.Sum64()                                           // and its last step is splitmix64's, for FNV mixes its high bits poorly
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return float64((v^v>>31)>>11) / (1 << 53)
}

// follow yields the bets that a signal asks for, if it is the opening of one
// that the strategy follows. A signal that names prices to bet on is taken at its
// word. One that says that prices move towards an outcome is followed at the best
// price of a book that is not among those that have moved.
func (s *scout) follow(w *world, r *feed.Signal, yield func(candidate)) {
	e := &s.strategy.Entry
	if e.Signal == "" || e.Signal != r.Rule || r.State != feed.SignalOpen {
		return
	}
	f := w.fixtures[r.FixtureID]
	if f == nil || !s.eligible(w, f) {
		return
	}
	named := false
	for i := range r.Legs {
		if leg := &r.Legs[i]; leg.Stake > 0 {
			named = true
			if c, ok := s.leg(f, r, leg); ok {
				yield(c)
			}
		}
	}
	if !named {
		s.chase(w, f, r, yield)
	}
}

// leg makes a candidate of a price that a signal names.
func (s *scout) leg(f *fixture, r *feed.Signal, leg *feed.SignalLeg) (candidate, bool) {
	e := &s.strategy.Entry
	c := candidate{fixture: f, market: f.lookup(r.Market, r.Period, feed.LineOf(leg.Line)), book: leg.Book, price: leg.Price,
		share: leg.Stake, ev: orNaN(r.EV), fair: orNaN(r.Fair), books: int(r.Books)}
	if c.market == nil || !s.covers(c.market) || !s.allowed(leg.Book) || !e.Price.holds(leg.Price) || e.EV.set() && !e.EV.holds(c.ev) {
		return c, false
	}
	c.outcome = slices.Index(c.market.outcomes, leg.Outcome)
	return c, c.outcome >= 0
}

// orNaN is a number that may be missing.
func orNaN(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// chase finds the best price that has not followed a move yet.
func (s *scout) chase(w *world, f *fixture, r *feed.Signal, yield func(candidate)) {
	s.moved = s.moved[:0]
	for _, leg := range r.Legs {
		s.moved = append(s.moved, leg.Book)
	}
	defer func() { s.moved = s.moved[:0] }()
	best, found := candidate{}, false
	for _, m := range f.markets {
		if m.name != r.Market || m.period != r.Period || r.Line != nil && m.line != feed.LineOf(r.Line) || !s.covers(m) {
			continue
		}
		outcome := slices.Index(m.outcomes, r.Outcome)
		if outcome < 0 {
			continue
		}
		s.gather(w, m)
		if c, ok := s.best(w, f, m, outcome); ok && (!found || c.ev > best.ev) {
			best, found = c, true
		}
	}
	if found {
		yield(best)
	}
}

// net is a price after the book's commission.
func (s *Strategy) net(book string, price float64) float64 {
	return odds.NetPrice(price, s.Commission[book])
}
