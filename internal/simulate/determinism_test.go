package simulate

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/league"
)

func TestWorldsDependOnSeedAndInstantOnly(t *testing.T) {
	paths := []string{
		nflOdds, scoreboardPath, "/v4/sports/soccer_epl/scores?apiKey=k&daysFrom=2",
		"/v4/sports/basketball_nba/odds?apiKey=k&regions=us,uk&markets=h2h,totals",
		"/apis/site/v2/sports/baseball/mlb/scoreboard", "/data/2.5/weather?lat=41.9&lon=-87.6&appid=k",
	}
	instants := []time.Duration{0, 37 * time.Second, time.Hour, 9 * time.Hour, 50 * time.Hour}
	one, oneClock := newTest(t)
	// The other began a day earlier, runs ten times as fast and is asked backwards.
	other, otherClock := newTest(t, func(c *Config) { c.Start, c.Speed = begin.AddDate(0, 0, -1), 10 })

	type asked struct {
		path string
		at   time.Duration
	}
	bodies := map[asked][]byte{}
	for _, at := range instants {
		for _, path := range paths {
			oneClock.now = begin.Add(at)
			bodies[asked{path, at}] = get(t, one, path).Body.Bytes()
		}
	}
	for i := len(instants) - 1; i >= 0; i-- {
		at := instants[i]
		otherClock.now = begin.Add((24*time.Hour + at) / 10)
		for j := len(paths) - 1; j >= 0; j-- {
			if got := get(t, other, paths[j]).Body.Bytes(); !bytes.Equal(got, bodies[asked{paths[j], at}]) {
				t.Errorf("%s after %s differs", paths[j], at)
			}
		}
	}
	if bytes.Equal(bodies[asked{nflOdds, 0}], bodies[asked{nflOdds, time.Hour}]) {
		t.Error("an hour changes nothing")
	}
	stranger, _ := newTest(t, func(c *Config) { c.Seed = 8 })
	if bytes.Equal(get(t, stranger, scoreboardPath).Body.Bytes(), bodies[asked{scoreboardPath, 0}]) {
		t.Error("another seed changes nothing")
	}
}

func TestForgettingBlocksChangesNothing(t *testing.T) {
	s, _ := newTest(t)
	before := append([]byte(nil), get(t, s, nflOdds).Body.Bytes()...)
	for _, c := range s.competitions {
		sample(t, s, c.league.ID, 3*keptBlocks)
	}
	clear(s.bodies)
	if got := get(t, s, nflOdds).Body.Bytes(); !bytes.Equal(got, before) {
		t.Error("the odds of one instant differ once the fixtures were computed again")
	}
}

func TestNewRefusesLeaguesThatCannotBePlayed(t *testing.T) {
	if _, err := New(Config{}); !errors.Is(err, ErrNoLeagues) {
		t.Errorf("without leagues: %v", err)
	}
	for name, spoil := range map[string]func(*league.League){
		"sport":   func(l *league.League) { l.Sport = "curling" },
		"teams":   func(l *league.League) { l.Teams = l.Teams[:1] },
		"total":   func(l *league.League) { l.Score.Total = 0 },
		"sigma":   func(l *league.League) { l.Score.SigmaMargin = 0 },
		"periods": func(l *league.League) { l.Periods.Count = 0 },
		"minutes": func(l *league.League) { l.Periods.Minutes = 0 },
	} {
		leagues := testLeagues()
		spoil(&leagues[0])
		if _, err := New(Config{Leagues: leagues}); err == nil {
			t.Errorf("a league without proper %s was taken", name)
		}
	}
}
