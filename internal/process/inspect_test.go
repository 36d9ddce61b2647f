package process

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
)

// TestAnInspectionCountsWhatTheCheckpointHolds plays a tape whose numbers can be
// counted by hand.
func TestAnInspectionCountsWhatTheCheckpointHolds(t *testing.T) {
	w, dir := newWorld(t, 1, "nhl", "nfl"), filepath.Join(t.TempDir(), "compute-0")
	w.metrics = []metric.Definition{testMetric("by_book", "book")}
	p := &tape{t: t, w: w, league: "nhl", in: memoryLog{}}
	line := 5.5
	p.tick(epoch)
	p.write(open("old", "totals", &line, "over", "a", 1.9, epoch, epoch))
	at := epoch + feed.Minute
	p.tick(at)
	for _, book := range []struct {
		name       string
		home, away float64
	}{{"a", 2.06, 1.86}, {"b", 2, 1.9}, {"c", 1.94, 1.96}, {"d", 1.86, 2.04}, {"e", 1.99, 1.91}} {
		first := open("new", "h2h", nil, "home", book.name, book.home, at, at)
		first.Last = false
		p.write(first)
		p.write(open("new", "h2h", nil, "away", book.name, book.away, at, at))
	}
	p.tick(at + feed.Second)
	out := memoryLog{}
	e := w.computer(t, dir, 0, p.in, out)
	e.rest()
	e.checkpoint()
	panes := panesOf(e)
	e.close()

	before := filesOf(t, dir)
	in, err := Inspect(dir, 2)
	if err != nil {
		t.Fatal(err)
	}
	if after := filesOf(t, dir); !maps.Equal(before, after) {
		t.Errorf("inspecting changed the files of the state from %v to %v", before, after)
	}
	quotes := log.Partition{Topic: log.QuotesTopic("nhl")}
	if in.Positions[quotes] != int64(len(p.quotes)) {
		t.Errorf("the position is %d, want %d", in.Positions[quotes], len(p.quotes))
	}
	for at, rs := range out {
		if in.Written[at] != int64(len(rs)) {
			t.Errorf("%v: number %d, want %d", at, in.Written[at], len(rs))
		}
	}
	if len(in.Leagues) != 2 || in.Leagues[0].League != "nfl" {
		t.Fatalf("leagues are %+v", in.Leagues)
	}
	signals := map[string]feed.SignalState{}
	for _, s := range decode[feed.Signal](t, w, out, log.SignalsTopic("nhl")) {
		signals[s.SignalID] = s.State
	}
	standing := 0
	for _, state := range signals {
		if state == feed.SignalOpen || state == feed.SignalUpdate {
			standing++
		}
	}
	if standing == 0 {
		t.Fatalf("the tape opens no signal: %s", jsonOf(decode[feed.Signal](t, w, out, log.SignalsTopic("nhl"))))
	}
	got := in.Leagues[1]
	got.Entries, got.Bytes = 0, 0
	waiting := got.Waiting // for nfl, which has no tick yet
	got.Waiting = 0
	want := LeagueState{
		League: "nhl", Tick: at + feed.Second, Watermarks: map[string]feed.Time{"by_book": at + feed.Second - feed.Span(time.Duration(w.metrics[0].Disorder))},
		Fixtures: 2, Markets: 2, Panes: map[string]int{"by_book": panes}, Signals: standing, Oldest: epoch,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if waiting != e.run.operator.(*compute).byTopic[quotes.Topic].queue.len() {
		t.Errorf("%d outputs wait, want those of the queue", waiting)
	}
	if len(in.Largest) != 2 || in.Largest[0].Bytes < in.Largest[1].Bytes || in.Bytes == 0 || in.Changed.IsZero() || !in.Current {
		t.Errorf("largest %v, %d bytes, changed %s, current %v", in.Largest, in.Bytes, in.Changed, in.Current)
	}
}

// filesOf lists the files of a folder with their sizes, but for Pebble's lock.
func filesOf(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if e.Name() != "LOCK" {
			out[e.Name()] = info.Size()
		}
	}
	return out
}

// TestTheLargestEntriesComeFirst holds the list to sorting everything.
func TestTheLargestEntriesComeFirst(t *testing.T) {
	in := &Inspection{}
	for i, size := range []int{3, 1, 4, 1, 5, 9, 2, 6, 5} {
		in.note(Entry{string(rune('a' + i)), size}, 4)
	}
	if want := []Entry{{"f", 9}, {"h", 6}, {"e", 5}, {"i", 5}}; !reflect.DeepEqual(in.Largest, want) {
		t.Errorf("got %v, want %v", in.Largest, want)
	}
}

// TestARunningTaskSaysTheSameAsItsFiles also holds what a task publishes of its
// clocks and checkpoints.
func TestARunningTaskSaysTheSameAsItsFiles(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	c, dir := newCluster(t, w), t.TempDir()
	raw := w.rawLog(newScene(w, 7).play(40))
	c.fill(raw)
	task := c.normalise(c.dial(), dir, 0)
	if _, err := task.Inspect(1); !errors.Is(err, ErrNoState) {
		t.Errorf("a task that does not run: %v", err)
	}
	var running *Inspection
	var p Progress
	if err := c.until(task, func(now Progress, ends map[log.Partition]int64) bool {
		for at, next := range now.Positions {
			if next < ends[at] {
				return false
			}
		}
		if len(now.Positions) == 0 || now.Checkpoints.Count == 0 {
			return false
		}
		p = now
		var err error
		if running, err = task.Inspect(3); err != nil {
			t.Error(err)
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	stopped, err := Inspect(filepath.Join(dir, task.Name()), 3)
	if err != nil {
		t.Fatal(err)
	}
	running.Bytes, running.Changed, stopped.Bytes, stopped.Changed = 0, time.Time{}, 0, time.Time{}
	if !reflect.DeepEqual(running, stopped) {
		t.Errorf("running %+v\nstopped %+v", running, stopped)
	}
	if p.Checkpoints.Last.IsZero() || p.Checkpoints.Took <= 0 {
		t.Errorf("checkpoints are %+v", p.Checkpoints)
	}
	for at := range p.Positions {
		rs := raw[at]
		last, err := TimeOf(rs[len(rs)-1], nil)
		if err != nil || p.Clocks[at] != last.Truncate(feed.Second) {
			t.Errorf("the clock of %v is %s, its last record of %s (%v)", at, p.Clocks[at], last, err)
		}
	}
}

func TestWatermarksAreThoseOfEveryMetric(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl")
	p := &tape{t: t, w: w, league: "nhl", in: memoryLog{}}
	p.tick(epoch)
	e := w.computer(t, filepath.Join(t.TempDir(), "x"), 0, p.in, memoryLog{})
	e.rest()
	var want []Watermark
	for _, d := range w.metrics {
		want = append(want, Watermark{"nhl", d.Name, epoch - feed.Span(time.Duration(d.Disorder))})
	}
	if got := e.run.operator.Watermarks(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := e.run.operator.Clock(log.Partition{Topic: log.QuotesTopic("nhl")}); got != epoch {
		t.Errorf("the clock is %s, want %s", got, epoch)
	}
	topic := log.QuotesTopic("nhl")
	if got, err := TimeOf(p.in[log.Partition{Topic: topic}][0], w.codecs[topic]); err != nil || got != epoch {
		t.Errorf("the record's time is %s (%v)", got, err)
	}
	e.close()
}

func TestWhatCannotBeInspectedIsSaid(t *testing.T) {
	dir := t.TempDir()
	if _, err := Inspect(filepath.Join(dir, "nothing"), 0); !errors.Is(err, ErrNoState) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := Inspect(dir, 0); !errors.Is(err, ErrNoState) {
		t.Errorf("an empty folder: %v", err)
	}
	s, err := OpenState(filepath.Join(dir, "old"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Inspect(s.dir, 0); err == nil {
		t.Error("state that is in use was opened")
	}
	if err := s.db.Set([]byte(keyFormat), []byte("0"), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	in, err := Inspect(s.dir, 0)
	if err != nil || in.Format != "0" || in.Current {
		t.Errorf("state of another version: %+v, %v", in, err)
	}
}
