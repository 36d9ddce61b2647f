package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
	"github.com/betflow/betflow/internal/store/duckdb"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/metrics"
)

const fixtureID = "nhl-20260225-buffalo-sabres-new-jersey-devils"

// fixed is the instant at which the test's records were seen.
const fixed = feed.Time(1_772_000_000_000_000)

// world is a server over a real board and a real hot store with a fixture in
// them.
type world struct {
	board   *board.Board
	store   *duckdb.Store
	handler http.Handler
	ready   bool
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ls, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := league.NewCatalog(ls)
	if err != nil {
		t.Fatal(err)
	}
	defs, err := metrics.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{board: board.New(catalog, "epoch1"), ready: true}
	if w.store, err = duckdb.Open(context.Background(), filepath.Join(t.TempDir(), "hot.duckdb"), defs); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.handler = New(Deps{
		Board: w.board, Store: w.store, Catalog: catalog, Instance: "instance1",
		Mode:    func() Mode { return Mode{Source: "simulator", Speed: 1} },
		Status:  func() *Status { return someStatus(w.board) },
		Ready:   func() bool { return w.ready },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "betflow_x 1\n") }),
		Pages:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }),
		Schemas: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) }),
		Logger:  slog.New(slog.DiscardHandler),
	})
	w.apply(t, records()...)
	return w
}

func someStatus(b *board.Board) *Status {
	return &Status{
		Now: b.Now(), Version: "test", Mode: Mode{Source: "simulator", Speed: 1}, Watermark: b.Now(),
		Sources: []SourceStatus{{Source: "espn", State: "ok", Quota: &QuotaStatus{Remaining: 1}}, {Source: "openweather", State: "idle"}},
		Topics:  []TopicStatus{{Topic: "quotes.nhl", Records: 3}},
		Tasks:   []TaskStatus{{Task: "compute-0"}},
	}
}

// apply hands records to the board and to the store, as the feeders do.
func (w *world) apply(t testing.TB, records ...any) {
	t.Helper()
	var changes []store.Change
	for i, r := range records {
		changes = append(changes, store.Change{Partition: log.Partition{Topic: "t", Partition: int32(i)}, Record: r})
	}
	for _, sink := range []store.Sink{w.board, w.store} {
		if err := sink.Apply(context.Background(), changes); err != nil {
			t.Fatal(err)
		}
	}
}

func num(v float64) *float64 { return &v }

func count(v int32) *int32 { return &v }

func records() []any {
	quote := func(outcome string, price float64) *feed.Quote {
		return &feed.Quote{
			Kind: feed.KindQuote, Seq: 1, FixtureID: fixtureID, League: "nhl", Market: feed.MarketH2H, Period: feed.PeriodFull,
			Outcome: outcome, Book: "draftkings", Price: price, PriceOriginal: "x", PriceFormat: feed.FormatDecimal,
			State: feed.StateOpen, EventTime: fixed - feed.Minute, SeenTime: fixed, Source: feed.SourceOdds,
		}
	}
	state := &feed.MarketState{
		Kind: feed.KindMarket, Seq: 1, FixtureID: fixtureID, League: "nhl", Market: feed.MarketH2H, Period: feed.PeriodFull,
		Books: 1, Method: "power", Hold: num(0.04), BestSum: num(1.04), EventTime: fixed - feed.Minute, SeenTime: fixed,
		Outcomes: []feed.OutcomeState{
			{Outcome: "home", BestPrice: num(1.9), BestBook: "draftkings", BestEventTime: fixed - feed.Minute, BestSeenTime: fixed, Fair: num(0.51), Multiplicative: num(0.51), Power: num(0.51), Shin: num(0.51), Prices: 1},
			{Outcome: "away", BestPrice: num(1.95), BestBook: "draftkings", BestEventTime: fixed - feed.Minute, BestSeenTime: fixed, Fair: num(0.49), Multiplicative: num(0.49), Power: num(0.49), Shin: num(0.49), Prices: 1},
		},
	}
	window := store.Window{
		"kind": "window", "seq": int64(1), "metric": "line_movement", "window_size": "10m",
		"window_start": (fixed - 10*feed.Minute).Std(), "window_end": fixed.Std(), "revision": int32(0),
		"fixture_id": fixtureID, "league": "nhl", "market": "h2h", "period": "full", "line": nil, "outcome": "home", "book": "draftkings",
		"count": int64(1), "first": 1.9, "last": 1.9, "min": 1.9, "max": 1.9, "mean": 1.9, "stddev": nil,
	}
	return []any{
		&feed.Fixture{Kind: feed.KindFixture, Seq: 1, FixtureID: fixtureID, League: "nhl", Season: 2025, StartTime: fixed + feed.Hour,
			HomeID: "nhl.new-jersey-devils", AwayID: "nhl.buffalo-sabres", Home: "New Jersey Devils", Away: "Buffalo Sabres", Status: "pre",
			Aliases: []feed.Alias{{Source: "espn", ID: "401", Confidence: 1}}, SeenTime: fixed},
		quote("home", 1.9), quote("away", 1.95), state, window,
		&feed.Game{Kind: feed.KindGame, Seq: 1, FixtureID: fixtureID, League: "nhl", State: feed.GameIn, Status: "STATUS_IN_PROGRESS", Period: 2,
			HomeScore: count(1), AwayScore: count(2), HomePeriods: []int32{1}, AwayPeriods: []int32{2}, EventTime: fixed, SeenTime: fixed, Source: feed.SourceGames},
		&feed.Weather{Kind: feed.KindWeather, Seq: 1, FixtureID: fixtureID, League: "nhl", TemperatureC: num(-3), Condition: "Snow", EventTime: fixed, SeenTime: fixed, Source: feed.SourceWeather},
		&feed.Quarantine{Kind: feed.KindQuarantine, Seq: 1, Source: "espn", League: "nhl", SeenTime: fixed, Path: "/p", Place: "[1]", Reason: "no id", Body: []byte(`{"a":1}`)},
		&feed.Review{Kind: feed.KindReview, Seq: 1, League: "nhl", Source: "espn", Subject: "team", SourceID: "9", Name: "Sabers", Candidate: "nhl.buffalo-sabres", Score: 0.7, Reason: "close", SeenTime: fixed},
	}
}

// get asks the handler and decodes a JSON answer.
func (w *world) get(t *testing.T, method, target, body string) (*httptest.ResponseRecorder, any) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	var v any
	if rec.Header().Get("Content-Type") == "application/json" {
		if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
			t.Fatalf("%s %s: %v: %s", method, target, err, rec.Body)
		}
	}
	return rec, v
}

func TestMistakesAreAnsweredWithWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		method, target, body string
		status               int
	}{
		{"GET", "/api/v1/fixtures/none", "", 404},
		{"GET", "/api/v1/fixtures/" + fixtureID + "/movement", "", 400},
		{"GET", "/api/v1/fixtures/" + fixtureID + "/movement?market=h2h&outcome=home&line=x", "", 400},
		{"GET", "/api/v1/fixtures/" + fixtureID + "/windows?market=h2h&outcome=home", "", 400},
		{"GET", "/api/v1/quarantine?limit=0", "", 400},
		{"GET", "/api/v1/reviews?limit=many", "", 400},
		{"POST", "/api/v1/query", "SELECT 1", 400},
		{"POST", "/api/v1/query", `{"sql": "DROP TABLE quotes"}`, 400},
		{"POST", "/api/v1/query", `{"sql": "SELECT nothing"}`, 400},
		{"GET", "/api/v1/nothing", "", 404},
		{"DELETE", "/api/v1/board", "", 404},
	} {
		rec, v := w.get(t, c.method, c.target, c.body)
		problem, _ := v.(map[string]any)
		if rec.Code != c.status || problem["error"] == "" || problem["error"] == nil {
			t.Errorf("%s %s: status %d, body %s; want %d and an error", c.method, c.target, rec.Code, rec.Body, c.status)
		}
	}
	w.ready = false
	if rec, _ := w.get(t, "GET", "/readyz", ""); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("readyz before the start is done: status %d", rec.Code)
	}
}

func TestOtherHandlersStandUnderTheirPaths(t *testing.T) {
	w := newWorld(t)
	for target, want := range map[string]string{
		"/": "<html>", "/fixtures/x": "<html>", "/metrics": "betflow_x 1\n", "/registry/subjects": "/subjects",
	} {
		if rec, _ := w.get(t, "GET", target, ""); rec.Code != 200 || rec.Body.String() != want {
			t.Errorf("GET %s: status %d, body %q; want %q", target, rec.Code, rec.Body, want)
		}
	}
	rec, _ := w.get(t, "GET", "/healthz", "")
	if rec.Code != http.StatusNoContent || rec.Header().Get("Betflow-Instance") != "instance1" {
		t.Errorf("healthz: status %d, instance %q", rec.Code, rec.Header().Get("Betflow-Instance"))
	}
}

func TestQueryLimitsItsAnswer(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		limit     string
		rows      int
		truncated bool
	}{{"", queryLimit, true}, {`, "limit": 5`, 5, true}, {`, "limit": -1`, queryLimit + 1, false}} {
		_, v := w.get(t, "POST", "/api/v1/query", `{"sql": "SELECT * FROM range(10001)"`+c.limit+`}`)
		answer := v.(map[string]any)
		if n := len(answer["rows"].([]any)); n != c.rows || answer["truncated"] != c.truncated {
			t.Errorf("limit %q: %d rows, truncated %v; want %d, %v", c.limit, n, answer["truncated"], c.rows, c.truncated)
		}
	}
}

func TestLeagueFilterKeepsOthersOut(t *testing.T) {
	w := newWorld(t)
	for target, want := range map[string]int{"/api/v1/board": 1, "/api/v1/board?league=nhl,nba": 1, "/api/v1/board?league=nba": 0} {
		_, v := w.get(t, "GET", target, "")
		if n := len(v.(map[string]any)["fixtures"].([]any)); n != want {
			t.Errorf("%s has %d fixtures, want %d", target, n, want)
		}
	}
}
