package process

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// TestAQueueIsStoredAsItStands lets rows come and leave, makes checkpoints, goes
// on from some of them, and compares with a slice. A checkpoint stores what came
// since the last one and is still there, and nothing else.
func TestAQueueIsStoredAsItStands(t *testing.T) {
	const prefix = "queue/nhl/"
	dir := t.TempDir()
	runs := 0
	checkN(t, 40, func(t *rapid.T) {
		runs++
		s, err := OpenState(fmt.Sprint(dir, "/", runs), nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		var q windowQueue
		var want []string
		came, known := feed.Time(0), 0 // known: of want, how many the last checkpoint has
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			for range rapid.IntRange(0, 12).Draw(t, "come") {
				came++
				w := drawWindowOutput(t, came)
				q.push(w)
				want = append(want, textOf(&w))
			}
			for range rapid.IntRange(0, len(want)).Draw(t, "leave") {
				if got := textOf(q.next()); got != want[0] {
					t.Fatalf("%s leaves, want %s", got, want[0])
				}
				q.pop()
				want, known = want[1:], max(0, known-1)
			}
			if q.len() != len(want) || (q.next() == nil) != (len(want) == 0) {
				t.Fatalf("%d rows wait, want %d", q.len(), len(want))
			}
			b, stored := s.Begin(), 0
			err := errors.Join(q.save(b, prefix), b.each(func(_ string, value []byte) {
				if value != nil {
					stored++
				}
			}), b.Commit())
			if err != nil || stored != len(want)-known {
				t.Fatalf("%d rows are stored (%v), want %d", stored, err, len(want)-known)
			}
			known = len(want)
			if rapid.Bool().Draw(t, "restart") {
				if err := q.load(s, prefix); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// drawWindowOutput is one whose tick tells it from others.
func drawWindowOutput(t *rapid.T, tick feed.Time) windowOutput {
	if rapid.Bool().Draw(t, "late") {
		return windowOutput{Tick: tick, Late: &feed.Late{
			Kind: feed.KindLate, Metric: rapid.String().Draw(t, "metric"), WindowStart: -tick, Value: rapid.Float64().Draw(t, "value"), EventTime: feed.Time(rapid.Int64Range(-1e15, 1e15).Draw(t, "time")),
		}}
	}
	return windowOutput{
		Tick: tick, Metric: rapid.String().Draw(t, "metric"), Version: rapid.Uint32().Draw(t, "version"), Size: rapid.String().Draw(t, "size"),
		Start: feed.Time(rapid.Int64().Draw(t, "start")), End: feed.Time(rapid.Int64().Draw(t, "end")), Revision: rapid.Int32().Draw(t, "revision"),
		Key: rapid.String().Draw(t, "key"), Values: append(rapid.SliceOfN(rapid.Float64(), 0, 4).Draw(t, "values"), math.NaN()),
	}
}

// textOf tells all of a row: NaN is like NaN in it.
func textOf(w *windowOutput) string {
	row := *w
	row.Late = nil
	return fmt.Sprintf("%+v %+v", row, w.Late)
}

// TestADamagedRowThatWaitsIsNoticed cuts it at every place, and takes one out of
// the middle.
func TestADamagedRowThatWaitsIsNoticed(t *testing.T) {
	rows := []windowOutput{{Tick: 1, Metric: "m", Key: "k", Values: []float64{1, 2}}, {Tick: 2, Late: &feed.Late{Metric: "m"}}}
	for i := range rows {
		value, err := rows[i].append(nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := range value {
			if _, err := readWindowOutput(value[:n]); !errors.Is(err, errWaiting) {
				t.Errorf("%d bytes of %d are read without an error: %v", n, len(value), err)
			}
		}
	}
	s, err := OpenState(t.TempDir(), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var q windowQueue
	for tick := range feed.Time(3) {
		q.push(windowOutput{Tick: tick})
	}
	b := s.Begin()
	err = errors.Join(q.save(b, "queue/nhl/"), b.Delete("queue/nhl/"+numberText(1)), b.Commit())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(q.load(s, "queue/nhl/"), s.Close()); !errors.Is(err, errWaiting) {
		t.Errorf("a row is missing, and the error is %v", err)
	}
}
