package theoddsapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/recording"
)

func instant(t testing.TB, text string) (at feed.Time) {
	t.Helper()
	if err := at.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return at
}

func ptr[T any](v T) *T { return &v }

func TestOddsKeepTheProvidersShapes(t *testing.T) {
	body, err := os.ReadFile("testdata/odds.json")
	if err != nil {
		t.Fatal(err)
	}
	got, defects, err := ParseOdds(body, feed.FormatDecimal)
	if err != nil || len(defects) > 0 {
		t.Fatal(err, defects)
	}
	want := []Event{
		{
			ID: "a1", SportKey: "soccer_epl", SportTitle: "EPL", CommenceTime: instant(t, "2026-03-07T15:00:00Z"),
			HomeTeam: "Northtown", AwayTeam: "Southbridge",
			Bookmakers: []Bookmaker{
				{Key: "alpha", Title: "Alpha", LastUpdate: instant(t, "2026-03-07T12:00:00Z"), Markets: []Market{
					{Key: "h2h", LastUpdate: instant(t, "2026-03-07T11:59:58Z"), Outcomes: []Outcome{
						{Name: "Northtown", Price: 2.1, PriceText: "2.1"},
						{Name: "Southbridge", Price: 3.4, PriceText: "3.40"},
						{Name: "Draw", Price: 3.25, PriceText: "3.25", BetLimit: ptr(500.0)},
					}},
					{Key: "totals", Outcomes: []Outcome{
						{Name: "Over", Price: 1.95, PriceText: "1.95", Point: ptr(2.5)},
						{Name: "Under", Price: 1.87, PriceText: "1.87", Point: ptr(2.5)},
					}},
				}},
				{Key: "beta", Title: "Beta", Markets: []Market{
					{Key: "player_goals", Outcomes: []Outcome{
						{Name: "Over", Description: "A. Forward", Price: 4.5, PriceText: "4.5", Point: ptr(0.5)},
						{Name: "Over", Description: "B. Forward", Price: 5, PriceText: "5", Point: ptr(0.5)},
					}},
				}},
			},
		},
		{ID: "a2", SportKey: "soccer_epl_winner", SportTitle: "EPL Winner", CommenceTime: instant(t, "2026-05-24T15:00:00Z")},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

const (
	goodOutcomes = `{"name":"N","price":-105.0},{"name":"S","price":"+115"}`
	goodMarket   = `{"key":"h2h","outcomes":[` + goodOutcomes + `]}`
	goodBook     = `{"key":"alpha","markets":[` + goodMarket + `]}`
)

func event(books string) string {
	return `{"id":"x","sport_key":"s","commence_time":"2026-03-07T15:00:00Z","home_team":"N","away_team":"S","bookmakers":` + books + `}`
}

func TestOneBadPartIsADefectAndTheRestSurvives(t *testing.T) {
	market := func(outcomes string) string {
		return event(`[{"key":"alpha","markets":[{"key":"h2h","outcomes":[` + outcomes + `]}]}]`)
	}
	const outcome = "[0].bookmakers[0].markets[0].outcomes"
	tests := []struct {
		name, event  string
		place, bytes string
		events       int
		prices       int
		partial      bool
	}{
		{"event is a number", `7`, "[0]", `7`, 0, 0, false},
		{"event without id", `{"sport_key":"s","commence_time":"2026-03-07T15:00:00Z","bookmakers":[{}]}`, "[0]", "", 0, 0, false},
		{"event without time", `{"id":"x","sport_key":"s","commence_time":"soon"}`, "[0]", "", 0, 0, false},
		{"event with a list as team", `{"id":"x","sport_key":"s","commence_time":1772895600,"home_team":[]}`, "[0]", "", 0, 0, false},
		{"books are a text", event(`"none"`), "[0].bookmakers", `"none"`, 1, 0, true},
		{"book is null", event(`[null,` + goodBook + `]`), "[0].bookmakers[0]", `null`, 1, 2, true},
		{"book without key", event(`[` + goodBook + `,{"markets":[{}]}]`), "[0].bookmakers[1]", `{"markets":[{}]}`, 1, 2, true},
		{"book with a bad time", event(`[{"key":"a","last_update":"now","markets":[` + goodMarket + `]}]`), "[0].bookmakers[0].last_update", `"now"`, 1, 2, true},
		{"book twice", event(`[` + goodBook + `,` + goodBook + `]`), "[0].bookmakers[1]", goodBook, 1, 2, true},
		{"market is a list", event(`[{"key":"a","markets":[[],` + goodMarket + `]}]`), "[0].bookmakers[0].markets[0]", `[]`, 1, 2, true},
		{"market twice", event(`[{"key":"a","markets":[` + goodMarket + `,` + goodMarket + `]}]`), "[0].bookmakers[0].markets[1]", goodMarket, 1, 2, true},
		{"outcomes are missing", event(`[{"key":"a","markets":[{"key":"h2h","outcomes":false}]}]`), "[0].bookmakers[0].markets[0].outcomes", `false`, 1, 0, true},
		{"outcome is a text", market(goodOutcomes + `,"x"`), outcome + "[2]", `"x"`, 1, 2, true},
		{"outcome without name", market(`{"price":120},` + goodOutcomes), outcome + "[0]", `{"price":120}`, 1, 2, true},
		{"outcome twice", market(goodOutcomes + `,{"name":"N","price":150}`), outcome + "[2]", `{"name":"N","price":150}`, 1, 2, true},
		{"price is null", market(goodOutcomes + `,{"name":"D","price":null}`), outcome + "[2]", "", 1, 2, true},
		{"price is a word", market(goodOutcomes + `,{"name":"D","price":"even"}`), outcome + "[2]", "", 1, 2, true},
		{"price is not finite", market(goodOutcomes + `,{"name":"D","price":1e999}`), outcome + "[2]", "", 1, 2, true},
		{"price is impossible", market(goodOutcomes + `,{"name":"D","price":99.9}`), outcome + "[2]", "", 1, 2, true},
		{"point is a list", market(goodOutcomes + `,{"name":"D","price":120,"point":[1]}`), outcome + "[2]", "", 1, 2, true},
		{"limit is a word", market(goodOutcomes + `,{"name":"D","price":120,"bet_limit":"high"}`), outcome + "[2]", "", 1, 2, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := `[` + tt.event + `, ` + strings.Replace(event(`[`+goodBook+`]`), `"x"`, `"next"`, 1) + `]`
			events, defects, err := ParseOdds([]byte(body), feed.FormatAmerican)
			if err != nil {
				t.Fatal(err)
			}
			if len(defects) != 1 || defects[0].Place != tt.place || defects[0].Reason == "" ||
				!json.Valid(defects[0].Body) || tt.bytes != "" && string(defects[0].Body) != tt.bytes {
				t.Fatalf("defects %q, want one at %s with %s", defects, tt.place, tt.bytes)
			}
			if len(events) != tt.events+1 || events[tt.events].ID != "next" || events[tt.events].Partial {
				t.Fatalf("events %+v, want %d and the next one whole", events, tt.events)
			}
			if tt.events == 1 && (prices(events[0]) != tt.prices || events[0].Partial != tt.partial) {
				t.Errorf("%d prices, partial %v; want %d, %v", prices(events[0]), events[0].Partial, tt.prices, tt.partial)
			}
		})
	}
}

func prices(e Event) (n int) {
	for _, b := range e.Bookmakers {
		for _, m := range b.Markets {
			n += len(m.Outcomes)
		}
	}
	return n
}

func TestImpossiblePricesDependOnTheFormat(t *testing.T) {
	for _, tt := range []struct {
		price  string
		format string
		good   bool
	}{
		{"1.01", feed.FormatDecimal, true}, {"1", feed.FormatDecimal, false}, {"0", feed.FormatDecimal, false}, {"-110", feed.FormatDecimal, false},
		{"-100", feed.FormatAmerican, true}, {"100", feed.FormatAmerican, true}, {"-105.0", feed.FormatAmerican, true},
		{"-99.5", feed.FormatAmerican, false}, {"1.91", feed.FormatAmerican, false}, {"0", feed.FormatAmerican, false},
	} {
		body := event(`[{"key":"a","markets":[{"key":"h2h","outcomes":[{"name":"N","price":` + tt.price + `}]}]}]`)
		events, defects, err := ParseOdds([]byte("["+body+"]"), tt.format)
		if err != nil {
			t.Fatal(err)
		}
		if good := prices(events[0]) == 1 && len(defects) == 0; good != tt.good {
			t.Errorf("%s price %s is accepted: %v, want %v", tt.format, tt.price, good, tt.good)
		}
	}
}

func TestSameEventTwiceIsADefect(t *testing.T) {
	body := "[" + event("[]") + "," + event("null") + "]"
	events, defects, err := ParseOdds([]byte(body), feed.FormatDecimal)
	if err != nil || len(events) != 1 || len(defects) != 1 || defects[0].Place != "[1]" {
		t.Errorf("events %v, defects %q, error %v", events, defects, err)
	}
}

func TestBodyThatIsNoListIsCorrupt(t *testing.T) {
	for body, words := range map[string]string{
		``:            "unexpected end",
		`[{"id":`:     "unexpected end",
		`<html>`:      "invalid character",
		`"text"`:      "expected",
		`{"data":[]}`: "expected",
		`{"message":"Usage quota has been reached","error_code":"OUT_OF_USAGE_CREDITS"}`: "Usage quota has been reached (OUT_OF_USAGE_CREDITS)",
	} {
		_, _, err := ParseOdds([]byte(body), feed.FormatDecimal)
		var e *source.Error
		if !errors.As(err, &e) || e.Class != source.Corrupt || e.Hint == "" || !strings.Contains(err.Error(), words) {
			t.Errorf("%q ends with %v, want a corrupt body and %q", body, err, words)
		}
	}
}

func TestHistoricalSnapshotHasItsTimes(t *testing.T) {
	body := `{"timestamp":"2026-03-07T12:00:00Z","previous_timestamp":"2026-03-07T11:55:00Z","next_timestamp":null,"data":[` + event(`[`+goodBook+`,{}]`) + `]}`
	s, defects, err := ParseHistorical([]byte(body), feed.FormatAmerican)
	if err != nil {
		t.Fatal(err)
	}
	if s.Timestamp != instant(t, "2026-03-07T12:00:00Z") || s.Previous != instant(t, "2026-03-07T11:55:00Z") || s.Next != 0 || len(s.Events) != 1 {
		t.Errorf("got %+v", s)
	}
	if len(defects) != 1 || defects[0].Place != "data[0].bookmakers[1]" {
		t.Errorf("defects %q", defects)
	}
	if _, _, err := ParseHistorical([]byte(`{"message":"no plan"}`), feed.FormatDecimal); err == nil || !strings.Contains(err.Error(), "no plan") {
		t.Errorf("an error's body ends with %v", err)
	}
}

func TestScoresBeforeDuringAndAfter(t *testing.T) {
	game := func(id, rest string) string {
		return `{"id":"` + id + `","sport_key":"s","commence_time":"2026-03-07T15:00:00Z","home_team":"N","away_team":"S",` + rest + `}`
	}
	body := `[` + strings.Join([]string{
		game("before", `"completed":false,"scores":null,"last_update":null`),
		game("during", `"completed":false,"scores":[{"name":"N","score":"55"},{"name":"S","score":52},{"score":"1"}],"last_update":"2026-03-07T16:00:00Z"`),
		game("after", `"completed":true,"scores":[{"name":"N","score":"250/3"}],"last_update":"x"`),
		game("odd", `"completed":"yes"`),
		game("priced", `"completed":false,"bookmakers":[`+goodBook+`]`),
	}, ",") + `]`
	events, defects, err := ParseScores([]byte(body))
	if err != nil || len(events) != 4 {
		t.Fatal(err, events)
	}
	if e := events[0]; e.Completed || e.Scores != nil || e.LastUpdate != 0 {
		t.Errorf("before the start: %+v", e)
	}
	want := []Score{{"N", "55", ptr(int32(55))}, {"S", "52", ptr(int32(52))}}
	if e := events[1]; !reflect.DeepEqual(e.Scores, want) || e.LastUpdate != instant(t, "2026-03-07T16:00:00Z") {
		t.Errorf("during the game: %+v", e)
	}
	if e := events[2]; !e.Completed || e.Scores[0].Text != "250/3" || e.Scores[0].Points != nil {
		t.Errorf("after the game: %+v", e)
	}
	var places []string
	for _, d := range defects {
		places = append(places, d.Place)
	}
	if want := []string{"[1].scores[2]", "[2].last_update", "[3]", "[4].bookmakers[0].markets[0].outcomes[0]"}; !reflect.DeepEqual(places, want) {
		t.Errorf("defects at %q, want %q", places, want)
	}
}

func TestSportsAndErrorBodies(t *testing.T) {
	sports, defects, err := ParseSports([]byte(`[{"key":"icehockey_nhl","group":"Ice Hockey","title":"NHL","description":"US","active":true,"has_outrights":false},{"title":"?"}]`))
	want := []Sport{{Key: "icehockey_nhl", Group: "Ice Hockey", Title: "NHL", Description: "US", Active: true}}
	if err != nil || !reflect.DeepEqual(sports, want) || len(defects) != 1 || defects[0].Place != "[1]" {
		t.Errorf("got %+v, defects %q, error %v", sports, defects, err)
	}
	fault, ok := ParseError([]byte(`{"message":"API key is missing","error_code":"MISSING_KEY","details_url":"https://example.org"}`))
	if !ok || fault != (Fault{"API key is missing", "MISSING_KEY", "https://example.org"}) || fault.String() != "API key is missing (MISSING_KEY)" {
		t.Errorf("got %+v, %v", fault, ok)
	}
	for _, body := range []string{`[]`, `{}`, `{`, `7`} {
		if f, ok := ParseError([]byte(body)); ok {
			t.Errorf("%s reads as the error %v", body, f)
		}
	}
}

// A game whose parts are broken at random loses exactly those: what is left and
// the defects together are everything.
func TestPricesAndDefectsAccountForEveryOutcome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		broken := []string{`7`, `{}`, `{"name":"Z"}`, `{"name":"Z","price":0}`, `null`, `{"name":["Z"],"price":2}`}
		n := rapid.IntRange(0, 30).Draw(t, "outcomes")
		var outcomes []string
		bad := 0
		for i := range n {
			o := fmt.Sprintf(`{"price":%d.5,"name":"name %d"}`, i+2, i)
			if rapid.Bool().Draw(t, "broken") {
				o = rapid.SampledFrom(broken).Draw(t, "how")
				bad++
			}
			outcomes = append(outcomes, o)
		}
		body := "[" + event(`[{"key":"a","markets":[{"key":"h2h","outcomes":[`+strings.Join(outcomes, ",")+`]}]}]`) + "]"
		events, defects, err := ParseOdds([]byte(body), feed.FormatDecimal)
		if err != nil || len(events) != 1 {
			t.Fatal(err, events)
		}
		if prices(events[0]) != n-bad || len(defects) != bad || events[0].Partial != (bad > 0) {
			t.Fatalf("%d prices and %d defects of %d outcomes with %d broken", prices(events[0]), len(defects), n, bad)
		}
	})
}

// recorded is the folder of recordings beside the repository, if it is there.
const recorded = "../../../../shared/data/odds-api"

func TestRecordedOddsHaveNoDefect(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(recorded, "*.ndjson.gz"))
	if len(files) == 0 {
		files = []string{"testdata/recording.ndjson"}
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			r, err := recording.Open(file, func(_, path string) string { return path })
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			responses, quotes := 0, 0
			err = recording.Player{}.Play(t.Context(), r, func(_ context.Context, e recording.Entry) error {
				if e.Defect != nil {
					return errors.New(e.Defect.Reason)
				}
				events, defects, err := ParseOdds(e.Raw.Body, FormatOf(e.Raw.Query))
				if err != nil || len(defects) > 0 {
					return fmt.Errorf("defects %q: %w", defects, err)
				}
				var plain []json.RawMessage
				if err := json.Unmarshal(e.Raw.Body, &plain); err != nil || len(plain) != len(events) {
					return fmt.Errorf("%d events of %d: %w", len(events), len(plain), err)
				}
				responses++
				for _, e := range events {
					quotes += prices(e)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if responses == 0 || quotes == 0 {
				t.Errorf("%d responses with %d prices", responses, quotes)
			}
			t.Logf("%d responses, %d prices", responses, quotes)
		})
	}
}

// Whatever the body: no panic, and either an error or a list of which every
// element is an event or a defect at its place.
func FuzzParseOdds(f *testing.F) {
	body, err := os.ReadFile("testdata/odds.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body, true)
	f.Add([]byte("["+event(`[`+goodBook+`,null]`)+",7]"), false)
	f.Fuzz(func(t *testing.T, body []byte, decimal bool) {
		format := feed.FormatAmerican
		if decimal {
			format = feed.FormatDecimal
		}
		events, defects, err := ParseOdds(body, format)
		accounted(t, body, len(events), defects, err)
		_, _, _ = ParseHistorical(body, format)
		_, _ = ParseError(body)
	})
}

// The same for the other lists.
func FuzzParseLists(f *testing.F) {
	f.Add([]byte(`[{"id":"x","sport_key":"s","commence_time":"2026-03-07T15:00:00Z","completed":true,"scores":[{"name":"N","score":"1"}]},null]`))
	f.Add([]byte(`[{"key":"icehockey_nhl","active":true},{}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		scored, defects, err := ParseScores(body)
		accounted(t, body, len(scored), defects, err)
		sports, defects, err := ParseSports(body)
		accounted(t, body, len(sports), defects, err)
	})
}

func accounted(t *testing.T, body []byte, read int, defects []feed.Defect, err error) {
	t.Helper()
	var plain []json.RawMessage
	list := json.Unmarshal(body, &plain) == nil && plain != nil
	if list != (err == nil) {
		t.Fatalf("a list: %v, error: %v", list, err)
	}
	lost := 0
	for _, d := range defects {
		if !json.Valid(d.Body) || d.Reason == "" {
			t.Fatalf("defect %q", d)
		}
		if !strings.ContainsAny(d.Place[1:], ".[") {
			lost++
		}
	}
	if read+lost != len(plain) {
		t.Fatalf("%d read and %d lost of %d", read, lost, len(plain))
	}
}
