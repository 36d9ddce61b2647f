package elo

import (
	"math"

	"github.com/betflow/betflow/internal/model/result"
	"github.com/betflow/betflow/internal/model/score"
)

// Record scores forecasts that were made before the games, of home winning, a
// draw being half a win. The baseline forecasts what home got on average in the
// games before: ratings that do not beat it know nothing about the teams.
type Record struct {
	LogLoss  score.Mean // nats
	Brier    score.Mean // (p-y)^2, half of score.Brier
	Baseline score.Mean // log loss of the baseline
	Draws    int

	home score.Mean // what home got so far
}

// Add scores one forecast.
func (r *Record) Add(expected float64, g result.Game) {
	y := Outcome(g.Margin())
	if y == 0.5 {
		r.Draws++
	}
	r.LogLoss.Add(crossEntropy(expected, y))
	r.Brier.Add((expected - y) * (expected - y))
	// Two games of which home won one are there before the first, so that no
	// result is ever called impossible.
	n := float64(r.home.N())
	base := 0.5
	if n > 0 {
		base = (n*r.home.Value() + 1) / (n + 2)
	}
	r.Baseline.Add(crossEntropy(base, y))
	r.home.Add(y)
}

// crossEntropy is the log loss of a probability when the outcome may be a half.
func crossEntropy(p, y float64) float64 { return -y*math.Log(p) - (1-y)*math.Log1p(-p) }

// Walk plays the games in order and scores each forecast before its game counts.
// All ratings begin equal, so the first games are forecast with little knowledge;
// they are scored like the others.
func (r *Ratings) Walk(games []result.Game) Record {
	var rec Record
	for _, g := range games {
		rec.Add(r.Play(g).Expected, g)
	}
	return rec
}
