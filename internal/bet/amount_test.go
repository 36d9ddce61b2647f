package bet

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAmountsAreExact(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		want           int64
	}{
		{"110", "USD", 11000}, {"0.1", "USD", 10}, {"0.07", "EUR", 7}, {"1,250.50", "USD", 125050}, {"$1,000,000", "USD", 100000000},
		{"€ 20.00", "EUR", 2000}, {"20.000", "EUR", 2000}, {"300", "JPY", 300}, {"1.234", "KWD", 1234}, {"999999999999.99", "USD", 99999999999999},
	} {
		if got, err := ParseAmount(c.text, c.currency); err != nil || got != c.want {
			t.Errorf("%s %s is %d (%v), want %d", c.text, c.currency, got, err, c.want)
		}
	}
	for _, text := range []string{"", "0", "0.00", "-5", "+5", "1.005", "1,00", "12,50", "1.", ".5", "1e3", "10 or so", "NaN", "99999999999999999999", "1,,000"} {
		if got, err := ParseAmount(text, "USD"); err == nil {
			t.Errorf("%q was taken for %d", text, got)
		}
	}
	if _, err := ParseAmount("1.5", "JPY"); err == nil {
		t.Error("half a yen was taken")
	}
}

func TestAmountsSurviveText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(1, maxAmount).Draw(t, "minor")
		currency := rapid.SampledFrom([]string{"USD", "JPY", "KWD"}).Draw(t, "currency")
		if got, err := ParseAmount(FormatAmount(v, currency), currency); err != nil || got != v {
			t.Errorf("%d became %s and %d (%v)", v, FormatAmount(v, currency), got, err)
		}
		if got := FormatAmount(-v, currency); got != "-"+FormatAmount(v, currency) {
			t.Errorf("-%d prints %s", v, got)
		}
	})
}

func TestCurrenciesAreThreeLetters(t *testing.T) {
	if got, err := ParseCurrency("eur"); err != nil || got != "EUR" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, text := range []string{"", "EURO", "E1R", "€"} {
		if _, err := ParseCurrency(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
