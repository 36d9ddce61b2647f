package process

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// TestOutputsDoNotDependOnMemory: whatever a task may hold and however often it
// makes checkpoints, it writes the same bytes, and with checkpoints at the same
// places its state is the same.
func TestOutputsDoNotDependOnMemory(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl")
	away := map[int]int{}
	checkN(t, 6, func(rt *rapid.T) {
		canonical := w.normalise(rt, w.rawLog(newScene(w, rapid.Uint64().Draw(rt, "scene")).play(rapid.IntRange(20, 60).Draw(rt, "entries"))))
		straight := w.compute(rt, canonical)
		every := rapid.SampledFrom([]int{1, 7, 100}).Draw(rt, "records between checkpoints")
		var states []map[string]string
		for _, memory := range []int{0, 1, 20_000, math.MaxInt} {
			w.memory = memory
			out := memoryLog{}
			e := w.computer(rt, t.TempDir(), 0, canonical, out)
			for n := 0; len(e.left()) > 0; n++ {
				for _, p := range e.left() {
					e.step(p)
				}
				if n%every == 0 {
					e.checkpoint()
				}
			}
			e.checkpoint()
			if d := straight.diff(out); d != "" {
				rt.Fatalf("with %d bytes: %s", memory, d)
			}
			states = append(states, stateOf(e))
			for _, l := range e.run.operator.(*compute).leagues {
				away[memory] += len(l.away)
			}
			e.close()
		}
		w.memory = 0
		for i := range states[1:] {
			if d := differing(states[0], states[i+1]); d != "" {
				rt.Fatalf("the states of run 0 and %d differ: %s", i+1, d)
			}
		}
	})
	if away[0] == 0 || away[math.MaxInt] != 0 {
		t.Errorf("fixtures that had left memory: %v", away)
	}
}

// stateOf lists what is stored. What is over and not yet removed, which depends
// on who has looked at it, is left out.
func stateOf(e *engine) map[string]string {
	op, entries := e.run.operator.(*compute), map[string]string{}
	e.must(e.run.state.Each("", func(key string, value []byte) error {
		if rest, ok := strings.CutPrefix(key, keyPanes); ok {
			id, name, _ := strings.Cut(rest, "/")
			metric, pane, err := parsePaneName(name)
			if err != nil {
				return err
			}
			if metric == "session" || op.byTopic[log.QuotesTopic(id)].windows[op.metric(metric)].Stale(pane, value) {
				return nil
			}
		}
		entries[key] = string(value)
		return nil
	}))
	return entries
}

func differing(a, b map[string]string) string {
	for _, pair := range [][2]map[string]string{{a, b}, {b, a}} {
		for key, value := range pair[0] {
			if other, ok := pair[1][key]; !ok || other != value {
				return fmt.Sprintf("%q is %q and %q", key, value, other)
			}
		}
	}
	return ""
}

// TestStoredMarketsAreReadAsTheyWere holds the codec to markets of scenes.
func TestStoredMarketsAreReadAsTheyWere(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	checkN(t, 10, func(rt *rapid.T) {
		op, e := newCompute(w.config(), w.computeConfig(), 0), w.emitter(memoryLog{}.write)
		for _, r := range w.normalise(rt, w.rawLog(newScene(w, rapid.Uint64().Draw(rt, "scene")).play(30)))[log.Partition{Topic: log.QuotesTopic("nhl")}] {
			if err := op.Process(r, e); err != nil {
				rt.Fatal(err)
			}
			for _, f := range op.leagues[0].markets {
				stored := f.append(nil)
				back, err := parseMarkets(stored)
				if err != nil {
					rt.Fatal(err)
				}
				if again := back.append(nil); !bytes.Equal(again, stored) || jsonOf(back) != jsonOf(f) {
					rt.Fatalf("%s was read as %s", jsonOf(f), jsonOf(back))
				}
			}
		}
	})
}

// FuzzMarkets: bytes that are no markets are an error; what is read is written
// again as it was.
func FuzzMarkets(f *testing.F) {
	line := 5.5
	m := newFixtureMarkets()
	for _, q := range []feed.Quote{
		open("f", "h2h", nil, "home", "a", 1.9, epoch, epoch), open("f", "h2h", nil, "away", "b", 2, epoch, epoch),
		open("f", "totals", &line, "over", "a", 1.9, epoch, epoch+feed.Second),
	} {
		m.apply(&q)
		m.see(&q)
	}
	m.Markets[0].Digest = &digest{Books: 2, Outcomes: []outcomeBrief{{Outcome: "home", Price: 2}}}
	f.Add(m.append(nil))
	f.Fuzz(func(t *testing.T, stored []byte) {
		m, err := parseMarkets(stored)
		if err != nil {
			return
		}
		first := m.append(nil)
		back, err := parseMarkets(first)
		if err != nil {
			t.Fatal(err)
		}
		if again := back.append(nil); !bytes.Equal(again, first) {
			t.Fatalf("read %x, wrote %x, then %x", stored, first, again)
		}
	})
}

// TestDamagedStateIsRebuiltWhenItIsRead: what is not loaded at the start may
// turn out to be damaged later.
func TestDamagedStateIsRebuiltWhenItIsRead(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	rng := rand.New(rand.NewPCG(3, 4))
	p := &tape{t: t, w: w, league: "nhl", in: memoryLog{}}
	quote := func(at feed.Time) {
		for _, outcome := range []string{"home", "away"} {
			p.write(open("f", "h2h", nil, outcome, "a", 1.5+rng.Float64(), at, at))
		}
	}
	quote(epoch)
	p.tick(epoch + feed.Second)
	p.tick(epoch + 10*feed.Minute)
	half := maps.Clone(p.in)
	quote(epoch + 10*feed.Minute)
	p.tick(epoch + 20*feed.Minute)
	want := w.compute(t, p.in)

	c, dir := newCluster(t, w), t.TempDir()
	compute := func() *Task { return NewCompute(c.config(c.dial(), dir), w.computeConfig(), 0) }
	c.fill(half)
	c.finish(compute())
	setRaw(t, dir+"/compute-0", prefixOperator+keyMarkets+"nhl/f", "\x02\x02\x01\x7f") // its beginning can be read, which is all that a start looks at
	rest := memoryLog{}
	for at, rs := range p.in {
		rest[at] = rs[len(half[at]):]
	}
	c.fill(rest)
	task := compute()
	if err := task.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Fatalf("got %v, want an error that says what is damaged", err)
	}
	c.finish(compute())
	if d := want.diff(c.read(task.outputs)); d != "" {
		t.Fatal(d)
	}
	if !strings.Contains(c.logs.String(), "rebuilt from the log") {
		t.Errorf("the log of the program does not say that state was rebuilt: %s", &c.logs)
	}
}

// TestARangeIsHandedOverKeyByKey: the log, where others read a state, knows no
// ranges.
func TestARangeIsHandedOverKeyByKey(t *testing.T) {
	s, err := OpenState(t.TempDir(), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	b := s.Begin()
	for _, key := range []string{"a/1", "a/2", "a/3", "b/1"} {
		if err := b.Set(key, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	b = s.Begin()
	var got []string
	err = errors.Join(b.deleteRange("a/1", "a/3"), b.deletePrefix("b/"), b.Set("c", []byte("y")), b.each(func(key string, value []byte) {
		got = append(got, strings.TrimPrefix(key, prefixOperator)+"="+string(value))
	}), b.Commit())
	if want := []string{"a/1=", "a/2=", "b/1=", "c=y"}; err != nil || !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("handed over %v (%v), want %v", got, err, want)
	}
	left := 0
	err = errors.Join(s.Each("", func(string, []byte) error { left++; return nil }), s.Close())
	if err != nil || left != 2 {
		t.Errorf("%d entries are left (%v), want a/3 and c", left, err)
	}
}
