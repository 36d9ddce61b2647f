package duckdb

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/movement"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/theoddsapi"
	"github.com/betflow/betflow/internal/store"
)

// rowsOfView returns the rows of a view by fixture, each as a JSON object, in
// order of their text.
func rowsOfView(t *testing.T, s *Store, columns, view string) map[string][]string {
	t.Helper()
	r, err := s.Query(t.Context(), "SELECT fixture_id, "+columns+" FROM "+view, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, row := range r.Rows {
		o := map[string]any{}
		for i, c := range r.Columns[1:] {
			o[c] = row[i+1]
		}
		fixture := row[0].(string)
		out[fixture] = append(out[fixture], object(t, o))
	}
	for _, rows := range out {
		sort.Strings(rows)
	}
	return out
}

// object prints a row, numbers to ten digits.
func object(t *testing.T, o map[string]any) string {
	t.Helper()
	for k, v := range o {
		if f, ok := v.(float64); ok {
			o[k] = fmt.Sprintf("%.10g", f+0)
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// standRows are the rows of openings or closings for one book.
func standRows(t *testing.T, m *movement.Market, s movement.Stand) []string {
	t.Helper()
	var out []string
	for _, p := range s.Prices {
		out = append(out, object(t, deref(map[string]any{
			"market": m.Market, "period": m.Period, "line": s.Line, "outcome": p.Outcome, "book": s.Book, "price": p.Price, "multiplicative": p.Fair,
			"event_time": s.Event.String(), "seen_time": s.Seen.String(), "age": s.Age, "standing": s.Standing, "rule": s.Rule,
		})))
	}
	return out
}

// deref replaces pointers by what they lead to.
func deref(o map[string]any) map[string]any {
	for k, v := range o {
		if p, ok := v.(*float64); ok {
			if o[k] = nil; p != nil {
				o[k] = *p
			}
		}
	}
	return o
}

// compareViews holds the views to internal/movement on the rows that the named
// query gives, for every fixture. It returns how many rows it compared.
func compareViews(t *testing.T, s *Store, fixtures []string) int {
	t.Helper()
	const stand = "market, period, line, outcome, book, price, multiplicative, event_time, seen_time, age, standing, rule"
	starts := rowsOfView(t, s, "start_time, observed", "starts")
	opens, closes := rowsOfView(t, s, stand, "openings"), rowsOfView(t, s, stand, "closings")
	moves := rowsOfView(t, s, `market, book, outcome, from_line, to_line, line_move, from_price, to_price,
		round(log_odds_move, 9) + 0 AS log_odds_move, event_time, seen_time, in_play`, "line_moves")
	compared := 0
	for _, fixture := range fixtures {
		h, err := s.History(t.Context(), fixture)
		if err != nil {
			t.Fatal(err)
		}
		start, observed := movement.Start(h.Scheduled, h.Games)
		at := map[string]any{"start_time": start.String(), "observed": observed}
		if start == 0 {
			at["start_time"] = nil
		}
		var wantOpens, wantCloses, wantMoves []string
		for _, m := range movement.Assemble(h.Quotes) {
			for i := range m.Tracks {
				if o, ok := m.Opening(&m.Tracks[i], odds.Multiplicative, start); ok {
					wantOpens = append(wantOpens, standRows(t, &m, o)...)
				}
				if c, ok := m.Closing(&m.Tracks[i], odds.Multiplicative, start, 0); ok {
					wantCloses = append(wantCloses, standRows(t, &m, c)...)
				}
				wantMoves = append(wantMoves, moveRows(t, &m, &m.Tracks[i], start)...)
			}
		}
		compared += sameRows(t, "starts of "+fixture, starts[fixture], []string{object(t, at)})
		compared += sameRows(t, "openings of "+fixture, opens[fixture], wantOpens)
		compared += sameRows(t, "closings of "+fixture, closes[fixture], wantCloses)
		compared += sameRows(t, "line_moves of "+fixture, moves[fixture], wantMoves)
	}
	return compared
}

// moveRows are the rows of line_moves for one book.
func moveRows(t *testing.T, m *movement.Market, track *movement.Track, start feed.Time) []string {
	t.Helper()
	var out []string
	var last *movement.Quote
	for i := range track.Quotes {
		q := &track.Quotes[i]
		if !q.Open() {
			continue
		}
		if last != nil && (last.Line != q.Line || !slices.Equal(last.Prices, q.Prices)) {
			before, known := last.Fair(odds.Multiplicative)
			after, knownToo := q.Fair(odds.Multiplicative)
			for k, outcome := range m.Outcomes {
				o := map[string]any{
					"market": m.Market, "book": track.Book, "outcome": outcome, "from_line": last.Line.Ptr(), "to_line": q.Line.Ptr(), "line_move": nil,
					"from_price": last.Prices[k], "to_price": q.Prices[k], "log_odds_move": nil,
					"event_time": q.Event.String(), "seen_time": q.Seen.String(), "in_play": start != 0 && q.Seen > start,
				}
				if q.Line.Set {
					o["line_move"] = q.Line.Points - last.Line.Points
				}
				if known && knownToo && last.Line == q.Line {
					o["log_odds_move"] = math.Round((odds.LogOdds(after[k])-odds.LogOdds(before[k]))*1e9)/1e9 + 0
				}
				out = append(out, object(t, deref(o)))
			}
		}
		last = q
	}
	return out
}

func sameRows(t *testing.T, what string, got, want []string) int {
	t.Helper()
	sort.Strings(want)
	if slices.Equal(got, want) {
		return len(want)
	}
	for _, row := range got {
		if !slices.Contains(want, row) {
			t.Errorf("%s: surplus %s", what, row)
		}
	}
	for _, row := range want {
		if !slices.Contains(got, row) {
			t.Errorf("%s: missing %s", what, row)
		}
	}
	t.Fatalf("%s: %d rows, want %d", what, len(got), len(want))
	return 0
}

// drawn are fixtures with books that come and go, several lines, draws, and games
// that begin late, early and unseen.
func drawn(fixture string, from int64) *rapid.Generator[[]store.Change] {
	return rapid.Custom(func(t *rapid.T) []store.Change {
		seq := from
		start := begin + 2*feed.Hour
		if rapid.IntRange(0, 9).Draw(t, "unscheduled") == 0 {
			start = 0
		}
		var changes []store.Change
		add := func(topic string, record any) {
			seq++
			changes = append(changes, store.Change{Partition: log.Partition{Topic: topic}, Offset: seq, Record: record})
		}
		add("fixtures", &feed.Fixture{Kind: feed.KindFixture, Seq: seq + 1, FixtureID: fixture, League: "nfl", StartTime: start, Home: "a", Away: "b", Status: "pre", SeenTime: begin})
		at := begin
		for range rapid.IntRange(0, 5).Draw(t, "games") {
			at += feed.Time(rapid.IntRange(1, 90).Draw(t, "minutes")) * feed.Minute
			state := rapid.SampledFrom([]feed.GameState{feed.GamePre, feed.GameDelayed, feed.GameIn, feed.GamePost}).Draw(t, "state")
			add("games.nfl", &feed.Game{Kind: feed.KindGame, Seq: seq + 1, FixtureID: fixture, League: "nfl", State: state, Status: "x", EventTime: at, SeenTime: at})
		}
		at = begin
		sides := rapid.SampledFrom([][]string{{"home", "away"}, {"home", "draw", "away"}}).Draw(t, "sides")
		for range rapid.IntRange(10, 60).Draw(t, "responses") {
			at += feed.Time(rapid.IntRange(1, 12).Draw(t, "minutes")) * feed.Minute
			for range rapid.IntRange(1, 4).Draw(t, "rows") {
				q := quote(seq + 1)
				q.FixtureID, q.Book = fixture, rapid.SampledFrom([]string{"x", "y"}).Draw(t, "book")
				q.Market, q.Outcome = "h2h", rapid.SampledFrom(sides).Draw(t, "outcome")
				if kind := rapid.SampledFrom([]string{"h2h", "spreads", "totals"}).Draw(t, "market"); kind != "h2h" {
					q.Market, q.Line, q.Outcome = kind, ptr(float64(rapid.IntRange(-2, 1).Draw(t, "line"))/2), rapid.SampledFrom([]string{"home", "away"}).Draw(t, "side")
					if kind == "totals" {
						q.Outcome = map[string]string{"home": "over", "away": "under"}[q.Outcome]
					}
				}
				q.Price = rapid.SampledFrom([]float64{1.5, 1.8, 1.9, 2, 2.1, 3.5}).Draw(t, "price")
				q.State = rapid.SampledFrom([]feed.State{feed.StateOpen, feed.StateOpen, feed.StateOpen, feed.StateWithdrawn, feed.StateSuspended}).Draw(t, "quote state")
				q.SeenTime, q.EventTime = at, at-feed.Time(rapid.IntRange(0, 20).Draw(t, "old"))*feed.Minute
				add("quotes.nfl", q)
			}
		}
		return changes
	})
}

func TestViewsOfMovementAgreeWithTheirDefinition(t *testing.T) {
	s := open(t)
	var fixtures []string
	var changes []store.Change
	for i := range 100 {
		fixture := fmt.Sprintf("f%03d", i)
		fixtures = append(fixtures, fixture)
		changes = append(changes, drawn(fixture, int64(len(changes))).Example(i)...)
	}
	apply(t, s, changes)
	if compared := compareViews(t, s, fixtures); compared < 1500 {
		t.Errorf("only %d rows were compared", compared)
	}
	// One fixture asked for alone is the same as among all.
	for _, view := range []string{"openings", "closings", "line_moves"} {
		const columns = "market, book, outcome, event_time, seen_time"
		all := rowsOfView(t, s, columns, view)
		for _, fixture := range fixtures[:3] {
			sameRows(t, view+" of "+fixture+" alone", rowsOfView(t, s, columns, view+" WHERE fixture_id = '"+fixture+"'")[fixture], all[fixture])
		}
	}
}

func TestHistoryOfAFixture(t *testing.T) {
	s := open(t)
	if _, err := s.History(t.Context(), "none"); !errors.Is(err, store.ErrNoFixture) {
		t.Errorf("of no fixture: %v", err)
	}
	q := quote(1)
	q.Line, q.Market, q.State, q.Limit = ptr(-3.5), "spreads", feed.StateWithdrawn, ptr(500.0)
	apply(t, s, []store.Change{
		{Partition: log.Partition{Topic: "fixtures"}, Record: &feed.Fixture{Seq: 1, FixtureID: "nfl-1", League: "nfl", StartTime: begin, SeenTime: begin}},
		{Partition: log.Partition{Topic: "games.nfl"}, Record: &feed.Game{Kind: feed.KindGame, Seq: 1, FixtureID: "nfl-1", League: "nfl", State: feed.GamePre, EventTime: begin, SeenTime: begin + 1}},
		{Partition: quotesAt, Record: q}, {Partition: quotesAt, Offset: 1, Record: func() *feed.Quote { q := quote(2); q.FixtureID = "other"; return q }()},
	})
	h, err := s.History(t.Context(), "nfl-1")
	if err != nil {
		t.Fatal(err)
	}
	want := &store.History{
		FixtureID: "nfl-1", League: "nfl", Scheduled: begin, Newest: begin + 3*feed.Second,
		Games: []feed.Game{{FixtureID: "nfl-1", League: "nfl", State: feed.GamePre, EventTime: begin, SeenTime: begin + 1}},
		Quotes: []feed.Quote{{Kind: feed.KindQuote, FixtureID: "nfl-1", League: "nfl", Market: "spreads", Period: "full", Line: ptr(-3.5), Outcome: "home", Book: "pinnacle",
			Price: q.Price, Limit: ptr(500.0), State: feed.StateWithdrawn, EventTime: q.EventTime, SeenTime: q.SeenTime}},
	}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("got  %+v\nwant %+v", h, want)
	}
	d := h.Discover("", movement.DefaultRules())
	if len(d.Markets) != 1 || d.Markets[0].Market != "spreads" || d.Start != begin || d.Until != begin || d.Observed || d.FixtureID != "nfl-1" {
		t.Errorf("discovered %+v", d)
	}
	h.Newest = begin - feed.Hour
	if d := h.Discover("", movement.DefaultRules()); d.Until != h.Newest || d.Start != begin {
		t.Errorf("before the start it is measured up to %s", d.Until)
	}
	if d := h.Discover("h2h", movement.DefaultRules()); d.Markets == nil || len(d.Markets) != 0 {
		t.Errorf("of a market that was not quoted: %+v", d)
	}
}

// recordedOdds is where recordings lie on machines that have them. They are not
// part of the project; the drawn fixtures above test the same without them.
const recordedOdds = "../../../../shared/data/odds-api/nhl-wnba-2026.ndjson.gz"

func TestViewsOfMovementOnRecordedQuotes(t *testing.T) {
	f, err := os.Open(filepath.FromSlash(recordedOdds))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recording is not here; TestViewsOfMovementAgreeWithTheirDefinition draws its own")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	r := recordedRows{last: map[string]feed.Quote{}}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		r.response(t, lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	apply(t, s, r.changes)
	fixtures := slices.Sorted(maps.Keys(r.fixtures))
	var some []string // all take half a minute
	for i := 0; i < len(fixtures); i += 4 {
		some = append(some, fixtures[i])
	}
	compared := compareViews(t, s, some)
	t.Logf("%d quote records, %d rows of views compared", r.seq, compared)
	if len(fixtures) != 614 || compared < 5000 {
		t.Errorf("%d fixtures, %d rows compared", len(fixtures), compared)
	}
}

// recordedRows makes quote records of a recording in the simplest way: what
// differs from the answer before.
type recordedRows struct {
	changes  []store.Change
	fixtures map[string]bool
	last     map[string]feed.Quote
	seq      int64
}

func (r *recordedRows) add(topic string, record any) {
	r.changes = append(r.changes, store.Change{Partition: log.Partition{Topic: topic}, Offset: r.seq, Record: record})
}

func (r *recordedRows) response(t *testing.T, line []byte) {
	t.Helper()
	var raw struct {
		FetchedAt time.Time         `json:"fetched_at"`
		Path      string            `json:"path"`
		Query     map[string]string `json:"query"`
		Body      json.RawMessage   `json:"body"`
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		t.Fatal(err)
	}
	events, _, err := theoddsapi.ParseOdds(raw.Body, theoddsapi.FormatOf(raw.Query))
	if err != nil {
		t.Fatal(err)
	}
	seen := feed.At(raw.FetchedAt)
	if r.fixtures == nil {
		r.fixtures = map[string]bool{}
	}
	for _, e := range events {
		r.seq++
		r.fixtures[e.ID] = true
		r.add("fixtures", &feed.Fixture{Seq: r.seq, FixtureID: e.ID, League: "nhl", StartTime: e.CommenceTime, Home: e.HomeTeam, Away: e.AwayTeam, Status: "pre", SeenTime: seen})
		held := map[string]bool{}
		for _, b := range e.Bookmakers {
			for _, m := range b.Markets {
				for _, o := range m.Outcomes {
					q := quoteOf(&e, &b, &m, &o, seen, theoddsapi.FormatOf(raw.Query))
					key := e.ID + "|" + q.Key().Book + q.Market + feed.LineOf(q.Line).String() + q.Outcome
					held[key] = true
					if before, known := r.last[key]; !known || before.Price != q.Price || before.State != q.State {
						r.put(key, q)
					}
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(r.last)) {
			if q := r.last[key]; q.FixtureID == e.ID && !held[key] && q.State == feed.StateOpen {
				q.State, q.EventTime, q.SeenTime = feed.StateWithdrawn, seen, seen
				r.put(key, q)
			}
		}
	}
}

func (r *recordedRows) put(key string, q feed.Quote) {
	r.seq++
	q.Seq = r.seq
	r.last[key] = q
	r.add("quotes.nhl", &q)
}

func quoteOf(e *theoddsapi.Event, b *theoddsapi.Bookmaker, m *theoddsapi.Market, o *theoddsapi.Outcome, seen feed.Time, format string) feed.Quote {
	q := feed.Quote{
		Kind: feed.KindQuote, FixtureID: e.ID, League: "nhl", Market: m.Key, Period: feed.PeriodFull, Book: b.Key, Price: o.Price,
		PriceOriginal: o.PriceText, PriceFormat: format, State: feed.StateOpen, EventTime: b.LastUpdate, SeenTime: seen, Source: "theoddsapi",
	}
	if q.EventTime == 0 {
		q.EventTime = seen
	}
	if format == feed.FormatAmerican {
		q.Price, _ = odds.ParsePrice(o.PriceText, odds.FormatAmerican)
	}
	switch o.Name {
	case e.HomeTeam:
		q.Outcome, q.Line = feed.OutcomeHome, o.Point
	case e.AwayTeam:
		q.Outcome = feed.OutcomeAway
		if o.Point != nil {
			q.Line = ptr(-*o.Point + 0)
		}
	case "Over":
		q.Outcome, q.Line = feed.OutcomeOver, o.Point
	case "Under":
		q.Outcome, q.Line = feed.OutcomeUnder, o.Point
	default:
		q.Outcome = feed.OutcomeDraw
	}
	return q
}
