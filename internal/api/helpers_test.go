package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
	"github.com/betflow/betflow/leagues"
)

// noon is when the tests' games start.
const noon = feed.Time(1_790_000_000) * feed.Second

var catalog = sync.OnceValues(func() (*league.Catalog, error) {
	all, err := leagues.Load()
	if err != nil {
		return nil, err
	}
	return league.NewCatalog(all)
})

func ptr[T any](v T) *T { return &v }

// answers is a store with fixed answers, or with one error for everything.
type answers struct {
	err    error
	sql    string // last asked
	limit  int
	sel    store.Selection
	filter store.SignalFilter
	block  bool // queries wait for their context
}

func (a *answers) Query(ctx context.Context, sql string, limit int) (*store.Result, error) {
	a.sql, a.limit = sql, limit
	if a.block {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &store.Result{Columns: []string{"a", "b"}, Rows: [][]any{{1, nil}, {"x", []any{1.5}}}, Truncated: true, Elapsed: 1500 * time.Microsecond}, a.err
}

func (a *answers) Movement(_ context.Context, s store.Selection) (*store.Movement, error) {
	a.sel = s
	at := []store.Point{{At: noon, Value: ptr(1.9)}, {At: noon + feed.Minute}}
	return &store.Movement{Series: []store.Series{{Book: "pinnacle", Points: at}}, Consensus: at, Best: at}, a.err
}

func (a *answers) Windows(_ context.Context, s store.Selection, _, _ string) ([]store.WindowRow, error) {
	a.sel = s
	return []store.WindowRow{{Start: noon, End: noon + feed.Minute, Count: 1, First: 1, Last: 1, Min: 1, Max: 1, Mean: 1}}, a.err
}

// History is of three books that follow each other a minute apart.
func (a *answers) History(_ context.Context, id string) (*store.History, error) {
	if id == "none" {
		return nil, fmt.Errorf("%w: %s", store.ErrNoFixture, id)
	}
	h := &store.History{FixtureID: id, League: "nfl", Scheduled: noon}
	for i := range 150 {
		for lag, book := range []string{"pinnacle", "betmgm", "fanduel"} {
			at := noon - feed.Time(200-i-lag)*feed.Minute
			home := 1.9 + float64(i*i*7%11+lag)/100
			for outcome, price := range map[string]float64{"home": home, "away": 3.7 - home} {
				h.Quotes = append(h.Quotes, feed.Quote{Kind: feed.KindQuote, FixtureID: id, Market: "h2h", Period: "full", Outcome: outcome, Book: book,
					Price: price, State: feed.StateOpen, EventTime: at, SeenTime: at})
			}
		}
	}
	return h, a.err
}

func (a *answers) Signals(_ context.Context, f store.SignalFilter) ([]feed.Signal, error) {
	a.filter = f
	return []feed.Signal{signalOf("f", feed.SignalOpen)}, a.err
}

func (a *answers) Quarantine(_ context.Context, limit int) ([]feed.Quarantine, error) {
	a.limit = limit
	return []feed.Quarantine{{Source: "espn", League: "nfl", SeenTime: noon, Path: "/p", Place: "events[0]", Reason: "no id", Body: []byte(`{"a":1}`), RawPartition: 3, RawOffset: 44}}, a.err
}

func (a *answers) Reviews(_ context.Context, limit int) ([]feed.Review, error) {
	a.limit = limit
	return []feed.Review{{League: "nfl", Source: "espn", Subject: "team", SourceID: "3", Name: "Bears", Score: 0.7, Reason: "two fit", SeenTime: noon}}, a.err
}

// world is an API with what it serves from.
type world struct {
	http.Handler
	server  *server
	board   *board.Board
	store   *answers
	unready error
}

func newWorld(t testing.TB) *world {
	t.Helper()
	c, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{board: board.New(c, "e1"), store: &answers{}}
	named := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, name+" "+r.URL.Path) })
	}
	deps := Deps{
		Board: w.board, Store: w.store, Catalog: c,
		Mode: func() Mode { return Mode{Source: "replay", Speed: 10, Name: "nfl.ndjson"} }, Status: someStatus, Ready: func() error { return w.unready },
		Metrics: named("metrics"), Debug: named("debug"), Pages: named("pages"), Schemas: named("schemas"), Instance: "i1", Logger: slog.New(slog.DiscardHandler),
	}
	w.server = &server{Deps: deps}
	w.Handler = w.server.handler()
	return w
}

func someStatus() *Status {
	return &Status{
		Started: noon.Std(), Now: noon, Version: "dev", Mode: Mode{Source: "live", Speed: 1}, Watermark: noon,
		Sources: []SourceStatus{{Source: "espn", State: "ok", LastSuccess: noon, NextFetch: noon, Requests: 1}, {Source: "theoddsapi", State: "down", LastError: "401", Hint: "the key", Quota: &QuotaStatus{1, 2, 3}}},
		Topics:  []TopicStatus{{Topic: "quotes.nfl", Records: 5}}, Tasks: []TaskStatus{{Task: "compute-0", Error: "x"}},
		Feeders: []FeederStatus{{Feeder: "board", LagSeconds: new(float64)}, {Feeder: "store", Lag: 5, Error: "x"}},
	}
}

// put applies records to the board as one batch.
func (w *world) put(t testing.TB, records ...any) {
	t.Helper()
	changes := make([]store.Change, len(records))
	for i, r := range records {
		changes[i] = store.Change{Partition: log.Partition{Topic: "t"}, Record: r}
	}
	if err := w.board.Apply(context.Background(), changes); err != nil {
		t.Fatal(err)
	}
}

func fixtureOf(id, league string) *feed.Fixture {
	return &feed.Fixture{Kind: feed.KindFixture, Seq: 1, FixtureID: id, League: league, StartTime: noon, Status: "pre", Home: "Bears", Away: "Packers", SeenTime: noon,
		VenueID: "nfl.soldier-field", Neutral: true, Aliases: []feed.Alias{{Source: "espn", ID: "401", Confidence: 1}}}
}

func priceOf(id, league string, price float64, seen feed.Time) *feed.Quote {
	return &feed.Quote{Kind: feed.KindQuote, Seq: 1, FixtureID: id, League: league, Market: "h2h", Period: "full", Outcome: "home", Book: "pinnacle",
		Price: price, PriceOriginal: "1.9", State: feed.StateOpen, EventTime: seen, SeenTime: seen}
}

func signalOf(id string, state feed.SignalState) feed.Signal {
	return feed.Signal{Kind: feed.KindSignal, Seq: 1, SignalID: "value|" + id + "@1", Rule: feed.RuleValue, State: state, FixtureID: id, League: "nfl",
		Market: "h2h", Period: "full", Outcome: "home", Book: "pinnacle", Value: 0.03, Unit: feed.UnitReturn, Fair: ptr(0.5), Books: 3, Method: "power",
		Legs: []feed.SignalLeg{{Outcome: "home", Book: "pinnacle", Price: 2.06, EventTime: noon, SeenTime: noon, Stake: 1}}, Opened: noon, EventTime: noon, SeenTime: noon}
}

// full returns records that fill every part of a fixture's view.
func full(id string) []any {
	half, signal := ptr(0.5), signalOf(id, feed.SignalOpen)
	return []any{
		&signal,
		fixtureOf(id, "nfl"), priceOf(id, "nfl", 2.1, noon),
		&feed.Game{Kind: feed.KindGame, FixtureID: id, League: "nfl", State: feed.GameIn, Status: "STATUS_IN_PROGRESS", Detail: "1st", Period: 1, Clock: "10:00",
			Situation: "3rd & 7", Possession: "home", HomeScore: ptr(int32(7)), AwayScore: ptr(int32(3)), HomePeriods: []int32{7}, AwayPeriods: []int32{3}, HomeRecord: "3-1", SeenTime: noon},
		&feed.Weather{Kind: feed.KindWeather, FixtureID: id, League: "nfl", TemperatureC: ptr(4.5), Condition: "Rain", EventTime: noon},
		&feed.InPlay{Kind: feed.KindInPlay, FixtureID: id, League: "nfl", Market: "h2h", Period: "full", Change: feed.ChangeGame, State: feed.GameIn,
			Outcomes: []feed.InPlayOutcome{{Outcome: "home", Model: ptr(0.6), Fair: ptr(0.5), Difference: ptr(0.1)}, {Outcome: "away"}}, EventTime: noon},
		&feed.TotalsWeather{Kind: feed.KindTotalsWeather, FixtureID: id, League: "nfl", Change: feed.ChangeWeather, Line: ptr(44.5), WindMS: ptr(9.0), EventTime: noon},
		&feed.MarketState{FixtureID: id, League: "nfl", Market: "h2h", Period: "full", Books: 3, Method: "power", Hold: ptr(0.04), BestSum: ptr(0.99), Dispersion: ptr(0.01), EventTime: noon, SeenTime: noon,
			Outcomes: []feed.OutcomeState{{Outcome: "home", BestPrice: ptr(2.1), BestBook: "pinnacle", BestEventTime: noon, BestSeenTime: noon, Fair: half, Multiplicative: half, Power: half, Shin: half, Prices: 3}, {Outcome: "away"}}},
	}
}

// do makes a request and returns the answer.
func (w *world) do(method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// decode reads an answer's JSON.
func decode(t testing.TB, body []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

var errBroken = errors.New("the disk is full")
