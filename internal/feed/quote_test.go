package feed

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func number(v float64) *float64 { return &v }

func TestLinePrintsAndOrders(t *testing.T) {
	ordered := []struct {
		line Line
		text string
	}{
		{LineOf(nil), ""}, {LineOf(number(-3.5)), "-3.5"}, {LineOf(number(0)), "0"}, {LineOf(number(0.25)), "0.25"}, {LineOf(number(220)), "220"},
	}
	for i, a := range ordered {
		if a.line.String() != a.text {
			t.Errorf("line %d prints %q, want %q", i, a.line, a.text)
		}
		for j, b := range ordered {
			if a.line.Less(b.line) != (i < j) {
				t.Errorf("%q less than %q is %v", a.text, b.text, i >= j)
			}
		}
	}
}

func TestLineSurvivesBeingOptional(t *testing.T) {
	if LineOf(nil).Ptr() != nil {
		t.Error("no line became a line")
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e6, 1e6).Draw(t, "points")
		l := LineOf(&v)
		if p := l.Ptr(); p == &v || *p != v || LineOf(p) != l {
			t.Errorf("%v became %v", v, *p)
		}
	})
}

func TestNegativeZeroIsTheSameLine(t *testing.T) {
	a, b := Quote{Line: number(0)}, Quote{Line: number(math.Copysign(0, -1))}
	if a.Key() != b.Key() || a.MarketKey().String() != b.MarketKey().String() {
		t.Errorf("%q and %q are two markets", a.MarketKey(), b.MarketKey())
	}
}

func TestKeysNameWhatAPriceIsFor(t *testing.T) {
	q := Quote{FixtureID: "f", Market: MarketSpreads, Period: PeriodFull, Line: number(-1.5), Outcome: OutcomeHome, Book: "b", Price: 2}
	if got, want := q.MarketKey().String(), "f|spreads|full|-1.5"; got != want {
		t.Errorf("the market is %q, want %q", got, want)
	}
	same := q
	same.Price, same.Seq, same.Line = 3, 9, number(-1.5)
	if same.Key() != q.Key() {
		t.Error("another price has another key")
	}
	for name, change := range map[string]func(*Quote){
		"fixture": func(q *Quote) { q.FixtureID = "g" },
		"market":  func(q *Quote) { q.Market = MarketTotals },
		"period":  func(q *Quote) { q.Period = "h1" },
		"line":    func(q *Quote) { q.Line = nil },
		"outcome": func(q *Quote) { q.Outcome = OutcomeAway },
		"book":    func(q *Quote) { q.Book = "c" },
	} {
		other := q
		change(&other)
		if other.Key() == q.Key() {
			t.Errorf("another %s has the same key", name)
		}
		if (other.MarketKey() == q.MarketKey()) != (name == "outcome" || name == "book") {
			t.Errorf("another %s: the markets are %s and %s", name, other.MarketKey(), q.MarketKey())
		}
	}
}
