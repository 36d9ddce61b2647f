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
	spans := func(s ...time.Duration) (out []Span) {
		for _, x := range s {
			out = append(out, Span(x))
		}
		return out
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
		{"no key", "keys", "at least one", func(d *Definition) { d.Keys = nil }},
		{"unknown key", "keys", "bookie", func(d *Definition) { d.Keys = []string{"bookie"} }},
		{"key twice", "keys", "twice", func(d *Definition) { d.Keys = []string{"book", "book"} }},
		{"the value as key", "keys", "price", func(d *Definition) { d.Keys = []string{"price"} }},
		{"another value", "value", "limit", func(d *Definition) { d.Value = "limit" }},
		{"no window", "windows", "at least one", func(d *Definition) { d.Windows.Tumbling = nil }},
		{"part of a second", "windows", "1.5s", func(d *Definition) { d.Windows.Tumbling = spans(1500 * time.Millisecond) }},
		{"zero window", "windows", "0s", func(d *Definition) { d.Windows.Tumbling = spans(0) }},
		{"not rising", "windows", "longer", func(d *Definition) { d.Windows.Tumbling = spans(time.Minute, time.Minute) }},
		{"no aggregate", "aggregates", "at least one", func(d *Definition) { d.Aggregates = nil }},
		{"unknown aggregate", "aggregates", "median", func(d *Definition) { d.Aggregates = []string{"median"} }},
		{"aggregate twice", "aggregates", "twice", func(d *Definition) { d.Aggregates = []string{"min", "min"} }},
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
	schema, err := avro.Parse(d.Schema())
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Schema())
	}
	in := map[string]any{
		"kind": "window", "seq": int64(7), "metric": "test", "window_size": "1m", "window_start": int64(60e6), "window_end": int64(120e6),
		"revision": int32(2), "book": "x", "line": nil, "count": int64(1), "stddev": nil,
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
	d.Aggregates = []string{"stddev", "count"}
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
