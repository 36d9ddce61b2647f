package process

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source/openweather"
)

func (d *desk) scoreboard(league string, body []byte) []feed.Game {
	d.t.Helper()
	d.take(feed.Raw{Source: feed.SourceGames, League: league, Path: "/apis/site/v2/sports/x/scoreboard", Body: body})
	return decode[feed.Game](d.t, d.w, d.out, log.GamesTopic(league))
}

func (d *desk) fixtures() []feed.Fixture {
	d.t.Helper()
	return decode[feed.Fixture](d.t, d.w, d.out, log.TopicFixtures)
}

// running is a game of the tests' teams in its second period.
func running() scoreboardGame {
	return scoreboardGame{id: "1", start: start, home: homeTeam, away: awayTeam, status: "STATUS_IN_PROGRESS", state: "in", period: 2, clock: "10:23", score: [2]int{2, 1}, play: "p1", possession: "away"}
}

func TestGameIsPublishedWhenItChanges(t *testing.T) {
	d := newDesk(t, "nhl")
	g := running()
	got := d.scoreboard("nhl", scoreboard(g))
	if len(got) != 1 || *got[0].HomeScore != 2 || *got[0].AwayScore != 1 || got[0].State != feed.GameIn || got[0].Period != 2 ||
		got[0].Clock != "10:23" || got[0].Possession != feed.OutcomeAway || got[0].EventTime != d.now || got[0].SeenTime != d.now {
		t.Fatalf("got %s", jsonOf(got))
	}
	if f := d.fixtures(); len(f) != 2 || f[1].Status != string(feed.GameIn) {
		t.Errorf("got fixtures %s, want a new one and then its status", jsonOf(f))
	}
	if got := d.scoreboard("nhl", scoreboard(g)); len(got) != 0 || len(d.fixtures()) != 0 {
		t.Errorf("an unchanged game was published again: %s", jsonOf(got))
	}
	for name, change := range map[string]func(*scoreboardGame){
		"score":      func(g *scoreboardGame) { g.score[0]++ },
		"clock":      func(g *scoreboardGame) { g.clock = "9:00" },
		"period":     func(g *scoreboardGame) { g.period++ },
		"possession": func(g *scoreboardGame) { g.possession = "home" },
		"status":     func(g *scoreboardGame) { g.status, g.state = "STATUS_FINAL", "post" },
	} {
		change(&g)
		if got := d.scoreboard("nhl", scoreboard(g)); len(got) != 1 {
			t.Errorf("another %s made %d records, want 1", name, len(got))
		}
	}
}

func TestScoreBeforeTheStartIsNotShown(t *testing.T) {
	d := newDesk(t, "nhl")
	g := running()
	g.status, g.state, g.period, g.score = "STATUS_SCHEDULED", "pre", 0, [2]int{0, 0}
	if got := d.scoreboard("nhl", scoreboard(g)); len(got) != 1 || got[0].HomeScore != nil || got[0].AwayScore != nil || got[0].State != feed.GamePre {
		t.Errorf("got %s", jsonOf(got))
	}
}

func TestPlayIsPublishedOnce(t *testing.T) {
	d := newDesk(t, "nhl")
	plays := func() []feed.Play { return decode[feed.Play](t, d.w, d.out, log.PlaysTopic("nhl")) }
	g := running()
	d.scoreboard("nhl", scoreboard(g))
	if got := plays(); len(got) != 1 || got[0].PlayID != "p1" || got[0].Text != "play p1" || got[0].Type != "Shot" || got[0].ScoreValue != 1 || got[0].Period != 2 {
		t.Fatalf("got %s", jsonOf(got))
	}
	g.clock = "9:59"
	d.scoreboard("nhl", scoreboard(g))
	if got := plays(); len(got) != 0 {
		t.Errorf("the same play was published again: %s", jsonOf(got))
	}
	g.play = "p2"
	d.scoreboard("nhl", scoreboard(g))
	if got := plays(); len(got) != 1 || got[0].PlayID != "p2" {
		t.Errorf("got %s", jsonOf(got))
	}
}

func TestBadGameDoesNotStopItsScoreboard(t *testing.T) {
	d := newDesk(t, "nhl")
	body := strings.Replace(string(scoreboard(running())), `{"events":[`, `{"events":[{"id":"7"},3,`, 1)
	if got := d.scoreboard("nhl", []byte(body)); len(got) != 1 {
		t.Errorf("%d games were read, want 1", len(got))
	}
	if bad := d.quarantined(); len(bad) != 2 || string(bad[0].Body) != `{"id":"7"}` || string(bad[1].Body) != "3" || bad[0].Reason == "" {
		t.Errorf("got %s", jsonOf(bad))
	}
	if got := d.scoreboard("nhl", []byte("<html>")); len(got) != 0 || len(d.quarantined()) != 1 {
		t.Errorf("a page instead of an answer: %d games, quarantine %s", len(got), jsonOf(d.quarantined()))
	}
}

func TestOddsAndGamesShareOneFixtureWhicheverComesFirst(t *testing.T) {
	games := func(d *desk) string { return d.scoreboard("nhl", scoreboard(running()))[0].FixtureID }
	prices := func(d *desk) string {
		return d.events(game(book("b1", epoch, h2h(epoch, homeTeam, awayTeam, 1.9, 2.1))))[0].FixtureID
	}
	ids := map[string]bool{}
	for _, order := range [][]func(*desk) string{{games, prices}, {prices, games}} {
		d := newDesk(t, "nhl")
		for _, source := range order {
			ids[source(d)] = true
		}
		if f := d.fixtures(); len(f) == 0 || len(f[0].Aliases) != 2 {
			t.Errorf("got %s, want a fixture with the ids of both sources", jsonOf(f))
		}
	}
	if len(ids) != 1 {
		t.Errorf("got the ids %v, want one", ids)
	}
}

func TestScoresCountOnlyForGamesThatESPNLacks(t *testing.T) {
	d := newDesk(t, "nhl")
	scores := func(completed bool, home, away string) []feed.Game {
		event := map[string]any{"id": "e1", "sport_key": "icehockey_nhl", "commence_time": rfc(start), "home_team": homeTeam, "away_team": awayTeam, "completed": completed}
		if home != "" {
			event["scores"] = []any{map[string]any{"name": awayTeam, "score": away}, map[string]any{"name": homeTeam, "score": home}}
		}
		d.take(feed.Raw{Source: feed.SourceOdds, League: "nhl", Path: "/v4/sports/icehockey_nhl/scores", Body: mustJSON([]any{event})})
		return decode[feed.Game](t, d.w, d.out, log.GamesTopic("nhl"))
	}
	for _, step := range []struct {
		completed  bool
		home, away string
		state      feed.GameState
	}{{false, "", "", feed.GamePre}, {false, "1", "0", feed.GameIn}, {true, "3", "2", feed.GamePost}} {
		got := scores(step.completed, step.home, step.away)
		if len(got) != 1 || got[0].State != step.state || step.home != "" && (got[0].HomeScore == nil || *got[0].HomeScore != int32(step.home[0]-'0') || *got[0].AwayScore != int32(step.away[0]-'0')) {
			t.Errorf("%+v: got %s", step, jsonOf(got))
		}
		if got := scores(step.completed, step.home, step.away); len(got) != 0 {
			t.Errorf("%+v: unchanged and published again: %s", step, jsonOf(got))
		}
	}
	if got := d.scoreboard("nhl", scoreboard(running())); len(got) != 1 || got[0].Source != feed.SourceGames {
		t.Errorf("got %s, want what ESPN says", jsonOf(got))
	}
	if got := scores(false, "9", "9"); len(got) != 0 {
		t.Errorf("scores were published for a game that ESPN has: %s", jsonOf(got))
	}
}

func TestWeatherIsToldToEveryFixtureAtTheVenue(t *testing.T) {
	d := newDesk(t, "nfl")
	l := d.w.league("nfl")
	buffalo, denver := l.Teams[3], l.Teams[9]
	outdoor := scoreboardGame{id: "1", start: epoch + 3*feed.Hour, home: buffalo.Name, away: denver.Name, status: "STATUS_SCHEDULED", state: "pre"}
	elsewhere := outdoor
	elsewhere.id, elsewhere.home, elsewhere.away, elsewhere.start = "2", denver.Name, buffalo.Name, epoch+100*feed.Hour
	d.scoreboard("nfl", scoreboard(outdoor, elsewhere))
	ask := func(at feed.Time, temperature float64) []feed.Weather {
		query := map[string]string{"units": "metric"}
		for _, v := range l.Venues {
			if v.ID == buffalo.Venue {
				query["lat"], query["lon"] = openweather.Coordinates(v)
			}
		}
		d.take(feed.Raw{Source: feed.SourceWeather, League: "nfl", Path: "/data/2.5/weather", Query: query, Body: weatherBody(at, temperature)})
		return decode[feed.Weather](t, d.w, d.out, log.WeatherTopic("nfl"))
	}
	got := ask(epoch, 4)
	if len(got) != 1 || *got[0].TemperatureC != 4 || got[0].VenueID != buffalo.Venue || *got[0].Precipitation != 0.75 || got[0].EventTime != epoch || got[0].SeenTime != d.now {
		t.Fatalf("got %s", jsonOf(got))
	}
	if got := ask(epoch, 4); len(got) != 0 {
		t.Errorf("the same measurement was published again: %s", jsonOf(got))
	}
	if got := ask(epoch+feed.Minute, 4); len(got) != 1 {
		t.Errorf("a new measurement made %d records", len(got))
	}
	outdoor.status, outdoor.state = "STATUS_FINAL", "post"
	d.scoreboard("nfl", scoreboard(outdoor))
	if got := ask(epoch+2*feed.Minute, 5); len(got) != 0 {
		t.Errorf("weather was told for a game that is over: %s", jsonOf(got))
	}
}

// recorded is where recorded answers lie on machines that have them.
const recorded = "../../../shared/data/espn"

// TestWholeScoreboardsBecomeGames takes recorded scoreboards through whole, or
// the project's own where there are none.
func TestWholeScoreboardsBecomeGames(t *testing.T) {
	for _, id := range []string{"nfl", "nhl", "mlb", "mls"} {
		t.Run(id, func(t *testing.T) {
			d := newDesk(t, id)
			body := wholeScoreboard(t, id)
			var said struct {
				Events []struct {
					ID string `json:"id"`
				} `json:"events"`
			}
			if err := json.Unmarshal(body, &said); err != nil {
				t.Fatal(err)
			}
			if len(said.Events) == 0 {
				t.Fatal("the scoreboard is empty")
			}
			games := d.scoreboard(id, body)
			fixtures := map[string]string{} // ESPN's id -> ours
			for _, f := range d.fixtures() {
				for _, a := range f.Aliases {
					fixtures[a.ID] = f.FixtureID
				}
			}
			published := map[string]bool{}
			for _, g := range games {
				published[g.FixtureID] = true
			}
			for _, e := range said.Events {
				if !published[fixtures[e.ID]] {
					t.Errorf("event %s has no game (fixture %q)", e.ID, fixtures[e.ID])
				}
			}
			for _, q := range d.quarantined() {
				t.Errorf("in quarantine: %s: %s", q.Place, q.Reason)
			}
			for _, r := range decode[feed.Review](t, d.w, d.out, log.TopicReviews) {
				t.Logf("review: %s", jsonOf(r))
			}
			if again := d.scoreboard(id, body); len(again) != 0 {
				t.Errorf("%d games were published again unchanged: %s", len(again), jsonOf(again[0]))
			}
		})
	}
}

func wholeScoreboard(t *testing.T, id string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(recorded, id+".json.gz"))
	if os.IsNotExist(err) {
		return ownScoreboard(newWorld(t, 1, id).league(id))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// ownScoreboard has a game in each state.
func ownScoreboard(l *league.League) []byte {
	var games []scoreboardGame
	for i, s := range [][2]string{{"STATUS_SCHEDULED", "pre"}, {"STATUS_IN_PROGRESS", "in"}, {"STATUS_FINAL", "post"}, {"STATUS_POSTPONED", "post"}} {
		games = append(games, scoreboardGame{id: string(rune('1' + i)), start: start, home: l.Teams[2*i].Name, away: l.Teams[2*i+1].Name, status: s[0], state: s[1]})
	}
	return scoreboard(games...)
}
