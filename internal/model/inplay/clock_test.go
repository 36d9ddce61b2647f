package inplay_test

import (
	"math"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model/inplay"
	"github.com/betflow/betflow/leagues"
)

func periodsOf(t *testing.T, id string) league.Periods {
	t.Helper()
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i].ID == id {
			return all[i].Periods
		}
	}
	t.Fatalf("no league %s", id)
	return league.Periods{}
}

func TestTheShareOfTheGameThatIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		league  string
		period  int32
		seconds float64
		detail  string
		want    float64
		absent  string
	}{
		"nfl kick-off":      {league: "nfl", period: 1, seconds: 900, want: 1},
		"nfl third":         {league: "nfl", period: 3, seconds: 300, want: 1200.0 / 3600},
		"nfl over":          {league: "nfl", period: 4, want: 0},
		"nba fourth":        {league: "nba", period: 4, seconds: 60, want: 1.0 / 48},
		"college halves":    {league: "ncaab", period: 1, seconds: 600, want: .75},
		"nhl":               {league: "nhl", period: 3, seconds: 1200, want: 1.0 / 3},
		"soccer":            {league: "epl", period: 1, seconds: 900, want: 75.0 / 90},
		"soccer half-time":  {league: "epl", period: 1, seconds: 2700, want: .5},
		"soccer, time over": {league: "epl", period: 1, seconds: 2820, want: .5},
		"soccer second":     {league: "epl", period: 2, seconds: 4500, want: 15.0 / 90},
		"soccer added":      {league: "epl", period: 2, seconds: 5400, absent: "added time"},
		"extra time":        {league: "ucl", period: 3, seconds: 5500, absent: "overtime"},
		"before":            {league: "nfl", period: 0, absent: "no source tells the period"},
		"impossible":        {league: "nfl", period: 1, seconds: 1000, absent: "a clock of 1000 seconds"},
		"top first":         {league: "mlb", period: 1, detail: "Top 1st", want: 17.5 / 18},
		"middle fifth":      {league: "mlb", period: 5, detail: "Middle 5th", want: .5},
		"bottom ninth":      {league: "mlb", period: 9, detail: "Bottom 9th", want: .5 / 18},
		"end ninth":         {league: "mlb", period: 9, detail: "End 9th", want: 0},
		"tenth":             {league: "mlb", period: 10, detail: "Top 10th", absent: "overtime"},
		"rain":              {league: "mlb", period: 5, detail: "Rain Delay, 5th", absent: "no source tells the half"},
	} {
		got, err := inplay.Left(periodsOf(t, c.league), inplay.Clock{Period: c.period, Seconds: &c.seconds, Detail: c.detail})
		if c.absent != "" {
			if err == nil || !strings.HasPrefix(err.Error(), c.absent) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			continue
		}
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
