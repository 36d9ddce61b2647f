package bet

import (
	"sync"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

func instant(t testing.TB, text string) feed.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return feed.At(at)
}

func lineAt(points float64) feed.Line { return feed.LineOf(&points) }

// catalog has two small leagues.
var catalog = sync.OnceValue(func() *league.Catalog {
	score := league.Score{Total: 45, HomeAdvantage: 2, SigmaMargin: 13.45, SigmaTotal: 13}
	c, err := league.NewCatalog([]league.League{
		{
			ID: "nfl", Name: "NFL", Sport: "football", Keys: map[string]string{"theoddsapi": "americanfootball_nfl"},
			Periods: league.Periods{Count: 4, Minutes: 15, Name: "quarter", Overtime: 10}, Season: league.Season{StartMonth: 8}, Score: score,
			Match: league.Match{SameHours: 48, ReviewHours: 96},
			Teams: []league.Team{
				{ID: "nfl.buffalo-bills", Name: "Buffalo Bills", Location: "Buffalo", Nickname: "Bills", Abbreviation: "BUF"},
				{ID: "nfl.miami-dolphins", Name: "Miami Dolphins", Location: "Miami", Nickname: "Dolphins", Abbreviation: "MIA"},
			},
		},
		{
			ID: "epl", Name: "Premier League", Sport: "soccer", Draw: true, Keys: map[string]string{"theoddsapi": "soccer_epl"},
			Periods: league.Periods{Count: 2, Minutes: 45, Name: "half"}, Season: league.Season{StartMonth: 8}, Score: score,
			Match: league.Match{SameHours: 48, ReviewHours: 96},
			Teams: []league.Team{
				{ID: "epl.arsenal", Name: "Arsenal", Location: "London", Nickname: "Gunners", Abbreviation: "ARS"},
				{ID: "epl.chelsea", Name: "Chelsea", Location: "London", Nickname: "Blues", Abbreviation: "CHE"},
			},
		},
	})
	if err != nil {
		panic(err)
	}
	return c
})
