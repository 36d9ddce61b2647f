package process

import (
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// disturb works through the input with checkpoints, stops and crashes at any
// moment and the inputs interleaved in any way.
func (e *engine) disturb(t *rapid.T, most int) {
	for ps := e.left(); len(ps) > 0; ps = e.left() {
		p := rapid.SampledFrom(ps).Draw(t, "input")
		for range rapid.IntRange(1, most).Draw(t, "records") {
			if e.next[p] < int64(len(e.in[p])) {
				e.step(p)
			}
		}
		switch rapid.IntRange(0, 11).Draw(t, "then") {
		case 0, 1:
			e.checkpoint()
		case 2:
			e.checkpoint()
			e.restart()
		case 3:
			e.restart() // everything had reached the log, no checkpoint was made
		case 4:
			e.crash(func(_ log.Partition, n int) int { return rapid.IntRange(0, n).Draw(t, "reached the log") })
		}
	}
	e.checkpoint()
	e.close()
}

// TestOutputsDoNotDependOnStopsAndCrashes holds rule 2 and rule 6: the same raw
// records give the same bytes, each output once, however often the tasks were
// stopped or killed on the way.
func TestOutputsDoNotDependOnStopsAndCrashes(t *testing.T) {
	w := newWorld(t, 2, "nhl", "nfl", "epl")
	checkN(t, 8, func(rt *rapid.T) {
		dir := t.TempDir()
		raw := w.rawLog(newScene(w, rapid.Uint64().Draw(rt, "scene")).play(rapid.IntRange(20, 100).Draw(rt, "entries")))
		canonical := w.normalise(rt, raw)
		derived := w.compute(rt, canonical)
		joined := w.join(rt, canonical, derived)
		if gap := canonical.gap() + derived.gap() + joined.gap(); gap != "" {
			rt.Fatal(gap)
		}
		disturbed := memoryLog{}
		for p := range w.partitions {
			w.normaliser(rt, filepath.Join(dir, "dn"+strconv.Itoa(int(p))), p, raw, disturbed).disturb(rt, 80)
		}
		if d := canonical.diff(disturbed); d != "" {
			rt.Fatal("canonical records: ", d)
		}
		out := memoryLog{}
		for p := range w.partitions {
			w.computer(rt, filepath.Join(dir, "dc"+strconv.Itoa(int(p))), p, canonical, out).disturb(rt, 500)
		}
		if d := derived.diff(out); d != "" {
			rt.Fatal("derived records: ", d)
		}
		both := memoryLog{}
		for p := range w.partitions {
			w.joiner(rt, filepath.Join(dir, "dj"+strconv.Itoa(int(p))), p, together(canonical, derived), both).disturb(rt, 500)
		}
		if d := joined.diff(both); d != "" {
			rt.Fatal("joined records: ", d)
		}
	})
}

// TestScenesHaveSignalsInEveryState holds what the property above runs on: among
// its scenes are signals that open, change, close and are dropped.
func TestScenesHaveSignalsInEveryState(t *testing.T) {
	w := newWorld(t, 2, "nhl", "nfl", "epl")
	words := map[feed.SignalState]int{}
	for seed := range uint64(60) {
		derived := w.compute(t, w.normalise(t, w.rawLog(newScene(w, seed).play(60))))
		for _, id := range w.leagues {
			for _, s := range decode[feed.Signal](t, w, derived, log.SignalsTopic(id)) {
				words[s.State]++
			}
		}
		if len(words) == 4 {
			return
		}
	}
	t.Errorf("the scenes have %v", words)
}

// TestScenesHaveWindowsOfEveryMetric holds the same of windows of each kind.
func TestScenesHaveWindowsOfEveryMetric(t *testing.T) {
	w := newWorld(t, 2, "nhl", "nfl", "epl")
	derived := w.compute(t, w.normalise(t, w.rawLog(newScene(w, 1).play(100))))
	for _, d := range w.metrics {
		if len(decode[map[string]any](t, w, derived, log.WindowsTopic(d.Name))) == 0 {
			t.Errorf("the scene has no window of %s", d.Name)
		}
	}
}
