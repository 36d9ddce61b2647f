package nfl

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/spreadspoke"
	"github.com/betflow/betflow/leagues"
)

// What is true in the world of the tests.
const (
	trueHome     = 3.0  // points
	trueSigma    = 13.0 // of margins around their mean
	trueWind     = -0.4 // points of a total for a mile per hour
	trueWindLine = -0.2 // of that, in the line
)

func catalog(t *testing.T) *league.Catalog {
	t.Helper()
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := league.NewCatalog(all)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// world makes seasons of 16 weeks in which each of 32 teams plays once a week.
// The close knows the mean margin to a point, the open to three; bets fall at
// random. The lines are there for the seasons from 2018 on.
func world(t *testing.T, seed uint64, from, to int) *Data {
	t.Helper()
	c := catalog(t)
	l, _ := c.League("nfl")
	r := rand.New(rand.NewPCG(seed, 1))
	strength := make([]float64, len(l.Teams))
	half := func(x float64) float64 { return math.Round(2*x) / 2 }
	d := &Data{}
	for season := from; season <= to; season++ {
		for i := range strength {
			strength[i] = 0.6*strength[i] + 4*r.NormFloat64()
		}
		met := map[[2]int]bool{} // a pair meets once on one ground
		for week := 1; week <= 16; week++ {
			order := r.Perm(len(l.Teams))
			day := time.Date(season, time.September, 7, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*week)
			for i := 0; i < len(order); i += 2 {
				home, away := order[i], order[i+1]
				if met[[2]int{home, away}] {
					home, away = away, home
				}
				if met[[2]int{home, away}] {
					continue
				}
				met[[2]int{home, away}] = true
				mean := strength[home] - strength[away] + trueHome
				wind, indoors := math.Round(20*r.Float64()), r.IntN(4) == 0
				margin := math.Round(mean + trueSigma*r.NormFloat64())
				points, line := 46.0, 46.0
				if !indoors {
					points, line = points+trueWind*wind, line+trueWindLine*wind
				}
				points = math.Abs(math.Round(points + 13*r.NormFloat64()))
				if int(points+margin)%2 != 0 {
					points++
				}
				points = max(points, math.Abs(margin))
				g := spreadspoke.Game{
					Day: day, Season: season, Week: fmt.Sprint(week), Home: l.Teams[home].Name, Away: l.Teams[away].Name,
					HomeScore: (points + margin) / 2, AwayScore: (points - margin) / 2,
					Spread: half(-mean + r.NormFloat64()), Total: half(line + r.NormFloat64()), Roof: spreadspoke.Outdoor, Temperature: 30 + 40*r.Float64(), Wind: wind,
				}
				if indoors {
					g.Roof, g.Temperature, g.Wind = spreadspoke.Indoor, 72, 0
				}
				d.Games = append(d.Games, g)
				if season >= 2018 {
					d.Lines = append(d.Lines, lined(r, g, week, half(-mean+3*r.NormFloat64())))
				}
			}
		}
	}
	return d
}

// lined is a game in the other source, with three books around its close.
func lined(r *rand.Rand, g spreadspoke.Game, week int, open float64) nfllines.Game {
	price := func(spread float64) nfllines.Sides {
		p := homeWins(spread, trueSigma)
		return nfllines.Sides{Home: 1 / (p * 1.04), Away: 1 / ((1 - p) * 1.04)}
	}
	at := func(spread, total float64) nfllines.Lines {
		return nfllines.Lines{
			Moneyline: price(spread), Spread: spread, SpreadPrices: nfllines.Sides{Away: 1.9, Home: 1.9},
			Total: total, TotalPrices: nfllines.Total{Over: 1.9, Under: 1.9},
		}
	}
	share, over := math.Round(100*r.Float64())/100, math.Round(100*r.Float64())/100
	out := nfllines.Game{
		ID: fmt.Sprint(g.Season, week, g.Home), Season: g.Season, Week: week, Away: g.Away, Home: g.Home, Status: nfllines.Final,
		AwayScore: g.AwayScore, HomeScore: g.HomeScore, Open: at(open, g.Total+math.Round(2*r.NormFloat64())),
		Bets: nfllines.Bets{
			Spread: nfllines.Split{First: share, Second: 1 - share, Bets: 5000},
			Total:  nfllines.Split{First: over, Second: 1 - over, Bets: 500},
		},
	}
	for id := 1; id <= 3; id++ {
		out.Books = append(out.Books, nfllines.Book{ID: id, Lines: at(g.Spread+0.5*float64(id-2), g.Total)})
	}
	return out
}

func september(day int) time.Time { return time.Date(2023, time.September, day, 0, 0, 0, 0, time.UTC) }
