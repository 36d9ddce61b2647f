package odds

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestOneSidedAssumesTheOtherSide(t *testing.T) {
	// -110 with the margin of -110/-110 is even, by every method.
	for _, m := range Methods() {
		got, err := OneSided(nil, m, 210.0/110, 1.0/21)
		if err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		closeTo(t, string(m), got.Probabilities[0], .5)
		if got.Status != StatusAssumed {
			t.Errorf("%s: status %s, want the assumption flagged", m, got.Status)
		}
	}
	got, err := OneSided(nil, Multiplicative, 1.25, .05)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "p", got.Probabilities[0], .8/1.05)
	closeTo(t, "the opposite", got.Probabilities[1], .25/1.05)
}

func TestOneSidedIsThePairItAssumes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := rapid.Float64Range(1.05, 15).Draw(rt, "a")
		margin := rapid.Float64Range(1e-3, .06).Draw(rt, "margin")
		m := rapid.SampledFrom(Methods()).Draw(rt, "method")
		got, err := OneSided(nil, m, a, margin)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := Fair(nil, m, []float64{a, 1 / (1 + margin - 1/a)})
		if err != nil {
			rt.Fatal(err)
		}
		closeTo(rt, "margin", got.Margin, margin)
		for i, p := range want.Probabilities {
			closeTo(rt, "p", got.Probabilities[i], p)
		}
	})
}

func TestOneSidedRefusesWhatSaysNothing(t *testing.T) {
	for _, margin := range []float64{-.01, .05, .5, math.NaN(), math.Inf(1)} {
		if _, err := OneSided(nil, Power, 25, margin); !errors.Is(err, ErrMargin) {
			t.Errorf("margin %v on a price of 25: error %v", margin, err)
		}
	}
	var refused *PriceError
	if _, err := OneSided(nil, Power, 1, .05); !errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
	if _, err := OneSided(nil, "mean", 2, .05); !errors.Is(err, ErrUnknownMethod) {
		t.Errorf("error %v", err)
	}
}
