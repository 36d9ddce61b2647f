package bet

import (
	"errors"
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

func quote(market string, line feed.Line, outcome, book string, price float64) Quote {
	return Quote{Selection: Selection{Market: market, Period: "full", Line: line, Outcome: outcome}, Book: book, Price: price}
}

// TestValueOracle holds the figures of a bet at -125 that closed at -150/+130.
func TestValueOracle(t *testing.T) {
	c := NewClose(Reading{Method: odds.Multiplicative}, []Quote{
		quote("h2h", feed.Line{}, "home", "x", 1+100./150), quote("h2h", feed.Line{}, "away", "x", 2.3),
	})
	b := Bet{Selection: Selection{Market: "h2h", Period: "full", Outcome: "home", Ways: TwoWay}, Book: "x", Price: 1.8}
	v, err := c.Value(&b)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(*v.Price-0.08) > 1e-9 || math.Abs(v.Fair-0.5798319328) > 1e-9 || math.Abs(v.NoVig-0.04369747899) > 1e-9 || v.Points != nil || v.Books != 1 {
		t.Errorf("got %+v", v)
	}
	b.Price, b.Book = 2.25, "y"
	c = NewClose(Reading{Method: odds.Power}, []Quote{quote("h2h", feed.Line{}, "home", "x", 2.1), quote("h2h", feed.Line{}, "away", "x", 2.1/1.1)})
	if v, err = c.Value(&b); err != nil || math.Abs(v.NoVig-0.07142857) > 1e-8 || v.Price != nil {
		t.Errorf("got %+v, %v", v, err)
	}
}

func spreadClose(r Reading) *Close {
	return NewClose(r, []Quote{
		quote("spreads", lineAt(-3.5), "home", "x", 1.91), quote("spreads", lineAt(-3.5), "away", "x", 1.91),
		quote("spreads", lineAt(-7), "home", "x", 2.8), quote("spreads", lineAt(-7), "away", "x", 1.45),
		quote("spreads", lineAt(-3.5), "home", "y", 1.95), quote("spreads", lineAt(-3.5), "away", "y", 1.87),
		quote("totals", lineAt(44.5), "over", "x", 1.91), quote("totals", lineAt(44.5), "under", "x", 1.91),
	})
}

func TestPointsAreGainedTowardsTheBettor(t *testing.T) {
	nfl, _ := catalog().League("nfl")
	c := spreadClose(Reading{Method: odds.Power, Books: []string{"x"}}.For(nfl))
	for _, s := range []struct {
		market  string
		line    float64
		outcome string
		points  float64
	}{
		{"spreads", -2.5, "home", 1}, {"spreads", -2.5, "away", -1}, {"spreads", -7, "away", 3.5}, {"spreads", -3.5, "home", 0},
		{"totals", 43.5, "over", 1}, {"totals", 43, "under", -1.5}, {"totals", 44.5, "over", 0},
	} {
		b := Bet{Selection: Selection{Market: s.market, Period: "full", Line: lineAt(s.line), Outcome: s.outcome}, Price: 1.91}
		v, err := c.Value(&b)
		if err != nil || v.Points == nil || *v.Points != s.points {
			t.Errorf("%s %s %g: %+v, %v, want %g points", s.market, s.outcome, s.line, v, err, s.points)
			continue
		}
		if quoted := s.line == -7 || s.points == 0; v.Moved == quoted {
			t.Errorf("%s %g: moved is %v", s.market, s.line, v.Moved)
		}
		// Between half points a point is worth 1/sigma standard deviations.
		if v.Moved && s.market == "spreads" {
			if want := distuv.UnitNormal.CDF(s.points / 13.45); math.Abs(v.Fair-want) > 1e-9 {
				t.Errorf("%s %s %g: fair %g, want %g", s.market, s.outcome, s.line, v.Fair, want)
			}
		}
	}
}

func TestValueSaysWhatItCannotTell(t *testing.T) {
	c := spreadClose(Reading{Method: odds.Power})
	at := func(market string, line float64, outcome string) *Bet {
		return &Bet{Selection: Selection{Market: market, Period: "full", Line: lineAt(line), Outcome: outcome}, Price: 2}
	}
	if _, err := c.Value(at("spreads", -5, "home")); !errors.Is(err, ErrNoLine) {
		t.Errorf("without a sigma: %v", err)
	}
	if _, err := c.Value(at("team_totals", 20, "home over")); !errors.Is(err, ErrNoClose) {
		t.Errorf("another market: %v", err)
	}
	if _, err := spreadClose(Reading{Method: odds.Power, Books: []string{"z"}}).Value(at("spreads", -3.5, "home")); !errors.Is(err, ErrNoClose) {
		t.Errorf("a book that is not there: %v", err)
	}
	stale := quote("h2h", feed.Line{}, "home", "x", 1.9)
	stale.Age = time.Hour
	c = NewClose(Reading{Method: odds.Power, MaxAge: time.Minute}, []Quote{stale, quote("h2h", feed.Line{}, "away", "x", 1.9)})
	if _, err := c.Value(&Bet{Selection: Selection{Market: "h2h", Period: "full", Outcome: "home"}, Price: 2}); !errors.Is(err, ErrNoClose) {
		t.Errorf("old prices: %v", err)
	}
	c = NewClose(Reading{Method: odds.Power}, []Quote{quote("h2h", feed.Line{}, "home", "x", 2.1), quote("h2h", feed.Line{}, "away", "x", 2.1)})
	if _, err := c.Value(&Bet{Selection: Selection{Market: "h2h", Period: "full", Outcome: "home"}, Price: 2}); !errors.Is(err, ErrNoClose) {
		t.Errorf("prices that cross: %v", err)
	}
}

// TestSidesOfTheCloseAddUp: what one side's bet has gained the other's has lost.
func TestSidesOfTheCloseAddUp(t *testing.T) {
	nfl, _ := catalog().League("nfl")
	c := spreadClose(Reading{Method: odds.Shin}.For(nfl))
	rapid.Check(t, func(t *rapid.T) {
		line := float64(rapid.IntRange(-40, 40).Draw(t, "half points")) / 2
		home := Bet{Selection: Selection{Market: "spreads", Period: "full", Line: lineAt(line), Outcome: "home"}, Price: 2}
		away := home
		away.Outcome = "away"
		h, err := c.Value(&home)
		a, err2 := c.Value(&away)
		if err != nil || err2 != nil || math.Abs(h.Fair+a.Fair-1) > 1e-9 || math.Abs(*h.Points+*a.Points) > 1e-9 {
			t.Errorf("line %g: %+v %v, %+v %v", line, h, err, a, err2)
		}
	})
}

func TestGamesAreFoundByAnySpelling(t *testing.T) {
	games := []Game{
		{Event: Event{Fixture: "f1", League: "nfl", Home: "Buffalo Bills", Away: "Miami Dolphins", Start: instant(t, "2026-01-11T18:00:00Z")}},
		{Event: Event{Fixture: "f2", League: "nfl", Home: "Buffalo Bills", Away: "Miami Dolphins", Start: instant(t, "2026-10-11T18:00:00Z")}},
		{Event: Event{Fixture: "f3", League: "epl", Home: "Arsenal", Away: "Chelsea"}},
	}
	g := NewGames(games, catalog())
	for _, c := range []struct {
		event  Event
		placed string
		want   string
	}{
		{Event{Fixture: "f2"}, "2026-01-01T00:00:00Z", "f2"},
		{Event{League: "nfl", Home: "BUF", Away: "Dolphins", Start: instant(t, "2026-01-12T12:00:00Z")}, "2026-01-01T00:00:00Z", "f1"},
		{Event{Home: "buffalo bills", Away: "miami dolphins", Start: instant(t, "2026-10-11T12:00:00Z")}, "2026-01-01T00:00:00Z", "f2"},
		{Event{League: "nfl", Home: "Bills", Away: "Dolphins"}, "2026-10-09T00:00:00Z", "f2"},
		{Event{League: "nfl", Home: "Bills", Away: "Dolphins"}, "2026-05-09T00:00:00Z", ""},
		{Event{League: "nfl", Home: "Dolphins", Away: "Bills", Start: instant(t, "2026-01-11T12:00:00Z")}, "2026-01-01T00:00:00Z", ""},
		{Event{League: "nfl", Home: "Bills", Away: "Dolphins", Start: instant(t, "2026-01-14T12:00:00Z")}, "2026-01-01T00:00:00Z", ""},
		{Event{League: "epl", Home: "Arsenal", Away: "Chelsea", Start: instant(t, "2026-01-14T12:00:00Z")}, "2026-01-01T00:00:00Z", "f3"},
		{Event{Fixture: "f9"}, "2026-01-01T00:00:00Z", ""},
	} {
		b := Bet{Placed: instant(t, c.placed), Event: c.event}
		got, err := g.Find(&b)
		if c.want == "" {
			if !errors.Is(err, ErrNoGame) {
				t.Errorf("%+v: %v, %v", c.event, got, err)
			}
			continue
		}
		if err != nil || got.Fixture != c.want {
			t.Errorf("%+v: %v, %v, want %s", c.event, got, err, c.want)
		}
	}
}
