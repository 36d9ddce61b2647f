package score

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCalibrationByHand(t *testing.T) {
	c := NewCalibration(EqualEdges(5))
	for _, r := range []struct {
		p   float64
		won bool
	}{{.1, false}, {.1, true}, {.3, false}, {.3, false}, {.2, true}, {.9, true}, {1, true}} {
		c.Add(r.p, r.won)
	}
	bins := c.Bins()
	if len(bins) != 3 || c.N() != 7 {
		t.Fatalf("bins %+v", bins)
	}
	if b := bins[1]; b.Low != .2 || b.High != .4 || b.N != 3 || b.Won != 1 { // 0.2 stands in the bin above it
		t.Errorf("second bin %+v", b)
	}
	closeTo(t, "forecast", bins[1].Forecast, .8/3)
	closeTo(t, "ECE", c.ECE(), (2*.4+3*(1.0/3-.8/3)+2*.05)/7)
	hl := c.HosmerLemeshow(0)
	closeTo(t, "Hosmer-Lemeshow", hl.Statistic, .8*.8/(2*.1*.9)+.2*.2/(3*.8/3*2.2/3)+.1*.1/(2*.95*.05))
	if hl.DF != 3 || c.HosmerLemeshow(2).DF != 1 {
		t.Errorf("degrees of freedom %d", hl.DF)
	}
	// Terms (y-p)(1-2p) and (1-2p)^2 p(1-p) of the seven rows.
	z := (-.1*.8 + .9*.8 + 2*-.3*.4 + .8*.6 + .1*-.8 + 0) / math.Sqrt(2*.64*.09+2*.16*.21+.36*.16+.64*.09)
	closeTo(t, "Spiegelhalter", c.Spiegelhalter().Statistic, z)
	if ci := bins[2].CI(.95); !ci.Holds(1) || ci.Low < .3 || ci.Low > .4 {
		t.Errorf("two of two: %v", ci)
	}
}

func TestEdges(t *testing.T) {
	if got := EqualEdges(4); !slices.Equal(got, []float64{.25, .5, .75}) {
		t.Errorf("equal: %v", got)
	}
	if got := QuantileEdges([]float64{5, 1, 2, 4, 3, 6}, 3); !slices.Equal(got, []float64{3, 5}) {
		t.Errorf("thirds: %v", got)
	}
	if got := QuantileEdges([]float64{1, 1, 1, 1, 2}, 5); !slices.Equal(got, []float64{2}) {
		t.Errorf("repeated: %v", got)
	}
	if got := QuantileEdges(nil, 5); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// yesNo is one forecast of yes or no.
type yesNo struct {
	p   float64
	won bool
}

func drawYesNo(t *rapid.T, p *rapid.Generator[float64]) []yesNo {
	rows := make([]yesNo, rapid.IntRange(1, 60).Draw(t, "rows"))
	for i := range rows {
		rows[i] = yesNo{p.Draw(t, "p"), rapid.Bool().Draw(t, "won")}
	}
	return rows
}

func TestMurphyAddsUpToTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawYesNo(t, rapid.Float64Range(0, 1))
		c, rest, score := NewCalibration(EqualEdges(7)), NewCalibration(EqualEdges(7)), 0.0
		for i, r := range rows {
			if i%2 == 0 {
				c.Add(r.p, r.won)
			} else {
				rest.Add(r.p, r.won)
			}
			won := 1
			if r.won {
				won = 0
			}
			score += Brier([]float64{r.p, 1 - r.p}, won) / 2 / float64(len(rows))
		}
		c.Merge(rest)
		m := c.Murphy()
		closeTo(t, "sum of terms", m.Score(), score)
		if m.Reliability < 0 || m.Resolution < 0 || m.Resolution > m.Uncertainty+1e-12 {
			t.Errorf("terms %+v", m)
		}
	})
}

func TestMurphyOfEqualForecastsHidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := []float64{.05, .15, .25, .55, .95}
		c := NewCalibration(EqualEdges(10))
		for _, r := range drawYesNo(t, rapid.SampledFrom(levels)) {
			c.Add(r.p, r.won)
		}
		within(t, "within", c.Murphy().Within, 0, 1e-12)
	})
}

func TestMurphyOfSeveralOutcomesAddsUpToBrier(t *testing.T) {
	var sum Murphy
	brier := 0.0
	for outcome := range 3 {
		c := NewCalibration(EqualEdges(10))
		for i, p := range tenForecasts {
			c.Add(p[outcome], tenResults[i] == outcome)
		}
		sum = sum.Plus(c.Murphy())
	}
	for i, p := range tenForecasts {
		brier += Brier(p, tenResults[i]) / 10
	}
	closeTo(t, "sum", sum.Score(), brier)
	closeTo(t, "uncertainty", sum.Uncertainty, .8*.2*2)
	if m := NewCalibration(nil).Murphy(); !math.IsNaN(m.Score()) {
		t.Errorf("of nothing: %+v", m)
	}
}

func TestTestsOfCalibrationSeeABias(t *testing.T) {
	honest, biased := NewCalibration(EqualEdges(10)), NewCalibration(EqualEdges(10))
	for i := range 2000 {
		p := (float64(i%10) + .5) / 10
		won := float64(i/10%200)/200 < p // exactly the share p of each level
		honest.Add(p, won)
		biased.Add(p*p, won)
	}
	if hl, z := honest.HosmerLemeshow(0), honest.Spiegelhalter(); hl.P < .5 || z.P < .5 {
		t.Errorf("honest: %+v, %+v", hl, z)
	}
	if hl, z := biased.HosmerLemeshow(0), biased.Spiegelhalter(); hl.P > 1e-6 || z.P > 1e-3 {
		t.Errorf("biased: %+v, %+v", hl, z)
	}
	if honest.ECE() > 1e-9 || biased.ECE() < .1 {
		t.Errorf("ECE %v and %v", honest.ECE(), biased.ECE())
	}
}
