package leagues_test

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// recordings is where recorded responses lie on machines that have them. They
// are not part of the project; without them the tests below use what stands in
// testdata, in the same shapes.
const recordings = "../../shared/data"

// open opens a recorded file, or the one of testdata with the same name. Names
// that end in .gz are unpacked.
func open(t *testing.T, name string) (r io.Reader, recorded bool) {
	t.Helper()
	path, recorded := filepath.Join(recordings, name), true
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		recorded = false
		f, err = os.Open(filepath.Join("testdata", filepath.Base(name[:len(name)-len(".gz")])))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !recorded {
		return f, false
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z, true
}

// response is a line of a recording of The Odds API.
type response struct {
	FetchedAt feed.Time `json:"fetched_at"`
	Path      string    `json:"path"`
	Body      []struct {
		ID           string    `json:"id"`
		CommenceTime feed.Time `json:"commence_time"`
		HomeTeam     string    `json:"home_team"`
		AwayTeam     string    `json:"away_team"`
	} `json:"body"`
}

func responses(t *testing.T, r io.Reader) []response {
	t.Helper()
	var all []response
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var one response
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// A recording holds its games once each, whatever their starts did: as many
// fixtures as ids, all ids kept, nothing to ask a person about. A second source
// that lists the same games under ids of its own adds none, in whichever order
// it comes.
func TestRecordedOddsResolveToAFixtureForEachID(t *testing.T) {
	for name, recording := range map[string]tally{
		"odds-api/nhl-wnba-2026.ndjson.gz":       {614, 407},
		"odds-api/nhl-daily-2023-2025.ndjson.gz": {2800, 31},
	} {
		for _, second := range []string{"none", "before", "after"} {
			t.Run(name+"/"+second, func(t *testing.T) {
				r, recorded := open(t, name)
				want := recording
				if !recorded {
					want = tally{5, 2}
				}
				if got := replay(t, responses(t, r), second); got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			})
		}
	}
}

// tally is what a replay counts.
type tally struct {
	games int // distinct ids, each a fixture of its own
	moves int // changes of a start
}

// replay resolves all responses and checks what must hold at every step.
func replay(t *testing.T, all []response, second string) tally {
	t.Helper()
	c := catalog(t)
	states := map[string]*league.Identity{}
	last := map[string]league.Sighting{} // by source id
	fixtures := map[string]string{}      // source id -> fixture
	var got tally
	for _, one := range all {
		l, ok := c.ByPath("theoddsapi", one.Path)
		if !ok {
			t.Fatalf("no league for %s", one.Path)
		}
		if states[l.ID] == nil {
			x, err := league.NewIdentity(c, l.ID)
			if err != nil {
				t.Fatal(err)
			}
			states[l.ID] = x
		}
		for _, e := range one.Body {
			s := league.Sighting{
				Source: "theoddsapi", SourceID: e.ID, Start: e.CommenceTime,
				HomeName: e.HomeTeam, AwayName: e.AwayTeam, Seen: one.FetchedAt,
			}
			before, known := last[e.ID]
			r := resolveWith(t, states[l.ID], s, second, known)
			switch {
			case len(r.Reviews) != 0:
				t.Fatalf("reviews %+v", r.Reviews)
			case known && fixtures[e.ID] != r.FixtureID:
				t.Fatalf("%s was %s and is %s", e.ID, fixtures[e.ID], r.FixtureID)
			case r.Fixture.StartTime != e.CommenceTime:
				t.Fatalf("%s starts at %v, want %v", r.FixtureID, r.Fixture.StartTime, e.CommenceTime)
			}
			if known && before.Start != s.Start {
				got.moves++
			}
			last[e.ID], fixtures[e.ID] = s, r.FixtureID
		}
	}
	distinct := map[string]bool{}
	for _, id := range fixtures {
		distinct[id] = true
	}
	held := 0
	for _, x := range states {
		held += len(x.Fixtures())
	}
	if len(distinct) != len(fixtures) || held != len(fixtures) {
		t.Errorf("%d ids made %d fixtures, %d are held", len(fixtures), len(distinct), held)
	}
	got.games = len(fixtures)
	return got
}

// resolveWith resolves a sighting, and the first time beside it another source's
// of the same game, ten minutes off if it comes after.
func resolveWith(t *testing.T, x *league.Identity, s league.Sighting, second string, known bool) league.Resolution {
	t.Helper()
	other := s
	other.Source, other.SourceID = "espn", "e"+s.SourceID
	if second == "before" && !known {
		x.Resolve(other)
	}
	r := x.Resolve(s)
	if second == "after" && !known {
		other.Start -= 10 * feed.Minute
		x.Resolve(other)
	}
	if second != "none" {
		other.Seen = 0 // too old to change anything
		if o := x.Resolve(other); o.New || o.FixtureID != r.FixtureID {
			t.Fatalf("%s: %s, for the other source %s", s.SourceID, r.FixtureID, o.FixtureID)
		}
	}
	return r
}

// scoreboard is what matters here of ESPN's.
type scoreboard struct {
	Events []struct {
		ID           string `json:"id"`
		Date         string `json:"date"`
		Competitions []struct {
			NeutralSite bool `json:"neutralSite"`
			Venue       struct {
				FullName string `json:"fullName"`
				Indoor   *bool  `json:"indoor"`
			} `json:"venue"`
			Competitors []struct {
				HomeAway string `json:"homeAway"`
				Team     struct {
					ID, Abbreviation, DisplayName, Location, Name string
				} `json:"team"`
			} `json:"competitors"`
		} `json:"competitions"`
	} `json:"events"`
}

func TestRecordedScoreboardsNameKnownTeamsAndVenues(t *testing.T) {
	c := catalog(t)
	for _, id := range []string{"nfl", "nhl", "mlb", "mls"} {
		r, _ := open(t, "espn/"+id+".json.gz")
		var board scoreboard
		if err := json.NewDecoder(r).Decode(&board); err != nil {
			t.Fatal(err)
		}
		if len(board.Events) == 0 {
			t.Fatalf("%s: no events", id)
		}
		x, err := league.NewIdentity(c, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range board.Events {
			game := e.Competitions[0]
			start, err := time.Parse("2006-01-02T15:04Z", e.Date)
			if err != nil {
				t.Fatal(err)
			}
			s := league.Sighting{Source: "espn", SourceID: e.ID, Start: feed.At(start), VenueName: game.Venue.FullName, Neutral: game.NeutralSite, Seen: 1}
			for _, side := range game.Competitors {
				m := c.FindTeam(id, side.Team.DisplayName)
				if m.Team == nil || m.Confidence != 1 {
					t.Errorf("%s: %q is %+v", id, side.Team.DisplayName, m)
				}
				if side.HomeAway == "home" {
					s.HomeName, s.HomeSourceTeamID = side.Team.DisplayName, side.Team.ID
				} else {
					s.AwayName, s.AwaySourceTeamID = side.Team.DisplayName, side.Team.ID
				}
			}
			f := x.Resolve(s).Fixture
			if l, _ := c.League(id); !l.Outdoor || game.Venue.FullName == "" {
				continue
			}
			v, ok := c.FindVenue(id, game.Venue.FullName)
			if !ok || f.VenueID != v.ID {
				t.Errorf("%s: venue %q is %v, the fixture's is %q", id, game.Venue.FullName, v, f.VenueID)
				continue
			}
			if in := game.Venue.Indoor; in != nil && *in != (v.Roof != league.RoofOpen) {
				t.Errorf("%s: %s has roof %s, indoor is %v", id, v.Name, v.Roof, *in)
			}
		}
		if n := len(x.Fixtures()); n != len(board.Events) {
			t.Errorf("%s: %d events made %d fixtures", id, len(board.Events), n)
		}
	}
}

func TestRecordedResultsNameKnownTeams(t *testing.T) {
	c := catalog(t)
	files := map[string]string{"nfl-weather/spreadspoke_scores.csv.gz": "nfl"}
	for country, id := range map[string]string{"England": "epl", "Spain": "laliga", "Germany": "bundesliga", "Italy": "seriea", "France": "ligue1"} {
		for year := 2015; year <= 2024; year++ {
			files[fmt.Sprintf("soccer/%s_1_%d.csv.gz", country, year)] = id
		}
	}
	for name, id := range files {
		if _, err := os.Stat(filepath.Join(recordings, name)); errors.Is(err, fs.ErrNotExist) {
			continue // TestNamesOfTheProviders holds names of each of these sources
		}
		r, _ := open(t, name)
		rows := csv.NewReader(r)
		rows.FieldsPerRecord, rows.LazyQuotes = -1, true
		head, err := rows.Read()
		if err != nil {
			t.Fatal(err)
		}
		columns := map[string]int{}
		for i, column := range head {
			columns[column] = i
		}
		for row, err := rows.Read(); err == nil; row, err = rows.Read() {
			for _, column := range []string{"home_team", "away_team", "team_home", "team_away"} {
				i, ok := columns[column]
				if !ok || id == "nfl" && row[columns["score_home"]] == "" {
					continue // games to come are written carelessly
				}
				if m := c.FindTeam(id, row[i]); m.Team == nil || m.Confidence != 1 {
					t.Errorf("%s: %q is %+v", name, row[i], m)
				}
			}
		}
	}
}
