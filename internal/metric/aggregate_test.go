package metric

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// TestMergingInAnyGroupingIsOnePass: values are dealt to states in any way, and
// the states merged in any order.
func TestMergingInAnyGroupingIsOnePass(t *testing.T) {
	d := definition(0, time.Second)
	pl := planner{room: make([]words, 1), plan: newPlan(d)}
	from := pl.newSample()
	rapid.Check(t, func(t *rapid.T) {
		steps := slices.DeleteFunc(drawSteps(t), func(s step) bool { return s.advance })
		states := make([]state, rapid.IntRange(1, 5).Draw(t, "states"))
		for i := range states {
			states[i] = pl.newState(0)
		}
		var all []value
		for _, s := range steps {
			if pl.read(s.quote(), &from) {
				pl.add(&states[rapid.IntRange(0, len(states)-1).Draw(t, "state")], &from)
				all = append(all, s.value)
			}
		}
		for len(states) > 1 {
			i := rapid.IntRange(1, len(states)-1).Draw(t, "merged")
			into := rapid.IntRange(0, i-1).Draw(t, "into")
			pl.merge(&states[into], &states[i])
			states = slices.Delete(states, i, i+1)
		}
		for i, got := range pl.values(&states[0]) {
			compareNumber(t, d.Aggregates[i], got, all)
		}
	})
}

// TestASealedStateTakesLaterStates: what is older than the lateness is folded
// up, and nothing but its points may be lost by it.
func TestASealedStateTakesLaterStates(t *testing.T) {
	d := definition(0, time.Second)
	pl := planner{room: make([]words, 1), plan: newPlan(d)}
	from := pl.newSample()
	rapid.Check(t, func(t *rapid.T) {
		steps := slices.DeleteFunc(drawSteps(t), func(s step) bool { return s.advance })
		slices.SortStableFunc(steps, func(a, b step) int { return byTime(a.value, b.value) })
		base, open := pl.newState(0), pl.newState(0)
		var all []value
		for _, s := range steps {
			pl.read(s.quote(), &from)
			pl.add(&open, &from)
			if all = append(all, s.value); rapid.Bool().Draw(t, "seal") {
				pl.merge(&base, &open)
				pl.seal(&base)
				open = pl.newState(0)
			}
		}
		pl.merge(&base, &open)
		for i, got := range pl.values(&base) {
			compareNumber(t, d.Aggregates[i], got, all)
		}
		pl.seal(&base)
		for _, b := range base.bags {
			if len(b.points) > 1 {
				t.Fatalf("%d points are kept", len(b.points))
			}
		}
	})
}

func TestLargeValuesKeepTheirDigits(t *testing.T) {
	d := definition(0, time.Second)
	d.Aggregates = plainly("mean", "stddev")
	pl := planner{room: make([]words, 1), plan: newPlan(d)}
	s, from := pl.newState(0), pl.newSample()
	for i := range 1000 {
		pl.read(&feed.Quote{Price: 1e9 + float64(i%2)}, &from)
		pl.add(&s, &from)
	}
	got := pl.values(&s)
	if want := math.Sqrt(250 / 999.0); math.Abs(got[0]-1e9-0.5) > 1e-6 || math.Abs(got[1]-want) > 1e-9 {
		t.Errorf("mean %v, deviation %v, want %v", got[0], got[1], want)
	}
}

func TestTheLogsOrderDecidesAmongEqualTimes(t *testing.T) {
	d := definition(0, time.Second)
	d.Aggregates = plainly("first", "last")
	pl := planner{room: make([]words, 1), plan: newPlan(d)}
	for name, seqs := range map[string][3]int64{"in order": {1, 2, 3}, "backwards": {3, 2, 1}, "mixed": {2, 3, 1}} {
		t.Run(name, func(t *testing.T) {
			s, from := pl.newState(0), pl.newSample()
			for _, seq := range seqs {
				pl.read(&feed.Quote{Price: float64(seq), EventTime: 7, Seq: seq}, &from)
				pl.add(&s, &from)
			}
			if got := pl.values(&s); got[0] != 1 || got[1] != 3 {
				t.Errorf("first %v and last %v, want 1 and 3", got[0], got[1])
			}
		})
	}
}

func TestAPaneOfAnotherDefinitionIsOutdated(t *testing.T) {
	d := definition(time.Minute, time.Second)
	w, panes := New(d), saved{}
	add(w, "k", at(2, 1, 1))
	panes.checkpoint(w)
	for name, change := range map[string]func(*Definition){
		"another window":    func(d *Definition) { d.Windows.Tumbling = spansOf(2 * time.Second) },
		"another kind":      func(d *Definition) { d.Windows = windowsOf[KindSession] },
		"another value":     func(d *Definition) { d.Value = "logit" },
		"another key":       func(d *Definition) { d.Keys = []string{"book"} },
		"another half-life": func(d *Definition) { d.Aggregates[10].HalfLife *= 2 },
		"another order":     func(d *Definition) { d.Aggregates[0], d.Aggregates[1] = d.Aggregates[1], d.Aggregates[0] },
	} {
		other := definition(time.Minute, time.Second)
		change(other)
		o := New(other)
		for id, pane := range panes {
			if err := o.Load(id, pane.bytes); !errors.Is(err, ErrOutdated) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if n := len(storeOf(o).series); n != 0 {
			t.Errorf("%s: %d series were made of it", name, n)
		}
	}
	for id, pane := range panes {
		if err := New(d).Load(id, pane.bytes); err != nil {
			t.Error(err)
		}
		for n := range len(pane.bytes) {
			if err := New(d).Load(id, pane.bytes[:n]); err == nil {
				t.Errorf("the first %d bytes of %d were taken for a pane", n, len(pane.bytes))
			}
		}
	}
}

// FuzzPane: bytes that are no pane are an error; what is read is written again
// as it was.
func FuzzPane(f *testing.F) {
	d := definition(time.Minute, time.Second)
	w := New(d)
	add(w, "k", at(2, 1, 1))
	add(w, "k", at(3, 1, 2))
	var id PaneID
	w.Changes(func(c Change) {
		id = c.PaneID
		f.Add(c.Pane)
	})
	f.Fuzz(func(t *testing.T, pane []byte) {
		w := New(d).(*grid)
		if err := w.Load(id, pane); err != nil {
			return
		}
		p := w.series[id.Key].tracks[0].panes[0]
		first := w.appendPane(nil, p)
		if back := w.appendPane(nil, reload(t, d, id, first)); !bytes.Equal(back, first) {
			t.Fatalf("read %x, wrote %x, then %x", pane, first, back)
		}
	})
}

func reload(t *testing.T, d *Definition, id PaneID, pane []byte) *pane {
	t.Helper()
	w := New(d).(*grid)
	if err := w.Load(id, pane); err != nil {
		t.Fatal(err)
	}
	return w.series[id.Key].tracks[0].panes[0]
}

func TestValuesOfPricesThatAreNone(t *testing.T) {
	for _, price := range []float64{1, 0, -2, math.NaN()} {
		for _, name := range []string{"probability", "logit"} {
			v, ok := valueOf(name)
			if got := v.of(&feed.Quote{Price: price}); !ok || !math.IsNaN(got) {
				t.Errorf("%s of %v is %v", name, price, got)
			}
		}
	}
	v, _ := valueOf("logit")
	if got := v.of(&feed.Quote{Price: 4}); math.Abs(got-math.Log(1.0/3)) > 1e-15 {
		t.Errorf("logit of a quarter is %v", got)
	}
}
