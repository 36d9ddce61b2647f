// Package metric computes aggregates over event time from definitions that are
// data: which records, which key, which windows, which aggregates.
//
// The package is pure. Time comes in with the records and with Advance; given
// the same calls in the same order it yields the same rows.
package metric

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Definition is one window metric, as a file in the metrics folder states it.
type Definition struct {
	Name       string   `yaml:"name"`       // letters, digits and underscores; names the topic and the table
	Doc        string   `yaml:"doc"`        // what it tells, in a sentence
	Source     string   `yaml:"source"`     // the stream: quotes
	State      string   `yaml:"state"`      // only records in this state; empty for all
	Keys       []string `yaml:"keys"`       // columns that name a series
	Value      string   `yaml:"value"`      // the column that is aggregated
	Windows    Windows  `yaml:"windows"`    // over which spans of event time
	Aggregates []string `yaml:"aggregates"` // names of Aggregates
	Disorder   Span     `yaml:"disorder"`   // how far the watermark stays behind the newest tick
	Lateness   Span     `yaml:"lateness"`   // how long after its end a window still takes records
}

// Windows lists the spans.
type Windows struct {
	Tumbling []Span `yaml:"tumbling"` // one after the other, without overlap
}

// Span is a duration that prints as short as it can: 3m, 1h30m, 45s.
type Span time.Duration

// SpanError is a text that is no span.
type SpanError struct {
	Text   string
	Reason string
}

func (e *SpanError) Error() string {
	return fmt.Sprintf("reading duration %q: %s", e.Text, e.Reason)
}

// ParseSpan reads a Go duration and refuses negative ones. Its error is a
// *SpanError.
func ParseSpan(s string) (Span, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, &SpanError{s, "write it as in 30s, 10m or 1h"}
	}
	if d < 0 {
		return 0, &SpanError{s, "must not be negative"}
	}
	return Span(d), nil
}

// UnmarshalText reads the span from a definition file.
func (s *Span) UnmarshalText(b []byte) error {
	v, err := ParseSpan(string(b))
	*s = v
	return err
}

// MarshalText prints the span as String does.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String prints the span without zero parts.
func (s Span) String() string {
	t := time.Duration(s).String()
	if strings.HasSuffix(t, "m0s") {
		t = strings.TrimSuffix(t, "0s")
	}
	if strings.HasSuffix(t, "h0m") {
		t = strings.TrimSuffix(t, "0m")
	}
	return t
}

// Column is a column of a source stream: its name and whether it is a number
// that may be absent. All others are text.
type Column struct {
	Name   string
	Number bool
}

// QuoteColumns are the key columns that the quotes stream offers.
func QuoteColumns() []Column {
	return []Column{
		{Name: "fixture_id"}, {Name: "league"}, {Name: "market"}, {Name: "period"},
		{Name: "line", Number: true}, {Name: "outcome"}, {Name: "book"}, {Name: "source"},
	}
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Validate reports the first thing that is wrong with the definition. The
// returned field names the place in the file.
func (d *Definition) Validate() (field string, err error) {
	switch {
	case !namePattern.MatchString(d.Name):
		return "name", fmt.Errorf("name %q must be lower case letters, digits and underscores, beginning with a letter", d.Name)
	case d.Source != "quotes":
		return "source", fmt.Errorf("source %q is not a stream that windows can read: use quotes", d.Source)
	case d.State != "" && d.State != "open" && d.State != "suspended" && d.State != "withdrawn":
		return "state", fmt.Errorf("state %q is none of open, suspended, withdrawn", d.State)
	case len(d.Keys) == 0:
		return "keys", fmt.Errorf("a metric needs at least one key column")
	case d.Value != "price":
		return "value", fmt.Errorf("value %q is not a number of the quotes stream: use price", d.Value)
	case len(d.Windows.Tumbling) == 0:
		return "windows", fmt.Errorf("a metric needs at least one window")
	case len(d.Aggregates) == 0:
		return "aggregates", fmt.Errorf("a metric needs at least one aggregate")
	}
	columns := map[string]bool{}
	for _, c := range QuoteColumns() {
		columns[c.Name] = true
	}
	if err := distinct(d.Keys, func(k string) bool { return columns[k] }, "a column of quotes"); err != nil {
		return "keys", err
	}
	if err := distinct(d.Aggregates, func(a string) bool { _, ok := aggregateDocs[a]; return ok }, "an aggregate"); err != nil {
		return "aggregates", err
	}
	for i, w := range d.Windows.Tumbling {
		if time.Duration(w) < time.Second || time.Duration(w)%time.Second != 0 {
			return "windows", fmt.Errorf("window %s must be whole seconds and at least one", w)
		}
		if i > 0 && w <= d.Windows.Tumbling[i-1] {
			return "windows", fmt.Errorf("window %s must be longer than the one before it", w)
		}
	}
	return "", nil
}

func distinct(names []string, known func(string) bool, what string) error {
	seen := map[string]bool{}
	for _, n := range names {
		if !known(n) {
			return fmt.Errorf("%q is not %s", n, what)
		}
		if seen[n] {
			return fmt.Errorf("%q stands twice", n)
		}
		seen[n] = true
	}
	return nil
}

// KeyColumns returns the definition's key columns in its order.
func (d *Definition) KeyColumns() []Column {
	all := map[string]Column{}
	for _, c := range QuoteColumns() {
		all[c.Name] = c
	}
	cols := make([]Column, len(d.Keys))
	for i, k := range d.Keys {
		cols[i] = all[k]
	}
	return cols
}

// Schema is the Avro schema of the metric's window records.
func (d *Definition) Schema() string {
	type field struct {
		Name string `json:"name"`
		Type any    `json:"type"`
	}
	instant := map[string]string{"type": "long", "logicalType": "timestamp-micros"}
	number := []string{"null", "double"}
	fields := []field{
		{Name: "kind", Type: "string"}, {Name: "seq", Type: "long"}, {Name: "metric", Type: "string"},
		{Name: "window_size", Type: "string"},
		{Name: "window_start", Type: instant}, {Name: "window_end", Type: instant},
		{Name: "revision", Type: "int"},
	}
	for _, c := range d.KeyColumns() {
		if c.Number {
			fields = append(fields, field{Name: c.Name, Type: number})
		} else {
			fields = append(fields, field{Name: c.Name, Type: "string"})
		}
	}
	for _, a := range d.Aggregates {
		if a == "count" {
			fields = append(fields, field{Name: a, Type: "long"})
		} else {
			fields = append(fields, field{Name: a, Type: number})
		}
	}
	b, err := json.Marshal(map[string]any{
		"type": "record", "name": "Window_" + d.Name, "namespace": "betflow", "fields": fields,
	})
	if err != nil {
		panic("metric: schema of " + strconv.Quote(d.Name) + ": " + err.Error()) // only plain strings are marshalled
	}
	return string(b)
}
