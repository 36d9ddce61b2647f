// Package truth says which rows an engine has to give, and compares.
//
// It knows nothing of panes, watermarks or merging: it puts each quote into
// every window that holds it.
package truth

import (
	"fmt"
	"math"
	"strings"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/internal/feed"
)

// Row is a row of an engine's output; the names are those of the fields in its
// schema. Times are in microseconds.
type Row struct {
	FixtureID string   `avro:"fixture_id"`
	League    string   `avro:"league"`
	Market    string   `avro:"market"`
	Period    string   `avro:"period"`
	Line      *float64 `avro:"line"`
	Outcome   string   `avro:"outcome"`
	Book      string   `avro:"book"`
	Start     int64    `avro:"window_start"`
	End       int64    `avro:"window_end"`
	Count     int64    `avro:"count"`
	First     *float64 `avro:"first"`
	Last      *float64 `avro:"last"`
	Min       *float64 `avro:"min"`
	Max       *float64 `avro:"max"`
	Mean      *float64 `avro:"mean"`
}

// window names a row: one window of one series.
type window struct {
	size, start feed.Time
	series      int32
}

// values are what stands in a row.
type values struct {
	count               int64
	first, last         float64
	min, max, sum       float64
	firstTime, lastTime feed.Time
	found               bool // an engine has given the row
}

// Truth holds the rows of one load.
type Truth struct {
	series map[string]int32
	rows   map[window]*values
}

// New returns the truth of no quotes.
func New() *Truth { return &Truth{series: map[string]int32{}, rows: map[window]*values{}} }

// Add puts the next quote of its partition into its windows. Ticks are none.
func (t *Truth) Add(q *feed.Quote) {
	if q.Kind != feed.KindQuote {
		return
	}
	id := seriesOf(q.FixtureID, q.League, q.Market, q.Period, q.Line, q.Outcome, q.Book)
	series, ok := t.series[id]
	if !ok {
		series = int32(len(t.series))
		t.series[strings.Clone(id)] = series
	}
	t.put(window{load.Tumbling, q.EventTime - q.EventTime%load.Tumbling, series}, q)
	for start := q.EventTime - q.EventTime%load.Every; start > q.EventTime-load.Sliding; start -= load.Every {
		t.put(window{load.Sliding, start, series}, q)
	}
}

func (t *Truth) put(w window, q *feed.Quote) {
	v := t.rows[w]
	if v == nil {
		v = &values{first: q.Price, last: q.Price, min: q.Price, max: q.Price, firstTime: q.EventTime, lastTime: q.EventTime}
		t.rows[w] = v
	}
	v.count++
	v.sum += q.Price
	v.min, v.max = min(v.min, q.Price), max(v.max, q.Price)
	if q.EventTime < v.firstTime { // of equal times the one that came first
		v.first, v.firstTime = q.Price, q.EventTime
	}
	if q.EventTime >= v.lastTime {
		v.last, v.lastTime = q.Price, q.EventTime
	}
}

func seriesOf(fixture, league, market, period string, line *float64, outcome, book string) string {
	points := "none"
	if line != nil {
		points = fmt.Sprint(*line)
	}
	return strings.Join([]string{fixture, league, market, period, points, outcome, book}, "\x00")
}

// Rows is how many rows there are.
func (t *Truth) Rows() int { return len(t.rows) }

// Due is how many rows are complete at an instant of event time.
func (t *Truth) Due(at feed.Time) (n int) {
	for w := range t.rows {
		if w.start+w.size+load.Disorder <= at {
			n++
		}
	}
	return n
}

// tolerance of means, relative: engines sum in their own order. All else has to
// be equal.
const tolerance = 1e-12

// Difference is what is wrong with an engine's rows.
type Difference struct {
	Missing  int `json:"missing"`
	Wrong    int `json:"wrong"`
	Extra    int `json:"extra"`
	Repeated int `json:"repeated"`

	Example string `json:"example,omitempty"` // the first that was found
}

// None tells whether the rows are the right ones, each once.
func (d Difference) None() bool { return d == Difference{} }

func (d Difference) String() string {
	return fmt.Sprintf("%d missing, %d wrong, %d extra, %d repeated; %s", d.Missing, d.Wrong, d.Extra, d.Repeated, d.Example)
}

// Compare begins to compare another engine's rows.
func (t *Truth) Compare() *Comparison {
	for _, v := range t.rows {
		v.found = false
	}
	return &Comparison{truth: t, missing: len(t.rows)}
}

// Comparison of one engine's rows. There is one at a time.
type Comparison struct {
	truth   *Truth
	missing int
	found   Difference
}

// Row takes one row.
func (c *Comparison) Row(r *Row) {
	series, ok := c.truth.series[seriesOf(r.FixtureID, r.League, r.Market, r.Period, r.Line, r.Outcome, r.Book)]
	v := c.truth.rows[window{feed.Time(r.End - r.Start), feed.Time(r.Start), series}]
	switch {
	case !ok || v == nil:
		c.found.Extra++
		c.example("extra", r, nil)
	case v.found:
		c.found.Repeated++
		c.example("repeated", r, v)
	default:
		v.found = true
		c.missing--
		if !v.equal(r) {
			c.found.Wrong++
			c.example("wrong", r, v)
		}
	}
}

func (v *values) equal(r *Row) bool {
	is := func(p *float64, want float64) bool { return p != nil && *p == want }
	mean := v.sum / float64(v.count)
	return r.Count == v.count && is(r.First, v.first) && is(r.Last, v.last) && is(r.Min, v.min) && is(r.Max, v.max) &&
		r.Mean != nil && math.Abs(*r.Mean-mean) <= tolerance*mean
}

func (c *Comparison) example(what string, r *Row, v *values) {
	if c.found.Example != "" {
		return
	}
	c.found.Example = fmt.Sprintf("%s: %s %s %s %s, window %s to %s, count %d, first %s, last %s, min %s, max %s, mean %s",
		what, r.FixtureID, r.Market, r.Outcome, r.Book, feed.Time(r.Start), feed.Time(r.End), r.Count,
		text(r.First), text(r.Last), text(r.Min), text(r.Max), text(r.Mean))
	if v != nil {
		c.found.Example += fmt.Sprintf("; the truth is count %d, first %v, last %v, min %v, max %v, mean %v",
			v.count, v.first, v.last, v.min, v.max, v.sum/float64(v.count))
	}
}

func text(p *float64) string {
	if p == nil {
		return "none"
	}
	return fmt.Sprint(*p)
}

// Done returns what was wrong, after the last row.
func (c *Comparison) Done() Difference {
	c.found.Missing = c.missing
	if c.missing > 0 && c.found.Example == "" {
		c.found.Example = "some rows never came"
	}
	return c.found
}
