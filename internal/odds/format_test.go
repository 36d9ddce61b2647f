package odds

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestParsePriceReadsEveryFormat(t *testing.T) {
	for _, tc := range []struct {
		text   string
		format Format
		want   float64
	}{
		{"2.75", FormatDecimal, 2.75},
		{" 1.91 ", FormatDecimal, 1.91},
		{".5e", FormatDecimal, 0},
		{"+170", FormatAmerican, 2.7},
		{"130", FormatAmerican, 2.3},
		{"+340", FormatAmerican, 4.4},
		{"-110", FormatAmerican, 1.9090909090909092},
		{"\u2212110", FormatAmerican, 1.9090909090909092},
		{"-120", FormatAmerican, 1.8333333333333333},
		{"-110.5", FormatAmerican, 210.5 / 110.5},
		{"+100", FormatAmerican, 2},
		{"-100", FormatAmerican, 2},
		{"EVEN", FormatAmerican, 2},
		{"7/4", FormatFractional, 2.75},
		{"13/10", FormatFractional, 2.3},
		{"7 / 2", FormatFractional, 4.5},
		{"evs", FormatFractional, 2},
		{"0.91", FormatHongKong, 1.91},
		{"0.91", FormatMalay, 1.91},
		{"1", FormatMalay, 2},
		{"-0.5", FormatMalay, 3},
		{"1.75", FormatIndonesian, 2.75},
		{"-2", FormatIndonesian, 1.5},
		{"55%", FormatProbability, 1 / 0.55},
		{"12.5 %", FormatProbability, 8},
		{"0.25", FormatProbability, 4},
	} {
		got, err := ParsePrice(tc.text, tc.format)
		if (err != nil) != (tc.want == 0) {
			t.Errorf("ParsePrice(%q, %s): %v", tc.text, tc.format, err)
		} else if got != tc.want {
			t.Errorf("ParsePrice(%q, %s) = %.17g, want %.17g", tc.text, tc.format, got, tc.want)
		}
	}
}

func TestParsePriceRefusesWhatIsNoPrice(t *testing.T) {
	for format, texts := range map[Format][]string{
		FormatDecimal:     {"", " ", "1", "1.0", "0", "-2", "+2", "NaN", "Inf", "1e3", "0x2", "2,5", "2.5.", "two", "10000000000", "1.23456789012345678901"},
		FormatAmerican:    {"", "0", "99", "-99", "+99.9", "-1.5", "+-110", "--110", "+", "+1,000", "7/4"},
		FormatFractional:  {"", "7", "7/0", "0/4", "/", "7/", "-7/4", "7/4/2", "1.5/2", "0/0"},
		FormatHongKong:    {"", "0", "-0.5", "x"},
		FormatMalay:       {"", "0", "1.1", "-1.1"},
		FormatIndonesian:  {"", "0", "0.9", "-0.9"},
		FormatProbability: {"", "0", "1", "100%", "0%", "101%", "-5%", "%", "1.5"},
	} {
		for _, text := range texts {
			var refused *PriceError
			if price, err := ParsePrice(text, format); !errors.As(err, &refused) {
				t.Errorf("ParsePrice(%q, %s) = %v, %v, want a PriceError", text, format, price, err)
			} else if refused.Text != text || refused.Reason == "" {
				t.Errorf("ParsePrice(%q, %s): error names %q and %q", text, format, refused.Text, refused.Reason)
			}
		}
	}
	if _, err := ParsePrice("2.5", "roman"); !errors.Is(err, ErrUnknownFormat) {
		t.Errorf("unknown format: error %v", err)
	}
}

func TestGuessPriceTellsFormatsByTheirLooks(t *testing.T) {
	for _, tc := range []struct {
		text   string
		price  float64
		format Format
	}{
		{"+170", 2.7, FormatAmerican},
		{"-110", 210.0 / 110, FormatAmerican},
		{"7/4", 2.75, FormatFractional},
		{"evens", 2, FormatFractional},
		{"2.6", 2.6, FormatDecimal},
		{"150", 150, FormatDecimal},
		{"55%", 1 / 0.55, FormatProbability},
	} {
		price, format, err := GuessPrice(tc.text)
		if err != nil || price != tc.price || format != tc.format {
			t.Errorf("GuessPrice(%q) = %v, %s, %v, want %v, %s", tc.text, price, format, err, tc.price, tc.format)
		}
	}
	for _, text := range []string{"", "0.55", "-0.5", "+1.2", "1", "price", "7/0", "110%", "+50"} {
		var refused *PriceError
		if price, format, err := GuessPrice(text); !errors.As(err, &refused) {
			t.Errorf("GuessPrice(%q) = %v, %s, %v, want a PriceError", text, price, format, err)
		}
	}
}

func TestFormatPriceWritesTheShortestText(t *testing.T) {
	for _, tc := range []struct {
		price  float64
		format Format
		exact  string
		shown  string
	}{
		{2.75, FormatDecimal, "2.75", "2.75"},
		{1.0125, FormatDecimal, "1.0125", "1.012"},
		{2.7, FormatAmerican, "+170", "+170"},
		{2, FormatAmerican, "+100", "+100"},
		{210.0 / 110, FormatAmerican, "-110", "-110"},
		{1.91, FormatAmerican, "-109.8901098901099", "-110"},
		{2.75, FormatFractional, "7/4", "7/4"},
		{1.91, FormatFractional, "91/100", "10/11"},
		{1.2, FormatFractional, "1/5", "1/5"},
		{2, FormatFractional, "1/1", "1/1"},
		{101, FormatFractional, "100/1", "100/1"},
		{1.91, FormatHongKong, "0.91", "0.910"},
		{2.7, FormatHongKong, "1.7", "1.70"},
		{1.91, FormatMalay, "0.91", "0.910"},
		{3, FormatMalay, "-0.5", "-0.500"},
		{1.5, FormatIndonesian, "-2", "-2.000"},
		{2.75, FormatIndonesian, "1.75", "1.750"},
		{4, FormatProbability, "25%", "25.0%"},
		{1 / 0.55, FormatProbability, "55%", "55.0%"},
	} {
		exact, err := FormatPrice(tc.price, tc.format)
		if err != nil || exact != tc.exact {
			t.Errorf("FormatPrice(%v, %s) = %q, %v, want %q", tc.price, tc.format, exact, err, tc.exact)
		}
		shown, err := DisplayPrice(tc.price, tc.format)
		if err != nil || shown != tc.shown {
			t.Errorf("DisplayPrice(%v, %s) = %q, %v, want %q", tc.price, tc.format, shown, err, tc.shown)
		}
	}
	var refused *PriceError
	if _, err := FormatPrice(1, FormatDecimal); !errors.As(err, &refused) {
		t.Errorf("price 1: error %v", err)
	}
	if _, err := DisplayPrice(2, "roman"); !errors.Is(err, ErrUnknownFormat) {
		t.Errorf("unknown format: error %v", err)
	}
}

func TestPricesReadBackFromTheirText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		price := 1 + math.Exp(rapid.Float64Range(math.Log(1.1e-9), math.Log(0.9e9)).Draw(rt, "log"))
		if rapid.Bool().Draw(rt, "two decimals") {
			price = max(1.01, math.Round(min(price, 1e6)*100)/100)
		}
		for _, format := range Formats() {
			text, err := FormatPrice(price, format)
			if err != nil {
				rt.Fatal(err)
			}
			back, err := ParsePrice(text, format)
			if err != nil {
				rt.Fatalf("%v as %s is %q: %v", price, format, text, err)
			}
			if slack := readBack(price, format); math.Abs(back-price) > slack {
				rt.Errorf("%v as %s is %q, which reads as %v", price, format, text, back)
			}
		}
	})
}

// readBack is how far a price may come back from its text: not at all in the
// formats that write price or profit themselves.
func readBack(price float64, format Format) float64 {
	switch format {
	case FormatDecimal, FormatFractional, FormatHongKong:
		return 0
	case FormatMalay:
		return 1e-15*price + 1e-16*price*price
	case FormatProbability:
		return 1e-15*price + 1e-18*price*price
	}
	return 1e-15 * price
}

func TestAmericanTextReadsBackAsWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(100, 1_000_000).Draw(rt, "n")
		for _, sign := range []string{"+", "-"} {
			text := sign + strconv.FormatInt(n, 10)
			price, err := ParsePrice(text, FormatAmerican)
			if err != nil {
				rt.Fatal(err)
			}
			if n == 100 {
				text = "+100"
			}
			if again, err := FormatPrice(price, FormatAmerican); err != nil || again != text {
				rt.Errorf("%s is %v, written %s, %v", text, price, again, err)
			}
		}
	})
}

func TestParseFormatTakesAnyCase(t *testing.T) {
	for _, f := range Formats() {
		if got, err := ParseFormat(string(f)); err != nil || got != f {
			t.Errorf("ParseFormat(%s) = %s, %v", f, got, err)
		}
	}
	if got, err := ParseFormat("American"); err != nil || got != FormatAmerican {
		t.Errorf("ParseFormat(American) = %s, %v", got, err)
	}
	if _, err := ParseFormat("roman"); !errors.Is(err, ErrUnknownFormat) {
		t.Errorf("error %v", err)
	}
}

func TestPriceOfInvertsImplied(t *testing.T) {
	got, err := PriceOf(Implied(2.75))
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "price", got, 2.75)
	for _, p := range []float64{0, 1, -1, 2, 1e-12, math.NaN(), math.Inf(1)} {
		var refused *PriceError
		if _, err := PriceOf(p); !errors.As(err, &refused) {
			t.Errorf("PriceOf(%v): error %v", p, err)
		}
	}
}

func FuzzParsePrice(f *testing.F) {
	for _, text := range []string{"+170", "-110", "7/4", "2.6", "55%", "even", "", "-", "1/0", "0.5", "99999999999999999999", "\u2212120", "1e5", "NaN", "1.0000000000000001"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range Formats() {
			price, err := ParsePrice(text, format)
			if err != nil {
				var refused *PriceError
				if !errors.As(err, &refused) || price != 0 {
					t.Errorf("ParsePrice(%q, %s) = %v, %v", text, format, price, err)
				}
				continue
			}
			if CheckPrice(price) != nil {
				t.Errorf("ParsePrice(%q, %s) = %v, which is no price", text, format, price)
			}
			again, err := FormatPrice(price, format)
			if err != nil {
				t.Fatal(err)
			}
			back, err := ParsePrice(again, format)
			if err != nil || math.Abs(back-price) > readBack(price, format) {
				t.Errorf("%q as %s is %v, written %q, read %v, %v", text, format, price, again, back, err)
			}
		}
		if price, _, err := GuessPrice(text); err == nil && CheckPrice(price) != nil {
			t.Errorf("GuessPrice(%q) = %v", text, price)
		}
	})
}

func BenchmarkParsePrice(b *testing.B) {
	for format, text := range map[Format]string{FormatAmerican: "-110", FormatDecimal: "1.91", FormatFractional: "10/11"} {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParsePrice(text, format); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
