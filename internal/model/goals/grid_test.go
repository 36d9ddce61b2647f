package goals

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/odds"
)

// failer is what tests and properties have in common.
type failer interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
}

func closeTo(t failer, what string, got, want, distance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= distance) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func gridOf(t failer, r Rates) Grid {
	t.Helper()
	g, err := r.Grid()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

const exact = 1e-9

func TestGridOracles(t *testing.T) {
	for _, c := range []struct {
		rates            Rates
		home, draw, away float64
	}{
		{Rates{1.5, 1.1, 0}, .4642441858, .2576672148, .2780885994}, {Rates{1.5, 1.1, -.13}, .4483125033, .2895305798, .2621569169},
		{Rates{2.1, .8, 0}, .6743785493, .194348397, .1312730536}, {Rates{2.1, .8, -.13}, .6623614781, .2183825396, .1192559823},
	} {
		g := gridOf(t, c.rates)
		home, draw, away := g.Result()
		closeTo(t, "home", home, c.home, exact)
		closeTo(t, "draw", draw, c.draw, exact)
		closeTo(t, "away", away, c.away, exact)
	}
	g := gridOf(t, Rates{1.5, 1.1, 0})
	closeTo(t, "over 2.5", g.Over(2.5).Win, .4815704241, exact)
	closeTo(t, "both score", g.BothScore(), .5182723344, exact)
	g = gridOf(t, Rates{1.5, 1.1, -.13})
	closeTo(t, "both score", g.BothScore(), .5342040169, exact)
	closeTo(t, "0-0", g[0][0], .09020526, 5e-9)
	closeTo(t, "1-1", g[1][1], .1384830866, exact)
	g = gridOf(t, Rates{2.1, .8, 0})
	closeTo(t, "over 2.5", g.Over(2.5).Win, .554036801, exact)
}

// drawRates draws rates that make a grid.
func drawRates(t *rapid.T) Rates {
	r := Rates{Home: rapid.Float64Range(.1, 5).Draw(t, "home"), Away: rapid.Float64Range(.1, 5).Draw(t, "away")}
	low, high := rhoRange(r.Home, r.Away)
	r.Rho = rapid.Float64Range(max(-.25, low*.9), min(.25, high*.9)).Draw(t, "rho")
	return r
}

// naive is the textbook formula, cell by cell.
func naive(r Rates, i, j int) float64 {
	p := func(rate float64, k int) float64 {
		l, _ := math.Lgamma(float64(k + 1))
		return math.Exp(float64(k)*math.Log(rate) - rate - l)
	}
	tau := 1.0
	switch [2]int{i, j} {
	case [2]int{0, 0}:
		tau = 1 - r.Home*r.Away*r.Rho
	case [2]int{0, 1}:
		tau = 1 + r.Home*r.Rho
	case [2]int{1, 0}:
		tau = 1 + r.Away*r.Rho
	case [2]int{1, 1}:
		tau = 1 - r.Rho
	}
	return p(r.Home, i) * p(r.Away, j) * tau
}

func TestGridAgreesWithTheFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRates(t)
		g, sum, whole := gridOf(t, r), 0.0, 0.0
		for i := range g {
			for j := range g[i] {
				sum += g[i][j]
				whole += naive(r, i, j)
			}
		}
		closeTo(t, "sum", sum, 1, 1e-12)
		for i := range g {
			for j := range g[i] {
				closeTo(t, "score", g[i][j], naive(r, i, j)/whole, 1e-12)
			}
		}
	})
}

func TestMarketsOfTheGridAgreeWithEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := gridOf(t, drawRates(t))
		home, draw, away := g.Result()
		closeTo(t, "result", home+draw+away, 1, 1e-12)
		closeTo(t, "home -0.5", g.Handicap(-.5).Win, home, 1e-12)
		closeTo(t, "home +0.5", g.Handicap(.5).Loss, away, 1e-12)
		level := g.Handicap(0)
		closeTo(t, "push of level", level.Push, draw, 1e-12)
		quarter := g.Handicap(-.25)
		closeTo(t, "quarter line", quarter.HalfLoss, draw, 1e-12)
		closeTo(t, "quarter line wins", quarter.Win, home, 1e-12)
		line := float64(rapid.IntRange(0, 24).Draw(t, "quarters")) / 4
		for what, s := range map[string]odds.Settlement{"over": g.Over(line), "handicap": g.Handicap(line - 3)} {
			closeTo(t, what, s.Win+s.HalfWin+s.Push+s.HalfLoss+s.Loss, 1, 1e-12)
		}
		// Both halves of a quarter line are bets of their own.
		low, high := odds.SplitLine(line)
		closeTo(t, "EV", g.Over(line).EV(2.1), (g.Over(low).EV(2.1)+g.Over(high).EV(2.1))/2, 1e-12)
		closeTo(t, "both score", g.BothScore(), 1-rowSum(&g, 0)-columnSum(&g, 0)+g[0][0], 1e-12)
		h, d, a := g.ResultFrom(1)
		closeTo(t, "a goal ahead", h, home+draw, 1e-12)
		closeTo(t, "of a goal behind", a+d, 1-h, 1e-12)
	})
}

func rowSum(g *Grid, i int) (sum float64) {
	for _, p := range g[i] {
		sum += p
	}
	return sum
}

func columnSum(g *Grid, j int) (sum float64) {
	for i := range g {
		sum += g[i][j]
	}
	return sum
}

func TestLikeliestScores(t *testing.T) {
	g := gridOf(t, Rates{1.5, 1.1, 0})
	scores := g.Likeliest(3)
	if len(scores) != 3 || scores[0] != (Score{1, 1, g[1][1]}) || scores[1] != (Score{1, 0, g[1][0]}) || scores[2].Probability > scores[1].Probability {
		t.Errorf("%+v", scores)
	}
	if n := len(g.Likeliest(1000)); n != size*size {
		t.Errorf("%d scores", n)
	}
}

func TestRatesThatMakeNoGrid(t *testing.T) {
	for _, r := range []Rates{{-1, 1, 0}, {1, 11, 0}, {math.NaN(), 1, 0}, {2, 1, -.6}, {2, 2, .3}, {1, 1, math.NaN()}, {1, .5, 1.5}} {
		if _, err := r.Grid(); !errors.Is(err, ErrRates) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	g := gridOf(t, Rates{2, 1, .1}.Left(0))
	if h, d, a := g.ResultFrom(0); h != 0 || d != 1 || a != 0 {
		t.Errorf("nothing left: %v %v %v", h, d, a)
	}
}

func BenchmarkGrid(b *testing.B) {
	for b.Loop() {
		if _, err := (Rates{1.5, 1.1, -.13}).Grid(); err != nil {
			b.Fatal(err)
		}
	}
}
