package signal

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// evens quotes books at even chances.
func evens(d *desk, m *Market, books ...string) {
	for _, b := range books {
		d.quote(m, b, 1.91, 1.91)
	}
}

// shift quotes prices whose fair probability of the first outcome is p.
func shift(d *desk, m *Market, book string, p float64) *Book {
	return d.quote(m, book, 1/(p*1.04), 1/((1-p)*1.04))
}

// pass lets time go by in small steps, each a response that confirms all.
func (d *desk) pass(by time.Duration) {
	for ; by > 0; by -= 30 * time.Second {
		d.now += feed.Span(min(by, 30*time.Second))
		d.confirmAll("")
		d.respond()
	}
}

func TestSteamNamesItsBooksInTheOrderInWhichTheyMoved(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.Steam.Enabled = true })
	m := d.market("h2h", nil)
	evens(d, m, "a", "b", "c", "pinnacle", "z")
	d.respond()
	d.pass(time.Minute)
	for _, book := range []string{"pinnacle", "c", "a"} {
		d.now += 30 * feed.Second
		d.confirmAll(book)
		shift(d, m, book, 0.53)
		d.respond()
		if book != "a" {
			d.want()
		}
	}
	d.want("steam open home")
	s := d.out[0]
	if s.Unit != feed.UnitProbability || s.Books != 3 || !near(s.Value, m.book("a").Fair[0]-0.5) {
		t.Errorf("got %+v", s)
	}
	var legs []string
	for _, l := range s.Legs {
		legs = append(legs, fmt.Sprint(l.Book, " ", l.Sharp))
		if *l.Position-*l.Reference < 0.02 {
			t.Errorf("leg %+v", l)
		}
	}
	if !slices.Equal(legs, []string{"pinnacle true", "c false", "a false"}) {
		t.Errorf("legs %v", legs)
	}
	// One more follows: the signal names it.
	d.now += 20 * feed.Second
	d.confirmAll("b")
	shift(d, m, "b", 0.53)
	d.respond()
	d.want("steam update home")
	// In the end all have been there for longer than the window.
	d.pass(4 * time.Minute)
	if last := d.all[len(d.all)-1]; last.State != feed.SignalClose || last.Reason != ReasonEnded {
		t.Errorf("ends with %s %s", last.State, last.Reason)
	}
	lifeOf(t, d.all)
}

func TestSteamIsReversedWhenTheBooksMoveBack(t *testing.T) {
	for _, c := range []struct{ market string }{{"h2h"}, {"spreads"}} {
		t.Run(c.market, func(t *testing.T) {
			d := newDesk(t, func(r *Rules) { r.Steam.Enabled = true })
			var line *float64
			if c.market == "spreads" {
				line = at(-3)
			}
			m := d.market(c.market, line)
			books := []string{"a", "b", "c", "d"}
			evens(d, m, books...)
			d.respond()
			move := func(p float64) {
				d.now += 20 * feed.Second
				for _, b := range books {
					shift(d, m, b, p)
				}
				d.respond()
			}
			move(0.46) // away is favoured more: a point and a half of the spread
			d.want("steam open away")
			if s := d.out[0]; c.market == "spreads" && (s.Unit != feed.UnitPoints || s.Value < 1.3 || s.Value > 1.5 || *s.Legs[0].Position > *s.Legs[0].Reference) {
				t.Errorf("got %+v", s)
			}
			move(0.495)
			if got := brief(d.out); !slices.Contains(got, "steam close reversed away") {
				t.Errorf("got %q", got)
			}
			lifeOf(t, d.all)
		})
	}
}

// TestALineThatMovesIsAMoveToo: books go from -3 to -4 at the same prices.
func TestALineThatMovesIsAMoveToo(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.Steam.Enabled, r.Drop.Enabled = true, true })
	three, four := d.market("spreads", at(-3)), d.market("spreads", at(-4))
	books := []string{"a", "b", "pinnacle"}
	evens(d, three, books...)
	d.respond()
	d.now += 30 * feed.Second
	for _, b := range books {
		d.quote(three, b, 0, 0)
	}
	evens(d, four, books...)
	d.respond()
	d.want("steam open home", "drop open home pinnacle")
	if s := d.out[0]; !near(s.Value, 1) || *s.Legs[0].Line != -4 || !near(*s.Legs[0].Position, 4) || !near(*s.Legs[0].Reference, 3) {
		t.Errorf("steam %+v", s)
	}
	// A point is .0296 of probability around even.
	if s := d.out[1]; s.Value < 0.055 || s.Value > 0.065 || !near(*s.Legs[0].Position, 0.5) {
		t.Errorf("drop %+v", s)
	}
}

// TestWhereScoresAreLowLinesAreNotCompared: half a goal is no move that the model
// could tell from a change of line; five percent at one line is one.
func TestWhereScoresAreLowLinesAreNotCompared(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.Steam.Enabled, r.Drop.Enabled, r.StaleLine.Enabled = true, true, true })
	goals, err := odds.NewLineModel(2.3, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.detector = NewDetector("nhl", d.rules, map[string]odds.LineModel{"totals": goals}, "power")
	low, high := d.market("totals", at(5.5)), d.market("totals", at(6))
	books := []string{"a", "b", "c"}
	evens(d, low, append(books, "stays")...)
	d.respond()
	d.now += 30 * feed.Second
	for _, b := range books {
		d.quote(low, b, 0, 0)
	}
	evens(d, high, books...)
	d.confirm(low.book("stays"))
	d.respond()
	d.pass(90 * time.Second)
	if got := brief(d.all); len(got) > 0 {
		t.Errorf("a change of line is %q", got)
	}
	for _, b := range books {
		shift(d, high, b, 0.55)
	}
	d.respond()
	d.want("steam open over", "drop open over a", "drop open over b", "drop open over c")
}

// TestNobodyKnowsHowFastItWasBetweenTwoDistantPolls: a change after an hour
// without a word is no steam.
func TestNobodyKnowsHowFastItWasBetweenTwoDistantPolls(t *testing.T) {
	for _, gap := range []time.Duration{2 * time.Minute, time.Hour} {
		d := newDesk(t, func(r *Rules) { r.Steam.Enabled = true })
		m := d.market("h2h", nil)
		evens(d, m, "a", "b", "c")
		d.respond()
		d.now += feed.Span(gap)
		for _, b := range []string{"a", "b", "c"} {
			shift(d, m, b, 0.55)
		}
		d.respond()
		if got := len(d.out) > 0; got != (gap < time.Hour) {
			t.Errorf("after %s: %q", gap, brief(d.out))
		}
	}
}

func TestADropIsASharpBooksWhereThereIsOne(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.Drop.Enabled = true })
	m := d.market("h2h", nil)
	evens(d, m, "a", "pinnacle")
	d.respond()
	d.now += 30 * feed.Second
	shift(d, m, "a", 0.55)
	d.respond()
	d.want()
	shift(d, m, "pinnacle", 0.55)
	d.respond()
	d.want("drop open home pinnacle")
	if s := d.out[0]; !near(s.Value, 1-0.5/m.book("pinnacle").Fair[0]) || s.Unit != feed.UnitShare {
		t.Errorf("got %+v", s)
	}
	other := newDesk(t, func(r *Rules) { r.Drop.Enabled = true })
	m = other.market("h2h", nil)
	evens(other, m, "a", "b")
	other.respond()
	other.now += 30 * feed.Second
	shift(other, m, "a", 0.55)
	other.respond()
	other.want("drop open home a")
}

func TestAStaleLineConfirmsItsPriceAfterTheOthersHaveMoved(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.StaleLine.Enabled = true })
	m := d.market("h2h", nil)
	evens(d, m, "a", "b", "c", "slow")
	d.respond()
	move := func(p float64) {
		d.now += 10 * feed.Second
		for _, b := range []string{"a", "b", "c"} {
			shift(d, m, b, p)
		}
		d.confirm(m.book("slow"))
		d.respond()
	}
	move(0.56)
	d.want() // it may still follow
	d.tick(time.Minute)
	d.want() // time has passed, but nobody has seen it since
	d.confirmAll("")
	d.tick(5 * time.Second)
	d.want("stale_line open home slow")
	if s := d.out[0]; s.Value < 0.05 || s.Value > 0.065 || s.Books != 3 || s.Legs[0].Price != 1.91 || *s.EV < 0.05 || *s.Legs[0].Reference-*s.Legs[0].Position != s.Value {
		t.Errorf("got %+v", s)
	}
	d.now += 10 * feed.Second
	shift(d, m, "slow", 0.56)
	d.respond()
	d.want("stale_line close followed home slow")
	lifeOf(t, d.all)
}

func TestAFeedThatIsDownIsNoStaleLine(t *testing.T) {
	d := newDesk(t, func(r *Rules) { r.StaleLine.Enabled = true })
	m := d.market("h2h", nil)
	evens(d, m, "a", "b", "c", "down")
	d.respond()
	d.now += 90 * feed.Second
	d.confirmAll("down")
	for _, b := range []string{"a", "b", "c"} {
		shift(d, m, b, 0.56)
	}
	down := m.book("down")
	d.respond()
	for range 20 {
		d.now += 15 * feed.Second
		d.confirmAll("down")
		down.Seen = d.now // our answers hold it; the provider's time stands still
		d.respond()
	}
	if got := brief(d.all); !slices.Equal(got, []string{"stale_line dropped stale home down"}) {
		t.Errorf("got %q", got)
	}
}

func TestReverseMove(t *testing.T) {
	r := ReverseMove{Tickets: 0.6, Points: 0.5}
	for _, c := range []struct {
		tickets, move float64
		side          int
		ok            bool
	}{
		{0.6, -0.5, 1, true},
		{0.75, -1, 1, true},
		{0.59, -1, 0, false},
		{0.8, -0.4, 0, false},
		{0.8, 1, 0, false}, // with the crowd
		{0.4, 0.5, 0, true},
		{0.41, 0.5, 0, false},
		{0.2, -3, 0, false},
		{1.2, -1, 0, false},
		{-0.2, 1, 0, false},
	} {
		if side, ok := r.Side(c.tickets, c.move); ok != c.ok || ok && side != c.side {
			t.Errorf("%v of the tickets, moved by %v: side %d, %v", c.tickets, c.move, side, ok)
		}
	}
}
