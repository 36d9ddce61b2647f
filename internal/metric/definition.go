// Package metric computes aggregates over event time from definitions that are
// data: which records, which key, which windows, which aggregates.
//
// The package is pure. Time comes in with the records and with Advance; given
// the same calls in the same order it yields the same rows.
package metric

import "github.com/betflow/betflow/internal/feed"

// Definition is one window metric, as a file in the metrics folder states it.
type Definition struct {
	Name       string    `yaml:"name"`            // letters, digits and underscores; names the topic and the table
	Doc        string    `yaml:"doc"`             // what it tells, in a sentence
	Source     string    `yaml:"source"`          // the stream: quotes
	State      string    `yaml:"state"`           // only records in this state; empty for all
	Keys       []string  `yaml:"keys"`            // columns that name a series
	Value      string    `yaml:"value,omitempty"` // one of QuoteValues: what is aggregated where a measure does not say
	Windows    Windows   `yaml:"windows"`         // over which spans of event time
	Aggregates []Measure `yaml:"aggregates"`      // the columns of a row
	Disorder   Span      `yaml:"disorder"`        // how far the watermark stays behind the newest tick
	Lateness   Span      `yaml:"lateness"`        // how long after its end a window still takes records
	TTL        Span      `yaml:"ttl,omitempty"`   // of windows since_open: how long a silent series is remembered
	Emit       Emission  `yaml:"emit,omitempty"`  // when rows are written
}

// Measure is one column of a metric's rows: an aggregate of a value. A file may
// give the name of the aggregate alone.
type Measure struct {
	Name      string `yaml:"name"`                // of the column
	Aggregate string `yaml:"aggregate"`           // one of Aggregates
	Value     string `yaml:"value,omitempty"`     // one of QuoteValues; empty for the definition's
	Column    string `yaml:"column,omitempty"`    // of distinct: whose names are counted
	HalfLife  Span   `yaml:"half_life,omitempty"` // of ewma
}

// UnmarshalYAML reads a measure, or the name of an aggregate.
func (m *Measure) UnmarshalYAML(read func(any) error) error {
	var name string
	if read(&name) == nil {
		*m = Measure{Name: name, Aggregate: name}
		return nil
	}
	type plain Measure // without this method
	return read((*plain)(m))
}

// valueOf names the value that a measure aggregates.
func (d *Definition) valueOf(m Measure) string {
	if m.Value != "" {
		return m.Value
	}
	return d.Value
}

// Emission says when a window's rows are written.
type Emission string

// When rows are written: once the watermark has reached the window's end and
// whenever late records have changed it, or also early, at every tick that
// follows a change of an open window.
const (
	EmitClose  Emission = "close" // the default
	EmitChange Emission = "change"
)

// Windows lists the spans of a definition; all of them are of one kind.
type Windows struct {
	Tumbling  []Span    `yaml:"tumbling,omitempty"`   // one after the other, without overlap
	Sliding   []Sliding `yaml:"sliding,omitempty"`    // of one size, each a step after the one before
	Session   []Span    `yaml:"session,omitempty"`    // as long as no two values are further apart than the gap
	SinceOpen []Span    `yaml:"since_open,omitempty"` // from the first value on, a row at each multiple of the span that brought something
}

// Sliding is the span of sliding windows.
type Sliding struct {
	Size  Span `yaml:"size"`
	Every Span `yaml:"every"` // from one end to the next; divides the size
}

// Kind is a kind of windows.
type Kind string

// The kinds of windows.
const (
	KindTumbling  Kind = "tumbling"
	KindSliding   Kind = "sliding"
	KindSession   Kind = "session"
	KindSinceOpen Kind = "since_open"
)

// Kind returns the kind of a valid definition's windows.
func (w *Windows) Kind() Kind {
	switch {
	case len(w.Sliding) > 0:
		return KindSliding
	case len(w.Session) > 0:
		return KindSession
	case len(w.SinceOpen) > 0:
		return KindSinceOpen
	}
	return KindTumbling
}

// span is one span of event time, whatever the kind.
type span struct {
	name  string    // what rows call it
	every feed.Time // from one end to the next; the gap of sessions
	reach feed.Time // how long the windows are that hold a value; every where they have no size
}

// spans returns the definition's spans in its order.
func (w *Windows) spans() (out []span) {
	for _, s := range w.Tumbling {
		out = append(out, span{s.String(), s.Time(), s.Time()})
	}
	for _, s := range w.Sliding {
		out = append(out, span{s.Size.String() + " by " + s.Every.String(), s.Every.Time(), s.Size.Time()})
	}
	for _, s := range w.Session {
		out = append(out, span{"session " + s.String(), s.Time(), s.Time()})
	}
	for _, s := range w.SinceOpen {
		out = append(out, span{"since open by " + s.String(), s.Time(), s.Time()})
	}
	return out
}

// Names returns what the rows call the spans, such as "10m", "30m by 5m",
// "session 10m" and "since open by 5m".
func (w *Windows) Names() (names []string) {
	for _, s := range w.spans() {
		names = append(names, s.name)
	}
	return names
}

// Longest is how long after a value every window that holds it has ended; for
// windows since the opening, the first that does.
func (w *Windows) Longest() (longest feed.Time) {
	for _, s := range w.spans() {
		longest = max(longest, s.reach)
	}
	return longest
}

// Identity returns the columns that tell the windows of one series apart,
// whatever their revision: the start of a session stays when its end moves, the
// end of a window since the opening when its start does.
func (w *Windows) Identity() []string {
	if w.Kind() == KindSession {
		return []string{"window_size", "window_start"}
	}
	return []string{"window_size", "window_end"}
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
