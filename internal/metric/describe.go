package metric

import "fmt"

// Description is what a definition computes and how, in words and numbers: the
// plan of it.
type Description struct {
	Name    string              `json:"name"`
	Doc     string              `json:"doc"`
	Topic   string              `json:"topic"`
	Table   string              `json:"table"`
	Reads   string              `json:"reads"` // the records that take part
	Keys    []string            `json:"keys"`
	Kind    Kind                `json:"kind"`
	Windows []WindowDescription `json:"windows"`
	Columns []ColumnDescription `json:"columns"` // the measures
	Fires   string              `json:"fires"`   // when rows are written
	Late    string              `json:"late"`    // what happens to late records
	Kept    string              `json:"kept"`    // how long the state is kept
}

// WindowDescription describes the windows of one span.
type WindowDescription struct {
	Size string `json:"size"` // as rows call it
	Text string `json:"text"`
	// MostPanes is how many panes of a series are kept at once, while its times
	// are not ahead of the newest tick; 0 for sessions, which have one each.
	MostPanes int `json:"most_panes"`
}

// ColumnDescription describes one measure.
type ColumnDescription struct {
	Name    string `json:"name"`
	Type    string `json:"type"` // BIGINT, or DOUBLE, which may be NULL
	Unit    Unit   `json:"unit"`
	Doc     string `json:"doc"`
	Formula string `json:"formula"`
	SQL     string `json:"sql"`    // of the value, or the column
	Bytes   int    `json:"bytes"`  // of state in each pane, beside points and names
	Points  bool   `json:"points"` // whether each value, or name, is kept as well
}

// Describe describes a valid definition.
func (d *Definition) Describe() Description {
	out := Description{
		Name: d.Name, Doc: d.Doc, Topic: "windows." + d.Name, Table: "windows_" + d.Name,
		Reads: d.Source, Keys: d.Keys, Kind: d.Windows.Kind(), Fires: d.fires(), Late: d.late(), Kept: d.kept(),
	}
	if d.State != "" {
		out.Reads += " in state " + d.State
	}
	for i, sp := range d.Windows.spans() {
		out.Windows = append(out.Windows, WindowDescription{sp.name, d.windowText(i), d.mostPanes(sp)})
	}
	p := newPlan(d)
	for i, m := range d.Aggregates {
		a, _ := aggregateOf(m.Aggregate)
		c := ColumnDescription{Name: m.Name, Type: "DOUBLE", Unit: a.Unit, Doc: a.Doc, Formula: a.Formula, SQL: m.Column, Bytes: 8 * p.outputs[i].words(), Points: a.bag}
		if a.Counts() {
			c.Type = "BIGINT"
		}
		if !a.column {
			v, _ := valueOf(d.valueOf(m))
			c.SQL = v.SQL
			if c.Doc += "; v is " + v.Doc; c.Unit == "" {
				c.Unit = v.Unit
			}
		} else {
			c.Doc += " " + m.Column
		}
		if a.Weight != "" {
			c.Doc += ", w the " + a.Weight
		}
		if a.halfLife {
			c.Doc += ", h is " + m.HalfLife.String()
		}
		out.Columns = append(out.Columns, c)
	}
	return out
}

func (d *Definition) windowText(i int) string {
	switch w := &d.Windows; w.Kind() {
	case KindSliding:
		return fmt.Sprintf("the last %s, at each multiple of %s", w.Sliding[i].Size, w.Sliding[i].Every)
	case KindSession:
		return fmt.Sprintf("from the first value to %[1]s after the last, with no two neighbours further apart than %[1]s", w.Session[i])
	case KindSinceOpen:
		return fmt.Sprintf("from the first value of the series on, at each multiple of %s that something new came before", w.SinceOpen[i])
	}
	return fmt.Sprintf("%s, one after the other", d.Windows.Tumbling[i])
}

func (d *Definition) fires() string {
	text := fmt.Sprintf("when the watermark, the newest tick less %s, reaches the window's end, and after that at the tick behind each change", d.Disorder)
	if d.Emit == EmitChange {
		text = "at the tick behind each change, while the window is open and after"
	}
	return text
}

func (d *Definition) late() string {
	text := fmt.Sprintf("a value that comes up to %s after the window's end makes a new revision, a later one goes to the topic late", d.Lateness)
	if d.Windows.Kind() == KindSession {
		text += "; a session that a late value joined to another, or began earlier, is written again with count 0"
	}
	return text
}

func (d *Definition) kept() string {
	if d.Windows.Kind() == KindSinceOpen {
		return fmt.Sprintf("until a series has been silent for %s; what is older than the lateness is one pane", d.TTL)
	}
	return "until the lateness of the last window that holds a value is over"
}

// mostPanes counts the steps from the oldest that is kept to the newest tick.
func (d *Definition) mostPanes(sp span) int {
	if d.Windows.Kind() == KindSession {
		return 0
	}
	n := int((sp.reach + d.Lateness.Time() + d.Disorder.Time() + sp.every - 1) / sp.every)
	if d.Windows.Kind() == KindSinceOpen {
		n++ // what is older, in one
	}
	return n
}
