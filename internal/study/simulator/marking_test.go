package simulator

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// script is a referee that says what the test has written.
type script struct {
	there map[feed.Time][]feed.SignalKey
	marks map[string]bool // by signal id
}

func (s script) chances(l *look, yield func(feed.SignalKey)) {
	for _, k := range s.there[l.at] {
		yield(k)
	}
}

func (s script) right(_ *look, g *feed.Signal) (bool, float64, bool) {
	return s.marks[g.SignalID], 0.5, true
}

func TestChancesAndSignalsAreMatched(t *testing.T) {
	key := func(book string) feed.SignalKey {
		return feed.SignalKey{Rule: feed.RuleValue, Outcome: "home", Book: book, Market: feed.MarketKey{FixtureID: "f", Market: "h2h", Period: "full"}}
	}
	at := func(n int) feed.Time { return begin + feed.Time(n)*feed.Second }
	d := newDocket(feed.RuleValue, script{
		there: map[feed.Time][]feed.SignalKey{
			at(0): {key("a"), key("b")}, at(30): {key("a"), key("b")}, at(60): {key("a")}, // both are chances
			at(90):  {key("c")},                      // gone at the next look
			at(150): {key("a")}, at(180): {key("a")}, // another chance, without a signal
		},
		marks: map[string]bool{"one": true},
	})
	f := &fixture{id: "f"}
	say := func(id, book string, state feed.SignalState, when feed.Time, opened feed.Time) {
		k := key(book)
		d.word(&feed.Signal{SignalID: id, Rule: k.Rule, FixtureID: "f", Market: "h2h", Period: "full", Outcome: k.Outcome, Book: book,
			State: state, Value: 0.04, Opened: opened, SeenTime: when, Reason: "stale"})
	}
	for n := 0; n <= 210; n += 30 {
		switch n {
		case 30:
			say("one", "a", feed.SignalOpen, at(30), at(30))
		case 90:
			say("one", "a", feed.SignalClose, at(90), at(30))
			say("two", "d", feed.SignalOpen, at(90), at(90))
			say("", "e", feed.SignalDropped, at(90), at(90))
		}
		d.look(&look{fixture: f, at: at(n)})
	}
	got := d.result()
	if got.Chances != 3 || got.Found != 1 || got.Signals != 2 || got.Right != 1 || got.Delay != 30 || got.Dropped["stale"] != 1 || got.Claimed != 0.04 || got.True != 0.5 {
		t.Errorf("%+v", got)
	}
}

// aLook is a fixture of a world at a moment, as it is and with its sides
// exchanged.
func aLook(t testing.TB) (straight, swapped *look) {
	t.Helper()
	h, err := simulate.NewHistory(simulate.Config{Seed: 5, Leagues: someLeagues(t, "nba")}, simulate.Poll{From: begin, To: begin + feed.Hour, Odds: feed.Minute})
	if err != nil {
		t.Fatal(err)
	}
	f := h.World.Fixtures("nba", begin+feed.Hour, begin+3*day)[0]
	truth, err := h.World.Truth(f, begin)
	if err != nil {
		t.Fatal(err)
	}
	return &look{fixture: &fixture{id: "f", twin: &f}, truth: truth}, &look{fixture: &fixture{id: "f", twin: &f, swapped: true}, truth: truth}
}

func TestExchangedSidesAreMirrored(t *testing.T) {
	l, m := aLook(t)
	for _, line := range []float64{-7.5, -3, 0.5, 4} {
		win, push, lose, _ := l.chance(feed.MarketSpreads, feed.OutcomeHome, feed.Line{Points: line, Set: true})
		w, p, o, ok := m.chance(feed.MarketSpreads, feed.OutcomeAway, feed.Line{Points: -line, Set: true})
		if !ok || w != win || p != push || o != lose || math.Abs(win+push+lose-1) > 1e-9 {
			t.Errorf("line %g: %g %g %g against %g %g %g", line, win, push, lose, w, p, o)
		}
	}
	l.draw, m.draw = true, true
	home, _, _, _ := l.chance(feed.MarketH2H, feed.OutcomeHome, feed.Line{})
	if away, _, _, _ := m.chance(feed.MarketH2H, feed.OutcomeAway, feed.Line{}); home != away {
		t.Errorf("%g and %g", home, away)
	}
	if _, _, _, ok := l.chance("corners", feed.OutcomeOver, feed.Line{}); ok {
		t.Error("the world knows nothing of corners")
	}
}

// TestAMiddleIsItsTwoBets holds the expectation of a middle to that of the bets
// it is made of, each with its stake.
func TestAMiddleIsItsTwoBets(t *testing.T) {
	l, _ := aLook(t)
	rapid.Check(t, func(t *rapid.T) {
		low := feed.Line{Points: float64(rapid.IntRange(420, 470).Draw(t, "low")) / 2, Set: true}
		high := feed.Line{Points: low.Points + float64(rapid.IntRange(1, 12).Draw(t, "gap"))/2, Set: true}
		over, under := rapid.Float64Range(1.5, 3).Draw(t, "over"), rapid.Float64Range(1.5, 3).Draw(t, "under")
		got, ok := l.middle(feed.MarketTotals, low, high, over, under)
		first, _ := l.expected(feed.MarketTotals, feed.OutcomeOver, low, over)
		second, _ := l.expected(feed.MarketTotals, feed.OutcomeUnder, high, under)
		sum := 1/over + 1/under
		if want := first/(over*sum) + second/(under*sum); !ok || math.Abs(got-want) > 1e-12 {
			t.Errorf("%g instead of %g", got, want)
		}
		if _, ok := l.middle(feed.MarketTotals, high, low, over, under); ok {
			t.Error("over a higher and under a lower line is no middle")
		}
	})
}

func TestRiseIsFromTheLowestPointOfTheSpan(t *testing.T) {
	p := &path{}
	for i, home := range []float64{0.5, 0.4, 0.45, 0.52} {
		p.at = append(p.at, feed.Time(i)*feed.Minute)
		p.sides = append(p.sides, []float64{home, 0, 1 - home, 0, 200})
	}
	if by, stands := p.rise(feed.MarketH2H, feed.OutcomeHome, 2*feed.Minute); math.Abs(by-0.12) > 1e-12 || stands != 0.52 {
		t.Errorf("%g to %g", by, stands)
	}
	if by, _ := p.rise(feed.MarketH2H, feed.OutcomeHome, feed.Minute); math.Abs(by-0.07) > 1e-12 {
		t.Errorf("within a minute %g", by)
	}
	if by, _ := p.rise(feed.MarketH2H, feed.OutcomeAway, 3*feed.Minute); by != 0 {
		t.Errorf("away has risen by %g", by)
	}
}

// TestGarbledPricesAreExchangedAndKnown compares an answer before and after.
func TestGarbledPricesAreExchangedAndKnown(t *testing.T) {
	g := garbler{seed: 2}
	h, err := simulate.NewHistory(simulate.Config{Seed: 5, Leagues: someLeagues(t, "nba")}, simulate.Poll{
		From: begin, To: begin + 12*feed.Hour, Odds: 5 * feed.Minute,
		Offer: theoddsapi.Offer{Markets: []string{"h2h", "totals"}, Regions: []string{"us", "eu"}, Format: feed.FormatDecimal}})
	if err != nil {
		t.Fatal(err)
	}
	markets, exchanged := 0, 0
	for raw := range h.Responses {
		var before, after []oddsEvent
		if err := json.Unmarshal(raw.Body, &before); err != nil {
			t.Fatal(err)
		}
		if err := g.response(h.World, &raw); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw.Body, &after); err != nil {
			t.Fatal(err)
		}
		for i := range before {
			for j := range before[i].Bookmakers {
				for k, m := range before[i].Bookmakers[j].Markets {
					markets++
					n := after[i].Bookmakers[j].Markets[k]
					swapped := string(m.Outcomes[0].Price) == string(n.Outcomes[1].Price) && string(m.Outcomes[1].Price) == string(n.Outcomes[0].Price)
					wrong := g.wrong(before[i].ID, before[i].Bookmakers[j].Key, m.Key, raw.FetchedAt)
					if wrong {
						exchanged++
					}
					if even := string(m.Outcomes[0].Price) == string(m.Outcomes[1].Price); swapped != wrong && !even {
						t.Errorf("%s at %s: exchanged %v, said to be %v", m.Key, before[i].Bookmakers[j].Key, swapped, wrong)
					}
				}
			}
		}
	}
	if expected := garbleShare * float64(markets); exchanged == 0 || math.Abs(float64(exchanged)-expected) > 6*math.Sqrt(expected) {
		t.Errorf("%d of %d markets are garbled, about %.0f were to be", exchanged, markets, expected)
	}
}
