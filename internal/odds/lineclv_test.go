package odds

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestLineCLVByHand: a favourite's spread has moved from -3 to -4.5, at even
// prices at the close, in a sport without key numbers.
func TestLineCLVByHand(t *testing.T) {
	m, err := NewLineModel(13.86, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.CLV(1.91, -3, -4.5, .5)
	if err != nil {
		t.Fatal(err)
	}
	// The lead is 4.5 in the mean: it wins from 4, is returned at 3.
	above := func(x float64) float64 { return .5 * math.Erfc((x-4.5)/(13.86*math.Sqrt2)) }
	closeTo(t, "points", got.Points, 1.5)
	closeTo(t, "no vig", got.NoVig, above(3.5)*.91-(1-above(2.5)))
}

// TestLineCLVWhereNothingMovedIsThatOfThePrice, if nothing can be returned.
func TestLineCLVWhereNothingMovedIsThatOfThePrice(t *testing.T) {
	m, err := NewLineModel(12, map[int]float64{3: .09, 7: .06})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		line := float64(rapid.IntRange(-20, 20).Draw(t, "line")) + .5
		price, fair := rapid.Float64Range(1.05, 20).Draw(t, "price"), rapid.Float64Range(.02, .98).Draw(t, "fair")
		got, err := m.CLV(price, line, line, fair)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "points", got.Points, 0)
		closeTo(t, "no vig", got.NoVig, fair*price-1)
		better, err := m.CLV(price, line+1, line, fair)
		if err != nil || better.NoVig < got.NoVig {
			t.Errorf("a point more is worth %v instead of %v, %v", better.NoVig, got.NoVig, err)
		}
	})
}

func TestLineCLVRefusesWhatCannotBe(t *testing.T) {
	m, err := NewLineModel(12, nil)
	if err != nil {
		t.Fatal(err)
	}
	var impossible *PriceError
	if _, err := m.CLV(.9, -3, -3, .5); !errors.As(err, &impossible) {
		t.Errorf("price: %v", err)
	}
	for _, fair := range []float64{0, 1, math.NaN()} {
		if _, err := m.CLV(1.9, -3, -3, fair); !errors.Is(err, ErrProbability) {
			t.Errorf("fair %v: %v", fair, err)
		}
	}
}
