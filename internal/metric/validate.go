package metric

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// reserved are the columns that every row has.
var reserved = []string{"kind", "seq", "metric", "window_size", "window_start", "window_end", "revision"}

// mostSteps is into how many steps a sliding window may be cut: each of them is
// kept, and each value is in as many windows.
const mostSteps = 288

// Validate reports the first thing that is wrong with the definition. The
// returned field names the place in the file, as in aggregates[2].value.
func (d *Definition) Validate() (field string, err error) {
	switch {
	case !namePattern.MatchString(d.Name):
		return "name", fmt.Errorf("name %q must be lower case letters, digits and underscores, beginning with a letter", d.Name)
	case d.Source != "quotes":
		return "source", fmt.Errorf("source %q is not a stream that windows can read: use quotes", d.Source)
	case d.State != "" && d.State != "open" && d.State != "suspended" && d.State != "withdrawn":
		return "state", fmt.Errorf("state %q is none of open, suspended, withdrawn", d.State)
	case d.Emit != "" && d.Emit != EmitClose && d.Emit != EmitChange:
		return "emit", fmt.Errorf("emit %q is neither close nor change", d.Emit)
	}
	for _, check := range []func() (string, error){d.validateKeys, d.validateValue, d.validateWindows, d.validateMeasures} {
		if field, err := check(); err != nil {
			return field, err
		}
	}
	return "", nil
}

func (d *Definition) validateKeys() (string, error) {
	if len(d.Keys) == 0 {
		return "keys", fmt.Errorf("a metric needs at least one key column")
	}
	for i, k := range d.Keys {
		at := fmt.Sprintf("keys[%d]", i)
		switch {
		case !slices.ContainsFunc(QuoteColumns(), func(c Column) bool { return c.Name == k }):
			return at, fmt.Errorf("%q is not a column of quotes", k)
		case slices.Contains(d.Keys[:i], k):
			return at, fmt.Errorf("%q stands twice", k)
		}
	}
	return "", nil
}

func (d *Definition) validateValue() (string, error) {
	if _, ok := valueOf(d.Value); !ok && d.Value != "" {
		return "value", fmt.Errorf("value %q is not a number of the quotes stream: use one of %s", d.Value, names(QuoteValues(), func(v Value) string { return v.Name }))
	}
	return "", nil
}

func (d *Definition) validateWindows() (string, error) {
	w := &d.Windows
	kinds := 0
	for _, n := range []int{len(w.Tumbling), len(w.Sliding), len(w.Session), len(w.SinceOpen)} {
		if n > 0 {
			kinds++
		}
	}
	switch {
	case kinds == 0:
		return "windows", fmt.Errorf("a metric needs at least one window")
	case kinds > 1:
		return "windows", fmt.Errorf("a metric has windows of one kind: write another definition for the other")
	case w.Kind() == KindSinceOpen && d.TTL < d.Lateness+Span(w.Longest().Sub(0)):
		return "ttl", fmt.Errorf("windows since_open need a ttl, how long a silent series is remembered, of at least the lateness and a step, %s", d.Lateness+Span(w.Longest().Sub(0)))
	case w.Kind() != KindSinceOpen && d.TTL != 0:
		return "ttl", fmt.Errorf("only windows since_open have a ttl: others end")
	}
	for i, s := range w.Sliding {
		at := fmt.Sprintf("windows.sliding[%d]", i)
		switch {
		case !whole(s.Size) || !whole(s.Every):
			return at, fmt.Errorf("size %s and every %s must be whole seconds and at least one", s.Size, s.Every)
		case s.Every >= s.Size:
			return at, fmt.Errorf("every %s must be shorter than the size %s: windows that do not overlap are tumbling", s.Every, s.Size)
		case s.Size%s.Every != 0:
			return at, fmt.Errorf("every %s must divide the size %s", s.Every, s.Size)
		case s.Size/s.Every > mostSteps:
			return at, fmt.Errorf("size %s is more than %d times every %s", s.Size, mostSteps, s.Every)
		case slices.Contains(w.Sliding[:i], s):
			return at, fmt.Errorf("size %s by %s stands twice", s.Size, s.Every)
		}
	}
	for kind, spans := range map[Kind][]Span{KindTumbling: w.Tumbling, KindSession: w.Session, KindSinceOpen: w.SinceOpen} {
		for i, s := range spans {
			at := fmt.Sprintf("windows.%s[%d]", kind, i)
			if !whole(s) {
				return at, fmt.Errorf("window %s must be whole seconds and at least one", s)
			}
			if i > 0 && s <= spans[i-1] {
				return at, fmt.Errorf("window %s must be longer than the one before it", s)
			}
		}
	}
	return "", nil
}

// longestSpan keeps sums of spans within what a time can hold.
const longestSpan = Span(10 * 366 * 24 * time.Hour)

func whole(s Span) bool {
	return time.Duration(s) >= time.Second && time.Duration(s)%time.Second == 0 && s <= longestSpan
}

func (d *Definition) validateMeasures() (string, error) {
	if len(d.Aggregates) == 0 {
		return "aggregates", fmt.Errorf("a metric needs at least one aggregate")
	}
	taken := append(slices.Clone(reserved), d.Keys...)
	counted := false
	for i, m := range d.Aggregates {
		at := fmt.Sprintf("aggregates[%d]", i)
		if field, err := d.validateMeasure(m); err != nil {
			return at + field, err
		}
		if slices.Contains(taken, m.Name) {
			return at, fmt.Errorf("%q stands twice among the columns of a row", m.Name)
		}
		taken = append(taken, m.Name)
		counted = counted || m.Name == "count" && m.Aggregate == "count"
	}
	if d.Windows.Kind() == KindSession && !counted {
		return "aggregates", fmt.Errorf("session windows need the aggregate count: a session that was joined into another is written again with count 0")
	}
	return "", nil
}

func (d *Definition) validateMeasure(m Measure) (field string, err error) {
	a, ok := aggregateOf(m.Aggregate)
	if !ok {
		return "", fmt.Errorf("%q is not an aggregate: use one of %s", m.Aggregate, names(Aggregates(), func(a Aggregate) string { return a.Name }))
	}
	if !namePattern.MatchString(m.Name) {
		return "", fmt.Errorf("name %q must be lower case letters, digits and underscores, beginning with a letter", m.Name)
	}
	if a.column {
		switch {
		case m.Column == "":
			return "", fmt.Errorf("%s needs a column, as in {name: books, aggregate: distinct, column: book}", m.Aggregate)
		case textOf(m.Column) == nil:
			return ".column", fmt.Errorf("%q is not a text column of quotes", m.Column)
		case m.Value != "":
			return ".value", fmt.Errorf("%s is over a column and has no value", m.Aggregate)
		}
	} else if m.Column != "" {
		return ".column", fmt.Errorf("%s is of a value and has no column", m.Aggregate)
	} else if value := d.valueOf(m); value == "" {
		return "", fmt.Errorf("%s needs a value: give the metric or the aggregate one", m.Name)
	} else if _, ok := valueOf(value); !ok {
		return ".value", fmt.Errorf("value %q is not a number of the quotes stream: use one of %s", value, names(QuoteValues(), func(v Value) string { return v.Name }))
	}
	switch _, weighs := valueOf(a.Weight); {
	case a.Weight != "" && !weighs:
		return "", fmt.Errorf("%s needs the %s, which quotes do not tell: limit_weighted weighs by the bet limit", a.Name, a.Weight)
	case a.halfLife && m.HalfLife == 0:
		return "", fmt.Errorf("%s needs a half_life, as in {name: drift, aggregate: ewma, half_life: 5m}", a.Name)
	case !a.halfLife && m.HalfLife != 0:
		return ".half_life", fmt.Errorf("%s has no half-life", a.Name)
	case m.HalfLife != 0 && time.Duration(m.HalfLife) < time.Millisecond:
		return ".half_life", fmt.Errorf("half-life %s must be at least a millisecond", m.HalfLife)
	}
	return "", nil
}

// names lists the names of a catalogue.
func names[T any](all []T, name func(T) string) string {
	list := ""
	for i, x := range all {
		if i > 0 {
			list += ", "
		}
		list += name(x)
	}
	return list
}
