package odds

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"text/template"
)

var update = flag.Bool("update", false, "write docs/metrics.md anew")

const pageFile = "../../docs/metrics.md"

//go:embed testdata/metrics.md.tmpl
var pageTemplate string

// TestPageIsUpToDate holds docs/metrics.md to the code. Its numbers are rounded
// far above what machines differ by.
func TestPageIsUpToDate(t *testing.T) {
	var b bytes.Buffer
	if err := template.Must(template.New("page").Parse(pageTemplate)).Execute(&b, newPage(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(pageFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, b.Bytes()) {
		return
	}
	want := strings.Split(b.String(), "\n")
	for i, line := range strings.Split(string(got), "\n") {
		if i >= len(want) || line != want[i] {
			t.Fatalf("docs/metrics.md is out of date from line %d:\n%s\nwrite it anew: go test ./internal/odds -run Page -update", i+1, line)
		}
	}
	t.Fatal("docs/metrics.md is out of date: write it anew: go test ./internal/odds -run Page -update")
}

// TestPageNamesEverything holds that nothing the package exports is left out.
func TestPageNamesEverything(t *testing.T) {
	page, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	skip := map[string]bool{"Average": true, "BookKind": true, "Format": true, "Method": true, "PriceError": true, "Verdict": true} // words of the tables
	for _, name := range exported(t) {
		if !skip[name] && !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), "`"+name+".") {
			t.Errorf("docs/metrics.md does not name %s", name)
		}
	}
}

// exported lists the functions and types of the package.
func exported(t *testing.T) (names []string) {
	t.Helper()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					names = append(names, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() {
						names = append(names, s.Name.Name)
					}
				}
			}
		}
	}
	return names
}

// page is what the template writes.
type page struct {
	Prices        []string
	Formats       []formatRow
	Margins       []marginColumn
	Default       Method
	Methods       []methodRow
	Example       string
	ExamplePrices []string
	Errors        []errorRow
	Line          lineTable
	Bets          map[string]string
	CLV           map[string]string
}

type formatRow struct {
	Name       Format
	Definition string
	Texts      []string
}

type marginColumn struct{ Name, Booksum, Margin, Hold, Payout string }

type methodRow struct {
	Name                       Method
	Formula, Parameter, Source string
	Example                    []string
	ExampleParameter           string
}

type errorRow struct {
	Prices string
	Bounds []string
}

type lineTable struct {
	Sigma float64
	Keys  string
	To    []string
	Rows  []struct {
		From  string
		Moved []string
	}
}

var formulas = map[Method][2]string{ // formula and source
	Multiplicative: {"kr/B", "also proportional, basic"},
	Additive:       {"r - (B-k)/n", "also balanced margin; Buchdahl (wpo)"},
	Power:          {"r^e, e >= 1", "Clarke, Kovalchik and Ingram 2017"},
	Shin:           {"(sqrt(z^2 + 4(1-z)k r^2/B) - z) / (2(1-z))", "Shin 1992, 1993; Jullien and Salanie 1994"},
	OddsRatio:      {"r/(c + r - cr)", "Cheung 2015"},
	Probit:         {"Phi(Phi^-1(r) - c)", "the R package implied"},
	Balanced:       {"(r-z)/(1-z), z = (B-k)/(n-k)", "Fingleton and Waldron 1999"},
	Goto:           {"r - s sqrt(1-r), s = (B-k)/sum sqrt(1-r)", "the goto conversion: equal standard errors"},
	JSD:            {"sqrt(JSD(p, r)) = D, with both as coins, in nats", "the R package implied"},
}

var definitions = map[Format]string{
	FormatDecimal: "o", FormatAmerican: "100h from even money up, else -100/h", FormatFractional: "h as a fraction", FormatHongKong: "h",
	FormatMalay: "h up to 1, else -1/h", FormatIndonesian: "h from 1, else -1/h", FormatProbability: "1/o",
}

func newPage(t *testing.T) page {
	t.Helper()
	p := page{Default: DefaultMethod, Bets: map[string]string{}, CLV: map[string]string{}}
	prices := []float64{1.5, 210.0 / 110, 2.75}
	for _, o := range prices {
		p.Prices = append(p.Prices, digits(o, 4))
	}
	for _, f := range Formats() {
		row := formatRow{Name: f, Definition: definitions[f]}
		for _, o := range prices {
			text, err := DisplayPrice(o, f)
			if err != nil {
				t.Fatal(err)
			}
			row.Texts = append(row.Texts, text)
		}
		p.Formats = append(p.Formats, row)
	}
	for _, m := range []struct {
		name   string
		prices []float64
	}{{"-110 -110", []float64{210.0 / 110, 210.0 / 110}}, {"1.5 2.74", []float64{1.5, 2.74}}, {"2.6 2.4 4.3", []float64{2.6, 2.4, 4.3}}} {
		b, err := Booksum(m.prices)
		if err != nil {
			t.Fatal(err)
		}
		p.Margins = append(p.Margins, marginColumn{m.name, digits(b, 8), digits(Margin(b), 8), digits(Hold(b), 8), digits(Payout(b), 8)})
	}
	p.methods(t)
	p.errors(t)
	p.lines(t)
	p.bets(t)
	return p
}

func (p *page) methods(t *testing.T) {
	t.Helper()
	example := []float64{2.6, 2.4, 4.3}
	p.Example = "2.6, 2.4 and 4.3"
	for _, o := range example {
		p.ExamplePrices = append(p.ExamplePrices, digits(o, 1))
	}
	for _, m := range Methods() {
		r, err := Fair(nil, m, example)
		if err != nil {
			t.Fatal(err)
		}
		row := methodRow{Name: m, Formula: formulas[m][0], Source: formulas[m][1], Parameter: m.ParameterName()}
		for _, v := range r.Probabilities {
			row.Example = append(row.Example, digits(v, 8))
		}
		if row.Parameter != "" {
			row.ExampleParameter = digits(r.Parameter, 8)
		}
		p.Methods = append(p.Methods, row)
	}
}

func (p *page) errors(t *testing.T) {
	t.Helper()
	names := map[Method]string{}
	for name, m := range oracleMethods {
		if c, _ := m.canonical(); c == m {
			names[m] = name
		}
	}
	for _, o := range readOracles(t) {
		prices := numbers(t, o.Odds)
		row := errorRow{}
		for _, v := range prices {
			row.Prices += strings.TrimRight(strings.TrimRight(digits(v, 3), "0"), ".") + " "
		}
		row.Prices = strings.TrimSpace(row.Prices)
		for _, m := range Methods() {
			r, err := Fair(nil, m, prices)
			if err != nil {
				row.Bounds = append(row.Bounds, string(r.Status))
				continue
			}
			worst := 0.0
			for i, want := range numbers(t, o.Methods[names[m]].P) {
				worst = max(worst, math.Abs(r.Probabilities[i]-want))
			}
			row.Bounds = append(row.Bounds, bound(worst))
		}
		p.Errors = append(p.Errors, row)
	}
}

// bound is the power of ten that an error does not exceed, 1e-15 at least.
func bound(err float64) string {
	power := -15
	for err > math.Pow(10, float64(power)) {
		power++
	}
	return fmt.Sprintf("1e%d", power)
}

func (p *page) lines(t *testing.T) {
	t.Helper()
	p.Line.Sigma, p.Line.Keys = 13.45, "key numbers 3 (0.0865) and 7 (0.0603)"
	m, err := NewLineModel(p.Line.Sigma, map[int]float64{3: .0865, 7: .0603})
	if err != nil {
		t.Fatal(err)
	}
	lines := []float64{-2.5, -3, -3.5, -6.5, -7, -7.5}
	for _, l := range lines {
		p.Line.To = append(p.Line.To, strconv.FormatFloat(l, 'f', -1, 64))
	}
	for _, from := range lines {
		row := struct {
			From  string
			Moved []string
		}{From: strconv.FormatFloat(from, 'f', -1, 64)}
		for _, to := range lines {
			row.Moved = append(row.Moved, digits(m.Move(.5, from, to), 6))
		}
		p.Line.Rows = append(p.Line.Rows, row)
	}
}

func (p *page) bets(t *testing.T) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	b := p.Bets
	b["EV"] = "p 0.5 at 2.5: " + digits(EV(.5, 2.5), 4)
	b["Kelly"] = "p 0.55 at -110: " + digits(Kelly(.55, 210.0/110), 4)
	b["Growth"] = "p 0.5 at 2.5, stake 1/6: " + digits(Growth(.5, 2.5, 1.0/6), 8)
	shares, err := KellyExclusive(nil, []float64{.55, .25, .20}, []float64{2.5, 3.2, 2.8})
	must(err)
	b["Exclusive"] = fmt.Sprintf("p 0.55, 0.25, 0.2 at 2.5, 3.2, 2.8: %.6f, %.6f, %.0f", shares[0], shares[1], shares[2])
	best := []float64{2.10, 2.05}
	sum, roi, err := Arbitrage(best)
	must(err)
	b["Arbitrage"] = fmt.Sprintf("2.10 and 2.05: S %.8f, return %.8f", sum, roi)
	stakes, err := Stakes(nil, best, 1000)
	must(err)
	whole, profit, err := RoundStakes(nil, best, 1000, 1)
	must(err)
	b["Stakes"] = fmt.Sprintf("1000 on them: %.4f and %.4f; whole: %d and %d, profit %.1f", stakes[0], stakes[1], whole[0], whole[1], profit)
	hedge, certain, err := Hedge(nil, 25, 6, []float64{2.5, 3.5})
	must(err)
	b["Hedge"] = fmt.Sprintf("25 at 6 against 2.5 and 3.5: %.2f and %.2f, certain %.2f", hedge[0], hedge[1], certain)
	middle, err := NewMiddle(210.0/110, 210.0/110)
	must(err)
	b["Middle"] = "-110 and -110: " + digits(middle.BreakEven, 8)
	b["Net"] = "3 at 5 %: " + digits(NetPrice(3, .05), 2)
	b["LayAsBack"] = "4 at 5 %: " + digits(LayAsBack(4, .05), 6)
	lay := MatchLay(10, 5, 5.2, .02)
	b["Lay"] = fmt.Sprintf("10 at 5, laid at 5.2 with 2 %%: %.4f, result %.4f", lay.Stake, lay.Result)

	fair, err := Fair(nil, Multiplicative, []float64{1 + 100.0/150, 2.3})
	must(err)
	clv, err := NewCLV(1.8, 1+100.0/150, fair.Probabilities[0])
	must(err)
	p.CLV["Price"], p.CLV["NoVig"] = digits(clv.Price, 8), digits(clv.NoVig, 8)
	p.CLV["Probability"], p.CLV["Cents"] = digits(clv.Probability, 8), digits(clv.Cents, 0)
}

func digits(v float64, n int) string { return strconv.FormatFloat(v, 'f', n, 64) }
