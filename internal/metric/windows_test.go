package metric

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// plainly returns measures of the definition's own value.
func plainly(aggregates ...string) (out []Measure) {
	for _, a := range aggregates {
		out = append(out, Measure{Name: a, Aggregate: a})
	}
	return out
}

// allMeasures has each aggregate, over values of which some are absent.
func allMeasures() []Measure {
	return append(plainly("count", "sum", "first", "last", "min", "max", "mean", "stddev", "limit_weighted", "realised_volatility"),
		Measure{Name: "drift", Aggregate: "ewma", Value: "logit", HalfLife: Span(20 * time.Second)},
		Measure{Name: "books", Aggregate: "distinct", Column: "book"},
		Measure{Name: "chances", Aggregate: "count", Value: "probability"},
		Measure{Name: "volatility", Aggregate: "realised_volatility", Value: "probability"},
		Measure{Name: "low_line", Aggregate: "min", Value: "line"},
		Measure{Name: "close_line", Aggregate: "last", Value: "line"},
		Measure{Name: "chance_spread", Aggregate: "stddev", Value: "probability"},
	)
}

func definition(lateness time.Duration, sizes ...time.Duration) *Definition {
	d := &Definition{
		Name: "test", Source: "quotes", Keys: []string{"fixture_id"}, Value: "price", Lateness: Span(lateness), Aggregates: allMeasures(),
	}
	d.Windows.Tumbling = spansOf(sizes...)
	return d
}

func spansOf(durations ...time.Duration) (out []Span) {
	for _, d := range durations {
		out = append(out, Span(d))
	}
	return out
}

// windowsOf are the windows of the tests, of each kind.
var windowsOf = map[Kind]Windows{
	KindTumbling:  {Tumbling: spansOf(3*time.Second, 10*time.Second)},
	KindSliding:   {Sliding: []Sliding{{Span(6 * time.Second), Span(2 * time.Second)}, {Span(20 * time.Second), Span(5 * time.Second)}}},
	KindSession:   {Session: spansOf(2*time.Second, 9*time.Second)},
	KindSinceOpen: {SinceOpen: spansOf(3*time.Second, 10*time.Second)},
}

func drawDefinition(t *rapid.T, kind Kind) *Definition {
	d := definition(time.Duration(rapid.IntRange(0, 30).Draw(t, "lateness")) * time.Second)
	d.Windows = windowsOf[kind]
	if kind == KindSinceOpen {
		d.TTL = d.Lateness + Span(time.Duration(rapid.IntRange(10, 60).Draw(t, "ttl"))*time.Second)
	}
	if rapid.Bool().Draw(t, "early") {
		d.Emit = EmitChange
	}
	if field, err := d.Validate(); err != nil {
		t.Fatal(field, err)
	}
	return d
}

func newOracle(d *Definition) *oracle {
	o := &oracle{
		kind: d.Windows.Kind(), lateness: feed.Span(time.Duration(d.Lateness)), ttl: feed.Span(time.Duration(d.TTL)), early: d.Emit == EmitChange,
		lists: map[oracleSeries][]value{}, barred: map[oracleWindow][]int64{}, shown: map[oracleWindow]oracleShown{},
	}
	for _, list := range [][]Span{d.Windows.Tumbling, d.Windows.Session, d.Windows.SinceOpen} {
		for _, s := range list {
			o.spans = append(o.spans, oracleSpan{feed.Span(time.Duration(s)), feed.Span(time.Duration(s))})
		}
	}
	for _, s := range d.Windows.Sliding {
		o.spans = append(o.spans, oracleSpan{feed.Span(time.Duration(s.Size)), feed.Span(time.Duration(s.Every))})
	}
	return o
}

// step is one call: a value, or an advance of the watermark.
type step struct {
	advance bool
	to      feed.Time
	key     string
	value
}

func (s *step) quote() *feed.Quote {
	return &feed.Quote{Price: s.price, Limit: s.limit, Line: s.line, Book: s.book, EventTime: s.time, Seq: s.seq}
}

// drawSteps draws calls whose times are close together, so that values tie, come
// late and come too late, with a gap now and then.
func drawSteps(t *rapid.T) []step {
	var steps []step
	now := feed.Time(rapid.Int64Range(-60, 60).Draw(t, "begin")) * feed.Second
	price := rapid.OneOf(rapid.Float64Range(1.01, 20), rapid.SampledFrom([]float64{1, 0.5, 2, 2, math.NaN(), math.Inf(1)}))
	number := rapid.Ptr(rapid.SampledFrom([]float64{-3.5, 0, 2, 50, 1000, math.NaN()}), true)
	for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
		now += feed.Time(rapid.SampledFrom([]int64{0, 0, 1, 2, 5, 300}).Draw(t, "pass")) * feed.Second
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			steps = append(steps, step{advance: true, to: now - feed.Time(rapid.Int64Range(0, 24).Draw(t, "behind"))*feed.Second/2})
			continue
		}
		steps = append(steps, step{key: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "key"), value: value{
			price: price.Draw(t, "price"), limit: number.Draw(t, "limit"), line: number.Draw(t, "line"), book: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "book"),
			time: now - feed.Time(rapid.Int64Range(0, 90).Draw(t, "old"))*feed.Second/2, seq: int64(i),
		}})
	}
	return append(steps, step{advance: true, to: now + feed.Hour})
}

// eachKind runs a property for each kind of windows.
func eachKind(t *testing.T, property func(t *rapid.T, d *Definition)) {
	for kind := range windowsOf {
		t.Run(string(kind), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { property(t, drawDefinition(t, kind)) })
		})
	}
}

func TestWindowsAgreeWithTheOracle(t *testing.T) {
	eachKind(t, func(t *rapid.T, d *Definition) {
		w, o := New(d), newOracle(d)
		stored := saved{}
		if rapid.Bool().Draw(t, "evict") {
			w.Restore(0, stored)
		}
		for i, s := range drawSteps(t) {
			if !s.advance {
				compareMissed(t, add(w, s.key, s.quote()), o.add(s.key, s.value), d)
				continue
			}
			compareRows(t, i, w, o, s.to, d)
			if w.Watermark() != o.watermark {
				t.Fatalf("watermark %v, want %v", w.Watermark(), o.watermark)
			}
			stored.checkpoint(w)
			if held := heldBy(w); !maps.Equal(held, stored.ids()) {
				t.Fatalf("step %d: memory holds %v, the checkpoint %v", i, held, stored.ids())
			}
		}
		if len(stored) > 0 || len(storeOf(w).series) > 0 || storeOf(w).held != 0 {
			t.Fatalf("an hour later %d panes are stored and %d series in memory, which take %d bytes", len(stored), len(storeOf(w).series), storeOf(w).held)
		}
	})
}

// TestRowsDoNotDependOnTheCache: whatever has left memory after checkpoints, and
// whenever the windows were restored from one, the rows are the oracle's.
func TestRowsDoNotDependOnTheCache(t *testing.T) {
	left := map[Kind]int{}
	eachKind(t, func(t *rapid.T, d *Definition) {
		w, o := New(d), newOracle(d)
		stored := saved{}
		w.Restore(0, stored)
		for i, s := range drawSteps(t) {
			switch rapid.IntRange(0, 4).Draw(t, "then") {
			case 0:
				stored.checkpoint(w)
				before := storeOf(w).held
				w.Evict(rapid.SampledFrom([]int{0, 1, before / 2, before}).Draw(t, "bytes"))
				left[d.Windows.Kind()] += before - storeOf(w).held
				stored.sweep(w)
			case 1:
				stored.checkpoint(w)
				w = stored.restore(t, d, w.Watermark())
			}
			if !s.advance {
				compareMissed(t, add(w, s.key, s.quote()), o.add(s.key, s.value), d)
				continue
			}
			compareRows(t, i, w, o, s.to, d)
		}
		stored.checkpoint(w)
		w.Evict(0)
		if stored.sweep(w); len(stored) > 0 || len(storeOf(w).series) > 0 || storeOf(w).held != 0 {
			t.Fatalf("an hour later %d panes are stored, %v, and %d series in memory, which take %d bytes", len(stored), stored, len(storeOf(w).series), storeOf(w).held)
		}
	})
	for kind := range windowsOf {
		if left[kind] == 0 {
			t.Errorf("%s: nothing has left memory", kind)
		}
	}
}

// TestEvictionLeavesWhatIsHot counts what stays of many series of each kind.
func TestEvictionLeavesWhatIsHot(t *testing.T) {
	for kind, windows := range windowsOf {
		d := definition(10 * time.Minute)
		if d.Windows = windows; kind == KindSinceOpen {
			d.TTL = Span(time.Hour)
		}
		w, stored := New(d), saved{}
		w.Restore(0, stored)
		for i := range int64(600) {
			add(w, fmt.Sprint("k", i), at(2, i, i))
			collect(w, i-4)
		}
		if kind == KindSinceOpen { // a series is hot until its lateness is over
			collect(w, 2000)
		}
		stored.checkpoint(w)
		all := w.Held()
		if w.Evict(all / 2); w.Held() > all/2 || w.Held() < all/4 {
			t.Errorf("%s: asked for %d bytes it holds %d", kind, all/2, w.Held())
		}
		if w.Evict(0); len(storeOf(w).series) > 30 || w.Held() > all/10 {
			t.Errorf("%s: %d series are left, %d of %d bytes", kind, len(storeOf(w).series), w.Held(), all)
		}
	}
}

func storeOf(w Operator) *store {
	if g, ok := w.(*grid); ok {
		return &g.store
	}
	return &w.(*sessions).store
}

// saved is a checkpoint.
type saved map[PaneID]savedPane

type savedPane struct {
	bytes []byte
	hot   bool
}

// Pane implements Backing.
func (s saved) Pane(id PaneID, read func([]byte) error) error {
	if p, ok := s[id]; ok && !p.hot {
		return read(p.bytes)
	}
	return nil
}

// Starts implements Backing.
func (s saved) Starts(size string, from feed.Time, yield func(feed.Time)) error {
	starts := map[feed.Time]bool{}
	for id, p := range s {
		if id.Size == size && id.Start >= from && !p.hot {
			starts[id.Start] = true
		}
	}
	for start := range starts {
		yield(start)
	}
	return nil
}

// Window implements Backing.
func (s saved) Window(size string, start feed.Time, yield func(string, []byte) error) error {
	for _, id := range slices.SortedFunc(maps.Keys(s), func(a, b PaneID) int { return strings.Compare(a.Key, b.Key) }) {
		if id.Size == size && id.Start == start && !s[id].hot {
			if err := yield(id.Key, s[id].bytes); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkpoint takes in what has changed.
func (s saved) checkpoint(w Operator) {
	w.Closed(func(size string, before feed.Time) {
		maps.DeleteFunc(s, func(id PaneID, p savedPane) bool {
			return id.Size == size && id.Start != Whole && id.Start < before && !p.hot
		})
	})
	w.Changes(func(c Change) {
		if p, ok := s[c.PaneID]; ok && p.hot != (c.Was == AmongHot) {
			panic(fmt.Sprintf("%v stands elsewhere than at %d", c.PaneID, c.Was))
		}
		if c.Pane == nil {
			delete(s, c.PaneID)
		} else {
			s[c.PaneID] = savedPane{slices.Clone(c.Pane), c.Hot}
		}
	})
}

// sweep removes what means nothing any more.
func (s saved) sweep(w Operator) {
	maps.DeleteFunc(s, func(id PaneID, p savedPane) bool { return !p.hot && w.Stale(id, p.bytes) })
}

// restore starts anew from the checkpoint.
func (s saved) restore(t *rapid.T, d *Definition, watermark feed.Time) Operator {
	w := New(d)
	w.Restore(watermark, s)
	for id, p := range s {
		if !p.hot {
			continue
		}
		if err := w.Load(id, p.bytes); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (s saved) ids() map[PaneID]bool {
	ids := map[PaneID]bool{}
	for id := range s {
		ids[id] = true
	}
	return ids
}

// add puts a quote into windows whose checkpoint can be read.
func add(w Operator, key string, q *feed.Quote) []Missed {
	missed, err := w.Add([]byte(key), q)
	if err != nil {
		panic(err)
	}
	return missed
}

// heldBy lists the panes in memory, as they are stored.
func heldBy(w Operator) map[PaneID]bool {
	held, s := map[PaneID]bool{}, storeOf(w)
	_, stepped := w.(*grid)
	for key, x := range s.series {
		n := 0
		for i, t := range x.tracks {
			for _, p := range t.panes {
				if n++; stepped {
					held[PaneID{s.spans[i].name, p.start, key}] = true
				}
			}
			if t.whole != nil {
				n++
				held[PaneID{s.spans[i].name, Whole, key}] = true
			}
		}
		if n != x.panes || n == 0 {
			panic(fmt.Sprintf("series %q counts %d panes and has %d", key, x.panes, n))
		}
	}
	return held
}

func compareMissed(t *rapid.T, got []Missed, want []oracleMissed, d *Definition) {
	names := d.Windows.Names()
	if len(got) != len(want) {
		t.Fatalf("missed %v, want %v", got, want)
	}
	for i, m := range got {
		if m.Size != names[want[i].span] || m.Start != want[i].start {
			t.Fatalf("missed %v, want %v", got, want)
		}
	}
}

// compareRows advances windows and oracle, and compares what is due.
func compareRows(t *rapid.T, step int, w Operator, o *oracle, to feed.Time, d *Definition) {
	t.Helper()
	want := o.advance(to)
	n := 0
	w.Advance(to, func(r Row) {
		if n >= len(want) {
			t.Fatalf("step %d: row %+v was not due", step, r)
		}
		compareRow(t, r, want[n], d)
		n++
	})
	if n != len(want) {
		t.Fatalf("step %d: got %d rows, want %d, next %+v", step, n, len(want), want[n])
	}
}

func compareRow(t *rapid.T, r Row, want oracleRow, d *Definition) {
	if r.Size != d.Windows.Names()[want.span] || r.Start != want.start || r.End != want.end || r.Revision != want.revision || r.Key != want.key {
		t.Fatalf("row %s %v..%v rev %d %q, want %+v", r.Size, int64(r.Start), int64(r.End), r.Revision, r.Key, want)
	}
	for i, m := range d.Aggregates {
		compareNumber(t, m, r.Values[i], want.values)
	}
}

func compareNumber(t *rapid.T, m Measure, got float64, values []value) {
	exact := m.naive(values)
	if math.IsNaN(got) != math.IsNaN(exact) || math.Abs(got-exact) > 1e-9*(1+math.Abs(exact)) {
		t.Fatalf("%s of %+v: got %v, want %v", m.Name, values, got, exact)
	}
}

func TestACheckpointAtAnyPointGivesTheSameFurtherRows(t *testing.T) {
	eachKind(t, func(t *rapid.T, d *Definition) {
		steps := drawSteps(t)
		stops := rapid.SliceOfDistinct(rapid.IntRange(0, len(steps)-1), rapid.ID[int]).Draw(t, "stops")
		var straight, resumed []string
		w := New(d)
		for _, s := range steps {
			run(w, s, &straight)
		}
		w = New(d)
		stored := saved{}
		for i, s := range steps {
			if slices.Contains(stops, i) {
				stored.checkpoint(w)
				w = stored.restore(t, d, w.Watermark())
			}
			run(w, s, &resumed)
		}
		if !slices.Equal(straight, resumed) {
			t.Fatalf("without a stop:\n%s\nwith stops %v:\n%s", straight, stops, resumed)
		}
	})
}

// run makes one call and notes what came out, to the last bit.
func run(w Operator, s step, out *[]string) {
	if s.advance {
		w.Advance(s.to, func(r Row) {
			*out = append(*out, fmt.Sprintf("%s %d %d %d %q %x", r.Size, r.Start, r.End, r.Revision, r.Key, r.Values))
		})
		return
	}
	for _, m := range add(w, s.key, s.quote()) {
		*out = append(*out, fmt.Sprintf("missed %s %d", m.Size, m.Start))
	}
}

// TestArrivalWithinTheLatenessDoesNotShow: whatever the order in which values
// come and however often the watermark moves meanwhile, the last revisions are
// the same while nothing is too late.
func TestArrivalWithinTheLatenessDoesNotShow(t *testing.T) {
	eachKind(t, func(t *rapid.T, d *Definition) {
		d.Lateness, d.TTL = Span(2*time.Hour), 0
		if d.Windows.Kind() == KindSinceOpen {
			d.TTL = Span(12 * time.Hour)
		}
		steps := slices.DeleteFunc(drawSteps(t), func(s step) bool { return s.advance })
		last := func(steps []step, every int) map[string][]float64 {
			w, rows := New(d), map[string][]float64{}
			show := func(r Row) {
				id := fmt.Sprint(r.Size, r.Key, r.End)
				if d.Windows.Kind() == KindSession {
					id = fmt.Sprint(r.Size, r.Key, r.Start)
				}
				if rows[id] = r.Values; r.Values[0] == 0 && d.Windows.Kind() == KindSession {
					delete(rows, id)
				}
			}
			newest := feed.Time(0)
			for i, s := range steps {
				if missed := add(w, s.key, s.quote()); len(missed) > 0 {
					t.Fatal("too late", missed)
				}
				if newest = max(newest, s.time); i%every == 0 {
					w.Advance(newest, show)
				}
			}
			w.Advance(newest+feed.Hour, show)
			return rows
		}
		// A session is withdrawn by a count of 0, so its values must count.
		for i := range steps {
			if steps[i].time += feed.Minute; d.Windows.Kind() == KindSession && !(steps[i].price > 0 && steps[i].price < 100) {
				steps[i].price = 2
			}
		}
		straight := last(steps, 1000)
		shuffled := last(rapid.Permutation(steps).Draw(t, "order"), rapid.IntRange(1, 10).Draw(t, "every"))
		if !maps.EqualFunc(straight, shuffled, func(a, b []float64) bool {
			return slices.EqualFunc(a, b, func(x, y float64) bool {
				return math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-9*(1+math.Abs(x))
			})
		}) {
			t.Fatalf("got %v\nshuffled %v", straight, shuffled)
		}
	})
}

func at(v float64, seconds int64, seq int64) *feed.Quote {
	return &feed.Quote{Price: v, EventTime: feed.Time(seconds) * feed.Second, Seq: seq}
}

func collect(w Operator, seconds int64) (rows []Row) {
	w.Advance(feed.Time(seconds)*feed.Second, func(r Row) { rows = append(rows, r) })
	return rows
}

func TestLateValuesReviseOnceAndThenAreMissed(t *testing.T) {
	d := definition(10*time.Second, 5*time.Second)
	d.Aggregates = plainly("count", "mean")
	w := New(d)
	add(w, "k", at(2, 1, 1))
	if rows := collect(w, 4); len(rows) != 0 {
		t.Fatalf("fired before its end: %+v", rows)
	}
	if rows := collect(w, 5); len(rows) != 1 || rows[0].Revision != 0 {
		t.Fatalf("at its end: %+v", rows)
	}
	if rows := collect(w, 6); len(rows) != 0 {
		t.Fatalf("fired again without a change: %+v", rows)
	}
	add(w, "k", at(4, 2, 2))
	add(w, "k", at(6, 3, 3))
	rows := collect(w, 6)
	if len(rows) != 1 || rows[0].Revision != 1 || rows[0].Values[0] != 3 || rows[0].Values[1] != 4 {
		t.Fatalf("two late values: %+v", rows)
	}
	collect(w, 15)
	if missed := add(w, "k", at(8, 4, 4)); len(missed) != 1 || missed[0] != (Missed{"5s", 0}) {
		t.Fatalf("beyond the lateness: %+v", missed)
	}
	if rows := collect(w, 16); len(rows) != 0 {
		t.Fatalf("a missed value changed %+v", rows)
	}
}

func TestALateValueJoinsTwoSessionsIntoTheEarlier(t *testing.T) {
	d := definition(time.Minute)
	d.Windows = Windows{Session: spansOf(5 * time.Second)}
	d.Aggregates = plainly("count", "sum")
	w := New(d)
	add(w, "k", at(1, 10, 1))
	add(w, "k", at(2, 18, 2))
	if rows := collect(w, 30); len(rows) != 2 || rows[0].Start != 10*feed.Second || rows[1].End != 23*feed.Second {
		t.Fatalf("two sessions: %+v", rows)
	}
	add(w, "k", at(4, 14, 3))
	rows := collect(w, 30)
	if len(rows) != 2 {
		t.Fatalf("joined: %+v", rows)
	}
	for i, want := range []string{"session 5s 10000000 23000000 1 [3 7]", "session 5s 18000000 23000000 1 [0 NaN]"} {
		if got := fmt.Sprintf("%s %d %d %d %v", rows[i].Size, rows[i].Start, rows[i].End, rows[i].Revision, rows[i].Values); got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
	}
}

// TestRecordsWithoutAValueLeaveNothing: a definition over limits knows nothing
// of books that do not tell them.
func TestRecordsWithoutAValueLeaveNothing(t *testing.T) {
	d := definition(0, time.Second)
	d.Value, d.Aggregates = "limit", plainly("count")
	w := New(d)
	add(w, "k", at(1, 10, 1))
	if rows := collect(w, 30); len(rows) != 0 || len(storeOf(w).series) != 0 {
		t.Errorf("got %+v", rows)
	}
}

// TestAnOpeningIsForgottenAfterItsTTL: what the state holds of a series since
// its opening does not grow, and goes when the series has been silent.
func TestAnOpeningIsForgottenAfterItsTTL(t *testing.T) {
	d := definition(10 * time.Second)
	d.Windows, d.TTL = Windows{SinceOpen: spansOf(5 * time.Second)}, Span(time.Minute)
	w, stored := New(d), saved{}
	settled := 0
	for i := range int64(1000) {
		add(w, "k", at(2, i, i))
		collect(w, i)
		stored.checkpoint(w)
		size := 0
		for _, p := range stored {
			size += len(p.bytes)
		}
		if i <= 100 {
			settled = max(settled, size)
		} else if size > settled*5/4 {
			t.Fatalf("state has grown from %d to %d bytes", settled, size)
		}
	}
	rows := collect(w, 1010)
	if len(rows) != 1 || rows[0].Values[0] != 1000 || rows[0].Start != 0 {
		t.Fatalf("since the opening: %+v", rows)
	}
	collect(w, 1055)
	if len(storeOf(w).series) != 1 {
		t.Error("forgotten too early")
	}
	collect(w, 1060)
	if stored.checkpoint(w); len(stored) != 0 || len(storeOf(w).series) != 0 {
		t.Errorf("%d panes are left", len(stored))
	}
	add(w, "k", at(2, 1061, 2000))
	if rows := collect(w, 1065); len(rows) != 1 || rows[0].Start != 1061*feed.Second || rows[0].Values[0] != 1 {
		t.Errorf("opened again: %+v", rows)
	}
}

// TestADescriptionTellsHowManyPanesThereAre: a series with a value every second
// has as many panes as the plan says, and no more.
func TestADescriptionTellsHowManyPanesThereAre(t *testing.T) {
	for kind, windows := range windowsOf {
		d := definition(7 * time.Second)
		d.Windows, d.Disorder = windows, Span(4*time.Second)
		if kind == KindSinceOpen {
			d.TTL = Span(time.Minute)
		}
		w, most := New(d), map[string]int{}
		for i := range int64(500) {
			add(w, "k", at(2, i, i))
			collect(w, i-4)
			held := map[string]int{}
			for id := range heldBy(w) {
				held[id.Size]++
			}
			for size, n := range held {
				most[size] = max(most[size], n)
			}
		}
		for _, win := range d.Describe().Windows {
			if kind != KindSession && most[win.Size] != win.MostPanes {
				t.Errorf("%s: %d panes, the description says %d", win.Size, most[win.Size], win.MostPanes)
			}
		}
	}
}

func TestADescriptionNamesEveryColumn(t *testing.T) {
	d := definition(time.Hour, time.Minute)
	got := d.Describe()
	if len(got.Columns) != len(d.Aggregates) || len(got.Windows) != 1 {
		t.Fatalf("%d columns, %d windows", len(got.Columns), len(got.Windows))
	}
	bytes := 0
	for i, c := range got.Columns {
		if c.Name != d.Aggregates[i].Name || c.Unit == "" || c.Doc == "" || c.Formula == "" || c.SQL == "" {
			t.Errorf("column %d is %+v", i, c)
		}
		bytes += c.Bytes
	}
	if p := newPlan(d); 8*(p.words-len(p.inputs)) != bytes {
		t.Errorf("the columns take %d bytes of %d words", bytes, p.words)
	}
}

// TestOpenWindowsFireFromTheCheckpoint: tumbling windows that have not fired may
// leave memory whole. They fire once, in the order of their keys among those that
// have come back, and firing stores nothing.
func TestOpenWindowsFireFromTheCheckpoint(t *testing.T) {
	d := definition(10 * time.Minute)
	d.Windows = Windows{Tumbling: []Span{Span(time.Minute)}}
	w, stored := New(d), saved{}
	if err := w.Restore(0, stored); err != nil {
		t.Fatal(err)
	}
	for i := range int64(9) {
		add(w, fmt.Sprint("k", i), at(2, i, i))
	}
	stored.checkpoint(w)
	if w.Evict(0); w.Held() != 0 || len(storeOf(w).series) != 0 {
		t.Fatalf("%d series are left, of %d bytes", len(storeOf(w).series), w.Held())
	}
	add(w, "k4", at(9, 9, 9))
	add(w, "k41", at(9, 10, 10))
	if rows := collect(w, 59); len(rows) > 0 {
		t.Fatalf("too early: %v", rows)
	}
	keys, rows := []string{}, collect(w, 60)
	for _, r := range rows {
		keys = append(keys, r.Key)
		if want := map[bool]float64{true: 2, false: 1}[r.Key == "k4"]; r.Revision != 0 || r.Values[0] != want {
			t.Errorf("%s has revision %d of %v values, want 0 of %v", r.Key, r.Revision, r.Values[0], want)
		}
	}
	if want := []string{"k0", "k1", "k2", "k3", "k4", "k41", "k5", "k6", "k7", "k8"}; !slices.Equal(keys, want) {
		t.Errorf("rows of %v, want %v", keys, want)
	}
	changes := []string{}
	w.Changes(func(c Change) { changes = append(changes, c.Key) })
	if want := []string{"k4", "k41"}; !slices.Equal(changes, want) {
		t.Errorf("firing has changed %v, want what had a value, %v", changes, want)
	}
	if rows := collect(w, 61); len(rows) > 0 {
		t.Errorf("fired again: %v", rows)
	}
	add(w, "k7", at(5, 11, 11))
	if rows := collect(w, 62); len(rows) != 1 || rows[0].Revision != 1 || rows[0].Values[0] != 2 {
		t.Errorf("a late value made %v, want revision 1 of two values", rows)
	}
}
