package soccer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/source/footballdata"
)

// season makes games between teams of known strengths: the higher the number of
// a team, the better it is. Prices at the close are the truth.
func season(seed uint64, matches int) []footballdata.Match {
	r := rand.New(rand.NewPCG(seed, 11))
	var out []footballdata.Match
	for i := range matches {
		home := r.IntN(20)
		away := (home + 1 + r.IntN(19)) % 20
		rates := goals.Rates{Home: 1.5 * math.Exp(float64(home-away)/25), Away: 1.2 * math.Exp(float64(away-home)/25)}
		grid, err := rates.Grid()
		if err != nil {
			panic(err)
		}
		m := match(i/10, 0, 0)
		m.League, m.Season, m.Home, m.Away = "Test 1", 2020+i/380, fmt.Sprint("team ", home), fmt.Sprint("team ", away)
		m.HomeGoals, m.AwayGoals = scored(r, &grid)
		var p [3]float64
		p[0], p[1], p[2] = grid.Result()
		over := grid.Over(goalLine).Win
		for _, phase := range []footballdata.Phase{footballdata.PreMatch, footballdata.Closing} {
			m.Quotes = append(m.Quotes, footballdata.Quote{
				Book: footballdata.Pinnacle, Phase: phase, H2H: priced(p, 1.03),
				Total: [2]float64{math.Pow(over, -1/1.02), math.Pow(1-over, -1/1.02)},
			})
		}
		out = append(out, m)
	}
	return out
}

// scored draws a result.
func scored(r *rand.Rand, grid *goals.Grid) (home, away int) {
	u := r.Float64()
	for i := range grid {
		for j, p := range grid[i] {
			if u -= p; u < 0 {
				return i, j
			}
		}
	}
	return 0, 0
}

func TestPoissonGoalsHaveThePoissonTotal(t *testing.T) {
	x := totals(played(season(1, 3000)), footballdata.Pinnacle, footballdata.Closing, options)
	if x == nil || x.Matches != 3000 || x.NoRates != 0 || len(x.Rows) != 5 {
		t.Fatalf("got %+v", x)
	}
	market, poisson, dixon, learned, share := x.Rows[0], x.Rows[1], x.Rows[2], x.Rows[3], x.Rows[4]
	if math.Abs(float64(poisson.Behind.Value)) > 1e-9 || !near(poisson.Forecast, float64(market.Forecast)) {
		t.Errorf("the model is the truth and is behind by %+v", poisson)
	}
	if math.Abs(float64(learned.Behind.Value)) > 1e-6 { // a rho of 0 is learned, to the last digit of a price
		t.Errorf("with the rho of the market: %+v", learned)
	}
	if !(dixon.Forecast > poisson.Forecast) || !dixon.Behind.Above(0) || !share.Behind.Above(0) {
		t.Errorf("with a rho that is not true: %+v, without knowledge: %+v", dixon, share)
	}
	if math.Abs(float64(market.Forecast-x.Over)) > 0.03 {
		t.Errorf("%v forecast, %v came", market.Forecast, x.Over)
	}
	if poisson.Adds != nil { // the same column twice has no weights
		t.Errorf("adds %+v", poisson.Adds)
	}
}

func TestRatingsLearnAndTheTruthIsAhead(t *testing.T) {
	games := played(season(2, 3000))
	said := walk(games)
	m := models(games, said, footballdata.Pinnacle, options)
	if m == nil || m.Matches < 2500 {
		t.Fatalf("got %+v", m)
	}
	truth, strengths, ratings, base := m.Rows[0], m.Rows[2], m.Rows[3], m.Rows[4]
	if !strengths.Behind.Above(0) || !ratings.Behind.Above(0) {
		t.Errorf("the truth is not ahead of %+v and %+v", strengths, ratings)
	}
	if !(strengths.LogLoss < ratings.LogLoss && ratings.LogLoss < base.LogLoss-0.01 && strengths.LogLoss < truth.LogLoss+0.02) {
		t.Errorf("nothing was learned: %v of the truth, %v, %v, %v of no knowledge", truth.LogLoss, strengths.LogLoss, ratings.LogLoss, base.LogLoss)
	}
	if !strengths.Adds.Holds(0) && !strengths.Adds.Below(0) {
		t.Errorf("the strengths add to the truth: %+v", strengths.Adds)
	}
	for _, b := range m.Bets {
		if b.Bets < 100 || b.ROI.Above(0) || b.CLV > 0 {
			t.Errorf("bets against the truth: %+v", b)
		}
	}
}

func TestForecastsDoNotLookAhead(t *testing.T) {
	matches := season(3, 900)
	before := walk(played(matches))
	const day = 70 // the results of this day and of those after it are turned round
	for i := day * 10; i < len(matches); i++ {
		m := &matches[i]
		m.HomeGoals, m.AwayGoals = m.AwayGoals, m.HomeGoals+1
	}
	after := walk(played(matches))
	known := 0
	for i := range before {
		switch {
		case i < (day+1)*10 && before[i] != after[i]:
			t.Fatalf("game %d is forecast as %+v with one future and as %+v with another", i, before[i], after[i])
		case i < (day+1)*10 && before[i].ok:
			known++
		}
	}
	if known < 400 || before[len(before)-1] == after[len(after)-1] {
		t.Errorf("%d forecasts; the last ones are %+v and %+v", known, before[len(before)-1], after[len(after)-1])
	}
	for i, f := range before {
		for _, p := range [][3]float64{f.elo, f.strengths, f.base} {
			if sum := p[0] + p[1] + p[2]; f.ok && math.Abs(sum-1) > 1e-9 {
				t.Errorf("game %d: %v sums to %v", i, p, sum)
			}
		}
	}
	if before[100].ok {
		t.Error("a forecast from hardly any games")
	}
}

func TestLeaguesDoNotKnowEachOther(t *testing.T) {
	alone := walk(played(season(4, 600)))
	var both []footballdata.Match
	others := season(5, 600)
	for i, m := range season(4, 600) {
		other := others[i]
		other.League, other.Day = "Test 2", m.Day
		both = append(both, m, other)
	}
	for i, f := range walk(played(both)) {
		if i%2 == 0 && f != alone[i/2] {
			t.Fatalf("game %d is %+v, alone %+v", i/2, f, alone[i/2])
		}
	}
}
