package score

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// drawn returns forecasts and results whose true probability is
// logistic(a + b logit p).
func drawn(n int, a, b float64) (p []float64, won []bool) {
	r := rand.New(rand.NewPCG(5, 0))
	for range n {
		v := .05 + .9*r.Float64()
		p = append(p, v)
		won = append(won, r.Float64() < logistic(a+b*Logit(v)))
	}
	return p, won
}

// TestLogisticOfTwoByTwo: with one yes-no column the answers are the log odds of
// the table, and their standard errors sqrt of summed reciprocals.
func TestLogisticOfTwoByTwo(t *testing.T) {
	var won []bool
	var x []float64
	for _, c := range []struct {
		x   float64
		won bool
		n   int
	}{{0, true, 12}, {0, false, 30}, {1, true, 25}, {1, false, 17}} {
		for range c.n {
			won, x = append(won, c.won), append(x, c.x)
		}
	}
	fit := must[LogisticFit](t)(Logistic(won, x))
	closeTo(t, "constant", fit.Coefficients[0].Value, math.Log(12.0/30))
	closeTo(t, "constant's SE", fit.Coefficients[0].SE, math.Sqrt(1.0/12+1.0/30))
	closeTo(t, "slope", fit.Coefficients[1].Value, math.Log(25.0/17)-math.Log(12.0/30))
	closeTo(t, "slope's SE", fit.Coefficients[1].SE, math.Sqrt(1.0/12+1.0/30+1.0/25+1.0/17))
	closeTo(t, "log likelihood", fit.LogLik, 12*math.Log(12.0/42)+30*math.Log(30.0/42)+25*math.Log(25.0/42)+17*math.Log(17.0/42))
	closeTo(t, "high", fit.Coefficients[1].CI(.95).High, fit.Coefficients[1].Value+1.959963984540054*fit.Coefficients[1].SE)
}

// TestLogisticIsAtTheTop holds a fit of two columns against the likelihood
// itself: no neighbour is better, and the curvature gives the standard errors.
func TestLogisticIsAtTheTop(t *testing.T) {
	p, won := drawn(800, .2, .8)
	x1, x2 := make([]float64, len(p)), make([]float64, len(p))
	for i := range p {
		x1[i], x2[i] = Logit(p[i]), math.Sin(float64(i))
	}
	fit := must[LogisticFit](t)(Logistic(won, x1, x2))
	value := func(shift [3]float64) float64 {
		sum := 0.0
		for i := range p {
			z := fit.Coefficients[0].Value + shift[0] + (fit.Coefficients[1].Value+shift[1])*x1[i] + (fit.Coefficients[2].Value+shift[2])*x2[i]
			q := 1 / (1 + math.Exp(-z))
			if !won[i] {
				q = 1 - q
			}
			sum += math.Log(q)
		}
		return sum
	}
	closeTo(t, "log likelihood", fit.LogLik, value([3]float64{}))
	const h = 1e-3
	var hessian [3][3]float64
	for a := range 3 {
		for b := range 3 {
			at := func(da, db float64) float64 {
				var s [3]float64
				s[a] += da
				s[b] += db
				return value(s)
			}
			hessian[a][b] = -(at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h)
		}
		up, down := [3]float64{}, [3]float64{}
		up[a], down[a] = h, -h
		within(t, "slope of the likelihood", (value(up)-value(down))/(2*h), 0, 1e-3)
	}
	for i, want := range diagonalOfInverse(hessian) {
		within(t, "SE", fit.Coefficients[i].SE, math.Sqrt(want), 1e-4)
	}
}

// diagonalOfInverse inverts by cofactors.
func diagonalOfInverse(m [3][3]float64) (d [3]float64) {
	minor := func(i, j int) float64 {
		a, b, c, e := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return m[a][c]*m[b][e] - m[a][e]*m[b][c]
	}
	det := m[0][0]*minor(0, 0) + m[0][1]*minor(0, 1) + m[0][2]*minor(0, 2)
	for i := range d {
		d[i] = minor(i, i) / det
	}
	return d
}

func TestEfficientAcceptsTheTruthAndSeesABias(t *testing.T) {
	p, won := drawn(4000, 0, 1)
	e, err := Efficient(p, won)
	if err != nil || e.N != 4000 || e.Wald.P < .05 || e.LR.P < .05 || !e.B.CI(.95).Holds(1) || !e.A.CI(.95).Holds(0) {
		t.Errorf("the truth: %+v, %v", e, err)
	}
	within(t, "Wald and LR", e.Wald.Statistic, e.LR.Statistic, .1)
	p, won = drawn(4000, .1, 1.25) // long shots are over-priced
	e, err = Efficient(p, won)
	if err != nil || e.Wald.P > 1e-3 || e.LR.P > 1e-3 || e.B.P > 1e-3 || !e.B.CI(.99).Holds(1.25) {
		t.Errorf("a bias: %+v, %v", e, err)
	}
}

func TestLogisticRefusesWhatHasNoAnswer(t *testing.T) {
	won := []bool{false, false, false, true, true, true}
	for name, c := range map[string]struct {
		x    []float64
		want error
	}{
		"separated": {[]float64{1, 2, 3, 4, 5, 6}, ErrSeparated},
		"constant":  {[]float64{2, 2, 2, 2, 2, 2}, ErrCollinear},
		"lengths":   {[]float64{2, 2}, ErrRows},
	} {
		if _, err := Logistic(won, c.x); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Efficient([]float64{.5, 1, .2, .3, .2, .1}, won); !errors.Is(err, ErrCertain) {
		t.Errorf("certain: %v", err)
	}
	if _, err := Efficient([]float64{.5}, won); !errors.Is(err, ErrRows) {
		t.Errorf("lengths: %v", err)
	}
}
