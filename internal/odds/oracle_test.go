package odds

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"testing"
)

//go:embed testdata/devig_oracles.json
var oracleText []byte

// oracle is one set of prices with the answers of every method, solved with 40
// to 50 digits and kept as text with 17.
type oracle struct {
	Odds    []string `json:"odds"`
	Booksum string   `json:"booksum"`
	Margin  string   `json:"margin"`
	Hold    string   `json:"hold"`
	Methods map[string]struct {
		P        []string `json:"p"`
		Exponent string   `json:"k"`
		Insiders string   `json:"z"`
		Shift    string   `json:"c"`
		Distance string   `json:"D"`
	} `json:"methods"`
}

// oracleMethods maps the oracle's names to ours.
var oracleMethods = map[string]Method{
	"multiplicative": Multiplicative, "additive": Additive, "wpo": WPO, "power": Power,
	"shin": Shin, "odds_ratio": OddsRatio, "log_shift": Logit, "probit": Probit,
	"balanced_books": Balanced, "goto": Goto, "jsd": JSD,
}

func readOracles(t testing.TB) []oracle {
	t.Helper()
	var all []oracle
	if err := json.Unmarshal(oracleText, &all); err != nil {
		t.Fatalf("reading oracles: %v", err)
	}
	if len(all) == 0 {
		t.Fatal("no oracles")
	}
	return all
}

func numbers(t testing.TB, texts []string) []float64 {
	t.Helper()
	out := make([]float64, len(texts))
	for i, s := range texts {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	return out
}

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// closeTo fails the test unless got is within 1e-9 of want.
func closeTo(t failer, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func TestMethodsAgreeWithOracles(t *testing.T) {
	for _, o := range readOracles(t) {
		prices := numbers(t, o.Odds)
		for name, want := range o.Methods {
			method, known := oracleMethods[name]
			if !known {
				t.Fatalf("oracle has unknown method %q", name)
			}
			t.Run(fmt.Sprint(name, o.Odds), func(t *testing.T) {
				got, err := Fair(nil, method, prices)
				sums := numbers(t, []string{o.Booksum, o.Margin, o.Hold})
				closeTo(t, "booksum", got.Booksum, sums[0])
				closeTo(t, "margin", got.Margin, sums[1])
				closeTo(t, "hold", got.Hold, sums[2])
				if sums[0] < 1 && method != Multiplicative {
					if !errors.Is(err, ErrUnderround) || got.Status != StatusUnderround {
						t.Errorf("status %s, error %v, want the underround refused", got.Status, err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				negative := false
				for i, p := range numbers(t, want.P) {
					closeTo(t, fmt.Sprintf("p[%d]", i), got.Probabilities[i], p)
					negative = negative || p < 1e-20
				}
				if got.Problematic() != negative {
					t.Errorf("status = %s, but negative or zero is %v", got.Status, negative)
				}
				parameter := got.Parameter
				if name == "log_shift" { // the same method, its parameter as a logarithm
					parameter = math.Log(parameter)
				}
				for _, text := range []string{want.Exponent, want.Insiders, want.Shift, want.Distance} {
					if text != "" {
						closeTo(t, method.ParameterName(), parameter, numbers(t, []string{text})[0])
					}
				}
			})
		}
	}
}
