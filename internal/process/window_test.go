package process

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
)

// TestWindowsDoNotDependOnHowLeaguesInterleave: the leagues share the windows
// topics, and a broker hands out their partitions in any order.
func TestWindowsDoNotDependOnHowLeaguesInterleave(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl", "epl")
	checkN(t, 30, func(rt *rapid.T) {
		canonical := w.normalise(rt, w.rawLog(newScene(w, rapid.Uint64().Draw(rt, "scene")).play(rapid.IntRange(1, 80).Draw(rt, "entries"))))
		var runs []memoryLog
		for i := range 2 {
			out := memoryLog{}
			op, e := newCompute(w.config(), w.computeConfig(), 0), w.emitter(out.write)
			next := map[string]int{}
			left := slices.Clone(w.leagues)
			for len(left) > 0 {
				id := left[0] // one league after the other
				if i > 0 {
					id = rapid.SampledFrom(left).Draw(rt, "league")
				}
				records := canonical[log.Partition{Topic: log.QuotesTopic(id)}]
				for range rapid.IntRange(1, 200).Draw(rt, "records") {
					if next[id] == len(records) {
						left = slices.DeleteFunc(left, func(l string) bool { return l == id })
						break
					}
					if err := op.Process(records[next[id]], e); err != nil {
						rt.Fatal(err)
					}
					next[id]++
				}
			}
			runs = append(runs, out)
		}
		if d := runs[0].diff(runs[1]); d != "" {
			rt.Fatal(d)
		}
		if len(runs[0][log.Partition{Topic: log.WindowsTopic("movement")}]) == 0 {
			ticks := canonical[log.Partition{Topic: log.QuotesTopic("nhl")}]
			for _, q := range decode[feed.Quote](rt, w, canonical, log.QuotesTopic("nhl")) {
				if q.State == feed.StateOpen {
					rt.Fatalf("prices and %d records, and no window", len(ticks))
				}
			}
		}
	})
}

// TestWindowsAloneAreTheSame: leaving out the rest changes no row.
func TestWindowsAloneAreTheSame(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl")
	rows := 0
	checkN(t, 30, func(rt *rapid.T) {
		canonical := w.normalise(rt, w.rawLog(newScene(w, rapid.Uint64().Draw(rt, "scene")).play(rapid.IntRange(1, 80).Draw(rt, "entries"))))
		whole, alone := memoryLog{}, memoryLog{}
		for out, only := range map[*memoryLog]bool{&whole: false, &alone: true} {
			config := w.computeConfig()
			config.WindowsOnly = only
			op, e := newCompute(w.config(), config, 0), w.emitter(out.write)
			for _, id := range w.leagues {
				for _, r := range canonical[log.Partition{Topic: log.QuotesTopic(id)}] {
					if err := op.Process(r, e); err != nil {
						rt.Fatal(err)
					}
				}
			}
		}
		for at := range whole {
			if at.Topic != log.TopicLate && !strings.HasPrefix(at.Topic, log.WindowsTopic("")) {
				delete(whole, at)
			}
		}
		if d := whole.diff(alone); d != "" {
			rt.Fatal(d)
		}
		for _, records := range alone {
			rows += len(records)
		}
	})
	if rows == 0 {
		t.Error("no scene had a window")
	}
}

// TestWindowsHoldTheValuesOfTheirSpan recomputes every window from the quotes
// that are not late.
func TestWindowsHoldTheValuesOfTheirSpan(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	w.metrics = []metric.Definition{testMetric("movement", "fixture_id", "market", "line", "outcome", "book")}
	rng := rand.New(rand.NewPCG(4, 4))
	p := &tape{t: t, w: w, league: "nhl", in: memoryLog{}}
	now := epoch
	for range 400 {
		now += feed.Time(rng.IntN(20)) * feed.Second
		age := feed.Time(rng.IntN(90)) * feed.Second
		if rng.IntN(20) == 0 {
			age = 20 * feed.Minute
		}
		p.write(open("f", "h2h", nil, []string{"home", "away"}[rng.IntN(2)], "a", float64(101+rng.IntN(300))/100, now-age, now))
		p.tick(now)
	}
	p.tick(now + feed.Hour)
	out := w.compute(t, p.in)

	type window struct {
		size    string
		start   int64
		outcome string
	}
	late := map[window][]float64{}
	for _, l := range decode[feed.Late](t, w, out, log.TopicLate) {
		k := window{l.WindowSize, int64(l.WindowStart), ""}
		late[k] = append(late[k], l.Value)
		if l.Watermark < l.WindowStart+2*feed.Minute+feed.Minute || l.Kind != feed.KindLate || l.Metric != "movement" {
			t.Errorf("late for no reason: %s", jsonOf(l))
		}
	}
	if len(late) == 0 {
		t.Error("nothing was late")
	}
	want := map[window][]float64{}
	for _, q := range p.quotes {
		if q.Kind != feed.KindQuote {
			continue
		}
		for _, size := range w.metrics[0].Windows.Tumbling {
			start := int64(q.EventTime.Truncate(feed.Span(time.Duration(size))))
			if i := slices.Index(late[window{size.String(), start, ""}], q.Price); i >= 0 && q.SeenTime-q.EventTime == 20*feed.Minute {
				continue
			}
			k := window{size.String(), start, q.Outcome}
			want[k] = append(want[k], q.Price)
		}
	}
	got := map[window]map[string]any{}
	for _, r := range decode[map[string]any](t, w, out, log.WindowsTopic("movement")) {
		k := window{r["window_size"].(string), micros(t, r["window_start"]), r["outcome"].(string)}
		if old := got[k]; old != nil && r["revision"].(int32) != old["revision"].(int32)+1 {
			t.Errorf("%v: revision %v follows %v", k, r["revision"], old["revision"])
		}
		got[k] = r
	}
	for k, values := range want {
		r := got[k]
		if r == nil || r["count"].(int64) != int64(len(values)) || deref(r["min"]) != slices.Min(values) || deref(r["max"]) != slices.Max(values) {
			t.Errorf("%v is %v, want the values %v", k, r, values)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d windows, want %d", len(got), len(want))
	}
}

func micros(t *testing.T, v any) int64 {
	switch v := v.(type) {
	case time.Time:
		return v.UnixMicro()
	case int64:
		return v
	}
	t.Fatalf("an instant is %T", v)
	return 0
}

func deref(v any) float64 {
	if p, ok := v.(*float64); ok {
		return *p
	}
	return v.(float64)
}

func TestRepeatedQuotesAreDroppedAndCounted(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	p := &tape{t: t, w: w, league: "nhl", in: memoryLog{}}
	for i := range 20 {
		at := epoch + feed.Time(i)*feed.Minute
		p.write(open("f", "h2h", nil, "home", "a", 1.5+float64(i)/10, at, at))
		p.tick(at)
	}
	once := w.compute(t, p.in)
	topic := log.Partition{Topic: log.QuotesTopic("nhl")}
	records := p.in[topic]
	repeated := memoryLog{}
	for i := range records {
		for _, again := range records[max(0, i-i%7) : i+1] {
			copied := *again
			repeated.append(&copied)
		}
	}
	twice := memoryLog{}
	e := w.computer(t, t.TempDir(), 0, repeated, twice)
	e.rest()
	if d := once.diff(twice); d != "" {
		t.Error(d)
	}
	if got, want := e.run.operator.Dropped(), int64(len(repeated[topic])-len(records)); got != want {
		t.Errorf("%d records were dropped, want %d", got, want)
	}
	e.checkpoint()
	if e.task.Progress().Dropped == 0 {
		t.Error("the task's progress does not show what was dropped")
	}
	e.restart()
	if got := e.run.operator.Dropped(); got == 0 {
		t.Error("the count of dropped records is lost with a restart")
	}
	e.close()
}

// TestCheckpointOutlivesAChangeOfDefinitions: what a checkpoint holds belongs to
// metrics by name, whatever stands beside them.
func TestCheckpointOutlivesAChangeOfDefinitions(t *testing.T) {
	movement := testMetric("movement", "fixture_id", "market", "line", "outcome", "book")
	shorter := movement
	shorter.Windows = metric.Windows{Tumbling: movement.Windows.Tumbling[1:]}
	all := testMetric("by_book", "book")
	another := movement
	another.Aggregates = measures("count", "sum")
	for name, c := range map[string]struct{ before, after []metric.Definition }{
		"a metric more":     {[]metric.Definition{movement}, []metric.Definition{all, movement}},
		"a metric less":     {[]metric.Definition{all, movement}, []metric.Definition{movement}},
		"a window less":     {[]metric.Definition{movement}, []metric.Definition{shorter}},
		"windows more":      {[]metric.Definition{shorter}, []metric.Definition{movement}},
		"all of it changed": {[]metric.Definition{all}, []metric.Definition{movement}},
		"other aggregates":  {[]metric.Definition{movement}, []metric.Definition{another}},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld(t, 1, "nhl"), t.TempDir()
			p := &tape{t: t, w: w, league: "nhl", in: memoryLog{}}
			p.write(open("f", "h2h", nil, "home", "a", 1.5, epoch, epoch))
			p.tick(epoch + feed.Second)
			out := memoryLog{}
			w.metrics = c.before
			e := w.computer(t, dir, 0, p.in, out)
			e.rest()
			e.checkpoint()
			e.close()

			w.metrics = c.after
			p.tick(epoch + feed.Hour)
			w.learn(t)
			e = w.computer(t, dir, 0, p.in, out)
			e.rest()
			e.checkpoint()
			if left := panesOf(e); left != 0 {
				t.Errorf("%d panes are left in the state an hour later", left)
			}
			e.close()
			rows := map[string]int{}
			for _, d := range []metric.Definition{all, movement} {
				for _, r := range decode[map[string]any](t, w, out, log.WindowsTopic(d.Name)) {
					rows[fmt.Sprint(d.Name, " ", r["window_size"])]++
				}
			}
			want := map[string]int{}
			for _, a := range c.after {
				for _, b := range c.before {
					for _, size := range a.Windows.Tumbling {
						if a.Name == b.Name && a.Version() == b.Version() && slices.Contains(b.Windows.Tumbling, size) {
							want[a.Name+" "+size.String()] = 1
						}
					}
				}
			}
			if !maps.Equal(rows, want) {
				t.Errorf("got rows %v, want %v", rows, want)
			}
		})
	}
}

// learn makes codecs for metrics that a test has changed.
func (w *world) learn(t *testing.T) {
	t.Helper()
	for i := range w.metrics {
		codec, err := log.NewCodec(w.metrics[i].Schema(), 500+i)
		if err != nil {
			t.Fatal(err)
		}
		w.codecs[log.WindowsTopic(w.metrics[i].Name)] = codec
	}
}

// panesOf counts the panes in an engine's last checkpoint.
func panesOf(e *engine) (n int) {
	for _, kind := range []string{keyPanes, keyHot} {
		e.must(e.run.state.Each(kind, func(string, []byte) error {
			n++
			return nil
		}))
	}
	return n
}
