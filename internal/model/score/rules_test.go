package score

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The ten forecasts of penaltyblog's documentation.
var (
	tenForecasts = [][]float64{
		{1, 0, 0}, {.9, .1, 0}, {.8, .1, .1}, {.5, .25, .25}, {.35, .3, .35},
		{.6, .3, .1}, {.6, .25, .15}, {.6, .15, .25}, {.57, .33, .1}, {.6, .2, .2},
	}
	tenResults = []int{0, 0, 0, 0, 1, 1, 0, 0, 0, 0}
)

func TestRulesOfTheTenForecasts(t *testing.T) {
	var card Card
	var bits Mean
	for i, want := range []float64{0, .005, .025, .15625, .1225, .185, .09125, .11125, .09745, .1} {
		closeTo(t, "RPS", RPS(tenForecasts[i], tenResults[i]), want)
		card.Add(tenForecasts[i], tenResults[i])
		bits.Add(Ignorance(tenForecasts[i], tenResults[i]))
	}
	closeTo(t, "mean RPS", card.RPS.Value(), .08937)
	closeTo(t, "Brier", card.Brier.Value(), .30838)
	closeTo(t, "log loss", card.LogLoss.Value(), .5524192646)
	closeTo(t, "ignorance", bits.Value(), .7969725334773428)
	if card.N() != 10 {
		t.Errorf("%d forecasts", card.N())
	}
	if got := LogLoss([]float64{1, 0}, 1); !math.IsInf(got, 1) {
		t.Errorf("log loss of the impossible = %v", got)
	}
}

// forecast draws probabilities of n outcomes that sum to one.
func forecast(t *rapid.T, n int) []float64 {
	p := rapid.SliceOfN(rapid.Float64Range(.01, 1), n, n).Draw(t, "weights")
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func TestRulesAreProper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "n")
		truth, other := forecast(t, n), forecast(t, n)
		for name, rule := range map[string]func([]float64, int) float64{"log loss": LogLoss, "ignorance": Ignorance, "Brier": Brier, "RPS": RPS} {
			honest, dishonest := 0.0, 0.0
			for won, p := range truth {
				honest += p * rule(truth, won)
				dishonest += p * rule(other, won)
			}
			if honest > dishonest+1e-12 {
				t.Errorf("%s: %v is scored %v, the truth %v %v", name, other, dishonest, truth, honest)
			}
		}
	})
}

func TestRulesOfTwoOutcomesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := forecast(t, 2)
		won := rapid.IntRange(0, 1).Draw(t, "won")
		closeTo(t, "Brier", Brier(p, won), 2*RPS(p, won))
		closeTo(t, "nats", LogLoss(p, won), Ignorance(p, won)*math.Ln2)
	})
}

func TestRPSKnowsTheOrderOfOutcomes(t *testing.T) {
	near, far := []float64{.4, .6, 0}, []float64{.4, 0, .6}
	if RPS(near, 0) >= RPS(far, 0) || Brier(near, 0) != Brier(far, 0) {
		t.Errorf("RPS %v and %v, Brier %v and %v", RPS(near, 0), RPS(far, 0), Brier(near, 0), Brier(far, 0))
	}
}

func TestCardsMerge(t *testing.T) {
	var whole, left, right Card
	for i, p := range tenForecasts {
		whole.Add(p, tenResults[i])
		if i < 4 {
			left.Add(p, tenResults[i])
		} else {
			right.Add(p, tenResults[i])
		}
	}
	left.Merge(right)
	closeTo(t, "log loss", left.LogLoss.Value(), whole.LogLoss.Value())
	closeTo(t, "Brier", left.Brier.SE(), whole.Brier.SE())
	closeTo(t, "RPS", left.RPS.Value(), whole.RPS.Value())
}
