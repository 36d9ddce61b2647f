package goals

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/betflow/betflow/internal/model/result"
)

func dayN(n int) time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

// season draws every pairing of n teams rounds times from true strengths, a
// round a week.
func season(n, rounds int, truth Strengths, seed uint64) []result.Game {
	rnd := rand.New(rand.NewPCG(seed, 0))
	var games []result.Game
	for round := range rounds {
		for i := range n {
			for j := range n {
				if i == j {
					continue
				}
				r, err := truth.Rates(fmt.Sprint(i), fmt.Sprint(j), false)
				if err != nil {
					panic(err)
				}
				// Draw by rejection: the highest factor of the correction is below 1.5 here.
				for {
					h, a := int(distuv.Poisson{Lambda: r.Home, Src: rnd}.Rand()), int(distuv.Poisson{Lambda: r.Away, Src: rnd}.Rand())
					if rnd.Float64()*1.5 < r.tau(h, a) {
						games = append(games, result.Game{Date: dayN(7 * round), Home: fmt.Sprint(i), Away: fmt.Sprint(j), HomeScore: h, AwayScore: a})
						break
					}
				}
			}
		}
	}
	return games
}

func league(n int) Strengths {
	s := Strengths{Base: .1, Advantage: .25, Rho: -.1, Teams: map[string]Strength{}}
	for i := range n {
		at := float64(i)/float64(n-1) - .5
		s.Teams[fmt.Sprint(i)] = Strength{Attack: -.8 * at, Defence: .5 * at * at}
	}
	return s
}

func TestFitRecoversTheStrengths(t *testing.T) {
	truth := league(10)
	games := season(10, 30, truth, 1)
	got, err := Fit(games, Fitting{Rho: true})
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "advantage", got.Advantage, truth.Advantage, .05)
	closeTo(t, "rho", got.Rho, truth.Rho, .04)
	if got.Games != len(games) || got.Weight != float64(len(games)) || got.Teams["3"].Games != 2*9*30 {
		t.Errorf("%d games of weight %v", got.Games, got.Weight)
	}
	for _, pair := range [][2]string{{"0", "9"}, {"9", "0"}, {"4", "5"}} {
		want, _ := truth.Rates(pair[0], pair[1], false)
		r, err := got.Rates(pair[0], pair[1], false)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "home goals", r.Home/want.Home, 1, .12)
		closeTo(t, "away goals", r.Away/want.Away, 1, .12)
	}
	neutral, _ := got.Rates("0", "1", true)
	atHome, _ := got.Rates("0", "1", false)
	closeTo(t, "advantage in goals", atHome.Home/neutral.Home, math.Exp(got.Advantage), 1e-12)
}

// TestFitIsAtTheTop holds the answer against what every maximum fulfils: with
// independent goals, which the prior does not touch in sum, the expected goals of
// home and of away sum to those that fell, and no neighbour is likelier.
func TestFitIsAtTheTop(t *testing.T) {
	games := season(6, 4, league(6), 2)
	games[3].Neutral = true
	for _, f := range []Fitting{{}, {HalfLife: 10 * 24 * time.Hour}, {Rho: true}, {Rho: true, HalfLife: 20 * 24 * time.Hour, PriorSD: .3}} {
		got, err := Fit(games, f)
		if err != nil {
			t.Fatal(err)
		}
		if got.Rho != 0 != f.Rho {
			t.Errorf("%+v: rho %v", f, got.Rho)
		}
		if !f.Rho {
			var expected, scored float64
			for _, g := range games {
				r, err := got.Rates(g.Home, g.Away, g.Neutral)
				if err != nil {
					t.Fatal(err)
				}
				w := 1.0
				if f.HalfLife > 0 {
					w = math.Pow(.5, float64(dayN(21).Sub(g.Date))/float64(f.HalfLife))
				}
				expected += w * (r.Home + r.Away)
				scored += w * float64(g.HomeScore+g.AwayScore)
			}
			closeTo(t, "goals", expected/scored, 1, 1e-6)
		}
		p := newProblem(games, f)
		x := make([]float64, p.size())
		x[base], x[advantage], x[rho] = got.Base, got.Advantage, got.Rho
		for i, name := range p.names {
			x[attack(i)], x[defence(i)] = got.Teams[name].Attack, got.Teams[name].Defence
		}
		least := p.loss(x)
		for i := range x {
			if i == rho && !f.Rho {
				continue
			}
			for _, d := range []float64{1e-3, -1e-3} {
				x[i] += d
				if v := p.loss(x); v < least {
					t.Errorf("%+v: moving parameter %d by %v lowers the loss from %v to %v", f, i, d, least, v)
				}
				x[i] -= d
			}
		}
	}
}

func TestGradientIsTheSlopeOfTheLoss(t *testing.T) {
	p := newProblem(season(4, 2, league(4), 3), Fitting{Rho: true, HalfLife: 5 * 24 * time.Hour})
	rnd := rand.New(rand.NewPCG(4, 0))
	x := make([]float64, p.size())
	for i := range x {
		x[i] = .1 * rnd.NormFloat64()
	}
	grad := p.slope(x)
	for i := range x {
		const h = 1e-5
		v := x[i]
		x[i] = v + h
		up := p.loss(x)
		x[i] = v - h
		down := p.loss(x)
		x[i] = v
		closeTo(t, fmt.Sprint("slope ", i), grad[i], (up-down)/(2*h), 1e-5)
	}
}

func TestFitLooksAtNoLaterGame(t *testing.T) {
	games := season(5, 6, league(5), 5)
	early, err := Fit(games, Fitting{AsOf: dayN(20), HalfLife: 30 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var before []result.Game
	for _, g := range games {
		if !g.Date.After(dayN(20)) {
			before = append(before, g)
		}
	}
	same, err := Fit(before, Fitting{AsOf: dayN(20), HalfLife: 30 * 24 * time.Hour})
	if err != nil || early.Advantage != same.Advantage || early.Games != 3*20 || early.Teams["2"] != same.Teams["2"] {
		t.Errorf("%+v and %+v, %v", early, same, err)
	}
	if _, err := Fit(games, Fitting{AsOf: dayN(-1)}); !errors.Is(err, ErrNoGames) {
		t.Errorf("before all games: %v", err)
	}
}

func TestFitOfLittle(t *testing.T) {
	got, err := Fit([]result.Game{{Date: dayN(0), Home: "A", Away: "B", HomeScore: 0, AwayScore: 0}}, Fitting{Rho: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := got.Rates("A", "B", false)
	if err != nil || r.Check() != nil {
		t.Errorf("%+v, %v", r, err)
	}
	for _, pair := range [][2]string{{"A", "C"}, {"C", "A"}} {
		if _, err := got.Rates(pair[0], pair[1], false); !errors.Is(err, ErrUnknownTeam) {
			t.Errorf("%v: %v", pair, err)
		}
	}
}

// BenchmarkFit is a league of twenty over three seasons.
func BenchmarkFit(b *testing.B) {
	games := season(20, 3, league(20), 6)
	for b.Loop() {
		if _, err := Fit(games, Fitting{Rho: true, HalfLife: 365 * 24 * time.Hour}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRhoStaysOneOfTheModel fits results that pull rho without end: with no 1-1
// among them, a rho that grows as the rates shrink makes 1-0 and 0-1 ever more
// likely.
func TestRhoStaysOneOfTheModel(t *testing.T) {
	scores := [][2]int{{1, 0}, {0, 1}, {2, 0}, {0, 2}, {1, 0}, {0, 0}, {2, 2}, {0, 1}, {3, 1}}
	for rounds := range 4 {
		var games []result.Game
		for round := range rounds + 1 {
			for i := range 6 {
				for j := range 6 {
					if i != j {
						score := scores[(7*i+3*j+5*round)%len(scores)]
						games = append(games, result.Game{Date: dayN(7 * round), Home: fmt.Sprint(i), Away: fmt.Sprint(j), HomeScore: score[0], AwayScore: score[1]})
					}
				}
			}
		}
		got, err := Fit(games, Fitting{Rho: true})
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(got.Rho) < 1) || !(math.Abs(got.Base) < 3) {
			t.Errorf("%d games: rho %g, base %g", len(games), got.Rho, got.Base)
		}
	}
}
