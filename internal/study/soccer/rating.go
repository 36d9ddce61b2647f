package soccer

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/model/elo"
	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/model/result"
	"github.com/betflow/betflow/internal/model/score"
)

// How the models learn. The numbers are those of their authors, not fitted here:
// half a game's weight after a year is what Dixon and Coles found for English
// football.
const (
	halfLife  = 365 * 24 * time.Hour
	memory    = 3 * halfLife // older games weigh less than an eighth and are left out
	refit     = 28 * 24 * time.Hour
	firstGame = 200 // of a league: before them nothing is forecast
)

// forecasts are what the models say of a game before it is played.
type forecasts struct {
	elo, strengths, base [3]float64
	ok                   bool // all models know the teams
}

// walk forecasts every game from the results before its day, league by league.
// The forecasts are in the order of the games.
func walk(games []game) []forecasts {
	byLeague := map[string][]int{}
	for i, g := range games {
		byLeague[g.League] = append(byLeague[g.League], i)
	}
	out := make([]forecasts, len(games))
	var wait sync.WaitGroup
	for _, at := range byLeague {
		wait.Go(func() {
			l := newLearner()
			for _, day := range score.Clusters(at, func(i int) int { return games[i].day }) {
				for _, i := range day { // a day's games are forecast before any of them counts
					out[i] = l.forecast(games[i])
				}
				for _, i := range day {
					l.learn(games[i])
				}
			}
		})
	}
	wait.Wait()
	return out
}

// learner knows the results of one league so far.
type learner struct {
	games     []result.Game
	ratings   *elo.Ratings
	expected  []float64 // by the ratings before each game
	results   []int
	came      [3]float64
	curve     [3][]float64 // coefficients of the result on the expected share
	strengths *goals.Strengths
	fitted    time.Time
}

func newLearner() *learner {
	ratings, err := elo.New(elo.Config{K: 20, HomeAdvantage: 65, Margin: true, Revert: 0, Start: 1500})
	if err != nil {
		panic(err) // the configuration is a constant
	}
	return &learner{ratings: ratings}
}

// forecast says what the results so far say of a game.
func (l *learner) forecast(g game) (f forecasts) {
	if len(l.games) < firstGame {
		return f
	}
	if l.strengths == nil || g.Day.Sub(l.fitted) >= refit {
		l.fit(g.Day)
	}
	total := float64(len(l.games)) + 3
	for side, n := range l.came {
		f.base[side] = (n + 1) / total
	}
	e, err := l.ratings.Predict(g.Home, g.Away, false)
	if err != nil || l.strengths == nil || l.curve[0] == nil {
		return f
	}
	f.elo = l.read(e.Expected)
	rates, err := l.strengths.Rates(g.Home, g.Away, false)
	if err != nil {
		return f
	}
	grid, err := rates.Grid()
	if err != nil {
		return f
	}
	f.strengths[0], f.strengths[1], f.strengths[2] = grid.Result()
	f.ok = true
	return f
}

// learn takes a result in.
func (l *learner) learn(g game) {
	played := result.Game{Date: g.Day, Season: strconv.Itoa(g.Season), Home: g.Home, Away: g.Away, HomeScore: g.HomeGoals, AwayScore: g.AwayGoals}
	l.expected = append(l.expected, score.Logit(l.ratings.Play(played).Expected))
	l.results = append(l.results, g.won)
	l.came[g.won]++
	l.games = append(l.games, played)
}

// fit learns strengths and what ratings mean again from the games before a day.
// What cannot be fitted stays as it was.
func (l *learner) fit(day time.Time) {
	l.fitted = day
	first, _ := slices.BinarySearchFunc(l.games, day.Add(-memory), func(g result.Game, t time.Time) int { return cmp.Compare(g.Date.Unix(), t.Unix()) })
	if s, err := goals.Fit(l.games[first:], goals.Fitting{AsOf: day, HalfLife: halfLife, Rho: true}); err == nil {
		l.strengths = &s
	}
	// The first games of all are left out: the ratings knew nothing yet.
	x := l.expected[firstGame/2:]
	squares := make([]float64, len(x))
	for i, v := range x {
		squares[i] = v * v
	}
	var curve [3][]float64
	for side := range curve {
		won := make([]bool, len(x))
		for i, r := range l.results[firstGame/2:] {
			won[i] = r == side
		}
		fit, err := score.Logistic(won, x, squares)
		if err != nil {
			return
		}
		for _, c := range fit.Coefficients {
			curve[side] = append(curve[side], c.Value)
		}
	}
	l.curve = curve
}

// read turns the expected share of a win into three probabilities: a logistic
// curve in its logit and the square of that for each outcome, scaled to sum to 1.
func (l *learner) read(expected float64) (p [3]float64) {
	x := score.Logit(expected)
	sum := 0.0
	for side, c := range l.curve {
		p[side] = logistic(c[0] + c[1]*x + c[2]*x*x)
		sum += p[side]
	}
	for side := range p {
		p[side] /= sum
	}
	return p
}
