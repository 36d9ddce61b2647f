package odds

import (
	"errors"
	"math"
	"testing"
)

func TestLimitWeightedFollowsTheLimits(t *testing.T) {
	got, err := LimitWeighted([]float64{2, 2.1, 9}, []float64{3000, 1000, 0})
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "price", got, 2.025)
}

func TestLimitWeightedRefusesWhatHasNoWeight(t *testing.T) {
	for _, limits := range [][]float64{nil, {1}, {0, 0}, {-1, 2}, {math.NaN(), 1}, {math.Inf(1), 1}} {
		if _, err := LimitWeighted([]float64{2, 3}, limits); !errors.Is(err, ErrLimits) {
			t.Errorf("limits %v: error %v", limits, err)
		}
	}
	var refused *PriceError
	if _, err := LimitWeighted([]float64{2, 1}, []float64{1, 1}); !errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
}
