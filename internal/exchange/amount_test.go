package exchange

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestHundredthsAreExactOrRefused(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1.01": 101, "20": 2000, "5.0": 500, "1000": 100000, "3127.59": 312759, "0.5": 50, "15.000": 1500, "1000000000": maxHundredths,
	} {
		if got, ok := Hundredths([]byte(text)); !ok || got != want {
			t.Errorf("%s is %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", ".", "-1", "+1", "1e3", "1.234", "1.2.3", "NaN", " 1", "1000000000.01", "99999999999999999999"} {
		if got, ok := Hundredths([]byte(text)); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

// Whatever is printed is read again, and as the number that it is.
func TestAmountsSurvivePrinting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, maxHundredths).Draw(t, "n")
		got, ok := Hundredths([]byte(Money(n).String()))
		if !ok || got != n {
			t.Fatalf("%s is read as %d, %v", Money(n), got, ok)
		}
		exact, _ := new(big.Rat).SetString(Money(n).String())
		if exact.Cmp(big.NewRat(n, 100)) != 0 {
			t.Fatalf("%d hundredths print as %s", n, Money(n))
		}
	})
	if s := fmt.Sprint(Price(126), Price(2000), Price(1950)); s != "1.26 20 19.5" {
		t.Error(s)
	}
}
