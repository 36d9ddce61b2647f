package espn

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source"
)

func ptr[T any](v T) *T { return &v }

func fixture(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/scoreboard.json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestScoreboardIsReadWhole(t *testing.T) {
	got, defects, err := ParseScoreboard(fixture(t))
	if err != nil || len(defects) > 0 {
		t.Fatal(err, defects)
	}
	want := []Event{
		{
			ID: "401", Name: "Southbridge Foxes at Northtown Bears", ShortName: "SBF @ NTB",
			Start: feed.At(time.Date(2026, 9, 20, 17, 0, 0, 0, time.UTC)), SeasonYear: 2026, SeasonType: 2, Week: 3, Neutral: true,
			Venue: &Venue{ID: "53", Name: "North Field", City: "Northtown", State: "NT", Indoor: ptr(false)},
			Home: Competitor{
				TeamID: "1", Name: "Northtown Bears", Location: "Northtown", Nickname: "Bears", Abbreviation: "NTB",
				Score: ptr(int32(26)), Record: "0-2",
			},
			Away: Competitor{
				TeamID: "2", Name: "Southbridge Foxes", Location: "Southbridge", Nickname: "Foxes", Abbreviation: "SBF",
				Score: ptr(int32(27)), Periods: []int32{10, 7, 3, 7}, Record: "2-0",
			},
			Status: Status{
				State: feed.GameIn, Name: "STATUS_IN_PROGRESS", Phase: "in", Detail: "0:48 - 4th Quarter",
				Period: 4, ClockSeconds: ptr(48.0), Clock: "0:48",
			},
			Situation: &Situation{
				Down: ptr(int32(1)), Distance: ptr(int32(10)), Possession: "2", Text: "1st & 10 at NTB 10",
				LastPlay: &Play{ID: "4013", TypeID: "52", Type: "Punt", Text: "Punt of 37 yards"},
			},
			Weather: &Weather{Text: "Mostly cloudy", TemperatureF: ptr(61.0)},
		},
		{
			ID: "402", Name: "East at West", ShortName: "E @ W",
			Start: feed.At(time.Date(2026, 9, 21, 0, 20, 0, 0, time.UTC)), SeasonYear: 2026, SeasonType: 2, Week: 3,
			Home: Competitor{TeamID: "3", Name: "West"}, Away: Competitor{TeamID: "4", Name: "East"},
			Status: Status{
				State: feed.GamePre, Name: "STATUS_SCHEDULED", Phase: "pre", Detail: "Sun", ClockSeconds: ptr(900.0), Clock: "15:00",
			},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

const (
	home   = `{"homeAway":"home","team":{"id":"1","displayName":"Home"}}`
	away   = `{"homeAway":"away","team":{"id":"2","displayName":"Away"}}`
	status = `{"type":{"name":"STATUS_FINAL","state":"post"}}`
)

// game writes an event around competitors and more fields.
func game(competitors, more string) string {
	return `{"id":"9","date":"2026-09-20T17:00:30Z","status":` + status + more + `,"competitions":[{"competitors":[` + competitors + `]}]}`
}

func TestOddEvents(t *testing.T) {
	nameless := func(rest string) string { return `{"team":{"id":"3","displayName":"Third"}` + rest + `}` }
	tests := []struct {
		name, event string
		kept        bool
		places      []string
	}{
		{"whole", game(home+","+away, ""), true, nil},
		{"away first", game(away+","+home, ""), true, nil},
		{"no object", `[]`, false, []string{"events[0]"}},
		{"no id", `{"date":"2026-09-20T17:00Z"}`, false, []string{"events[0]"}},
		{"no date", strings.Replace(game(home+","+away, ""), "2026-09-20T17:00:30Z", "TBD", 1), false, []string{"events[0]"}},
		{"no competitions", `{"id":"9","date":"2026-09-20T17:00Z","status":` + status + `}`, false, []string{"events[0]"}},
		{"competitions empty", `{"id":"9","date":"2026-09-20T17:00Z","competitions":[]}`, false, []string{"events[0]"}},
		{"competitions null", `{"id":"9","date":"2026-09-20T17:00Z","competitions":null}`, false, []string{"events[0]"}},
		{"competition a text", `{"id":"9","date":"2026-09-20T17:00Z","competitions":["x"]}`, false, []string{"events[0]"}},
		{"one competitor", game(home, ""), false, []string{"events[0]"}},
		{"three competitors", game(home+","+away+","+nameless(""), ""), false, []string{"events[0]"}},
		{"two at home", game(home+","+home, ""), false, []string{"events[0]"}},
		{"nobody at home", game(nameless("")+","+nameless(""), ""), false, []string{"events[0]"}},
		{"a competitor without name", game(home+`,{"homeAway":"away"}`, ""), false, []string{"events[0]"}},
		{"home implied", game(nameless("")+","+away, ""), true, nil},
		{"away implied", game(nameless("")+","+home, ""), true, nil},
		{"score a word", game(home+`,{"homeAway":"away","team":{"displayName":"Away"},"score":"two"}`, ""), true, []string{"events[0].competitions[0].competitors[1].score"}},
		{"score an object", game(home+`,{"homeAway":"away","team":{"displayName":"Away"},"score":{"value":3.0,"displayValue":"3"}}`, ""), true, nil},
		{"score of a half", game(home+`,{"homeAway":"away","team":{"displayName":"Away"},"score":1.5}`, ""), true, []string{"events[0].competitions[0].competitors[1].score"}},
		{"linescores broken", game(home+`,{"homeAway":"away","team":{"displayName":"Away"},"linescores":[{"value":1},{}]}`, ""), true, []string{"events[0].competitions[0].competitors[1].linescores"}},
		{"linescores shown", game(home+`,{"homeAway":"away","team":{"displayName":"Away"},"linescores":[{"displayValue":"1"}]}`, ""), true, nil},
		{"no status", strings.Replace(game(home+","+away, ""), status, "null", 1), true, []string{"events[0].status"}},
		{"unknown status", strings.Replace(game(home+","+away, ""), status, `{"type":{"name":"STATUS_NEW","state":"?"}}`, 1), true, []string{"events[0].status"}},
		{"second competition", strings.Replace(game(home+","+away, ""), `"competitions":[`, `"competitions":[{"competitors":[`+home+","+away+`]},`, 1), true, []string{"events[0].competitions[1]"}},
		{"odd blocks", game(home+","+away, `,"weather":[],"season":7,"week":"x","links":[[{}]]`), true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			next := strings.Replace(game(home+","+away, ""), `"9"`, `"next"`, 1)
			events, defects, err := ParseScoreboard([]byte(`{"events":[` + tt.event + `,` + next + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			var places []string
			for _, d := range defects {
				places = append(places, d.Place)
				if d.Reason == "" || !json.Valid(d.Body) {
					t.Errorf("defect %q", d)
				}
			}
			if !reflect.DeepEqual(places, tt.places) {
				t.Fatalf("defects %q, want them at %q", defects, tt.places)
			}
			if last := len(events) - 1; last < 0 || events[last].ID != "next" || (last == 1) != tt.kept {
				t.Fatalf("events %+v, want the game kept: %v", events, tt.kept)
			}
			if !tt.kept {
				return
			}
			names := events[0].Home.Name + " " + events[0].Away.Name
			if want := map[string]string{"home implied": "Third Away", "away implied": "Home Third"}[tt.name]; want != "" {
				if names != want {
					t.Errorf("sides are %q, want %q", names, want)
				}
			} else if names != "Home Away" {
				t.Errorf("sides are %q", names)
			}
		})
	}
}

func TestStatusesMapToStates(t *testing.T) {
	for _, tt := range []struct {
		name, phase string
		want        feed.GameState
	}{
		{"STATUS_HALFTIME", "in", feed.GameIn},
		{"STATUS_POSTPONED", "post", feed.GamePostponed},
		{"STATUS_CANCELED", "post", feed.GameCancelled},
		{"STATUS_RAIN_DELAY", "in", feed.GameDelayed},
		{"STATUS_SUSPENDED", "in", feed.GameSuspended},
		{"STATUS_ABANDONED", "post", feed.GameAbandoned},
		{"STATUS_FINAL_PEN", "post", feed.GamePost},
		{"STATUS_SOMETHING_NEW", "in", feed.GameIn},
		{"", "pre", feed.GamePre},
		{"STATUS_SOMETHING_NEW", "", ""},
	} {
		if got := stateOf(tt.name, tt.phase); got != tt.want {
			t.Errorf("%s in %q is %q, want %q", tt.name, tt.phase, got, tt.want)
		}
	}
}

func TestBodyThatIsNoScoreboardIsCorrupt(t *testing.T) {
	for body, words := range map[string]string{
		``: "unexpected end", `[]`: "no list of events", `{"events":{}}`: "no list of events",
		`{"code":400,"message":"Failed to get events"}`: "Failed to get events",
	} {
		_, _, err := ParseScoreboard([]byte(body))
		var e *source.Error
		if !errors.As(err, &e) || e.Class != source.Corrupt || !strings.Contains(err.Error(), words) {
			t.Errorf("%q ends with %v, want a corrupt body and %q", body, err, words)
		}
	}
	if events, _, err := ParseScoreboard([]byte(`{"events":[]}`)); err != nil || len(events) != 0 {
		t.Errorf("a day without games reads as %v, %v", events, err)
	}
}

func TestScoreboardRequestTakesTheLeaguesParameters(t *testing.T) {
	l := league.League{
		ID: "ncaaf", Keys: map[string]string{feed.SourceGames: "football/college-football"},
		Params: map[string]map[string]string{feed.SourceGames: {"groups": "80", "limit": "100"}},
	}
	got := Scoreboard(l, map[string]string{"dates": "20260905", "limit": "300"})
	want := source.Request{
		League: "ncaaf", Path: "/apis/site/v2/sports/football/college-football/scoreboard",
		Query: map[string]string{"groups": "80", "dates": "20260905", "limit": "300"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if l.Params[feed.SourceGames]["limit"] != "100" {
		t.Error("the league's parameters were changed")
	}
}

// recorded is the folder of scoreboards beside the repository, if it is there.
const recorded = "../../../../shared/data/espn"

func TestRecordedScoreboardsKeepEveryEvent(t *testing.T) {
	bodies := map[string][]byte{"own": fixture(t)}
	files, _ := filepath.Glob(filepath.Join(recorded, "*.json.gz"))
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		if bodies[filepath.Base(file)], err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			var plain struct{ Events []json.RawMessage }
			if err := json.Unmarshal(body, &plain); err != nil {
				t.Fatal(err)
			}
			events, defects, err := ParseScoreboard(body)
			if err != nil || len(defects) > 0 || len(events) != len(plain.Events) {
				t.Errorf("%d of %d events, defects %q, error %v", len(events), len(plain.Events), defects, err)
			}
			for _, e := range events {
				if e.Status.State == "" || e.Home.TeamID == "" || e.Away.Name == "" || e.SeasonYear == 0 {
					t.Errorf("event %s is incomplete: %+v", e.ID, e)
				}
			}
		})
	}
}

// Whatever the body: no panic, and either an error or a list of which every
// element is an event or a defect at its place.
func FuzzParseScoreboard(f *testing.F) {
	f.Add(fixture(f))
	f.Add([]byte(`{"events":[` + game(home+","+away, "") + `,null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, defects, err := ParseScoreboard(body)
		if err != nil {
			return
		}
		lost := 0
		for _, d := range defects {
			if !json.Valid(d.Body) || d.Reason == "" {
				t.Fatalf("defect %q", d)
			}
			if strings.HasSuffix(d.Place, "]") && !strings.Contains(d.Place, ".") {
				lost++
			}
		}
		var plain map[string]json.RawMessage
		if err := json.Unmarshal(body, &plain); err != nil {
			t.Fatalf("no object was read as a scoreboard: %v", err)
		}
		var list []json.RawMessage
		if err := json.Unmarshal(plain["events"], &list); err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(body), `events`) == 1 && len(events)+lost != len(list) {
			t.Fatalf("%d events and %d lost of %d", len(events), lost, len(list))
		}
	})
}

func BenchmarkParseScoreboard(b *testing.B) {
	body := fixture(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ParseScoreboard(body); err != nil {
			b.Fatal(err)
		}
	}
}
