package signal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
)

// noon is when the tests begin.
const noon = feed.Time(1_790_000_000) * feed.Second

// failer is what tests, benchmarks and properties have in common.
type failer interface {
	Helper()
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

func span(d time.Duration) metric.Span { return metric.Span(d) }

// testRules are round numbers, all rules off.
func testRules() *Rules {
	common := func(books int) Common {
		return Common{Step: 0.01, Cooldown: span(2 * time.Minute), MaxAge: span(2 * time.Minute), MinBooks: books}
	}
	return &Rules{
		Markets:   []string{"h2h", "spreads", "totals"},
		Opinions:  Opinions{MaxAge: span(10 * time.Minute), MADs: 4},
		Arbitrage: Arbitrage{Common: common(3), Band: Band{0.01, 0.002}, Max: 0.2, MaxSpread: span(time.Minute)},
		LowHold:   LowHold{Common: common(3), Band: Band{0.005, 0.01}, MaxSpread: span(time.Minute)},
		Middle:    Middle{Common: common(3), Band: Band{0.01, 0.005}, Max: 0.5, MaxSpread: span(time.Minute), Kelly: 0.5},
		Value:     Value{Common: common(2), Band: Band{0.03, 0.01}, Max: 0.2, MaxRatio: 1.15, SharpSum: 1.05, Kelly: 0.5},
		Steam:     Steam{Common: common(3), Probability: 0.02, Points: 0.5, Window: span(3 * time.Minute), Share: 0.5, Reverse: 0.5},
		Drop:      Drop{Common: common(1), Band: Band{0.05, 0.02}, Window: span(3 * time.Minute), SharpOnly: true},
		StaleLine: StaleLine{Common: common(2), Band: Band{0.03, 0.015}, After: span(time.Minute)},
		Outlier:   Outlier{Common: common(3), Band: Band{6, 4}, Gap: 0.03},
	}
}

// testModels have the deviations of the NFL and no key numbers.
func testModels(t failer) map[string]odds.LineModel {
	spreads, err := odds.NewLineModel(13.45, nil)
	totals, err2 := odds.NewLineModel(13.2, nil)
	if err := errors.Join(err, err2); err != nil {
		t.Fatalf("%v", err)
	}
	return map[string]odds.LineModel{"spreads": spreads, "totals": totals}
}

// desk is a fixture with its books, and a detector that looks at it.
type desk struct {
	t        failer
	now      feed.Time
	rules    *Rules
	detector *Detector
	state    *State
	markets  []*Market
	sharp    string
	out      []feed.Signal
	all      []feed.Signal
}

func newDesk(t failer, change func(r *Rules)) *desk {
	t.Helper()
	r := testRules()
	change(r)
	if field, err := r.Validate(); err != nil {
		t.Fatalf("%s: %v", field, err)
	}
	return &desk{t: t, now: noon, rules: r, detector: NewDetector("nfl", r, testModels(t), "power"), state: new(State), sharp: "pinnacle"}
}

func (d *desk) Markets() int            { return len(d.markets) }
func (d *desk) ID(i int) feed.MarketKey { return d.markets[i].ID }

func (d *desk) Fill(i int, m *Market) {
	from := d.markets[i]
	m.ID, m.Outcomes, m.Books = from.ID, from.Outcomes, m.Books[:0]
	for _, b := range from.Books {
		if b.open() > 0 {
			m.Books = append(m.Books, b)
		}
	}
}

// market returns one of the fixture's markets, making room for it.
func (d *desk) market(name string, line *float64) *Market {
	id := feed.MarketKey{FixtureID: "f", Market: name, Period: "full", Line: feed.LineOf(line)}
	for _, m := range d.markets {
		if m.ID == id {
			return m
		}
	}
	m := &Market{ID: id, Outcomes: []string{"home", "away"}}
	if name == "totals" {
		m.Outcomes = []string{"over", "under"}
	}
	d.markets = append(d.markets, m)
	return m
}

func (m *Market) book(name string) *Book {
	i, ok := slices.BinarySearchFunc(m.Books, name, func(b Book, n string) int { return strings.Compare(b.Name, n) })
	if !ok {
		m.Books = slices.Insert(m.Books, i, Book{Name: name, Trust: Trust{Weight: 1}})
	}
	return &m.Books[i]
}

// quote sets a book's prices of a market, as the provider has them now; 0 is no
// price.
func (d *desk) quote(m *Market, book string, prices ...float64) *Book {
	d.t.Helper()
	if len(m.Outcomes) < len(prices) {
		m.Outcomes = []string{"home", "draw", "away"}
	}
	b := m.book(book)
	b.Trust.Sharp = book == d.sharp
	old := b.Prices
	b.Prices, b.Fair, b.Sum = nil, nil, 0
	for i, p := range prices {
		if i < len(old) && old[i].Price == p && old[i].Open == (p > 0) {
			b.Prices = append(b.Prices, old[i])
			continue
		}
		b.Prices = append(b.Prices, Price{Price: p, Open: p > 0, Event: d.now, Seen: d.now})
	}
	if b.open() == len(prices) {
		if r, err := odds.Fair(nil, odds.Power, prices); err == nil {
			b.Fair, b.Sum = r.Probabilities, r.Booksum
		}
	}
	d.confirm(b)
	return b
}

// confirm says that the provider has the book's prices still.
func (d *desk) confirm(b *Book) {
	if b.Seen != d.now {
		b.Before = b.Seen
	}
	b.Event, b.Seen = d.now, d.now
}

// confirmAll confirms every book but one.
func (d *desk) confirmAll(but string) {
	for _, m := range d.markets {
		for j := range m.Books {
			if m.Books[j].Name != but {
				d.confirm(&m.Books[j])
			}
		}
	}
}

// respond looks at all markets, as after a response that has changed them.
func (d *desk) respond() []feed.Signal {
	return d.take(d.detector.Respond(d.state, d, func(int) bool { return true }, d.now))
}

// tick lets time pass and looks at what is under way.
func (d *desk) tick(by time.Duration) []feed.Signal {
	d.now += feed.Span(by)
	if !d.state.Pending(d.now) || !d.state.Waiting(d.now) {
		return d.take(nil)
	}
	return d.take(d.detector.Tick(d.state, d, d.now))
}

func (d *desk) take(out []feed.Signal) []feed.Signal {
	d.out = append([]feed.Signal{}, out...)
	d.all = append(d.all, d.out...)
	return d.out
}

// brief writes records as "rule state reason outcome book".
func brief(out []feed.Signal) []string {
	words := []string{}
	for _, s := range out {
		words = append(words, strings.Join(strings.Fields(fmt.Sprint(s.Rule, " ", s.State, " ", s.Reason, " ", s.Outcome, " ", s.Book)), " "))
	}
	return words
}

func (d *desk) want(want ...string) {
	d.t.Helper()
	if got := brief(d.out); !slices.Equal(got, want) {
		d.t.Errorf("at %s got %q, want %q", d.now.Std().Format("15:04:05"), got, want)
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

func at(v float64) *float64 { return &v }

// lifeOf checks that records tell one story for each signal: it opens, updates
// and closes under numbers without gaps, and what was dropped was never there.
func lifeOf(t failer, out []feed.Signal) {
	t.Helper()
	last := map[string]feed.Signal{}
	open := map[string]string{} // dedupe key -> signal
	for i, s := range out {
		before, known := last[s.SignalID]
		last[s.SignalID] = s
		switch s.State {
		case feed.SignalOpen:
			if known || open[s.DedupeKey] != "" || s.Revision != 0 || s.Reason != "" {
				t.Fatalf("record %d opens %s, known %v, open already %q", i, s.SignalID, known, open[s.DedupeKey])
			}
			open[s.DedupeKey] = s.SignalID
		case feed.SignalDropped:
			if known || s.Revision != 0 || s.Reason == "" || s.Detail == "" {
				t.Fatalf("record %d drops %+v, known %v", i, s, known)
			}
		default:
			if !known || !before.State.Live() || s.Revision != before.Revision+1 || s.Opened != before.Opened || open[s.DedupeKey] != s.SignalID {
				t.Fatalf("record %d is %s of %s behind %s", i, s.State, s.SignalID, before.State)
			}
			if s.State == feed.SignalClose {
				if s.Reason == "" {
					t.Fatalf("record %d closes %s without a reason", i, s.SignalID)
				}
				delete(open, s.DedupeKey)
			}
		}
		if s.SignalID != s.DedupeKey+"@"+s.Opened.String() || len(s.Legs) == 0 || s.Kind != feed.KindSignal || s.SeenTime < s.Opened-1 {
			t.Fatalf("record %d is %+v", i, s)
		}
	}
}
