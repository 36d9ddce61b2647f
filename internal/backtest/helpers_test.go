package backtest

import (
	"context"
	"sync"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/leagues"
)

// noon is when the tests' days begin, and hour later games start.
const noon = feed.Time(1_768_824_000_000_000) // 2026-01-19 12:00 UTC

// entry is one record of a tape with when it became known.
type entry struct {
	at     feed.Time
	record any
}

// script is a tape made of a list.
type script struct {
	entries []entry
}

func (s *script) Play(_ context.Context, take func(feed.Time, any) error) error {
	for _, e := range s.entries {
		record := e.record
		if q, ok := record.(*feed.Quote); ok { // a tape's records are valid during the call only
			own := *q
			record = &own
		}
		if err := take(e.at, record); err != nil {
			return err
		}
	}
	return nil
}

func (s *script) About() About { return About{Kind: "script", Name: "test"} }

func (s *script) add(at feed.Time, record any) { s.entries = append(s.entries, entry{at, record}) }

// fixture announces a game between Home and Away.
func (s *script) fixture(at feed.Time, id string, start feed.Time) {
	s.add(at, &feed.Fixture{Kind: feed.KindFixture, FixtureID: id, League: "nhl", StartTime: start, Home: "Home", Away: "Away"})
}

// h2h is one book's picture of a game's h2h market; a price of 0 is withdrawn.
func (s *script) h2h(at feed.Time, id, book string, home, away float64) {
	for i, price := range []float64{home, away} {
		q := &feed.Quote{Kind: feed.KindQuote, FixtureID: id, League: "nhl", Market: feed.MarketH2H, Period: feed.PeriodFull,
			Outcome: []string{feed.OutcomeHome, feed.OutcomeAway}[i], Book: book, Price: price, State: feed.StateOpen, EventTime: at, SeenTime: at, Last: i == 1}
		if price == 0 {
			q.State, q.Price = feed.StateWithdrawn, 1.5
		}
		s.add(at, q)
	}
}

// seen confirms a book's prices.
func (s *script) seen(at feed.Time, id, book string) {
	s.add(at, &feed.Quote{Kind: feed.KindSeen, FixtureID: id, League: "nhl", Market: feed.MarketH2H, Book: book, EventTime: at, SeenTime: at, Last: true})
}

func (s *script) game(at feed.Time, id string, state feed.GameState, score ...int32) {
	g := &feed.Game{Kind: feed.KindGame, FixtureID: id, League: "nhl", State: state, EventTime: at, SeenTime: at}
	if len(score) == 2 {
		g.HomeScore, g.AwayScore = &score[0], &score[1]
	}
	s.add(at, g)
}

var catalog = sync.OnceValue(func() *league.Catalog {
	all, err := leagues.Load()
	if err != nil {
		panic(err)
	}
	c, err := league.NewCatalog(all)
	if err != nil {
		panic(err)
	}
	return c
})

func options() Options {
	return Options{Catalog: catalog(), Doubt: bet.Doubt{Level: 0.95, Reps: 200, Seed: 1}}
}

// strategies reads a file's text.
func strategies(t rapid.TB, text string) []Strategy {
	t.Helper()
	list, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func run(t rapid.TB, tape Tape, text string) *Report {
	t.Helper()
	r, err := Run(context.Background(), tape, strategies(t, text), options())
	if err != nil {
		t.Fatal(err)
	}
	return r
}
