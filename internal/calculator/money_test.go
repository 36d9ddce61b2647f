package calculator

import (
	"strings"
	"testing"
)

func TestMoneyIsReadAndPrinted(t *testing.T) {
	for text, want := range map[string]struct {
		minor   Money
		printed string
	}{
		"1000": {100_000, "1000.00"}, "49.5": {4950, "49.50"}, "0.01": {1, "0.01"}, " 7.05 ": {705, "7.05"}, "007": {700, "7.00"}, "3.": {300, "3.00"}, "1000000000": {maxRead, "1000000000.00"},
	} {
		if got, err := ParseMoney(text); err != nil || got != want.minor || got.String() != want.printed {
			t.Errorf("%q is %d, %s, %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", ".", ".5", "-1", "+1", "1e3", "1,000", "0", "0.00", "0.001", "1.005", "1000000000.01", "99999999999999999999", "1.-1", "NaN", "1.2.3", "٣"} {
		if got, err := ParseMoney(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
	if got := Money(-5).String() + " " + Money(-1234).String(); got != "-0.05 -12.34" {
		t.Errorf("got %s", got)
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, seed := range []string{"1000", "49.50", "0.01", "1e3", ".5", "-1", "99999999999999999999", "1.-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseMoney(text)
		if err != nil {
			return
		}
		if again, err := ParseMoney(got.String()); err != nil || again != got || got < 1 || got > maxRead {
			t.Errorf("%q is %s, and that %s, %v", text, got, again, err)
		}
	})
}

func FuzzReadBet(f *testing.F) {
	for _, seed := range []string{"25@6", "25@+170", "10@7/4", "@", "1@2@3", "5@55%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		stake, price, err := readBet(text, "")
		if err == nil && (stake < 1 || !(price > 1) || !strings.Contains(text, "@")) {
			t.Errorf("%q is %s at %v", text, stake, price)
		}
	})
}

func FuzzReadShare(f *testing.F) {
	for _, seed := range []string{"0.5", "5%", "1", "-0", "nan", "1e-3", "0x1p-2", "%", "100 %"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if x, err := readShare("share", text); err == nil && !(x >= 0 && x <= 1) {
			t.Errorf("%q is %v", text, x)
		}
	})
}
