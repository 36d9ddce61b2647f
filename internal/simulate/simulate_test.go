package simulate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// begin is when the worlds of the tests begin.
var begin = time.Date(2026, 10, 3, 17, 30, 0, 0, time.UTC)

// testLeague makes a league with n teams of invented names.
func testLeague(id, sport, oddsKey, path string, n int, p league.Periods, sc league.Score) league.League {
	l := league.League{
		ID: id, Name: strings.ToUpper(id), Sport: sport, Draw: sport == "soccer",
		Outdoor: sport == "football" || sport == "soccer" || sport == "baseball",
		Keys:    map[string]string{feed.SourceOdds: oddsKey, feed.SourceGames: path},
		Periods: p, Season: league.Season{StartMonth: 9}, Score: sc,
	}
	for i := range n {
		city := fmt.Sprintf("City%c%c", 'A'+i/26, 'a'+i%26)
		t := league.Team{ID: id + "." + strings.ToLower(city), Name: city + " Club", Location: city, Nickname: "Club",
			Abbreviation: fmt.Sprintf("C%02d", i), Venue: city}
		if i%2 == 0 {
			t.Aliases = []string{city + " FC"}
		}
		l.Teams = append(l.Teams, t)
		l.Venues = append(l.Venues, league.Venue{ID: city, Name: city + " Park", City: city,
			Latitude: 30 + float64(i), Longitude: -120 + 3*float64(i), Roof: league.RoofOpen})
	}
	return l
}

func testLeagues() []league.League {
	return []league.League{
		testLeague("nfl", "football", "americanfootball_nfl", "football/nfl", 32,
			league.Periods{Count: 4, Minutes: 15, Name: "quarter", Overtime: 10},
			league.Score{Total: 44.5, HomeAdvantage: 1.7, SigmaMargin: 13.45, SigmaTotal: 13.2}),
		testLeague("ncaaf", "football", "americanfootball_ncaaf", "football/college-football", 24,
			league.Periods{Count: 4, Minutes: 15, Name: "quarter"},
			league.Score{Total: 54, HomeAdvantage: 2.5, SigmaMargin: 16, SigmaTotal: 16}),
		testLeague("nba", "basketball", "basketball_nba", "basketball/nba", 30,
			league.Periods{Count: 4, Minutes: 12, Name: "quarter", Overtime: 5},
			league.Score{Total: 228, HomeAdvantage: 2.3, SigmaMargin: 12, SigmaTotal: 17}),
		testLeague("nhl", "hockey", "icehockey_nhl", "hockey/nhl", 32,
			league.Periods{Count: 3, Minutes: 20, Name: "period", Overtime: 5},
			league.Score{Total: 6.1, HomeAdvantage: .25, SigmaMargin: 2.4, SigmaTotal: 2.3}),
		testLeague("mlb", "baseball", "baseball_mlb", "baseball/mlb", 30,
			league.Periods{Count: 9, Name: "inning"},
			league.Score{Total: 8.8, HomeAdvantage: .2, SigmaMargin: 4.2, SigmaTotal: 4.4}),
		testLeague("epl", "soccer", "soccer_epl", "soccer/eng.1", 20,
			league.Periods{Count: 2, Minutes: 45, Name: "half", CountsUp: true},
			league.Score{Total: 2.8, HomeAdvantage: .3, SigmaMargin: 1.65, SigmaTotal: 1.65}),
	}
}

// clock is a clock that tests move by hand.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

// newTest returns a world of the test leagues and its clock.
func newTest(t testing.TB, change ...func(*Config)) (*Simulator, *clock) {
	t.Helper()
	clk := &clock{now: begin}
	c := Config{Seed: 7, Leagues: testLeagues(), Start: begin, Now: clk.read}
	for _, f := range change {
		f(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, clk
}

// leagueOf returns a competition of the world.
func leagueOf(t testing.TB, s *Simulator, id string) *competition {
	t.Helper()
	for _, c := range s.competitions {
		if c.league.ID == id {
			return c
		}
	}
	t.Fatalf("no league %s", id)
	return nil
}
