package duckdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	driverdb "github.com/duckdb/duckdb-go/v2"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/store"
)

// page is docs/sql.md.
func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "sql.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rounded rounds the numbers of a decoded JSON value as the page does.
func rounded(v any) any {
	switch x := v.(type) {
	case float64:
		return math.Round(x*1e4) / 1e4
	case []any:
		for i := range x {
			x[i] = rounded(x[i])
		}
	}
	return v
}

// TestThePageTellsTheFunctions holds the page and the database together: the
// same functions with the same numbers of arguments, and examples that are true.
func TestThePageTellsTheFunctions(t *testing.T) {
	s := open(t)
	row := regexp.MustCompile("(?m)^\\| `(\\w+)\\((.*?)\\)` \\| .+ \\| `(.+)` \\| `(.+)` \\|$")
	var told, registered []string
	for _, m := range row.FindAllStringSubmatch(page(t), -1) {
		name, arguments, example, result := m[1], m[2], m[3], m[4]
		told = append(told, fmt.Sprintf("%s/%d", name, 1+strings.Count(arguments, ",")))
		if !strings.HasPrefix(example, name+"(") {
			t.Errorf("%s(%s) has an example of something else: %s", name, arguments, example)
		}
		var want any
		if err := json.Unmarshal([]byte(result), &want); err != nil {
			t.Errorf("%s: %v", result, err)
		}
		var got any
		if err := json.Unmarshal([]byte(asText(t, s, "SELECT "+example)), &got); err != nil {
			t.Fatal(err)
		}
		if got = rounded(got.([]any)[0].([]any)[0]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, the page says %v", example, got, want)
		}
	}
	for _, f := range functions() {
		registered = append(registered, fmt.Sprintf("%s/%d", f.name, len(f.takes)))
	}
	if !slices.Equal(told, registered) {
		t.Errorf("the page tells\n%v, there are\n%v", told, registered)
	}
}

func TestThePagesStatementsRun(t *testing.T) {
	s := open(t)
	for n := range int64(4) {
		q := quote(n + 1)
		q.Outcome, q.Price, q.Book = []string{"home", "away"}[n%2], 1.8+float64(n)/20, []string{"a", "b"}[n/2]
		apply(t, s, batchOf(q))
	}
	blocks := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(page(t), -1)
	for _, b := range blocks {
		if _, err := s.Query(t.Context(), b[1], 0); err != nil {
			t.Errorf("%s: %v", b[1], err)
		}
	}
	if len(blocks) == 0 {
		t.Error("the page has no statements")
	}
	if got := ask(t, s, blocks[0][1]); len(got) != 2 || got[0][3] == nil {
		t.Errorf("the first one finds %v", got)
	}
}

// TestTheConsolesExamplesRun: what the SQL page of the web UI offers is valid.
func TestTheConsolesExamplesRun(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "web", "src", "sql", "examples.ts"))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	examples := regexp.MustCompile("(?s)sql: `(.*?)`").FindAllStringSubmatch(string(text), -1)
	for _, e := range examples {
		if _, err := s.Query(t.Context(), e[1], 0); err != nil {
			t.Errorf("%s: %v", e[1], err)
		}
	}
	if len(examples) < 5 {
		t.Errorf("only %d examples were found", len(examples))
	}
}

// TestFunctionsGiveTheOracles repeats figures that were published or solved to
// many digits elsewhere.
func TestFunctionsGiveTheOracles(t *testing.T) {
	s := open(t)
	for call, want := range map[string]float64{
		"fair([2.6, 2.4, 4.3], 'shin')[1]":                                     .37299406033208965,
		"fair([2.7, 2.3, 4.4], 'multiplicative')[3]":                           .22013470400567173,
		"fair([2.7, 2.3, 4.4], 'shin')[2]":                                     .42324384818283234,
		"fair([1.2, 4.8], 'power')[1]":                                         .8195379903,
		"list_sum(fair([1.53,1.67,1.25,2.38,2.38,4.5,5.5,6.5,7], 'power', 3))": 3,
		"booksum([2.7, 2.3, 4.4])":                                             1.0324257063387499,
		"hold([parse_price('-110'), parse_price('-110')])":                     .045454545455,
		"arbitrage([3.1, 3.5, 3.1])":                                           .07425742574,
		"stakes([3.1, 3.5, 3.1], 1)[2]":                                        .30693069,
		"kelly(.55, 2.1)":                                                      .155 / 1.1,
		"kelly(.3, 3.5)":                                                       .02,
		"kelly(.55, parse_price('-110'))":                                      .055,
		"clv(parse_price('-125'), parse_price('-150'))":                        .08,
		"win_probability(7, 13.86)":                                            .69312294,
		"in_game(-2, 1.0/48, 4, 12)":                                           .1342360455,
		"in_game(0, 0, 4, 12)":                                                 .5,
		"elo_expected(65)":                                                     .592466230584,
		"expected_goals([.4641856286, .2576347139, .2781796575])[2] - expected_goals([.2781796575, .2576347139, .4641856286])[1]": 0, // home and away change places
		"ev(fair([parse_price('-150'), parse_price('+130')], 'multiplicative')[1], parse_price('-125'))":                          .04369747899,
	} {
		if got := ask(t, s, "SELECT "+call)[0][0].(float64); math.Abs(got-want) > 1e-8 {
			t.Errorf("%s is %v, want %v", call, got, want)
		}
	}
}

func TestDataWithoutAnAnswerIsNull(t *testing.T) {
	s := open(t)
	for _, call := range []string{
		"fair(NULL)", "fair([1.5, NULL])", "fair([])", "fair([2.0])", "fair([0.9, 2.0])", "fair([1e300, 2])", "fair([6, 7, 8])", "fair([6, 7, 8], 'shin')",
		"fair([1.5, 2.7], NULL)", "fair([1.5, 2.7], 'power', NULL)", "fair([1.5, 2.7], 'power', 0)", "fair([1.5, 2.7], 'power', 2)", "fair([1.5, 2.7], 'power', -9223372036854775808)",
		"booksum([2.0])", "margin([NULL, 2.0])", "hold([])", "payout([1.0, 2.0])", "arbitrage([0.5, 3])", "stakes([2.1, 2.05], 0)", "stakes([2.1, 2.05], 'inf'::DOUBLE)",
		"parse_price('')", "parse_price('0.5')", "parse_price('99', 'american')", "parse_price(NULL)", "price_fault('2.5')", "price_fault('7/4', 'fractional')", "price_fault(NULL)",
		"implied(1)", "implied(-3)", "implied('nan'::DOUBLE)", "implied('inf'::DOUBLE)", "american(0.9)", "fractional(1)", "format_price(0, 'decimal')", "price_of(0)", "price_of(1)",
		"net_price(0.5, 0.02)", "net_price(2, 1.5)", "net_price(2, -0.1)", "ev(1.1, 2)", "ev(-0.1, 2)", "ev(0.5, 1)", "kelly('nan'::DOUBLE, 2)", "kelly(0.5, 0)",
		"clv(1, 2)", "clv(2, 1)", "settle(1, 'nan'::DOUBLE, 0.9)", "settle(1, 0, 0.9)", "logit(0)", "logit(1)", "logit(2)", "logistic('nan'::DOUBLE)",
		"win_probability(3, 0)", "win_probability('nan'::DOUBLE, 13)", "in_game(3, 1.5, 3, 13)", "in_game(3, 0.5, 3, -1)", "in_game(3, NULL, 3, 13)", "elo_expected('nan'::DOUBLE)",
		"expected_goals([0.5, 0.5])", "expected_goals([0.5, 0.3, 0.3])", "expected_goals([0.5, 0.3, NULL])", "expected_goals([0.4999, 0.0002, 0.4999])",
	} {
		if got := asText(t, s, "SELECT "+call); got != "[[null]]" {
			t.Errorf("%s is %s", call, got)
		}
	}
}

func TestWrongUseOfAFunctionIsTold(t *testing.T) {
	s := open(t)
	for call, says := range map[string]string{
		"fair([1.5, 2.7], 'guess')": "known: [multiplicative", "fair([1.5, 2.7], m) FROM (VALUES ('power'), ('bad')) t(m)": `"bad"`,
		"format_price(2, 'roman')": "known: [decimal", "parse_price('2', 'roman')": "known: [decimal", "price_fault('2', 'roman')": "known: [decimal",
		"fair(2.5)": "fair(DOUBLE[], VARCHAR)", "kelly(0.5)": "kelly(DOUBLE, DOUBLE)",
	} {
		if _, err := s.Query(t.Context(), "SELECT "+call, 0); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want %q", call, err, says)
		}
	}
}

// TestScansKeepTheirRows runs over many chunks of rows, several scans at once,
// with NULLs and impossible prices among them, and compares with the package.
func TestScansKeepTheirRows(t *testing.T) {
	s := open(t)
	for scan := range 4 {
		t.Run(fmt.Sprint(scan), func(t *testing.T) {
			t.Parallel()
			checkScan(t, s, 10_000)
		})
	}
}

func checkScan(t *testing.T, s *Store, rows int) {
	t.Helper()
	got := ask(t, s, fmt.Sprintf(`SELECT i, fair([price, 4.0, 3.5]), kelly(0.5, price), american(price)
		FROM (SELECT i, CASE WHEN i %% 7 = 0 THEN NULL WHEN i %% 11 = 0 THEN 0.9 ELSE 1.2 + i / 2000 END AS price FROM range(%d) t(i)) ORDER BY i`, rows))
	if len(got) != rows {
		t.Fatalf("%d rows", len(got))
	}
	answered := 0
	for i, row := range got {
		want := []any{int64(i), nil, nil, nil}
		if price := 1.2 + float64(i)/2000; i%7 != 0 && i%11 != 0 {
			r, err := odds.Fair(nil, odds.DefaultMethod, []float64{price, 4, 3.5})
			if err == nil {
				want[1] = []any{r.Probabilities[0], r.Probabilities[1], r.Probabilities[2]}
				answered++
			} else if !errors.Is(err, odds.ErrUnderround) {
				t.Fatal(err)
			}
			want[2] = odds.Kelly(.5, price)
			if want[3], err = odds.DisplayPrice(price, odds.FormatAmerican); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(row, want) {
			t.Fatalf("row %d is %v, want %v", i, row, want)
		}
	}
	if answered < 500 {
		t.Errorf("only %d rows have fair probabilities", answered)
	}
}

func TestFunctionsShadowNoneOfTheDatabase(t *testing.T) {
	connector, err := driverdb.NewConnector("", nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := connector.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(conn.Close(), connector.Close()); err != nil {
			t.Error(err)
		}
	}()
	for _, f := range functions() {
		var found store.Result
		query := "SELECT count(*) FROM duckdb_functions() WHERE function_name = '" + f.name + "'"
		if err := read(t.Context(), conn.(*driverdb.Conn), query, 0, &found); err != nil {
			t.Fatal(err)
		}
		if n := found.Rows[0][0]; n != int64(0) {
			t.Errorf("the database has %s itself", f.name)
		}
	}
}

func BenchmarkFunctions(b *testing.B) {
	s := open(b)
	const rows = 1_000_000
	for _, call := range []string{
		"price", "implied(price)", "kelly(0.5, price)", "len(american(price))", "parse_price('-110')", "booksum([price, 2.4, 4.3])",
		"fair([price, 2.4, 4.3], 'multiplicative')[1]", "fair([price, 2.4, 4.3])[1]", "fair([price, 2.4, 4.3], 'shin')[1]",
	} {
		b.Run(call, func(b *testing.B) {
			query := fmt.Sprintf("SELECT sum(%s) FROM (SELECT 2.0 + i / %d AS price FROM range(%d) t(i))", call, rows, rows)
			for b.Loop() {
				ask(b, s, query)
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
