package odds

import (
	"errors"
	"math"
	"testing"
)

func TestCLVOfABetThatBeatTheClose(t *testing.T) {
	// Bet at -125, closed at -150/+130.
	bet, closing := 1.8, 1+100.0/150
	fair, err := Fair(nil, Multiplicative, []float64{closing, 2.3})
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "fair probability", fair.Probabilities[0], .5798319327731092)
	got, err := NewCLV(bet, closing, fair.Probabilities[0])
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "price", got.Price, .08)
	closeTo(t, "no vig", got.NoVig, .0436974789915966)
	closeTo(t, "probability", got.Probability, .0444444444444444)
	closeTo(t, "cents", got.Cents, 25)
}

func TestCLVAgainstAPriceWithoutMargin(t *testing.T) {
	got, err := NewCLV(2.25, 2.10, 1/2.10)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "price", got.Price, .0714285714285714)
	closeTo(t, "no vig", got.NoVig, got.Price)
}

func TestCLVCountsCentsAcrossEvenMoney(t *testing.T) {
	got, err := NewCLV(2.05, 1+100.0/105, .5) // +105 against -105
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "cents", got.Cents, 10)
}

func TestCLVRefusesBadInput(t *testing.T) {
	var refused *PriceError
	if _, err := NewCLV(1, 2, .5); !errors.As(err, &refused) {
		t.Errorf("bet at 1: error %v", err)
	}
	if _, err := NewCLV(2, math.NaN(), .5); !errors.As(err, &refused) {
		t.Errorf("close at NaN: error %v", err)
	}
	for _, fair := range []float64{0, 1, math.NaN()} {
		if _, err := NewCLV(2, 2, fair); !errors.Is(err, ErrProbability) {
			t.Errorf("fair %v: error %v", fair, err)
		}
	}
}
