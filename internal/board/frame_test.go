package board

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// reader is a client: it starts from a snapshot and applies frames.
type reader struct {
	seq  int64
	view map[string]string
}

func readerOf(fr Frame) *reader {
	r := &reader{seq: fr.Seq, view: map[string]string{}}
	for _, f := range fr.Fixtures {
		r.view[f.ID] = string(f.JSON)
	}
	for _, s := range fr.Signals {
		r.view[s.ID] = string(s.JSON)
	}
	return r
}

// catchUp applies the frames behind the reader's; ok is false if they are gone.
func (r *reader) catchUp(t failer, b *Board) (ok bool) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	frames, ok := b.After(ended, r.seq)
	for _, fr := range frames {
		if fr.Seq != r.seq+1 {
			t.Fatalf("frame %d came behind %d", fr.Seq, r.seq)
		}
		r.seq = fr.Seq
		for _, f := range fr.Fixtures {
			r.view[f.ID] = string(f.JSON)
		}
		for _, id := range fr.Removed {
			delete(r.view, id)
		}
		for _, s := range fr.Signals {
			r.view[s.ID] = string(s.JSON)
			if strings.Contains(string(s.JSON), `"state":"close"`) {
				delete(r.view, s.ID)
			}
		}
	}
	return ok
}

// drawRecord draws a record about one of a few fixtures. Time passes by seconds,
// or by hours, so that fixtures leave.
func drawRecord(t *rapid.T, now *feed.Time) any {
	*now += feed.Time(rapid.SampledFrom([]int64{0, 0, 0, 1, 1, 30, 3600, 5 * 3600}).Draw(t, "pass")) * feed.Second
	id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "fixture")
	price := rapid.Float64Range(1.1, 5).Draw(t, "price")
	kind := rapid.IntRange(0, 10).Draw(t, "kind")
	switch kind {
	case 0:
		return fixtureOf(id, *now+feed.Time(rapid.Int64Range(-10, 10).Draw(t, "start"))*feed.Hour)
	case 1, 2:
		q := quoteOf(id, rapid.SampledFrom([]string{"x", "y"}).Draw(t, "book"), "home", price, *now)
		q.State = rapid.SampledFrom([]feed.State{feed.StateOpen, feed.StateSuspended, feed.StateWithdrawn}).Draw(t, "state")
		return q
	case 3:
		return seenOf(id, "x", *now)
	case 4, 5:
		return marketOf(id, rapid.SampledFrom([]string{"h2h", "spreads"}).Draw(t, "market"), nil, 2, 1/price, *now)
	case 6:
		return &feed.Game{Kind: feed.KindGame, FixtureID: id, League: "nfl", State: feed.GameIn, Clock: fmt.Sprint(*now), SeenTime: *now}
	}
	if kind > 7 {
		return signalOf(id, rapid.SampledFrom([]feed.SignalState{feed.SignalOpen, feed.SignalUpdate, feed.SignalClose, feed.SignalDropped}).Draw(t, "word"), price, *now)
	}
	return tickOf(*now)
}

func TestAReaderFromAnyFrameOnSeesWhatASnapshotShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBoard(t)
		now := noon
		readers := []*reader{readerOf(b.Snapshot())}
		for range rapid.IntRange(1, 40).Draw(t, "batches") {
			var records []any
			for range rapid.IntRange(1, 5).Draw(t, "records") {
				records = append(records, drawRecord(t, &now))
			}
			put(t, b, records...)
			switch rapid.IntRange(0, 5).Draw(t, "reader") {
			case 0:
				readers = append(readers, readerOf(b.Snapshot()))
			case 1:
				readers[0].catchUp(t, b)
			}
		}
		want := readerOf(b.Snapshot())
		for i, r := range readers {
			if ok := r.catchUp(t, b); !ok {
				t.Fatalf("reader %d at %d of %d was sent away", i, r.seq, want.seq)
			}
			if r.seq != want.seq || !maps.Equal(r.view, want.view) {
				t.Fatalf("reader %d at %d sees\n%v\nwant at %d\n%v", i, r.seq, r.view, want.seq, want.view)
			}
		}
		for id, text := range want.view {
			if strings.Contains(id, "@") {
				continue // a signal
			}
			d, ok := b.Detail(id)
			var shown FixtureView
			if err := json.Unmarshal([]byte(text), &shown); err != nil || !ok || shown.FixtureID != d.Fixture.FixtureID || shown.State != d.Fixture.State {
				t.Fatalf("%s: shown as %s, %v, details %+v, %v", id, text, err, d.Fixture, ok)
			}
		}
	})
}

func TestAReaderTooFarBehindIsSentToASnapshot(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon))
	for i := range 2 * framesKept {
		put(t, b, quoteOf("f", "x", "home", 1+float64(i), noon))
	}
	if len(b.frames) > framesKept {
		t.Fatalf("%d frames are kept", len(b.frames))
	}
	oldest := b.frames[0].Seq
	for _, c := range []struct {
		seq    int64
		ok     bool
		frames int
	}{
		{1, false, 0}, {oldest - 2, false, 0}, {oldest - 1, true, len(b.frames)}, {oldest, true, len(b.frames) - 1},
		{b.seq - 1, true, 1}, {b.seq, true, 0}, {b.seq + 1, false, 0}, {-1, false, 0},
	} {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		frames, ok := b.After(ended, c.seq)
		if ok != c.ok || len(frames) != c.frames {
			t.Errorf("after %d of %d to %d: %d frames, %v", c.seq, oldest, b.seq, len(frames), ok)
		}
	}
}

// TestFramesAreBoundedBySize changes many fixtures at a time.
func TestFramesAreBoundedBySize(t *testing.T) {
	const games = 60
	b := newBoard(t)
	var records []any
	for i := range games {
		records = append(records, fixtureOf(fmt.Sprint("game", i), noon))
	}
	put(t, b, records...)
	largest := 0
	for i := range framesKept {
		at := noon - feed.Hour + feed.Time(i)*feed.Second
		records = records[:0]
		for k := range games {
			records = append(records, marketOf(fmt.Sprint("game", k), feed.MarketH2H, nil, 9, 0.4+float64(i%9)/100, at))
		}
		put(t, b, records...)
		kept := 0
		for k := range b.frames {
			kept += b.frames[k].size()
		}
		if kept != b.frameBytes {
			t.Fatalf("%d bytes are kept, %d are counted", kept, b.frameBytes)
		}
		largest = max(largest, kept)
	}
	if one := b.frames[0].size(); largest > framesSize || largest < framesSize/2 || one*framesKept < 2*framesSize {
		t.Errorf("up to %d bytes of %d, a frame has %d", largest, framesSize, one)
	}
	if b.frames[len(b.frames)-1].Seq != b.seq {
		t.Error("the newest frame is gone")
	}
}

func TestAReaderOfAnEmptyBoardWaits(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	b := newBoard(t)
	if frames, ok := b.After(ended, 0); len(frames) != 0 || !ok {
		t.Errorf("got %v, %v", frames, ok)
	}
	if _, ok := b.After(ended, 5); ok {
		t.Error("a number that is not of this board was taken")
	}
}

func TestAChangeWakesEveryReader(t *testing.T) {
	b := newBoard(t)
	synctest.Test(t, func(t *testing.T) {
		b.changed = make(chan struct{}) // of this bubble
		var wg sync.WaitGroup
		woken := make([]int64, 10)
		for i := range woken {
			wg.Go(func() {
				frames, ok := b.After(t.Context(), 0)
				if ok && len(frames) == 1 {
					woken[i] = frames[0].Seq
				}
			})
		}
		synctest.Wait()
		put(t, b, tickOf(noon)) // shows nothing, so wakes nobody
		synctest.Wait()
		put(t, b, fixtureOf("f", noon))
		wg.Wait()
		if slices.Contains(woken, 0) {
			t.Errorf("woken by frames %v", woken)
		}
	})
}

func TestAReadersContextEndsItsWait(t *testing.T) {
	b := newBoard(t)
	synctest.Test(t, func(t *testing.T) {
		b.changed = make(chan struct{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		if frames, ok := b.After(ctx, 0); frames != nil || !ok || time.Since(began) != time.Minute {
			t.Errorf("got %v, %v after %s", frames, ok, time.Since(began))
		}
	})
}

func TestReadersAndTheWriterDoNotWaitForEachOther(t *testing.T) {
	b := newBoard(t)
	put(t, b, fixtureOf("f", noon))
	const last = 1500
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r := readerOf(b.Snapshot())
			for r.seq < last {
				if !r.catchUp(t, b) {
					r = readerOf(b.Snapshot())
				}
				if _, ok := b.Detail("f"); !ok || !json.Valid([]byte(r.view["f"])) {
					t.Errorf("at %d: %s", r.seq, r.view["f"])
				}
				b.Games("nfl")
				b.Near("nfl", noon)
				b.Counters()
			}
		})
	}
	for b.Snapshot().Seq < last {
		put(t, b, quoteOf("f", "x", "home", 2, noon), marketOf("f", "h2h", nil, 1, 0.5, noon))
	}
	wg.Wait()
}

// BenchmarkApply is one answer about one fixture: ten books, three markets, all
// prices changed.
func BenchmarkApply(b *testing.B) {
	board := newBoard(b)
	put(b, board, fixtureOf("f", noon))
	var records []any
	for book := range 10 {
		for _, market := range []string{"h2h", "spreads", "totals"} {
			for _, outcome := range []string{"home", "away"} {
				q := quoteOf("f", fmt.Sprintf("book-%d", book), outcome, 1.9, noon)
				q.Market = market
				records = append(records, q)
			}
		}
	}
	for _, market := range []string{"h2h", "spreads", "totals"} {
		records = append(records, marketOf("f", market, nil, 10, 0.5, noon))
	}
	b.ReportAllocs()
	for b.Loop() {
		put(b, board, records...)
	}
	b.ReportMetric(float64(len(records)*b.N)/b.Elapsed().Seconds(), "records/s")
}
