package board

import (
	"context"
	"sync"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
	"github.com/betflow/betflow/leagues"
)

// noon is when the tests' games start.
const noon = feed.Time(1_790_000_000) * feed.Second

// failer is what tests, benchmarks and properties have in common.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// catalog is read once: a property makes many boards.
var catalog = sync.OnceValues(func() (*league.Catalog, error) {
	all, err := leagues.Load()
	if err != nil {
		return nil, err
	}
	return league.NewCatalog(all)
})

func newBoard(t failer) *Board {
	t.Helper()
	c, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	return New(c, "e1")
}

// put applies records as one batch.
func put(t failer, b *Board, records ...any) {
	t.Helper()
	changes := make([]store.Change, len(records))
	for i, r := range records {
		changes[i] = store.Change{Partition: log.Partition{Topic: "t"}, Record: r}
	}
	if err := b.Apply(context.Background(), changes); err != nil {
		t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

func fixtureOf(id string, start feed.Time) *feed.Fixture {
	return &feed.Fixture{
		Kind: feed.KindFixture, Seq: 1, FixtureID: id, League: "nfl", StartTime: start, Status: "pre",
		HomeID: "nfl.chicago-bears", AwayID: "nfl.green-bay-packers", Home: "Chicago Bears", Away: "Green Bay Packers", SeenTime: start - feed.Hour,
	}
}

func quoteOf(id, book, outcome string, price float64, seen feed.Time) *feed.Quote {
	return &feed.Quote{
		Kind: feed.KindQuote, Seq: 1, FixtureID: id, League: "nfl", Market: feed.MarketH2H, Period: feed.PeriodFull, Outcome: outcome, Book: book,
		Price: price, State: feed.StateOpen, EventTime: seen - 30*feed.Second, SeenTime: seen, Source: "theoddsapi",
	}
}

func seenOf(id, book string, seen feed.Time) *feed.Quote {
	return &feed.Quote{Kind: feed.KindSeen, Seq: 1, FixtureID: id, League: "nfl", Market: feed.MarketH2H, Book: book, EventTime: seen - feed.Second, SeenTime: seen}
}

func tickOf(at feed.Time) *feed.Quote {
	return &feed.Quote{Kind: feed.KindTick, Seq: 1, EventTime: at, SeenTime: at}
}

func marketOf(id, market string, line *float64, books int32, fair float64, seen feed.Time) *feed.MarketState {
	outcome := func(name string, p float64) feed.OutcomeState {
		return feed.OutcomeState{Outcome: name, BestPrice: ptr(1 / p), BestBook: "pinnacle", BestEventTime: seen - 30*feed.Second, BestSeenTime: seen, Fair: &p, Prices: books}
	}
	return &feed.MarketState{
		Kind: feed.KindMarket, Seq: 1, FixtureID: id, League: "nfl", Market: market, Period: feed.PeriodFull, Line: line, Books: books, Method: "power",
		Outcomes: []feed.OutcomeState{outcome("home", fair), outcome("away", 1-fair)}, EventTime: seen, SeenTime: seen,
	}
}

// signalOf is a word about the fixture's one signal.
func signalOf(id string, state feed.SignalState, value float64, seen feed.Time) *feed.Signal {
	key := feed.SignalKey{Rule: feed.RuleValue, Market: feed.MarketKey{FixtureID: id, Market: feed.MarketH2H, Period: feed.PeriodFull}, Outcome: feed.OutcomeHome, Book: "pinnacle"}
	return &feed.Signal{
		Kind: feed.KindSignal, Seq: 1, SignalID: key.ID(noon), DedupeKey: key.String(), Rule: key.Rule, State: state, FixtureID: id, League: "nfl",
		Market: feed.MarketH2H, Period: feed.PeriodFull, Outcome: feed.OutcomeHome, Book: "pinnacle", Value: value, Unit: feed.UnitReturn, Books: 3, Method: "power",
		Legs:   []feed.SignalLeg{{Outcome: feed.OutcomeHome, Book: "pinnacle", Price: 2.1, EventTime: seen - 30*feed.Second, SeenTime: seen, Age: 30, Stake: 1}},
		Opened: noon, EventTime: seen, SeenTime: seen,
	}
}
