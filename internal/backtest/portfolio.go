package backtest

import (
	"math"
	"time"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// Reason says why something that met the entry has become no bet.
type Reason string

// The reasons.
const (
	ReasonUnsized  Reason = "no_probability" // Kelly has nothing to size the bet by
	ReasonLimit    Reason = "limit"          // the limits leave nothing, or less than the least stake
	ReasonBankroll Reason = "bankroll"       // the money is at risk or gone
	ReasonGone     Reason = "price_gone"     // not offered any more when the bet reached the book
	ReasonStarted  Reason = "started"        // the game had begun by then
	ReasonEnded    Reason = "tape_ended"     // the records end before the bet has reached the book
)

// portfolio is one strategy with its money and its bets.
type portfolio struct {
	scout    *scout
	strategy *Strategy
	money    money
	orders   []order // on their way to the books, in the order of their decisions
	bets     []*wager
	taken    map[key]bool   // bet on, or on the way
	refused  map[key]Reason // the last reason for what was not
	seen     map[key]bool   // everything that met the entry
}

// money is a strategy's, in minor units.
type money struct {
	unit     float64 // minor units in one
	bankroll int64   // with what is at risk
	open     int64   // at risk, bets on their way included
	fixtures map[string]int64
	days     map[feed.Time]int64
}

// order is a bet on its way.
type order struct {
	candidate
	due   feed.Time
	stake int64
	day   feed.Time // whose limit it counts to
}

// wager is a bet that was struck.
type wager struct {
	bet     bet.Bet
	fixture *fixture
	decided float64 // the price at the decision
	ev      float64
	fair    float64
	books   int
	result  bet.Result
}

func newPortfolio(s *Strategy, seed uint64) *portfolio {
	return &portfolio{
		scout: newScout(s, seed), strategy: s,
		money: money{unit: minorUnits(s.Currency), bankroll: s.Bankroll.minor(s.Currency), fixtures: map[string]int64{}, days: map[feed.Time]int64{}},
		taken: map[key]bool{}, refused: map[key]Reason{}, seen: map[key]bool{},
	}
}

// decide looks at the markets of a fixture whose picture has just become whole.
func (p *portfolio) decide(w *world, f *fixture) {
	if p.strategy.Entry.Signal != "" || !p.scout.eligible(w, f) {
		return
	}
	for _, m := range f.markets {
		if m.touched {
			p.scout.look(w, f, m, func(c candidate) { p.order(w, &c) })
		}
	}
}

// follow takes in a signal.
func (p *portfolio) follow(w *world, r *feed.Signal) {
	p.scout.follow(w, r, func(c candidate) { p.order(w, &c) })
}

// order sends a bet on its way, once for each thing to bet on.
func (p *portfolio) order(w *world, c *candidate) {
	k := c.key()
	if p.taken[k] {
		return
	}
	p.seen[k] = true
	stake, reason := p.stake(c)
	if reason != "" {
		p.refused[k] = reason
		return
	}
	p.taken[k] = true
	o := order{*c, w.now + feed.Span(time.Duration(p.strategy.Latency)), stake, c.fixture.day()}
	p.money.risk(&o, stake)
	p.orders = append(p.orders, o)
}

// stake sizes a bet, within the limits.
func (p *portfolio) stake(c *candidate) (int64, Reason) {
	s, m := p.strategy, &p.money
	free := m.bankroll - m.open
	var stake float64
	switch net := s.net(c.book, c.price); {
	case s.Staking.Kelly > 0:
		if !(c.fair > 0) {
			return 0, ReasonUnsized
		}
		stake = s.Staking.Kelly * odds.Kelly(c.fair, net) * float64(max(0, free))
	case s.Staking.ToWin != "":
		stake = float64(s.Staking.ToWin.minor(s.Currency)) / (net - 1)
	default:
		stake = float64(s.Staking.Flat.minor(s.Currency))
	}
	room := int64(math.MaxInt64)
	for _, l := range []struct {
		limit Amount
		used  int64
	}{
		{s.Limits.Bet, 0}, {s.Limits.Fixture, m.fixtures[c.fixture.id]}, {s.Limits.Day, m.days[c.fixture.day()]}, {s.Limits.Open, m.open},
	} {
		if l.limit != "" {
			room = min(room, l.limit.minor(s.Currency)-l.used)
		}
	}
	if b := c.market.find(c.book); b != nil && b.prices[c.outcome].limit > 0 {
		room = min(room, int64(b.prices[c.outcome].limit*m.unit))
	}
	out := min(int64(math.Min(stake*c.share, 1e15)), room)
	switch least := max(1, s.Limits.Least.minor(s.Currency)); {
	case free < least || free < out:
		return 0, ReasonBankroll
	case out < least:
		return 0, ReasonLimit
	}
	return out, ""
}

// minorUnits is how many minor units one of a currency has.
func minorUnits(currency string) float64 { return math.Pow10(bet.Digits(currency)) }

// day is the day that the game is part of.
func (f *fixture) day() feed.Time {
	g := bet.Graded{Bet: bet.Bet{Event: bet.Event{Start: f.start}}}
	return g.Day()
}

// risk puts money at risk, or takes it back if it is negative.
func (m *money) risk(o *order, stake int64) {
	m.open += stake
	m.fixtures[o.fixture.id] += stake
	m.days[o.day] += stake
}

// strike lets the bets reach their books that are due before a moment, at the
// prices that stand there now.
func (p *portfolio) strike(w *world, before feed.Time) {
	n := 0
	for n < len(p.orders) && p.orders[n].due < before {
		p.reach(w, &p.orders[n])
		n++
	}
	p.orders = p.orders[:copy(p.orders, p.orders[n:])]
}

// reach strikes one bet, or finds that its price is gone.
func (p *portfolio) reach(w *world, o *order) {
	at := o.market.find(o.book)
	switch {
	case at == nil || !at.prices[o.outcome].open:
		p.refuse(o, ReasonGone)
		return
	case !p.strategy.Universe.InPlay && (o.fixture.game != nil && o.fixture.game.State != feed.GamePre || o.due >= o.fixture.start):
		p.refuse(o, ReasonStarted)
		return
	}
	p.bets = append(p.bets, &wager{
		bet: bet.Bet{
			Placed: o.due, Event: o.fixture.event(), Selection: o.market.selection(o.outcome, w.ways(o.fixture)), Book: o.book,
			Price: at.prices[o.outcome].value, Stake: o.stake, Currency: p.strategy.Currency, Commission: p.strategy.Commission[o.book],
		},
		fixture: o.fixture, decided: o.price, ev: o.ev, fair: o.fair, books: o.books,
	})
}

// refuse takes an order back. It may be tried again.
func (p *portfolio) refuse(o *order, reason Reason) {
	delete(p.taken, o.key())
	p.refused[o.key()] = reason
	p.money.risk(o, -o.stake)
}

// settle grades the open bets of a fixture that has come to its end.
func (p *portfolio) settle(w *world, f *fixture) {
	final := w.final(f)
	if final == nil {
		return
	}
	for _, b := range p.bets {
		if b.fixture != f || b.result.Settled() {
			continue
		}
		b.bet.Event = f.event()
		r, err := bet.Grade(&b.bet, *final)
		if err != nil {
			continue // told with the bet
		}
		b.result = r
		p.money.open -= b.bet.Stake
		p.money.bankroll += b.bet.Profit(r)
	}
}
