package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/store"
)

// begin is the time of the first test record.
const begin = feed.Time(1_790_000_000) * feed.Second

var quotesAt = log.Partition{Topic: "quotes.nfl", Partition: 3}

// quote returns the nth quote of a test: another price of one key each time.
func quote(n int64) *feed.Quote {
	at := begin + feed.Time(n)*feed.Second
	return &feed.Quote{
		Kind: feed.KindQuote, Seq: n, FixtureID: "nfl-1", League: "nfl", Market: "h2h", Period: "full", Outcome: "home", Book: "pinnacle",
		Price: 1.5 + float64(n)/100, PriceOriginal: "1.5", PriceFormat: "decimal", State: feed.StateOpen, EventTime: at, SeenTime: at + feed.Second, Source: "theoddsapi",
	}
}

// batchOf puts records in one partition, at the offsets of their sequence.
func batchOf[R any](records ...R) []store.Change {
	var changes []store.Change
	for _, r := range records {
		changes = append(changes, store.Change{Partition: quotesAt, Offset: sequence(r) + 99, Record: r})
	}
	return changes
}

func apply(t testing.TB, s *Store, changes []store.Change) {
	t.Helper()
	if err := s.Apply(context.Background(), changes); err != nil {
		t.Fatal(err)
	}
}

// filled returns a record with another value in each field, by its avro name.
func filled[T any]() *T {
	r := new(T)
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		fill(v.Field(i), v.Type().Field(i).Tag.Get("avro"), i+1)
	}
	return r
}

func fill(f reflect.Value, name string, i int) {
	switch f.Interface().(type) {
	case feed.Time:
		f.SetInt(int64(begin + feed.Time(i)*feed.Second + feed.Time(i)))
		return
	case []byte:
		f.SetBytes([]byte("the " + name))
		return
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString("the " + name)
	case reflect.Int32, reflect.Int64:
		f.SetInt(int64(i))
	case reflect.Float64:
		f.SetFloat(float64(i) + 0.25)
	case reflect.Bool:
		f.SetBool(true)
	case reflect.Pointer:
		f.Set(reflect.New(f.Type().Elem()))
		fill(f.Elem(), name, i)
	case reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), 2, 2))
		for k := range 2 {
			if f.Type().Elem().Kind() != reflect.Struct {
				fill(f.Index(k), name, i*10+k)
			}
		}
	}
}

// columnsOf returns a record's fields by avro name, as JSON would say them,
// without those that have no column.
func columnsOf(record any, without ...string) map[string]any {
	out := map[string]any{}
	v := reflect.Indirect(reflect.ValueOf(record))
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("avro")
		if slices.Contains(without, name) {
			continue
		}
		out[name] = v.Field(i).Interface()
		if b, ok := out[name].([]byte); ok {
			out[name] = string(b)
		}
	}
	return out
}

// onlyRow returns the one row of a table, by column.
func onlyRow(t *testing.T, s *Store, table string) map[string]any {
	t.Helper()
	r, err := s.Query(t.Context(), "SELECT * FROM "+table, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 1 {
		t.Fatalf("%s has %d rows, want 1", table, len(r.Rows))
	}
	row := map[string]any{}
	for i, c := range r.Columns {
		row[c] = r.Rows[0][i]
	}
	return row
}

func sameJSON(t *testing.T, what string, got, want any) {
	t.Helper()
	a, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(want, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Errorf("%s: got %s\nwant %s", what, a, b)
	}
}

func TestEveryFieldOfARecordHasItsColumn(t *testing.T) {
	quote, game, play, weather := filled[feed.Quote](), filled[feed.Game](), filled[feed.Play](), filled[feed.Weather]()
	quote.Kind, game.Kind, play.Kind, weather.Kind = feed.KindQuote, feed.KindGame, feed.KindPlay, feed.KindWeather
	for table, c := range map[string]struct {
		record  any
		without []string
	}{
		"quotes":     {quote, []string{"kind", "last"}},
		"games":      {game, []string{"kind", "raw_partition", "raw_offset"}},
		"plays":      {play, []string{"kind", "raw_partition", "raw_offset"}},
		"weather":    {weather, []string{"kind", "raw_partition", "raw_offset"}},
		"fixtures":   {filled[feed.Fixture](), []string{"kind", "seq", "aliases"}},
		"reviews":    {filled[feed.Review](), []string{"kind"}},
		"quarantine": {filled[feed.Quarantine](), []string{"kind"}},
		"late":       {filled[feed.Late](), []string{"kind"}},

		"totals_weather": {filled[feed.TotalsWeather](), []string{"kind"}},
	} {
		t.Run(table, func(t *testing.T) {
			s := open(t)
			apply(t, s, []store.Change{{Partition: quotesAt, Record: c.record}})
			sameJSON(t, table, onlyRow(t, s, table), columnsOf(c.record, c.without...))
		})
	}
}

func TestWhatIsUnknownIsNull(t *testing.T) {
	s := open(t)
	q := quote(1)
	apply(t, s, batchOf(q))
	row := onlyRow(t, s, "quotes")
	if row["line"] != nil || row["limit"] != nil {
		t.Errorf("line %v, limit %v", row["line"], row["limit"])
	}
	apply(t, s, []store.Change{
		{Partition: log.Partition{Topic: "games.nfl"}, Record: &feed.Game{Kind: feed.KindGame, Seq: 1, FixtureID: "f", EventTime: begin, SeenTime: begin}},
		{Partition: log.Partition{Topic: "weather.nfl"}, Record: &feed.Weather{Kind: feed.KindWeather, Seq: 1, FixtureID: "f", EventTime: begin, SeenTime: begin}},
		{Partition: log.Partition{Topic: "fixtures"}, Record: &feed.Fixture{Seq: 1, FixtureID: "f", SeenTime: begin}},
		{Partition: log.Partition{Topic: "markets.nfl"}, Record: &feed.MarketState{Seq: 1, FixtureID: "f", SeenTime: begin, Outcomes: []feed.OutcomeState{{Outcome: "home"}}}},
	})
	for table, columns := range map[string][]string{
		"games":         {"home_score", "away_score", "clock_seconds"},
		"weather":       {"temperature_c", "wind_ms", "precipitation", "visibility"},
		"fixtures":      {"start_time", "home_id", "away_id", "venue_id"},
		"market_states": {"line", "best_price", "best_book", "best_age", "fair_price", "fair_probability", "hold", "best_sum", "dispersion", "oldest_age", "event_time"},
	} {
		row := onlyRow(t, s, table)
		for _, c := range columns {
			if v, ok := row[c]; !ok || v != nil {
				t.Errorf("%s.%s is %v", table, c, v)
			}
		}
	}
}

func TestAMarketStateIsARowForEachOutcome(t *testing.T) {
	s := open(t)
	m := filled[feed.MarketState]()
	at := m.SeenTime
	price, fair, half := 2.5, 0.4, 0.5
	m.Outcomes = []feed.OutcomeState{
		{Outcome: "home", BestPrice: &price, BestBook: "pinnacle", BestEventTime: at - 30*feed.Second, BestSeenTime: at, Fair: &fair,
			Multiplicative: &half, Power: &fair, Shin: &half, Prices: 4, OldestEventTime: at - 90*feed.Second, Common: &half},
		{Outcome: "away"},
	}
	m.LeftOut = []feed.LeftOut{{Book: "caesars", Reason: feed.ReasonOutlier}, {Book: "fanduel", Reason: feed.ReasonStale}}
	apply(t, s, []store.Change{{Partition: quotesAt, Record: m}})
	rows := ask(t, s, `SELECT outcome, best_price, best_book, best_age, fair_price, fair_probability, multiplicative, power, shin, prices, oldest_age, common_probability FROM market_states ORDER BY outcome DESC`)
	sameJSON(t, "outcomes", rows, [][]any{
		{"home", 2.5, "pinnacle", 30, 2.5, 0.4, 0.5, 0.4, 0.5, 4, 90, 0.5},
		{"away", nil, nil, nil, nil, nil, nil, nil, nil, 0, nil, nil},
	})
	rows = ask(t, s, `SELECT fixture_id, league, market, period, line, books, method, hold, best_sum, dispersion, event_time, seen_time, seq FROM market_states WHERE outcome = 'home'`)
	sameJSON(t, "market", rows[0], []any{m.FixtureID, m.League, m.Market, m.Period, m.Line, m.Books, m.Method, m.Hold, m.BestSum, m.Dispersion, m.EventTime, m.SeenTime, m.Seq})
	rows = ask(t, s, `SELECT absent.book, absent.reason FROM latest_market_states, unnest(left_out) AS t(absent) WHERE main AND outcome = 'away' ORDER BY 1`)
	sameJSON(t, "left out", rows, [][]any{{"caesars", "outlier"}, {"fanduel", "stale"}})
	rows = ask(t, s, `SELECT average, main, common_books, left_out FROM market_states WHERE outcome = 'away'`)
	sameJSON(t, "consensus", rows[0], []any{m.Average, true, m.CommonBooks,
		[]any{map[string]any{"book": "caesars", "reason": "outlier"}, map[string]any{"book": "fanduel", "reason": "stale"}}})
}

// TestAStoreOfAnEarlierVersionGetsTheNewColumns: its rows stay and lack them.
func TestAStoreOfAnEarlierVersionGetsTheNewColumns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.duckdb")
	s := openAt(t, path)
	state := filled[feed.MarketState]()
	state.Outcomes = []feed.OutcomeState{{Outcome: "home"}}
	apply(t, s, []store.Change{{Partition: quotesAt, Offset: 1, Record: state}})
	for _, statement := range []string{
		"DROP VIEW latest_market_states", "ALTER TABLE market_states DROP COLUMN average", "ALTER TABLE market_states DROP COLUMN left_out",
		"ALTER TABLE market_states DROP COLUMN main", "ALTER TABLE market_states DROP COLUMN common_books",
		"ALTER TABLE market_states DROP COLUMN common_probability", "CREATE VIEW latest_market_states AS SELECT * FROM market_states",
	} {
		if _, err := s.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	state.Seq++
	apply(t, s, []store.Change{{Partition: quotesAt, Offset: 2, Record: state}})
	if got := asText(t, s, "SELECT main, average IS NULL FROM market_states ORDER BY seq"); got != `[[null,true],[true,false]]` {
		t.Errorf("market states %s", got)
	}
}

func windowRecord(seq int64, revision int32, line any) store.Window {
	return store.Window{
		"kind": "window", "seq": seq, "metric": "line_movement", "window_size": "10m", "window_start": begin.Std(), "window_end": (begin + 10*feed.Minute).Std(),
		"revision": revision, "fixture_id": "nfl-1", "league": "nfl", "market": "spreads", "period": "full", "line": line, "outcome": "home", "book": "pinnacle",
		"count": int64(revision) + 1, "first": 1.5, "last": 1.7, "min": 1.4, "max": 1.8, "mean": 1.6, "stddev": nil,
	}
}

func TestAWindowIsARowOfItsMetricsTable(t *testing.T) {
	s := open(t)
	w := windowRecord(1, 0, -3.5)
	apply(t, s, batchOf(w))
	want := map[string]any{}
	for k, v := range w {
		if k != "kind" && k != "metric" {
			want[k] = v
		}
	}
	sameJSON(t, "window", onlyRow(t, s, "windows_line_movement"), want)
}

func TestDimensionsAndAliasesAreTheCrosswalk(t *testing.T) {
	s := open(t)
	fixture := &feed.Fixture{Seq: 1, FixtureID: "f1", League: "nfl", SeenTime: begin, Aliases: []feed.Alias{{Source: "espn", ID: "401", Confidence: 1}, {Source: "theoddsapi", ID: "ab", Confidence: 0.8}}}
	team := &feed.Dimension{Seq: 1, Dimension: "team", ID: "nfl.bears", League: "nfl", Name: "Bears", Source: "espn", SourceID: "3", Confidence: 1, SeenTime: begin}
	apply(t, s, []store.Change{{Partition: log.Partition{Topic: "fixtures"}, Record: fixture}, {Partition: log.Partition{Topic: "dims"}, Record: team}})
	moved := *fixture
	moved.Seq, moved.Status, moved.Aliases = 2, "post", []feed.Alias{{Source: "espn", ID: "401", Confidence: 0.9}}
	apply(t, s, []store.Change{{Partition: log.Partition{Topic: "fixtures"}, Offset: 1, Record: &moved}})
	if got := asText(t, s, "SELECT source, kind, league, source_id, id, confidence FROM crosswalk ORDER BY kind, source"); got != `[["espn","fixture","nfl","401","f1",0.9],["theoddsapi","fixture","nfl","ab","f1",0.8],["espn","team","nfl","3","nfl.bears",1]]` {
		t.Errorf("crosswalk %s", got)
	}
	if got := asText(t, s, "SELECT fixture_id, status FROM fixtures"); got != `[["f1","post"]]` {
		t.Errorf("fixtures %s", got)
	}
}

func TestTicksAndConfirmationsHaveNoRow(t *testing.T) {
	s := open(t)
	tick, seen := quote(1), quote(2)
	tick.Kind, seen.Kind = feed.KindTick, feed.KindSeen
	apply(t, s, batchOf(tick, seen))
	apply(t, s, []store.Change{{Partition: log.Partition{Topic: "games.nfl"}, Record: &feed.Game{Kind: feed.KindTick, Seq: 1}}, {Partition: log.Partition{Topic: "weather.nfl"}, Record: &feed.Weather{Kind: feed.KindTick, Seq: 1}}})
	if got := asText(t, s, "SELECT (SELECT count(*) FROM quotes), (SELECT count(*) FROM games), (SELECT count(*) FROM weather)"); got != "[[0,0,0]]" {
		t.Errorf("rows %s", got)
	}
	if got, err := s.Positions(t.Context()); err != nil || got[quotesAt] != 102 {
		t.Errorf("positions %v, %v", got, err)
	}
}

func TestAFailedBatchLeavesNothing(t *testing.T) {
	timeless := quote(5)
	timeless.EventTime = 0
	for name, bad := range map[string]any{
		"a row the table refuses": timeless, "an unknown metric": store.Window{"seq": int64(9), "metric": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			apply(t, s, batchOf(quote(1)))
			changes := batchOf[any](quote(2), &feed.Fixture{Seq: 3, FixtureID: "g", SeenTime: begin}, bad, quote(10))
			if err := s.Apply(t.Context(), changes); err == nil {
				t.Fatal("the batch was taken")
			}
			if got := asText(t, s, `SELECT (SELECT count(*) FROM quotes), (SELECT count(*) FROM fixtures), next_offset, seq FROM betflow_positions`); got != "[[1,0,101,1]]" {
				t.Errorf("left: %s", got)
			}
			apply(t, s, batchOf(quote(2), quote(10)))
			if got := asText(t, s, `SELECT count(*) FROM quotes`); got != "[[3]]" {
				t.Errorf("after the retry: %s rows", got)
			}
		})
	}
	t.Run("a context that has ended", func(t *testing.T) {
		s := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Apply(ctx, batchOf(quote(1))); err == nil {
			t.Fatal("the batch was taken")
		}
		apply(t, s, batchOf(quote(1)))
	})
}

func TestWhatWasStoredIsLeftOut(t *testing.T) {
	s := open(t)
	first := batchOf(quote(1), quote(2), quote(3))
	apply(t, s, first)
	apply(t, s, first)
	// The same records again at other offsets, as after a writer's crash, and one more.
	again := batchOf(quote(2), quote(3), quote(3), quote(4))
	for i := range again {
		again[i].Offset += 10
	}
	apply(t, s, again)
	other := batchOf(quote(1))
	other[0].Partition.Partition++
	apply(t, s, other)
	if got := asText(t, s, "SELECT seq, count(*) FROM quotes GROUP BY seq ORDER BY seq"); got != "[[1,2],[2,1],[3,1],[4,1]]" {
		t.Errorf("rows by sequence: %s", got)
	}
	if got := asText(t, s, `SELECT "partition", next_offset, seq FROM betflow_positions ORDER BY 1`); got != "[[3,114,4],[4,101,1]]" {
		t.Errorf("positions: %s", got)
	}
}

func TestPositionsAndSequencesOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hot.duckdb")
	s := openAt(t, path)
	apply(t, s, batchOf(quote(1), quote(2)))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	defer s.Close()
	if got, err := s.Positions(t.Context()); err != nil || len(got) != 1 || got[quotesAt] != 102 {
		t.Errorf("positions %v, %v", got, err)
	}
	apply(t, s, batchOf(quote(2), quote(3)))
	if got := asText(t, s, "SELECT seq FROM quotes ORDER BY seq"); got != "[[1],[2],[3]]" {
		t.Errorf("rows %s", got)
	}
}

func TestTheViewsHoldTheLastRowOfEachKey(t *testing.T) {
	s := open(t)
	line := -3.5
	spread := quote(2)
	spread.Market, spread.Line = "spreads", &line
	older := quote(3) // a later record with an earlier event time: the log decides
	older.EventTime, older.Price = begin-feed.Hour, 9
	closed := quote(4)
	closed.Book, closed.State = "betmgm", feed.StateWithdrawn
	apply(t, s, batchOf(quote(1), spread, older, closed))
	if got := asText(t, s, "SELECT market, book, price, state FROM latest_quotes ORDER BY market, book"); got != `[["h2h","betmgm",1.54,"withdrawn"],["h2h","pinnacle",9,"open"],["spreads","pinnacle",1.52,"open"]]` {
		t.Errorf("latest quotes %s", got)
	}
	at := log.Partition{Topic: "windows.line_movement"}
	for i, w := range []store.Window{windowRecord(1, 0, nil), windowRecord(2, 0, -3.5), windowRecord(3, 2, nil), windowRecord(4, 1, nil)} {
		apply(t, s, []store.Change{{Partition: at, Offset: int64(i), Record: w}})
	}
	if got := asText(t, s, "SELECT line, revision FROM latest_windows_line_movement ORDER BY line NULLS FIRST"); got != `[[null,2],[-3.5,0]]` {
		t.Errorf("latest windows %s", got)
	}
	state := func(seq int64, books int32) *feed.MarketState {
		return &feed.MarketState{Seq: seq, FixtureID: "f", Market: "h2h", Books: books, SeenTime: begin, Outcomes: []feed.OutcomeState{{Outcome: "home"}, {Outcome: "away"}}}
	}
	game := func(seq int64, status string) *feed.Game {
		return &feed.Game{Kind: feed.KindGame, Seq: seq, FixtureID: "f", Status: status, EventTime: begin, SeenTime: begin}
	}
	other := state(4, 7)
	other.Outcomes = other.Outcomes[:1]
	for i := range int64(3) {
		apply(t, s, []store.Change{
			{Partition: log.Partition{Topic: "markets.nfl"}, Offset: i, Record: state(i+1, int32(i))},
			{Partition: log.Partition{Topic: "games.nfl"}, Offset: i, Record: game(i+1, fmt.Sprint(i))},
		})
	}
	apply(t, s, []store.Change{{Partition: log.Partition{Topic: "markets.nfl"}, Offset: 4, Record: other}})
	if got := asText(t, s, "SELECT outcome, books FROM latest_market_states ORDER BY outcome"); got != `[["away",2],["home",7]]` {
		t.Errorf("latest market states %s", got)
	}
	if got := asText(t, s, "SELECT status FROM latest_games"); got != `[["2"]]` {
		t.Errorf("latest games %s", got)
	}
}

func TestAJoinedMarketIsARowForEachOutcome(t *testing.T) {
	s := open(t)
	at := log.Partition{Topic: "inplay.nfl"}
	price, fair, says, apart := 2.5, 0.4, 0.45, 0.05
	first := filled[feed.InPlay]()
	first.Seq = 1
	r := filled[feed.InPlay]()
	r.Seq, r.Outcomes = 2, []feed.InPlayOutcome{{Outcome: "home", Model: &says, Fair: &fair, Difference: &apart, LogOdds: &apart, BestPrice: &price, BestBook: "pinnacle"}, {Outcome: "away"}}
	r.Anchors = []feed.Anchor{{Market: "h2h", Books: 3, EventTime: begin}, {Market: "totals", Line: &price, Books: 2, EventTime: begin}}
	apply(t, s, []store.Change{{Partition: at, Record: first}, {Partition: at, Offset: 1, Record: r}})
	rows := ask(t, s, `SELECT outcome, model_probability, fair_probability, difference, log_odds_difference, best_price, best_book FROM latest_inplay ORDER BY outcome DESC`)
	sameJSON(t, "outcomes", rows, [][]any{{"home", 0.45, 0.4, 0.05, 0.05, 2.5, "pinnacle"}, {"away", nil, nil, nil, nil, nil, nil}})
	columns := `fixture_id, league, market, period, line, change, state, game_period, clock, clock_seconds, home_score, away_score, elapsed,
		model, model_absent, start_time, method, books, market_absent, game_time, game_age, market_time, market_age, event_time, seen_time, seq`
	rows = ask(t, s, `SELECT `+columns+` FROM latest_inplay WHERE outcome = 'home'`)
	sameJSON(t, "market", rows[0], []any{r.FixtureID, r.League, r.Market, r.Period, r.Line, r.Change, r.State, r.GamePeriod, r.Clock, r.ClockSeconds, r.HomeScore, r.AwayScore, r.Elapsed,
		r.Model, r.ModelAbsent, r.StartTime, r.Method, r.Books, r.MarketAbsent, r.GameTime, r.GameAge, r.MarketTime, r.MarketAge, r.EventTime, r.SeenTime, r.Seq})
	rows = ask(t, s, `SELECT anchor.market, anchor.line, anchor.books, anchor.event_time FROM latest_inplay, unnest(anchors) AS t(anchor) WHERE outcome = 'away' ORDER BY 1`)
	sameJSON(t, "anchors", rows, [][]any{{"h2h", nil, 3, begin}, {"totals", 2.5, 2, begin}})
}

// signalOf returns a word about a signal on the home side.
func signalOf(seq int64, revision int32, state feed.SignalState) *feed.Signal {
	at := begin + feed.Time(seq)*feed.Second
	line, ev, fair := -3.5, 0.031, 0.515
	key := feed.SignalKey{Rule: feed.RuleValue, Market: feed.MarketKey{FixtureID: "nfl-1", Market: "spreads", Period: "full", Line: feed.LineOf(&line)}, Outcome: "home", Book: "betmgm"}
	return &feed.Signal{
		Kind: feed.KindSignal, Seq: seq, SignalID: key.ID(begin), DedupeKey: key.String(), Rule: feed.RuleValue, State: state, Revision: revision,
		FixtureID: "nfl-1", League: "nfl", Market: "spreads", Period: "full", Line: &line, Outcome: "home", Book: "betmgm",
		Value: ev, Unit: feed.UnitReturn, Fair: &fair, EV: &ev, Books: 4, Method: "power",
		Legs: []feed.SignalLeg{
			{Outcome: "home", Line: &line, Book: "betmgm", Price: 2.002, EventTime: at - 30*feed.Second, SeenTime: at, Age: 30, Stake: 1},
			{Outcome: "home", Book: "pinnacle", Sharp: true, Price: 1.93, Position: &fair, EventTime: at, SeenTime: at},
		},
		Opened: begin, EventTime: at, SeenTime: at,
	}
}

func TestASignalIsARowForEachWordWithItsLegs(t *testing.T) {
	s := open(t)
	at := log.Partition{Topic: "signals.nfl", Partition: 1}
	tick := &feed.Signal{Kind: feed.KindTick, Seq: 4, SeenTime: begin}
	closing := signalOf(3, 2, feed.SignalClose)
	closing.Reason, closing.Detail = "ended", "the price moved"
	for i, r := range []*feed.Signal{signalOf(1, 0, feed.SignalOpen), signalOf(2, 1, feed.SignalUpdate), closing, tick} {
		apply(t, s, []store.Change{{Partition: at, Offset: int64(i), Record: r}})
	}
	if got := asText(t, s, "SELECT signal_id, kind, state, revision, line, value, unit, kelly, reason, detail FROM latest_signals"); got !=
		`[["value|nfl-1|spreads|full|-3.5|home|betmgm@2026-09-21T14:13:20Z","value","close",2,-3.5,0.031,"return",null,"ended","the price moved"]]` {
		t.Errorf("latest signals %s", got)
	}
	if got := asText(t, s, "SELECT count(*), min(opened_time) = max(opened_time), max(seen_time) - min(seen_time) FROM signals"); got != `[[3,true,"0 months 0 days 2s"]]` {
		t.Errorf("signals %s", got)
	}
	if got := asText(t, s, `SELECT leg.outcome, leg.line, leg.book, leg.sharp, leg.price, leg.position, leg.reference, leg.event_time, leg.seen_time, leg.age, leg.stake
		FROM signals, unnest(legs) AS t(leg) WHERE revision = 0 ORDER BY leg.book`); got !=
		`[["home",-3.5,"betmgm",false,2.002,null,null,"2026-09-21T14:12:51Z","2026-09-21T14:13:21Z",30,1],`+
			`["home",null,"pinnacle",true,1.93,0.515,null,"2026-09-21T14:13:21Z","2026-09-21T14:13:21Z",0,0]]` {
		t.Errorf("legs %s", got)
	}
}

func TestSignalsAreReadAsTheyWereStored(t *testing.T) {
	s := open(t)
	at := log.Partition{Topic: "signals.nfl", Partition: 1}
	open, update := signalOf(1, 0, feed.SignalOpen), signalOf(2, 1, feed.SignalUpdate)
	other := filled[feed.Signal]()
	other.Kind, other.Seq, other.Rule, other.State, other.League = feed.KindSignal, 3, feed.RuleSteam, feed.SignalDropped, "nba"
	other.SeenTime = update.SeenTime + feed.Minute
	other.Legs = []feed.SignalLeg{*filled[feed.SignalLeg](), {Outcome: "away", EventTime: begin, SeenTime: begin}}
	for i, r := range []*feed.Signal{open, update, other} {
		apply(t, s, []store.Change{{Partition: at, Offset: int64(i), Record: r}})
	}
	for _, c := range []struct {
		name string
		f    store.SignalFilter
		want []*feed.Signal
	}{
		{"all", store.SignalFilter{}, []*feed.Signal{other, update}},
		{"limit", store.SignalFilter{Limit: 1}, []*feed.Signal{other}},
		{"league", store.SignalFilter{Leagues: []string{"nfl", "nhl"}}, []*feed.Signal{update}},
		{"rule", store.SignalFilter{Rules: []string{feed.RuleSteam}}, []*feed.Signal{other}},
		{"state", store.SignalFilter{States: []feed.SignalState{feed.SignalOpen, feed.SignalUpdate}}, []*feed.Signal{update}},
		{"a word that is not the last", store.SignalFilter{States: []feed.SignalState{feed.SignalOpen}}, nil},
		{"fixture", store.SignalFilter{FixtureID: "nfl-1"}, []*feed.Signal{update}},
		{"since", store.SignalFilter{Since: other.SeenTime}, []*feed.Signal{other}},
		{"since later", store.SignalFilter{Since: other.SeenTime + 1}, nil},
		{"together", store.SignalFilter{Leagues: []string{"nba"}, Rules: []string{feed.RuleValue}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := s.Signals(t.Context(), c.f)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(c.want) {
				t.Fatalf("%d signals, want %d", len(got), len(c.want))
			}
			for i := range got {
				if !reflect.DeepEqual(&got[i], c.want[i]) {
					t.Errorf("got %+v\nwant %+v", got[i], *c.want[i])
				}
			}
		})
	}
}

// TestAStoreFromBeforeThereWereSignalsIsTakenOver: its table of that name has
// fewer columns.
func TestAStoreFromBeforeThereWereSignalsIsTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hot.duckdb")
	s := openAt(t, path)
	apply(t, s, batchOf(quote(1)))
	for _, statement := range []string{"DROP VIEW latest_signals", "DROP TABLE signals", "CREATE TABLE signals (signal_id VARCHAR NOT NULL, kind VARCHAR NOT NULL)"} {
		if err := s.exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // once to take over, once with nothing to do
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openAt(t, path)
	}
	apply(t, s, []store.Change{{Partition: log.Partition{Topic: "signals.nfl"}, Record: signalOf(1, 0, feed.SignalOpen)}})
	if got := asText(t, s, "SELECT count(*), (SELECT count(*) FROM quotes) FROM signals"); got != `[[1,1]]` {
		t.Errorf("signals and quotes: %s", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReadersSeeWholeBatches: while batches come, each query finds as many rows
// as the position says.
func TestReadersSeeWholeBatches(t *testing.T) {
	s := open(t)
	const batches, size = 60, 20
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				rows, err := s.Query(context.Background(), "SELECT (SELECT count(*) FROM quotes), coalesce((SELECT max(seq) FROM betflow_positions), 0)", 0)
				if err != nil {
					t.Error(err)
					return
				}
				if n := rows.Rows[0][0].(int64); n != rows.Rows[0][1].(int64) || n%size != 0 {
					t.Errorf("%v rows and position", rows.Rows[0])
				}
				if _, err := s.Movement(context.Background(), store.Selection{FixtureID: "nfl-1", Market: "h2h", Period: "full", Outcome: "home"}); err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for b := range int64(batches) {
		var quotes []*feed.Quote
		for i := range int64(size) {
			quotes = append(quotes, quote(b*size+i+1))
		}
		apply(t, s, batchOf(quotes...))
	}
	close(done)
	wg.Wait()
}

func TestThePromisedNamesStand(t *testing.T) {
	s := open(t)
	for table, columns := range map[string]string{
		"fixtures":              "fixture_id league season start_time home away status",
		"crosswalk":             "source kind source_id id confidence",
		"quotes":                "fixture_id league market period line outcome book price price_original price_format state event_time seen_time source",
		"latest_quotes":         "fixture_id league market period line outcome book price price_original price_format state event_time seen_time source",
		"market_states":         "fixture_id league market period line books outcome best_price fair_price hold best_age oldest_age event_time",
		"latest_market_states":  "fixture_id league market period line books outcome best_price fair_price hold best_age oldest_age event_time",
		"windows_line_movement": "window_size window_start window_end revision fixture_id league market period line outcome book count first last min max mean stddev",
		"games":                 "fixture_id league state status period clock home_score away_score event_time seen_time",
		"latest_games":          "fixture_id league state status period clock home_score away_score event_time seen_time",
		"plays":                 "fixture_id", "weather": "fixture_id", "news": "news_id", "signals": "signal_id kind fixture_id league market line state value event_time seen_time",
		"latest_signals": "signal_id kind fixture_id league market line state value event_time seen_time",
		"quarantine":     "source seen_time path place reason body",
	} {
		r, err := s.Query(t.Context(), "SELECT * FROM "+table+" LIMIT 0", 0)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, c := range strings.Fields(columns) {
			if !slices.Contains(r.Columns, c) {
				t.Errorf("%s has no column %s", table, c)
			}
		}
	}
}
