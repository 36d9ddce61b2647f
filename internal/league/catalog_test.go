package league

import (
	"math"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

func TestFindTeam(t *testing.T) {
	c := newCatalog(t, testLeague(), testSoccer())
	for _, tc := range []struct {
		league, name, team string
		confidence         float64
		candidate          string
	}{
		{"nhl", "Montréal Canadiens", "nhl.montreal-canadiens", 1, "nhl.montreal-canadiens"},
		{"nhl", "habs", "nhl.montreal-canadiens", 1, "nhl.montreal-canadiens"},
		{"nhl", "Saint Louis Blues", "nhl.st-louis-blues", 1, "nhl.st-louis-blues"},
		{"nhl", "Bruins", "nhl.boston-bruins", 0.9, "nhl.boston-bruins"},
		{"nhl", "Boston", "nhl.boston-bruins", 0.9, "nhl.boston-bruins"},
		{"nhl", "NYR", "nhl.new-york-rangers", 0.9, "nhl.new-york-rangers"},
		{"nhl", "NYI Islanders", "nhl.new-york-islanders", 0.9, "nhl.new-york-islanders"},
		{"nhl", "Boston Bruin", "nhl.boston-bruins", 0.9 * (1 - 1.0/13), "nhl.boston-bruins"},
		{"nhl", "Maple Leafs Toronto", "nhl.toronto-maple-leafs", 0.9, "nhl.toronto-maple-leafs"},
		{"nhl", "New York", "", 0, "nhl.new-york-rangers"}, // two teams
		{"nhl", "New York Rangels", "nhl.new-york-rangers", 0.9 * (1 - 1.0/16), "nhl.new-york-rangers"},
		{"nhl", "Boston Celtics", "", 0, "nhl.boston-bruins"},
		{"nhl", "", "", 0, ""},
		{"xfl", "Boston Bruins", "", 0, ""},
		{"mls", "Cincinnati", "mls.cincinnati", 1, "mls.cincinnati"},
		{"mls", "Cincinnati SC", "mls.cincinnati", 1, "mls.cincinnati"},
		{"mls", "Koln", "mls.koln", 1, "mls.koln"},
		{"mls", "Los Angeles", "", 0, "mls.lafc"}, // the Galaxy are there too
		{"mls", "Los Angeles FC", "mls.lafc", 1, "mls.lafc"},
		{"mls", "Brighton and Hove Albion", "mls.brighton", 1, "mls.brighton"},
	} {
		m := c.FindTeam(tc.league, tc.name)
		if id(m.Team) != tc.team || math.Abs(m.Confidence-tc.confidence) > 1e-12 || id(m.Candidate) != tc.candidate {
			t.Errorf("FindTeam(%s, %q) = %s at %v, candidate %s; want %s at %v, candidate %s",
				tc.league, tc.name, id(m.Team), m.Confidence, id(m.Candidate), tc.team, tc.confidence, tc.candidate)
		}
		if m.Team != nil && m.Confidence < Accept {
			t.Errorf("FindTeam(%s, %q) finds a team below the accepting confidence", tc.league, tc.name)
		}
	}
}

func id(t *Team) string {
	if t == nil {
		return ""
	}
	return t.ID
}

func TestCatalogFindsLeagues(t *testing.T) {
	c := newCatalog(t, testLeague(), testSoccer())
	if all := c.Leagues(); len(all) != 2 || all[0].ID != "mls" || all[1].ID != "nhl" {
		t.Errorf("Leagues() = %v", all)
	}
	if l, ok := c.ByKey("theoddsapi", "icehockey_nhl"); !ok || l.ID != "nhl" {
		t.Error("the key does not find its league")
	}
	if _, ok := c.ByKey("espn", "icehockey_nhl"); ok {
		t.Error("a key of one source finds a league for another")
	}
	for path, want := range map[string]string{
		"/v4/sports/icehockey_nhl/odds":                 "nhl",
		"/v4/historical/sports/icehockey_nhl/odds":      "nhl",
		"/v4/sports/icehockey_nhl_championship/odds":    "",
		"/v4/sports/icehockey_nhl":                      "nhl",
		"/apis/site/v2/sports/hockey/nhl/scoreboard":    "",
		"/v4/sports/upcoming/odds?sport=icehockey_nhl/": "",
	} {
		l, ok := c.ByPath("theoddsapi", path)
		if ok != (want != "") || ok && l.ID != want {
			t.Errorf("ByPath(%q) = %v, %v, want %q", path, l, ok, want)
		}
	}
	if l, ok := c.ByPath("espn", "/apis/site/v2/sports/hockey/nhl/scoreboard"); !ok || l.ID != "nhl" {
		t.Error("a key of two segments does not find its league")
	}
}

func TestCatalogRefusesLeaguesThatCollide(t *testing.T) {
	same, key := testLeague(), testSoccer()
	key.Keys = map[string]string{"espn": "hockey/nhl"}
	for name, second := range map[string]League{"id": same, "key": key, "invalid": {}} {
		if _, err := NewCatalog([]League{testLeague(), second}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSeasonBeginsWithItsMonth(t *testing.T) {
	l := testLeague() // September
	for start, want := range map[string]int32{
		"2026-01-15T00:00:00Z": 2025,
		"2026-08-31T23:00:00Z": 2025,
		"2026-09-01T09:00:00Z": 2025, // still the evening of 31 August
		"2026-09-01T11:00:00Z": 2026,
	} {
		at, err := time.Parse(time.RFC3339, start)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.SeasonOf(feed.At(at)); got != want {
			t.Errorf("SeasonOf(%s) = %d, want %d", start, got, want)
		}
	}
	if got := l.SeasonOf(0); got != 0 {
		t.Errorf("SeasonOf(unknown) = %d", got)
	}
}

func TestOutdoorVenueIsWhereWeatherMatters(t *testing.T) {
	c := newCatalog(t, testLeague())
	for venue, outdoor := range map[string]bool{"forum": true, "garden": true, "dome": false, "": false, "nowhere": false} {
		v, ok := c.OutdoorVenue(feed.Fixture{League: "nhl", VenueID: venue})
		if ok != outdoor || ok && v.ID != venue {
			t.Errorf("venue %q: %v, %v", venue, v, ok)
		}
	}
	indoors := testLeague()
	indoors.Outdoor = false
	if _, ok := newCatalog(t, indoors).OutdoorVenue(feed.Fixture{League: "nhl", VenueID: "forum"}); ok {
		t.Error("a league that plays indoors has an outdoor venue")
	}
	if v, ok := c.FindVenue("nhl", "OLD FORUM"); !ok || v.ID != "forum" {
		t.Error("an alias does not find its venue")
	}
}

// Whatever the name, a team that is found is one of the league's, with a
// confidence between the accepting one and 1, and is the candidate too.
func FuzzFindTeam(f *testing.F) {
	c := newCatalog(f, testLeague(), testSoccer())
	for _, s := range []string{"Montréal Canadiens", "new york", "Bruins Bruins Bruins", "1", "FC", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, league := range []string{"nhl", "mls"} {
			m := c.FindTeam(league, name)
			if m.Score < 0 || m.Score > 1 {
				t.Fatalf("score %v", m.Score)
			}
			if (m.Team == nil) != (m.Confidence == 0) {
				t.Fatalf("team %s with confidence %v", id(m.Team), m.Confidence)
			}
			if m.Team == nil {
				continue
			}
			if _, ok := c.Team(league, m.Team.ID); !ok || m.Team != m.Candidate || m.Confidence < Accept || m.Confidence > 1 {
				t.Fatalf("%q: team %s at %v, candidate %s", name, id(m.Team), m.Confidence, id(m.Candidate))
			}
		}
	})
}

func BenchmarkFindTeamExact(b *testing.B) {
	c := newCatalog(b, testLeague())
	b.ReportAllocs()
	for b.Loop() {
		c.FindTeam("nhl", "Montréal Canadiens")
	}
}
