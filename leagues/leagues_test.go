package leagues_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/leagues"
)

// load reads the defaults once for all tests, which do not change them.
var load = sync.OnceValues(leagues.Load)

func catalog(t testing.TB) *league.Catalog {
	t.Helper()
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := league.NewCatalog(all)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaultsAreComplete(t *testing.T) {
	// How many teams play in a season; a file may know former ones as well.
	least := map[string]int{
		"nfl": 32, "ncaaf": 136, "nba": 30, "wnba": 15, "nhl": 32, "mlb": 30, "ncaab": 200,
		"epl": 20, "laliga": 20, "bundesliga": 18, "seriea": 20, "ligue1": 18, "mls": 30, "ucl": 36,
	}
	placed := []string{"nfl", "ncaaf", "mlb", "mls"} // every team has a home venue
	c := catalog(t)
	if n := len(c.Leagues()); n != len(least) {
		t.Errorf("%d leagues, want %d", n, len(least))
	}
	for id, n := range least {
		l, ok := c.League(id)
		if !ok {
			t.Errorf("no league %s", id)
			continue
		}
		if len(l.Teams) < n {
			t.Errorf("%s has %d teams, want %d", id, len(l.Teams), n)
		}
		for _, source := range []string{"theoddsapi", "espn"} {
			if l.Keys[source] == "" {
				t.Errorf("%s has no key at %s", id, source)
			}
		}
		if slices.Contains(placed, id) {
			for _, team := range l.Teams {
				if team.Venue == "" {
					t.Errorf("%s has no home venue", team.ID)
				}
			}
		}
		if l.Draw != (l.Sport == "soccer") || l.Outdoor != (l.Sport == "soccer" || l.Sport == "football" || l.Sport == "baseball") {
			t.Errorf("%s: draw %v, outdoor %v", id, l.Draw, l.Outdoor)
		}
	}
}

func TestKeysAndParamsAreTheProviders(t *testing.T) {
	c := catalog(t)
	for path, want := range map[string]string{
		"/v4/sports/americanfootball_ncaaf/odds":                                         "ncaaf",
		"/v4/sports/soccer_france_ligue_one/scores":                                      "ligue1",
		"/v4/historical/sports/baseball_mlb/events/1/odds":                               "mlb",
		"/apis/site/v2/sports/football/college-football/scoreboard":                      "ncaaf",
		"/apis/site/v2/sports/basketball/mens-college-basketball/scoreboard":             "ncaab",
		"/apis/site/v2/sports/soccer/uefa.champions/scoreboard":                          "ucl",
		"/v4/sports/americanfootball_nfl_super_bowl_winner/odds":                         "",
		"/apis/site/v2/sports/basketball/nba-summer-las-vegas/scoreboard":                "",
		"/apis/site/v2/sports/basketball/mens-college-basketball-but-not-really/summary": "",
	} {
		source := "theoddsapi"
		if strings.HasPrefix(path, "/apis") {
			source = "espn"
		}
		l, ok := c.ByPath(source, path)
		if ok != (want != "") || ok && l.ID != want {
			t.Errorf("%s: %v", path, l)
		}
	}
	for id, group := range map[string]string{"ncaaf": "80", "ncaab": "50"} {
		if l, _ := c.League(id); l.Params["espn"]["groups"] != group {
			t.Errorf("%s: groups %q", id, l.Params["espn"]["groups"])
		}
	}
}

// The full name, the location with the nickname, and every alias of every team
// mean that team, and a home venue is found by its name or shared with no other
// programme.
func TestEveryTeamIsFoundByItsOwnNames(t *testing.T) {
	c := catalog(t)
	for _, l := range c.Leagues() {
		for _, team := range l.Teams {
			for _, name := range append([]string{team.Name, strings.ToUpper(team.Name)}, team.Aliases...) {
				if m := c.FindTeam(l.ID, name); m.Team == nil || m.Team.ID != team.ID || m.Confidence != 1 {
					t.Errorf("%s: %q means %+v", team.ID, name, m)
				}
			}
		}
		for _, v := range l.Venues {
			if found, ok := c.FindVenue(l.ID, v.Name); !ok || found.ID != v.ID {
				t.Errorf("%s: venue %q means %v", l.ID, v.Name, found)
			}
		}
	}
}

// What a name must mean is not always what is most like it.
func TestNamesOfTheProviders(t *testing.T) {
	c := catalog(t)
	for _, tc := range []struct {
		league, name, team string
		confidence         float64
	}{
		{"nhl", "Montréal Canadiens", "nhl.montreal-canadiens", 1},
		{"nhl", "St Louis Blues", "nhl.st-louis-blues", 1},
		{"nhl", "Utah Hockey Club", "nhl.utah-mammoth", 1},
		{"nhl", "Arizona Coyotes", "nhl.arizona-coyotes", 1},
		{"nhl", "New York", "", 0},
		{"nba", "LA Clippers", "nba.los-angeles-clippers", 1},
		{"nba", "Los Angeles", "", 0},
		{"wnba", "Toronto Tempo", "wnba.toronto-tempo", 1},
		{"mlb", "Oakland Athletics", "mlb.athletics", 1},
		{"mlb", "Athletics", "mlb.athletics", 1},
		{"nfl", "Washington Redskins", "nfl.washington-commanders", 1},
		{"nfl", "N.Y. Jets", "nfl.new-york-jets", 1},
		{"nfl", "TB Buccaneers", "nfl.tampa-bay-buccaneers", 0.9},
		{"epl", "Man City", "epl.manchester-city", 1},
		{"epl", "Manchester", "", 0},
		{"epl", "Brighton & Hove Albion", "epl.brighton-and-hove-albion", 1},
		{"epl", "Nott'm Forest", "epl.nottingham-forest", 1},
		{"seriea", "Internazionale", "seriea.inter-milan", 1},
		{"seriea", "Milan", "seriea.ac-milan", 1},
		{"ligue1", "Paris Saint Germain", "ligue1.paris-saint-germain", 1},
		{"ligue1", "Paris", "", 0},
		{"bundesliga", "Borussia Monchengladbach", "bundesliga.borussia-monchengladbach", 1},
		{"bundesliga", "1. FC Köln", "bundesliga.1-fc-koln", 1},
		{"laliga", "Atletico Madrid", "laliga.atletico-madrid", 1},
		{"laliga", "Madrid", "", 0},
		{"ucl", "Bodo/Glimt", "ucl.bodo-glimt", 1},
		{"mls", "DC United", "mls.dc-united", 1},
		{"mls", "Los Angeles", "", 0},
		{"mls", "Columbus Crew SC", "mls.columbus-crew", 1},
		{"ncaaf", "Hawaii Rainbow Warriors", "ncaaf.hawaii-rainbow-warriors", 1},
		{"ncaaf", "Texas A&M Aggies", "ncaaf.texas-am-aggies", 1},
		{"ncaaf", "Miami (OH) RedHawks", "ncaaf.miami-oh-redhawks", 1},
		{"ncaaf", "Appalachian State Mountaineers", "ncaaf.app-state-mountaineers", 1},
		{"ncaaf", "Texas Southern Tigers", "", 0},
		{"ncaaf", "Tigers", "", 0},
		{"ncaab", "Michigan St Spartans", "ncaab.michigan-state-spartans", 1},
		{"ncaab", "St. John's Red Storm", "ncaab.st-johns-red-storm", 1},
		{"ncaab", "Saint Mary's Gaels", "ncaab.saint-marys-gaels", 1},
		{"ncaab", "Morgan St Bears", "", 0},
	} {
		m := c.FindTeam(tc.league, tc.name)
		got := ""
		if m.Team != nil {
			got = m.Team.ID
		}
		if got != tc.team || m.Confidence != tc.confidence {
			t.Errorf("%s %q is %q at %v, want %q at %v", tc.league, tc.name, got, m.Confidence, tc.team, tc.confidence)
		}
	}
}

const small = `id: shl
name: SHL
sport: hockey
keys: {espn: hockey/shl}
periods: {count: 3, minutes: 20, name: period, overtime: 5}
season: {start_month: 9}
score: {total: 5.2, home_advantage: 0.3, sigma_margin: 2.3, sigma_total: 2.2}
match: {same_hours: 12, review_hours: 36}
teams:
  - {id: shl.frolunda, name: Frölunda HC}
  - {id: shl.lulea, name: Luleå HF}
`

func TestUserFilesAddAndReplace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "shl.yaml", small)
	write(t, dir, "mine.yml", strings.NewReplacer("shl", "nhl").Replace(small))
	write(t, dir, "notes.txt", "not a league")
	all, err := leagues.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defaults, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(defaults)+1 {
		t.Errorf("%d leagues, %d by default", len(all), len(defaults))
	}
	if !slices.IsSortedFunc(all, func(a, b league.League) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("not in order")
	}
	c, err := league.NewCatalog(all)
	if err != nil {
		t.Fatal(err)
	}
	if m := c.FindTeam("shl", "Lulea HF"); m.Team == nil || m.Team.ID != "shl.lulea" {
		t.Errorf("got %+v", m)
	}
	if l, _ := c.League("nhl"); len(l.Teams) != 2 {
		t.Error("the default was not replaced")
	}
}

func TestBadFilesAreRefusedWithFileAndLine(t *testing.T) {
	for name, tc := range map[string]struct{ from, to, want string }{
		"unknown field":      {"sport: hockey", "sprot: hockey", "bad.yaml:3: "},
		"wrong type":         {"start_month: 9", "start_month: autumn", "bad.yaml:6: "},
		"not yaml":           {"keys: {", "keys: {{[", "bad.yaml:"},
		"field twice":        {"name: SHL", "name: SHL\nname: SHL", "bad.yaml:3: "},
		"value out of range": {"start_month: 9", "start_month: 13", "bad.yaml:6: season.start_month: 13 is no month"},
		"alias of another":   {"name: Luleå HF}", "name: Luleå HF, aliases: [Frolunda HC]}", "bad.yaml:11: teams[1].aliases[0]: "},
		"missing name":       {", name: Frölunda HC}", "}", "bad.yaml:10: teams[0].name: "},
		"missing section":    {"season: {start_month: 9}\n", "", "season.start_month: 0 is no month"},
		"two documents":      {"teams:", "---\nteams:", "bad.yaml"},
		"empty":              {small, "", "bad.yaml: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := leagues.Parse("bad.yaml", []byte(strings.Replace(small, tc.from, tc.to, 1)))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestOneLeagueInTwoFilesIsRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", small)
	write(t, dir, "b.yaml", small)
	_, err := leagues.LoadDir(dir)
	if err == nil || !strings.Contains(err.Error(), "a.yaml") || !strings.Contains(err.Error(), "b.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestABadUserFileStopsLoading(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "bad.yaml", "sport: 7")
	_, err := leagues.LoadDir(dir)
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "bad.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestMissingDirectoryIsAnError(t *testing.T) {
	if _, err := leagues.LoadDir(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever the text, Parse returns an error that names the file, or a league
// that is valid.
func FuzzParse(f *testing.F) {
	for _, s := range []string{small, "", "id: x", "teams: [{id: 1}]", "a: &a [*a]", "? {", "\xff", "--- !!binary x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := leagues.Parse("fuzz.yaml", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.yaml:") {
				t.Errorf("error without the file: %v", err)
			}
			return
		}
		if err := league.Validate(l); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := leagues.Load(); err != nil {
			b.Fatal(err)
		}
	}
}
