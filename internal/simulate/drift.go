package simulate

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// Before a game the truth itself moves: each side's mean points diffuse, and
// news such as an injury makes them jump. Moves have mean zero, so the truth is
// a martingale from the first step to the kick-off.
const (
	newsStep  = 10 * feed.Minute
	newsSteps = 4 * 24 * 6 // from four days before the start
	newsShare = .15        // standard deviation of all moves of the margin, in units of SigmaMargin
)

// means are the moves of both sides' mean points.
type means struct{ home, away float64 }

// moves computes the path of the truth before the start, once.
func (f *fixture) moves() []means {
	if f.news != nil {
		return f.news
	}
	// Half of the variance is diffusion, half are jumps, one a side on average.
	diffusion := f.moveSigma() / math.Sqrt(2*newsSteps)
	jump := f.moveSigma() / math.Sqrt2
	move := func(s seed) float64 {
		x := diffusion * s.bell()
		if s.of("news").uniform() < 1./newsSteps {
			x += jump * s.of("size").bell()
		}
		return x
	}
	f.news = make([]means, newsSteps+1)
	home, away := f.seed.of("home"), f.seed.of("away")
	for i := 1; i <= newsSteps; i++ {
		f.news[i] = means{
			home: f.news[i-1].home + move(home.at(uint64(i))),
			away: f.news[i-1].away + move(away.at(uint64(i))),
		}
	}
	return f.news
}

// moveSigma is the standard deviation of all moves of one side's mean.
func (f *fixture) moveSigma() float64 {
	return newsShare * f.league.Score.SigmaMargin / math.Sqrt2
}

// newsAt is the step of the path at an instant before the kick-off.
func (f *fixture) newsAt(t feed.Time) int {
	step := (t - (f.Start - newsSteps*newsStep)) / newsStep
	return int(min(max(step, 0), newsSteps))
}

// scoring is the mean points of both sides after a step of the path.
func (f *fixture) scoring(step int) (home, away float64) {
	m := f.moves()[step]
	total := f.league.Score.Total
	return f.bounded(f.homeMean+m.home, total), f.bounded(f.awayMean+m.away, total)
}

// before is the outlook at a step of the path. What is still to move is
// normal to good approximation, and three point Gauss-Hermite quadrature
// integrates over it for each side. Overtime takes the present means.
func (f *fixture) before(step int) *outlook {
	home, away := f.scoring(step)
	spread := f.moveSigma() * math.Sqrt(3*float64(newsSteps-step)/newsSteps)
	n := f.chances * f.periods.Count
	points := func(mean float64) dist {
		var d dist
		total := f.league.Score.Total
		for _, node := range [...]struct{ at, weight float64 }{{-1, 1. / 6}, {0, 2. / 3}, {1, 1. / 6}} {
			d.add(f.chance(f.bounded(mean+node.at*spread, total)).times(n), node.weight)
		}
		return d
	}
	return finish(open(0, points(home), points(away)), f.round(f.chance(home), f.chance(away)),
		f.overtime.rounds, f.overtime.shootout, 0)
}

// round is one round of overtime, the away side first.
func (m *model) round(home, away dist) stage {
	if m.overtime.sudden {
		return sudden([]bool{false, true}, home, away)
	}
	return open(0, home.times(m.extra()), away.times(m.extra()))
}
