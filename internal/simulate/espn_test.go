package simulate

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

func TestScoreboardHasTheDocumentedShape(t *testing.T) {
	s, _ := newTest(t)
	for _, path := range []string{"football/nfl", "basketball/nba", "hockey/nhl", "baseball/mlb", "soccer/eng.1"} {
		var page scoreboardPage
		decode(t, get(t, s, "/apis/site/v2/sports/"+path+"/scoreboard"), &page)
		if len(page.Events) < 8 || page.Season.Year < 2026 || (page.Week == nil) == (page.Day == nil) {
			t.Errorf("%s: %d events, season %d", path, len(page.Events), page.Season.Year)
		}
		for _, e := range page.Events {
			c := e.Competitions[0]
			if _, err := time.Parse(espnMinute, e.Date); err != nil || c.Status != e.Status || len(c.Competitors) != 2 {
				t.Errorf("event %s: %v", e.ID, err)
			}
			for _, side := range c.Competitors {
				if _, err := strconv.Atoi(side.Score); err != nil || side.Team.ID == "" || len(side.Records) == 0 {
					t.Errorf("side %+v", side)
				}
			}
		}
	}
}

func TestScoreboardDatesSelectOneDay(t *testing.T) {
	s, _ := newTest(t)
	seen := map[string]bool{}
	for _, date := range []string{"20261002", "20261003", "20261004"} {
		var page scoreboardPage
		decode(t, get(t, s, "/apis/site/v2/sports/basketball/nba/scoreboard?dates="+date), &page)
		if len(page.Events) < 6 {
			t.Errorf("%s: %d events", date, len(page.Events))
		}
		for _, e := range page.Events {
			start, _ := time.Parse(espnMinute, e.Date)
			if got := start.In(eastern).Format("20060102"); got != date || seen[e.ID] {
				t.Errorf("%s: event %s of %s", date, e.ID, got)
			}
			seen[e.ID] = true
		}
	}
	for path, status := range map[string]int{
		"football/nfl/scoreboard?dates=20261001-20261003": http.StatusBadRequest,
		"football/nfl/scoreboard?limit=none":              http.StatusBadRequest,
		"golf/pga/scoreboard":                             http.StatusNotFound,
	} {
		if w := get(t, s, "/apis/site/v2/sports/"+path); w.Code != status {
			t.Errorf("%s: status %d, want %d", path, w.Code, status)
		}
	}
}

func TestScoreboardIsConditional(t *testing.T) {
	s, clk := newTest(t)
	const path = "/apis/site/v2/sports/football/nfl/scoreboard?dates=20261003"
	first := get(t, s, path)
	tag := first.Header().Get("ETag")
	again := get(t, s, path, "If-None-Match", tag)
	if tag == "" || again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("tag %q, then status %d with %d bytes", tag, again.Code, again.Body.Len())
	}
	clk.now = clk.now.Add(4 * time.Hour)
	if later := get(t, s, path, "If-None-Match", tag); later.Code != http.StatusOK {
		t.Errorf("hours later: status %d", later.Code)
	}
}

// story lists the different statuses of a game from before to after.
func story(f *fixture) []string {
	var out []string
	for t := f.kickoff() - 5*feed.Minute; t < f.kickoff()+f.play().end+5*feed.Minute; t += 10 * feed.Second {
		if name := f.espnStatus(t).Type.Name; len(out) == 0 || out[len(out)-1] != name {
			out = append(out, name)
		}
	}
	return out
}

func TestGamesPassThroughTheStatusesOfTheirSport(t *testing.T) {
	const pre, in, pause, half, final = "STATUS_SCHEDULED", "STATUS_IN_PROGRESS", "STATUS_END_PERIOD", "STATUS_HALFTIME", "STATUS_FINAL"
	s, _ := newTest(t)
	for id, want := range map[string][]string{
		"nfl": {pre, in, pause, in, half, in, pause, in, pause, final},
		"nba": {pre, in, pause, in, half, in, pause, in, pause, final},
		"nhl": {pre, in, pause, in, pause, in, pause, final},
		"epl": {pre, "STATUS_FIRST_HALF", half, "STATUS_SECOND_HALF", pause, "STATUS_FULL_TIME"},
		"mlb": {pre, in, pause, final},
	} {
		checked := 0
		for _, f := range sample(t, s, id, 4) {
			if f.announced > 0 || len(f.play().periods) != f.periods.Count {
				continue
			}
			checked++
			if got := story(f); strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s: %v", id, got)
			}
		}
		if checked < 5 {
			t.Errorf("%s: only %d games", id, checked)
		}
	}
}

func TestOvertimeAndDelaysAreTold(t *testing.T) {
	s, _ := newTest(t)
	seen := map[string]bool{}
	for _, c := range s.competitions {
		for _, f := range sample(t, s, c.league.ID, 40) {
			g := f.play()
			if f.announced > 0 {
				seen[f.espnStatus(f.Start+feed.Minute).Type.Name] = true
			}
			if len(g.periods) > f.periods.Count {
				seen[c.league.ID+" "+f.espnStatus(f.kickoff()+g.end+feed.Hour).Type.Detail] = true
				p := g.periods[f.periods.Count]
				seen[c.league.ID+" "+strings.TrimLeft(f.espnStatus(f.kickoff()+(p.from+p.to)/2).Type.Detail, "0123456789:")] = true
			}
		}
	}
	for _, want := range []string{"STATUS_DELAYED", "nfl Final/OT", "nfl  - OT", "nba Final/OT", "nhl Final/OT", "nhl Final/SO", "mlb Final/10", "ncaaf Final/OT"} {
		if !seen[want] {
			t.Errorf("%q was not told among %v", want, seen)
		}
	}
}

func TestLinescoresSumToTheScore(t *testing.T) {
	s, _ := newTest(t)
	for _, id := range []string{"nfl", "nba", "nhl", "mlb"} {
		for _, f := range sample(t, s, id, 5) {
			for w := feed.Time(0); w < f.play().end+5*feed.Minute; w += 11 * feed.Minute {
				seen := f.kickoff() + w
				status := f.espnStatus(seen)
				for side := range 2 {
					c := f.competitor(side, seen, status)
					sum := 0.
					for _, l := range c.Linescores {
						sum += l.Value
					}
					if c.Score != strconv.Itoa(int(sum)) {
						t.Fatalf("%s %s: score %s, linescores %v", id, status.Type.Detail, c.Score, c.Linescores)
					}
				}
			}
		}
	}
}

func TestSituationsNamePlaysThatHappened(t *testing.T) {
	s, _ := newTest(t)
	downs, scores := 0, 0
	for _, f := range sample(t, s, "nfl", 3) {
		for w := 10 * feed.Minute; w < f.play().end; w += feed.Minute {
			seen := f.kickoff() + w
			got := f.situation(seen, f.espnStatus(seen))
			if got == nil || got.LastPlay == nil {
				t.Fatalf("no last play %s into a game", w.Sub(0))
			}
			if got.LastPlay.ScoreValue > 0 {
				scores++
			}
			if got.Down > 0 {
				downs++
				if got.YardLine < 1 || got.YardLine > 99 || got.Distance < 1 || got.Possession == "" {
					t.Errorf("situation %+v", got)
				}
			}
			p := got.LastPlay.Probability
			if sum := p.HomeWinPercentage + p.AwayWinPercentage + p.TiePercentage; sum < .99 || sum > 1.01 {
				t.Errorf("probabilities %+v", p)
			}
		}
	}
	if downs < 100 || scores == 0 {
		t.Errorf("%d downs, %d scores", downs, scores)
	}
}

func TestSoccerClocksCountUpIntoStoppageTime(t *testing.T) {
	s, _ := newTest(t)
	f := sample(t, s, "epl", 2)[0]
	clocks := map[string]bool{}
	for w := feed.Time(0); w < f.play().end; w += 15 * feed.Second {
		clocks[f.espnStatus(f.kickoff()+w).DisplayClock] = true
	}
	for _, want := range []string{"1'", "30'", "45'", "46'", "90'", "45'+1'", "90'+1'"} {
		if !clocks[want] {
			t.Errorf("the clock never showed %s", want)
		}
	}
}
