package metric

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/avro"
	"pgregory.net/rapid"
)

func TestEveryRefusalNamesItsField(t *testing.T) {
	measure := func(m Measure) func(*Definition) {
		return func(d *Definition) { d.Aggregates = append(plainly("count"), m) }
	}
	windows := func(w Windows) func(*Definition) { return func(d *Definition) { d.Windows = w } }
	sliding := func(size, every time.Duration) func(*Definition) {
		return windows(Windows{Sliding: []Sliding{{Span(size), Span(every)}}})
	}
	for _, c := range []struct {
		name, field, says string
		change            func(*Definition)
	}{
		{"no name", "name", `""`, func(d *Definition) { d.Name = "" }},
		{"upper case", "name", "Prices", func(d *Definition) { d.Name = "Prices" }},
		{"begins with a digit", "name", "3m", func(d *Definition) { d.Name = "3m" }},
		{"ends the statement", "name", "x;", func(d *Definition) { d.Name = "x; DROP" }},
		{"another stream", "source", "plays", func(d *Definition) { d.Source = "plays" }},
		{"another state", "state", "closed", func(d *Definition) { d.State = "closed" }},
		{"another emission", "emit", "always", func(d *Definition) { d.Emit = "always" }},
		{"no key", "keys", "at least one", func(d *Definition) { d.Keys = nil }},
		{"unknown key", "keys[0]", "bookie", func(d *Definition) { d.Keys = []string{"bookie"} }},
		{"key twice", "keys[1]", "twice", func(d *Definition) { d.Keys = []string{"book", "book"} }},
		{"the value as key", "keys[0]", "price", func(d *Definition) { d.Keys = []string{"price"} }},
		{"another value", "value", "stake", func(d *Definition) { d.Value = "stake" }},
		{"no value", "aggregates[0]", "needs a value", func(d *Definition) { d.Value = "" }},
		{"no window", "windows", "at least one", windows(Windows{})},
		{"two kinds", "windows", "one kind", windows(Windows{Tumbling: spansOf(time.Minute), Session: spansOf(time.Minute)})},
		{"part of a second", "windows.tumbling[0]", "1.5s", windows(Windows{Tumbling: spansOf(1500 * time.Millisecond)})},
		{"zero window", "windows.session[0]", "0s", windows(Windows{Session: spansOf(0)})},
		{"not rising", "windows.tumbling[1]", "longer", windows(Windows{Tumbling: spansOf(time.Minute, time.Minute)})},
		{"eternal", "windows.tumbling[0]", "whole seconds", windows(Windows{Tumbling: spansOf(200_000 * time.Hour)})},
		{"steps of no size", "windows.sliding[0]", "whole seconds", sliding(time.Minute, 0)},
		{"steps as long as windows", "windows.sliding[0]", "tumbling", sliding(time.Minute, time.Minute)},
		{"steps that do not fit", "windows.sliding[0]", "divide", sliding(time.Minute, 7*time.Second)},
		{"too many steps", "windows.sliding[0]", "288", sliding(time.Hour, time.Second)},
		{"sliding twice", "windows.sliding[1]", "twice", func(d *Definition) {
			w := Sliding{Span(2 * time.Minute), Span(time.Minute)}
			d.Windows = Windows{Sliding: []Sliding{w, w}}
		}},
		{"an opening for ever", "ttl", "at least the lateness and a step, 1h1m", windows(Windows{SinceOpen: spansOf(time.Minute)})},
		{"a ttl of windows that end", "ttl", "since_open", func(d *Definition) { d.TTL = Span(time.Hour) }},
		{"uncounted sessions", "aggregates", "need the aggregate count", func(d *Definition) {
			d.Windows, d.Aggregates = Windows{Session: spansOf(time.Minute)}, plainly("mean")
		}},
		{"no aggregate", "aggregates", "at least one", func(d *Definition) { d.Aggregates = nil }},
		{"unknown aggregate", "aggregates[0]", "median", func(d *Definition) { d.Aggregates = plainly("median") }},
		{"aggregate twice", "aggregates[1]", "twice", func(d *Definition) { d.Aggregates = plainly("min", "min") }},
		{"a column's name", "aggregates[1]", "stands twice", measure(Measure{Name: "fixture_id", Aggregate: "min"})},
		{"a reserved name", "aggregates[1]", "stands twice", measure(Measure{Name: "revision", Aggregate: "min"})},
		{"an odd name", "aggregates[1]", "lower case", measure(Measure{Name: "Open", Aggregate: "first"})},
		{"a value that is none", "aggregates[1].value", "stake", measure(Measure{Name: "open", Aggregate: "first", Value: "stake"})},
		{"names of nothing", "aggregates[1]", "needs a column", measure(Measure{Name: "books", Aggregate: "distinct"})},
		{"names of a number", "aggregates[1].column", "line", measure(Measure{Name: "lines", Aggregate: "distinct", Column: "line"})},
		{"names of a value", "aggregates[1].value", "no value", measure(Measure{Name: "books", Aggregate: "distinct", Column: "book", Value: "price"})},
		{"a number of names", "aggregates[1].column", "no column", measure(Measure{Name: "low", Aggregate: "min", Column: "book"})},
		{"no half-life", "aggregates[1]", "half_life", measure(Measure{Name: "ewma", Aggregate: "ewma"})},
		{"hardly any half-life", "aggregates[1].half_life", "millisecond", measure(Measure{Name: "ewma", Aggregate: "ewma", HalfLife: 1})},
		{"half-life of a minimum", "aggregates[1].half_life", "no half-life", measure(Measure{Name: "low", Aggregate: "min", HalfLife: Span(time.Hour)})},
		{"volume of quotes", "aggregates[1]", "limit_weighted", measure(Measure{Name: "vwap", Aggregate: "vwap"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := definition(time.Hour, time.Minute, 5*time.Minute)
			if field, err := d.Validate(); err != nil {
				t.Fatalf("unchanged: %s: %v", field, err)
			}
			c.change(d)
			field, err := d.Validate()
			if err == nil || field != c.field || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got field %q and %v, want %q with %q", field, err, c.field, c.says)
			}
		})
	}
}

func TestASpanReadsAsItPrints(t *testing.T) {
	for text, d := range map[string]time.Duration{
		"45s": 45 * time.Second, "10m": 10 * time.Minute, "1h": time.Hour, "1h30m": 90 * time.Minute,
		"1h0m5s": time.Hour + 5*time.Second, "20h10m": 20*time.Hour + 10*time.Minute, "0s": 0, "1.5s": 1500 * time.Millisecond,
	} {
		if got := Span(d).String(); got != text {
			t.Errorf("%v prints as %s, want %s", d, got, text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := Span(rapid.OneOf(rapid.Int64Range(0, 1<<62), rapid.Map(rapid.Int64Range(0, 1e5), func(n int64) int64 { return n * int64(time.Second) })).Draw(t, "span"))
		text, err := s.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Span
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Fatalf("%d printed as %s and read as %d, %v", s, text, back, err)
		}
	})
	for _, bad := range []string{"", "10", "ten minutes", "-5m", "1d"} {
		if _, err := ParseSpan(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestTheSchemaTakesWindowRecords(t *testing.T) {
	d := definition(time.Hour, time.Minute)
	d.Keys = []string{"book", "line"}
	d.Aggregates = append(plainly("count", "stddev", "sum", "first", "last", "min", "max", "mean"), Measure{Name: "names", Aggregate: "distinct", Column: "book"})
	schema, err := avro.Parse(d.Schema())
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Schema())
	}
	in := map[string]any{
		"kind": "window", "seq": int64(7), "metric": "test", "window_size": "1m", "window_start": int64(60e6), "window_end": int64(120e6),
		"revision": int32(2), "book": "x", "line": nil, "count": int64(1), "stddev": nil, "names": int64(3),
	}
	for _, a := range []string{"sum", "first", "last", "min", "max", "mean"} {
		in[a] = 1.5
	}
	b, err := schema.AppendEncode(nil, in)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if _, err := schema.Decode(b, &out); err != nil {
		t.Fatal(err)
	}
	if out["line"] != nil || out["stddev"] != nil || out["mean"] != 1.5 || out["seq"] != int64(7) || out["book"] != "x" {
		t.Errorf("read back %v", out)
	}
}

func TestTheSchemaBeginsWithKindAndSeqAndFollowsTheDefinition(t *testing.T) {
	d := definition(time.Hour, time.Minute)
	d.Keys = []string{"line", "book"}
	d.Aggregates = plainly("stddev", "count")
	var s struct {
		Fields []struct {
			Name string
			Type any
		}
	}
	if err := json.Unmarshal([]byte(d.Schema()), &s); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	want := []string{"kind", "seq", "metric", "window_size", "window_start", "window_end", "revision", "line", "book", "stddev", "count"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}
