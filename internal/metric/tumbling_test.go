package metric

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

func definition(lateness time.Duration, sizes ...time.Duration) *Definition {
	d := &Definition{
		Name: "test", Source: "quotes", Keys: []string{"book"}, Value: "price", Lateness: Span(lateness),
		Aggregates: []string{"count", "sum", "first", "last", "min", "max", "mean", "stddev"},
	}
	for _, s := range sizes {
		d.Windows.Tumbling = append(d.Windows.Tumbling, Span(s))
	}
	return d
}

// step is one call: a value, or an advance of the watermark.
type step struct {
	advance bool
	key     string
	v       float64
	t       feed.Time // event time, or the watermark
}

// drawSteps draws calls whose times are close together, so that values tie, come
// late and come too late, with a gap now and then.
func drawSteps(t *rapid.T) []step {
	var steps []step
	now := feed.Time(rapid.Int64Range(-60, 60).Draw(t, "begin")) * feed.Second
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		now += feed.Time(rapid.SampledFrom([]int64{0, 0, 1, 2, 5, 300}).Draw(t, "pass")) * feed.Second
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			steps = append(steps, step{advance: true, t: now - feed.Time(rapid.Int64Range(0, 12).Draw(t, "behind"))*feed.Second})
			continue
		}
		steps = append(steps, step{
			key: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "key"),
			v:   rapid.Float64Range(-100, 100).Draw(t, "value"),
			t:   now - feed.Time(rapid.Int64Range(0, 90).Draw(t, "old"))*feed.Second/2,
		})
	}
	return append(steps, step{advance: true, t: now + feed.Hour})
}

var testSizes = []time.Duration{3 * time.Second, 10 * time.Second}

func newOracle(lateness time.Duration) *oracle {
	o := &oracle{lateness: feed.Span(lateness), panes: map[PaneID]*oraclePane{}}
	for _, s := range testSizes {
		o.sizes = append(o.sizes, feed.Span(s))
	}
	return o
}

func TestTumblingAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lateness := time.Duration(rapid.IntRange(0, 30).Draw(t, "lateness")) * time.Second
		d := definition(lateness, testSizes...)
		w, o := NewTumbling(d), newOracle(lateness)
		stored := map[PaneID]Pane{}
		for i, s := range drawSteps(t) {
			if !s.advance {
				at := Order{s.t, int64(i)}
				compareMissed(t, w.Add([]byte(s.key), s.v, at), o.add(s.key, s.v, at), d)
				continue
			}
			want := o.advance(s.t)
			n := 0
			w.Advance(s.t, func(r Row) {
				if n >= len(want) {
					t.Fatalf("step %d: row %+v was not due", i, r)
				}
				compareRow(t, r, want[n], d)
				n++
			})
			if n != len(want) {
				t.Fatalf("step %d: got %d rows, want %d", i, n, len(want))
			}
			if w.Watermark() != o.watermark {
				t.Fatalf("watermark %v, want %v", w.Watermark(), o.watermark)
			}
			checkpoint(w, stored)
			compareLive(t, w, stored, o.live())
		}
	})
}

func compareMissed(t *rapid.T, got []Missed, want []int, d *Definition) {
	if len(got) != len(want) {
		t.Fatalf("missed %v, want sizes %v", got, want)
	}
	for i, m := range got {
		if m.Size != d.Windows.Tumbling[want[i]].String() {
			t.Fatalf("missed %v, want sizes %v", got, want)
		}
	}
}

func compareRow(t *rapid.T, r Row, want oracleRow, d *Definition) {
	if r.Size != d.Windows.Tumbling[want.size].String() || r.Start != want.start || r.End != want.end || r.Revision != want.revision || r.Key != want.key {
		t.Fatalf("row %s %v..%v rev %d %q, want %+v", r.Size, int64(r.Start), int64(r.End), r.Revision, r.Key, want)
	}
	for name := range aggregateDocs {
		got, ok := r.Acc.Value(name)
		exact, wanted := want.values[name]
		if ok != wanted || math.Abs(got-exact) > 1e-9*(1+math.Abs(exact)) {
			t.Fatalf("%s of %+v: got %v, %v, want %v, %v", name, want, got, ok, exact, wanted)
		}
	}
}

// checkpoint applies the changes to what is stored.
func checkpoint(w *Tumbling, stored map[PaneID]Pane) {
	w.Changes(func(p Pane, ok bool) {
		if ok {
			stored[p.ID] = p
		} else {
			delete(stored, p.ID)
		}
	})
}

// compareLive checks that exactly the panes that may still take a value are
// held, in memory and in the checkpoint.
func compareLive(t *rapid.T, w *Tumbling, stored map[PaneID]Pane, live map[PaneID]bool) {
	held := 0
	for _, win := range w.windows {
		held += len(win.panes)
	}
	keys := map[string]bool{}
	for id := range live {
		keys[id.Key] = true
	}
	if len(w.series) != len(keys) {
		t.Fatalf("%d series in memory, want %d", len(w.series), len(keys))
	}
	if held != len(live) || len(stored) != len(live) {
		t.Fatalf("%d panes in memory and %d stored, want %d", held, len(stored), len(live))
	}
	for id := range stored {
		if !live[id] {
			t.Fatalf("pane %+v is past its lateness and still stored", id)
		}
	}
}

func TestACheckpointAtAnyPointGivesTheSameFurtherRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lateness := time.Duration(rapid.IntRange(0, 30).Draw(t, "lateness")) * time.Second
		d := definition(lateness, testSizes...)
		steps := drawSteps(t)
		stops := rapid.SliceOfDistinct(rapid.IntRange(0, len(steps)-1), rapid.ID[int]).Draw(t, "stops")

		var straight, resumed []string
		w := NewTumbling(d)
		for i, s := range steps {
			run(w, i, s, &straight)
		}
		w = NewTumbling(d)
		stored := map[PaneID]Pane{}
		for i, s := range steps {
			if slices.Contains(stops, i) {
				checkpoint(w, stored)
				watermark := w.Watermark()
				w = NewTumbling(d)
				w.Restore(watermark)
				for _, p := range stored {
					w.Load(p)
				}
			}
			run(w, i, s, &resumed)
		}
		if !slices.Equal(straight, resumed) {
			t.Fatalf("without a stop:\n%s\nwith stops %v:\n%s", straight, stops, resumed)
		}
	})
}

// run makes one call and notes what came out, to the last bit.
func run(w *Tumbling, seq int, s step, out *[]string) {
	if s.advance {
		w.Advance(s.t, func(r Row) {
			*out = append(*out, fmt.Sprintf("%s %d %d %d %q %x", r.Size, r.Start, r.End, r.Revision, r.Key, *r.Acc))
		})
		return
	}
	for _, m := range w.Add([]byte(s.key), s.v, Order{s.t, int64(seq)}) {
		*out = append(*out, fmt.Sprintf("missed %s %d", m.Size, m.Start))
	}
}

func TestLateValuesReviseOnceAndThenAreMissed(t *testing.T) {
	w := NewTumbling(definition(10*time.Second, 5*time.Second))
	collect := func(watermark feed.Time) (rows []Row) {
		w.Advance(watermark*feed.Second, func(r Row) { rows = append(rows, r) })
		return rows
	}
	w.Add([]byte("k"), 2, Order{1 * feed.Second, 1})
	if rows := collect(4); len(rows) != 0 {
		t.Fatalf("fired before its end: %+v", rows)
	}
	if rows := collect(5); len(rows) != 1 || rows[0].Revision != 0 {
		t.Fatalf("at its end: %+v", rows)
	}
	if rows := collect(6); len(rows) != 0 {
		t.Fatalf("fired again without a change: %+v", rows)
	}
	w.Add([]byte("k"), 4, Order{2 * feed.Second, 2})
	w.Add([]byte("k"), 6, Order{3 * feed.Second, 3})
	rows := collect(6)
	if len(rows) != 1 || rows[0].Revision != 1 || rows[0].Acc.Count != 3 || rows[0].Acc.Mean != 4 {
		t.Fatalf("two late values: %+v", rows)
	}
	collect(15)
	if missed := w.Add([]byte("k"), 8, Order{4 * feed.Second, 4}); len(missed) != 1 || missed[0] != (Missed{"5s", 0}) {
		t.Fatalf("beyond the lateness: %+v", missed)
	}
	if rows := collect(16); len(rows) != 0 {
		t.Fatalf("a missed value changed %+v", rows)
	}
}

func TestTheLogsOrderDecidesAmongEqualTimes(t *testing.T) {
	for name, seqs := range map[string][3]int64{"in order": {1, 2, 3}, "backwards": {3, 2, 1}, "mixed": {2, 3, 1}} {
		t.Run(name, func(t *testing.T) {
			var a Accumulator
			for _, seq := range seqs {
				a.Add(float64(seq), Order{7, seq})
			}
			if a.First != 1 || a.Last != 3 {
				t.Errorf("first %v and last %v, want 1 and 3", a.First, a.Last)
			}
		})
	}
}

func TestTheDeviationOfOneValueIsAbsent(t *testing.T) {
	var a Accumulator
	if v, ok := a.Value("count"); !ok || v != 0 {
		t.Errorf("count of nothing: %v, %v", v, ok)
	}
	if _, ok := a.Value("mean"); ok {
		t.Error("nothing has a mean")
	}
	a.Add(3, Order{})
	if _, ok := a.Value("stddev"); ok {
		t.Error("one value has a deviation")
	}
	a.Add(3, Order{})
	if v, ok := a.Value("stddev"); !ok || v != 0 {
		t.Errorf("two equal values: %v, %v", v, ok)
	}
	if _, ok := a.Value("median"); ok {
		t.Error("an unknown aggregate has a value")
	}
}

// BenchmarkTumbling is the load of one league: 2,000 series in the default
// windows, a tick for every 1,000 quotes. It reports quotes a second.
func BenchmarkTumbling(b *testing.B) {
	const series, perTick = 2000, 1000
	d := definition(time.Hour, 3*time.Minute, 5*time.Minute, 10*time.Minute, 20*time.Minute)
	w := NewTumbling(d)
	keys := make([][]byte, series)
	for i := range keys {
		keys[i] = []byte("nfl.2026.bears-packers|nfl|spreads|full|-3.5|home|book-" + strconv.Itoa(i))
	}
	now := feed.Time(1_790_000_000) * feed.Second
	rows, i := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		w.Add(keys[i%series], 1.9, Order{now, int64(i)})
		if i++; i%perTick == 0 {
			now += feed.Second
			w.Advance(now-30*feed.Second, func(Row) { rows++ })
			w.Changes(func(Pane, bool) {})
		}
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "quotes/s")
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
