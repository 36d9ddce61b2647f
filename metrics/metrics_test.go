package metrics

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/twmb/avro"

	"github.com/betflow/betflow/internal/metric"
)

const valid = `name: mine
doc: The price of each book.
source: quotes
state: open
keys: [fixture_id, book]
value: price
windows:
  tumbling: [1m, 1h30m]
aggregates: [count, mean]
disorder: 5s
lateness: 10m
`

func TestTheDefaultsAreTheOnesPromised(t *testing.T) {
	defs, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if len(defs) != 2 || defs[0].Name != "line_movement" || defs[1].Name != "line_since_open" {
		t.Fatalf("got %+v", defs)
	}
	d := defs[0]
	if got := strings.Join(d.Keys, ","); got != "fixture_id,league,market,period,line,outcome,book" {
		t.Errorf("keys %s", got)
	}
	var columns []string
	for _, m := range d.Aggregates {
		columns = append(columns, m.Name)
	}
	if got := strings.Join(columns, ","); got != "count,first,last,min,max,mean,stddev" {
		t.Errorf("aggregates %s", got)
	}
	var sizes []string
	for _, s := range d.Windows.Tumbling {
		sizes = append(sizes, s.String())
	}
	if got := strings.Join(sizes, ","); got != "3m,5m,10m,20m" {
		t.Errorf("windows %s", got)
	}
	if d.State != "open" || time.Duration(d.Lateness) != time.Hour {
		t.Errorf("state %s, lateness %s", d.State, d.Lateness)
	}
}

func TestADefinitionIsReadWhole(t *testing.T) {
	d, err := Parse([]byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "mine" || len(d.Keys) != 2 || d.Windows.Tumbling[1].String() != "1h30m" || d.Disorder.String() != "5s" || d.Lateness.String() != "10m" {
		t.Errorf("got %+v", d)
	}
}

func TestABadDefinitionIsRefusedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct{ old, new, place, says string }{
		"unknown field":     {"doc: ", "dok: ", "[2:1]", `unknown field "dok"`},
		"bad duration":      {"[1m, 1h30m]", "[1m, soon]", "line 8", "write it as in 30s"},
		"negative duration": {"disorder: 5s", "disorder: -5s", "line 10", "must not be negative"},
		"unknown aggregate": {"[count, mean]", "[count, median]", "line 9", `"median" is not an aggregate`},
		"unknown column":    {"[fixture_id, book]", "[fixture_id, bookie]", "line 5", `"bookie" is not a column`},
		"unknown state":     {"state: open", "state: ajar", "line 4", "ajar"},
		"falling windows":   {"[1m, 1h30m]", "[1h30m, 1m]", "line 8", "longer"},
		"missing field":     {"value: price\n", "", "line 8", "count needs a value"},
		"missing name":      {"name: mine\n", "", "line 1", "name"},
		"odd measure":       {"[count, mean]", "\n  - count\n  - {name: open, aggregate: frist}", "line 11", `"frist" is not an aggregate`},
		"unknown part":      {"[count, mean]", "\n  - count\n  - {name: open, agregate: first}", "[11:", `unknown field "agregate"`},
		"measure of a list": {"[count, mean]", "[count, [mean]]", "[9:", ""},
		"odd half-life":     {"[count, mean]", "\n  - {name: d, aggregate: ewma, half_life: soon}", "line 10", "write it as in 30s"},
		"odd value":         {"[count, mean]", "\n  - name: open\n    aggregate: first\n    value: stake", "line 12", `"stake" is not a number`},
		"steps do not fit":  {"tumbling: [1m, 1h30m]", "sliding:\n    - {size: 10m, every: 5m}\n    - {size: 10m, every: 3m}", "line 10", "divide"},
		"two kinds":         {"tumbling: [1m, 1h30m]", "tumbling: [1m]\n  session: [1m]", "line 8", "one kind"},
		"emission":          {"disorder: 5s", "emit: often", "line 10", "neither close nor change"},
		"no YAML":           {"keys: [", "keys: [[", "[", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(strings.Replace(valid, c.old, c.new, 1)))
			if err == nil || !strings.Contains(err.Error(), c.place) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %s and %s", err, c.place, c.says)
			}
		})
	}
}

func TestUserFilesAddAndReplace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", valid)
	write(t, dir, "b.yaml", strings.Replace(valid, "mine", "line_movement", 1))
	write(t, dir, "notes.txt", "no definition")
	defs, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(defs) != 3 || defs[0].Name != "line_movement" || len(defs[0].Keys) != 2 || defs[2].Name != "mine" {
		t.Errorf("got %+v", defs)
	}
}

func TestEveryBadFileIsReported(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", "name: A")
	write(t, dir, "b.yaml", valid)
	write(t, dir, "c.yaml", strings.Replace(valid, "quotes", "stars", 1))
	_, err := Load(dir)
	if err == nil || !strings.Contains(err.Error(), "a.yaml: line 1") || !strings.Contains(err.Error(), "c.yaml: line 3") || strings.Contains(err.Error(), "b.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingFolderIsAnError(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a folder that is not there was read as empty")
	}
}

func TestTwoUserFilesOfOneNameAreRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", valid)
	write(t, dir, "b.yaml", valid)
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "b.yaml") || !strings.Contains(err.Error(), "mine") {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// FuzzParse: whatever is read is valid, has a schema that Avro takes, and reads
// the same after it was written.
func FuzzParse(f *testing.F) {
	f.Add(valid)
	f.Add("name: x\nkeys: [book]\nwindows: {tumbling: [1s]}")
	f.Add("windows: {tumbling: [9999999h]}")
	f.Add("name: A\nkeys: !tag # nothing")
	f.Add(strings.Replace(valid, "tumbling: [1m, 1h30m]", "sliding: [{size: 10m, every: 5m}]", 1))
	f.Add(strings.Replace(valid, "tumbling: [1m, 1h30m]", "session: [5m]", 1) + "emit: change")
	f.Add(strings.Replace(valid, "tumbling: [1m, 1h30m]", "since_open: [5m]", 1) + "ttl: 48h")
	f.Add(strings.Replace(valid, "[count, mean]", "[count, {name: d, aggregate: ewma, value: logit, half_life: 5m}, {name: n, aggregate: distinct, column: book}]", 1))
	f.Add("- 1")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse([]byte(text))
		if err != nil {
			return
		}
		if field, err := d.Validate(); err != nil {
			t.Fatalf("%s: %v", field, err)
		}
		if _, err := avro.Parse(d.Schema()); err != nil {
			t.Fatalf("%v\n%s", err, d.Schema())
		}
		metric.New(&d)
		written, err := yaml.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Parse(written); err != nil || back.Schema() != d.Schema() || !reflect.DeepEqual(back, d) {
			t.Fatalf("written as\n%s\nread as %+v, %v", written, back, err)
		}
	})
}
