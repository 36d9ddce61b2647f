package parity

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/recount"
)

// metricRows is what was read of one metric's rows, and what the recount expects
// of them.
type metricRows struct {
	d         *metric.Definition
	kind      metric.Kind
	codec     *log.Codec
	keyer     metric.Keyer
	spans     map[string]int  // by the name of the span
	exact     []bool          // by measure
	grace     feed.Time       // from a window's end until it is closed for good
	every     []feed.Time     // by span: its step, or gap
	shared    bool            // rows of several leagues have one name
	last      map[name][]*row // last revisions; of a shared metric all
	expected  map[name][]*expected
	whole     feed.Time // all rows of windows whose last step begins later were read
	trimmed   bool      // and whole is not known yet
	countedAt int       // the measure that counts values, -1 without one
}

// name tells a window of a partition.
type name struct {
	span int
	key  string
	at   feed.Time
}

// row is a record of the stream.
type row struct {
	start, end feed.Time
	revision   int32
	offset     int64
	place      uint64
	values     []float64
	due        feed.Time // of a row that no window is expected for: its last revision is there once all leagues have come this far
}

// expected is a window as the recount has it.
type expected struct {
	recount.Window
	league string
	due    feed.Time // the row is there once all leagues have come this far
}

func newMetricRows(d *metric.Definition, codec *log.Codec, several bool) *metricRows {
	m := &metricRows{
		d: d, kind: d.Windows.Kind(), codec: codec, keyer: metric.NewKeyer(d), spans: map[string]int{},
		grace: feed.Time(int64(d.Lateness+d.Disorder) / 1000), whole: always,
		shared: several && !slices.Contains(d.Keys, "fixture_id") && !slices.Contains(d.Keys, "league"),
		last:   map[name][]*row{}, expected: map[name][]*expected{},
		countedAt: slices.IndexFunc(d.Aggregates, func(m metric.Measure) bool { return m.Name == "count" && m.Aggregate == "count" }),
	}
	for i, size := range d.Windows.Names() {
		m.spans[size] = i
	}
	w := &d.Windows
	for _, s := range slices.Concat(w.Tumbling, w.Session, w.SinceOpen) {
		m.every = append(m.every, feed.Time(int64(s)/1000))
	}
	for _, s := range w.Sliding {
		m.every = append(m.every, feed.Time(int64(s.Every)/1000))
	}
	for _, a := range d.Aggregates {
		m.exact = append(m.exact, recount.Exact(d, a))
	}
	return m
}

func (m *metricRows) expect(e *expected) {
	n := name{e.Span, e.Key, e.At(m.kind)}
	m.expected[n] = append(m.expected[n], e)
}

// readRows reads the rows that were due by the time that was reached.
func (c *Checker) readRows(ctx context.Context, starts, ends map[log.Partition]int64, reached feed.Time) error {
	pieces, of := map[log.Partition]span{}, map[string]*metricRows{}
	for _, m := range c.metrics {
		p := c.rows(m)
		of[p.Topic] = m
		if c.next[p] < starts[p] {
			c.next[p] = starts[p]
			m.trim()
		}
		pieces[p] = span{c.next[p], ends[p]}
	}
	return read(ctx, c.cfg.Client, pieces, func(r *kgo.Record) (bool, error) {
		m, p := of[r.Topic], log.Partition{Topic: r.Topic, Partition: r.Partition}
		end, err := c.row(m, r)
		if err != nil {
			return false, err
		}
		c.next[p] = r.Offset + 1
		// Rows stand in the order in which they became due. Unless they are
		// written early, this one was due later than what was reached, and so are
		// all behind it.
		return m.d.Emit == metric.EmitChange || end+feed.Time(int64(m.d.Disorder)/1000) <= reached, nil
	})
}

// trim forgets the rows: later revisions of them may be among those that are
// gone from the log.
func (m *metricRows) trim() {
	clear(m.last)
	m.trimmed, m.whole = true, never
}

// row keeps a record if its series is in the sample. It returns the window's end,
// or a time before all others where it did not look.
func (c *Checker) row(m *metricRows, r *kgo.Record) (end feed.Time, err error) {
	place := placeOf(m.d.Name, seriesOf(r.Key))
	if place >= c.bound && !m.trimmed {
		return always, nil
	}
	var record map[string]any
	if err := m.codec.Decode(r.Value, &record); err != nil {
		return 0, err
	}
	size, _ := record["window_size"].(string)
	at, defined := m.spans[size]
	key, keyed := recount.RowKey(m.d, record)
	x := &row{start: instant(record["window_start"]), end: instant(record["window_end"]), offset: r.Offset, place: place}
	if m.trimmed {
		// The last row of a window is due at the latest when its lateness is over,
		// and not before its last step begins.
		m.trimmed, m.whole = false, x.end+m.grace+ahead
	}
	if place >= c.bound || !defined || !keyed || !c.cfg.Filter.wantsRow(record) {
		return x.end, nil // or of an earlier version of the definition
	}
	x.revision, _ = record["revision"].(int32)
	for _, a := range m.d.Aggregates {
		v, set := recount.Number(record[a.Name])
		if !set {
			v = math.NaN()
		}
		x.values = append(x.values, v)
	}
	n := name{at, key, x.end}
	if m.kind == metric.KindSession {
		n.at = x.start
	}
	if m.shared {
		m.last[n] = append(m.last[n], x)
	} else {
		m.last[n] = []*row{x}
	}
	return x.end, nil
}

func (f *Filter) wantsRow(record map[string]any) bool {
	return f.Fixture == "" || record["fixture_id"] == f.Fixture
}

// instant reads a time of a decoded record.
func instant(v any) feed.Time {
	switch v := v.(type) {
	case time.Time:
		return feed.At(v)
	case int64:
		return feed.Time(v)
	}
	return 0
}

// keep forgets what is not in the sample any more.
func (m *metricRows) keep(bound uint64, found *findings) {
	for n, rows := range m.last {
		if rows[0].place >= bound {
			delete(m.last, n)
			found.leave(ReasonBudget)
		}
	}
	for n, all := range m.expected {
		if all[0].Place >= bound {
			delete(m.expected, n)
		}
	}
}

// empty tells whether numbers are those of a session that is none: it was joined
// into another, or holds no value of the metric.
func (m *metricRows) empty(values []float64) bool {
	return m.kind == metric.KindSession && m.countedAt >= 0 && values[m.countedAt] == 0
}

// differs compares a row with what is expected. It names the column, and what
// either side says; "" if they agree.
func (m *metricRows) differs(x *row, e *expected) (what, stream, recounted string) {
	switch {
	case x.start != e.Start:
		return "window_start", x.start.String(), e.Start.String()
	case x.end != e.End:
		return "window_end", x.end.String(), e.End.String()
	}
	for i, a := range m.d.Aggregates {
		if !recount.Same(m.exact[i], x.values[i], e.Values[i]) {
			return a.Name, number(x.values[i]), number(e.Values[i])
		}
	}
	return "", "", ""
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "absent"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// label describes a mismatch of a window.
func (c *Checker) label(m *metricRows, n name, what string) Mismatch {
	return Mismatch{
		Found: c.cfg.Now().UTC(), Metric: m.d.Name, Partition: c.at, Size: m.d.Windows.Names()[n.span], Series: n.key,
		What: what, Row: -1, From: -1, To: -1,
	}
}
