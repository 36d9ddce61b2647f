package score

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// walk returns a walk whose steps follow the one before with weight phi.
func walk(n int, phi float64, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 0))
	out, step := make([]float64, n), 0.0
	for i := 1; i < n; i++ {
		step = phi*step + r.NormFloat64()
		out[i] = out[i-1] + step
	}
	return out
}

// TestVarianceRatioByHand: five steps 1 -1 2 -2 3 with mean 0.6, lag 2.
func TestVarianceRatioByHand(t *testing.T) {
	v := must[VarianceRatio](t)(VarianceRatioOf(2, []float64{0, 1, 0, 2, 0, 3}))
	// Steps less the mean: .4 -1.6 1.4 -2.6 2.4, squares .16 2.56 1.96 6.76 5.76, sum 17.2.
	// Pairs less twice the mean: -1.2 -.2 -1.2 -.2, squares sum 2.96.
	closeTo(t, "ratio", v.Value, 2.96/(2*4*(1-2.0/5))/(17.2/4))
	delta := (.16*2.56 + 2.56*1.96 + 1.96*6.76 + 6.76*5.76) / (17.2 * 17.2)
	closeTo(t, "z", v.Test.Statistic, (v.Value-1)/math.Sqrt(delta))
	if v.N != 5 {
		t.Errorf("%d steps", v.N)
	}
}

func TestVarianceRatioTellsWalksApart(t *testing.T) {
	for _, c := range []struct{ phi, low, high float64 }{{0, .9, 1.1}, {.3, 1.4, 1.9}, {-.3, .45, .75}} {
		v := must[VarianceRatio](t)(VarianceRatioOf(4, walk(3000, c.phi, 1), walk(3000, c.phi, 2), []float64{1, 2}))
		if v.Value < c.low || v.Value > c.high || (v.Test.P < .01) != (c.phi != 0) || v.N != 5998 {
			t.Errorf("phi %v: %+v", c.phi, v)
		}
	}
}

func TestVarianceRatioNeedsSteps(t *testing.T) {
	for name, c := range map[string]struct {
		lag    int
		series []float64
	}{"nothing": {2, nil}, "short": {3, []float64{1, 2, 3}}, "no lag": {1, walk(10, 0, 1)}, "still": {2, make([]float64, 10)}} {
		if _, err := VarianceRatioOf(c.lag, c.series); !errors.Is(err, ErrRows) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
