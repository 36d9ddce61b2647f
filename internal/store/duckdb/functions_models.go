package duckdb

import (
	"github.com/betflow/betflow/internal/model"
	"github.com/betflow/betflow/internal/model/elo"
	"github.com/betflow/betflow/internal/model/goals"
)

// winProbability is home's, from the expected margin and its standard deviation.
func winProbability(a arguments) (any, error) {
	n, err := normal(a.number(0), a.number(1))
	return n.Win(), err
}

// inGame is the probability to be ahead at the end, from lead, share of the game
// that is left, expected margin of a whole game and its standard deviation.
func inGame(a arguments) (any, error) {
	left, err := a.share(1)
	if err != nil {
		return nil, err
	}
	n, err := normal(a.number(2), a.number(3))
	return n.InGame(a.number(0), left), err
}

func normal(mean, sigma float64) (model.Normal, error) {
	if !(sigma > 0) {
		return model.Normal{}, model.ErrNoMean
	}
	return model.Normal{Mean: mean, Sigma: sigma}, nil
}

// expectedGoals are those of home and away behind the fair probabilities of home,
// draw and away.
func expectedGoals(a arguments) (any, error) {
	p, err := a.numbers(0)
	if err != nil || len(p) != 3 {
		return nil, goals.ErrMarket
	}
	r, err := goals.FromResult(goals.Market{Home: p[0], Draw: p[1], Away: p[2]}, goals.TypicalRho)
	return listOf([]float64{r.Home, r.Away}, err)
}

func eloExpected(a arguments) (any, error) { return elo.Expected(a.number(0)), nil }
