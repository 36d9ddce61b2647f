package replay

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/betflow/betflow/test/scenario/program"
)

const minute = int64(60_000_000) // microseconds

var sizes = map[string]int64{"3m": 3 * minute, "5m": 5 * minute, "10m": 10 * minute, "20m": 20 * minute}

// series are the key columns of line_movement.
type series struct {
	Fixture string   `json:"fixture_id"`
	League  string   `json:"league"`
	Market  string   `json:"market"`
	Period  string   `json:"period"`
	Line    *float64 `json:"line"`
	Outcome string   `json:"outcome"`
	Book    string   `json:"book"`
}

func (s *series) key() string {
	line := ""
	if s.Line != nil {
		line = lineText(*s.Line)
	}
	return strings.Join([]string{s.Fixture, s.League, s.Market, s.Period, line, s.Outcome, s.Book}, "|")
}

// value is an open quote as the hot store has it.
type value struct {
	series
	Price float64 `json:"price"`
	Time  int64   `json:"t"`
	Seen  int64   `json:"seen"`
	Seq   int64   `json:"seq"`
}

// lateValue is a value that came when a window was closed for good.
type lateValue struct {
	Size  string  `json:"window_size"`
	Start int64   `json:"start"`
	Key   string  `json:"key"`
	Value float64 `json:"value"`
	Time  int64   `json:"t"`
	Seen  int64   `json:"seen"`
}

// windowRow is a revision of a window.
type windowRow struct {
	series
	Size     string   `json:"window_size"`
	Start    int64    `json:"s"`
	End      int64    `json:"e"`
	Revision int      `json:"revision"`
	Count    int      `json:"count"`
	First    float64  `json:"first"`
	Last     float64  `json:"last"`
	Min      float64  `json:"min"`
	Max      float64  `json:"max"`
	Mean     float64  `json:"mean"`
	Stddev   *float64 `json:"stddev"`
}

func windowName(size string, start int64, key string) string {
	return fmt.Sprintf("%s@%d %s", size, start, key)
}

// checkWindows recomputes every window from the quotes table, but for the values
// that the late table names, and compares. It returns how many values were late
// and how many windows were revised.
func checkWindows(t *testing.T, data string) (late, revised int) {
	t.Helper()
	missed := map[string]int{}
	for _, l := range program.Rows[lateValue](t, &betflow, data, `SELECT window_size, epoch_us(window_start) AS start, key, value,
		epoch_us(event_time) AS t, epoch_us(seen_time) AS seen FROM late WHERE metric = 'line_movement'`) {
		missed[fmt.Sprint(windowName(l.Size, l.Start, l.Key), l.Value, l.Time, l.Seen)]++
		late++
	}
	want := map[string][]value{}
	for _, v := range program.Rows[value](t, &betflow, data, `SELECT fixture_id, league, market, period, line, outcome, book, price,
		epoch_us(event_time) AS t, epoch_us(seen_time) AS seen, seq FROM quotes WHERE state = 'open'`) {
		for size, span := range sizes {
			name := windowName(size, v.Time-v.Time%span, v.key())
			if id := fmt.Sprint(name, v.Price, v.Time, v.Seen); missed[id] > 0 {
				missed[id]--
				continue
			}
			want[name] = append(want[name], v)
		}
	}
	for id, n := range missed {
		if n > 0 {
			t.Errorf("%d late values are in no quote: %s", n, id)
		}
	}
	got := lastRevisions(t, data)
	for name, w := range got {
		if len(want[name]) == 0 {
			t.Errorf("window %s has no quotes", name)
			continue
		}
		if problem := w.differs(want[name]); problem != "" {
			t.Errorf("window %s: %s", name, problem)
		}
		revised += w.Revision
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("window %s is missing", name)
		}
	}
	return late, revised
}

// lastRevisions reads all windows and holds that their revisions count up from 0.
func lastRevisions(t *testing.T, data string) map[string]windowRow {
	t.Helper()
	revisions, last := map[string]int{}, map[string]windowRow{}
	for _, w := range program.Rows[windowRow](t, &betflow, data, `SELECT * EXCLUDE (window_start, window_end),
		epoch_us(window_start) AS s, epoch_us(window_end) AS e FROM windows_line_movement ORDER BY revision`) {
		name := windowName(w.Size, w.Start, w.key())
		if w.Revision != revisions[name] {
			t.Errorf("window %s has revision %d, want %d", name, w.Revision, revisions[name])
		}
		if w.End != w.Start+sizes[w.Size] {
			t.Errorf("window %s ends at %d", name, w.End)
		}
		revisions[name]++
		last[name] = w
	}
	return last
}

// differs compares a window with a plain computation over its values.
func (w *windowRow) differs(values []value) string {
	first, last := values[0], values[0]
	low, high, sum := math.Inf(1), math.Inf(-1), 0.0
	for _, v := range values {
		if v.Time < first.Time || v.Time == first.Time && v.Seq < first.Seq {
			first = v
		}
		if v.Time > last.Time || v.Time == last.Time && v.Seq > last.Seq {
			last = v
		}
		low, high, sum = min(low, v.Price), max(high, v.Price), sum+v.Price
	}
	mean, squares := sum/float64(len(values)), 0.0
	for _, v := range values {
		squares += (v.Price - mean) * (v.Price - mean)
	}
	switch {
	case w.Count != len(values):
		return fmt.Sprintf("count is %d, want %d", w.Count, len(values))
	case w.First != first.Price || w.Last != last.Price || w.Min != low || w.Max != high:
		return fmt.Sprintf("first, last, min, max are %v %v %v %v, want %v %v %v %v", w.First, w.Last, w.Min, w.Max, first.Price, last.Price, low, high)
	case math.Abs(w.Mean-mean) > 1e-9:
		return fmt.Sprintf("mean is %v, want %v", w.Mean, mean)
	case (w.Stddev == nil) != (len(values) == 1):
		return fmt.Sprintf("stddev of %d values is %v", len(values), w.Stddev)
	case w.Stddev != nil && math.Abs(*w.Stddev-math.Sqrt(squares/float64(len(values)-1))) > 1e-9:
		return fmt.Sprintf("stddev is %v, want %v", *w.Stddev, math.Sqrt(squares/float64(len(values)-1)))
	}
	return ""
}
