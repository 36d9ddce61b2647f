package board

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sort"

	"github.com/betflow/betflow/internal/feed"
)

// Frame is one numbered change of the board: the fixtures and signals it
// changed, whole. A signal whose state is close is gone.
type Frame struct {
	Seq      int64
	Now      feed.Time
	Fixtures []FixtureJSON
	Signals  []SignalJSON
	Removed  []string
}

// FixtureJSON is a fixture's view, encoded once for all readers.
type FixtureJSON struct {
	ID     string
	League string
	JSON   json.RawMessage
}

// frame numbers the changes and wakes the readers. Without changes there is no
// frame. The caller holds the lock.
func (b *Board) frame(touched map[string]struct{}, removed []string) {
	ids := make([]string, 0, len(touched))
	for id := range touched {
		if f := b.fixtures[id]; f != nil && f.visible() {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 && len(removed) == 0 {
		return
	}
	sort.Strings(ids)
	sort.Strings(removed)
	b.seq++
	fr := Frame{Seq: b.seq, Now: b.now, Removed: removed}
	for _, id := range ids {
		f := b.fixtures[id]
		f.view = b.encode(f)
		fr.Fixtures = append(fr.Fixtures, FixtureJSON{ID: id, League: f.record.League, JSON: f.view})
		f.frameSignals(&fr)
	}
	for _, id := range removed {
		b.fixtures[id].frameSignals(&fr)
	}
	b.keep(fr)
	close(b.changed)
	b.changed = make(chan struct{})
}

// keep adds a frame to those that readers may ask for. When they become too many
// or too large the older half goes.
func (b *Board) keep(fr Frame) {
	b.frames = append(b.frames, fr)
	b.frameBytes += fr.size()
	if len(b.frames) <= framesKept && b.frameBytes <= framesSize {
		return
	}
	older := 0
	for older < len(b.frames)-1 && (len(b.frames)-older > framesKept/2 || b.frameBytes > framesSize/2) {
		b.frameBytes -= b.frames[older].size()
		older++
	}
	b.frames = append(b.frames[:0:0], b.frames[older:]...) // readers may hold parts of the old array
}

// size is the bytes of the frame's JSON.
func (fr *Frame) size() (n int) {
	for i := range fr.Fixtures {
		n += len(fr.Fixtures[i].JSON)
	}
	for i := range fr.Signals {
		n += len(fr.Signals[i].JSON)
	}
	return n
}

// Snapshot returns every fixture, every live signal and the number of the frame
// it includes.
func (b *Board) Snapshot() Frame {
	b.mu.Lock()
	defer b.mu.Unlock()
	fr := Frame{Seq: b.seq, Now: b.now}
	for id, f := range b.fixtures {
		if f.view == nil {
			continue
		}
		fr.Fixtures = append(fr.Fixtures, FixtureJSON{ID: id, League: f.record.League, JSON: f.view})
		for signal, live := range f.signals {
			if live.view != nil {
				fr.Signals = append(fr.Signals, SignalJSON{signal, f.record.League, live.view})
			}
		}
	}
	slices.SortFunc(fr.Signals, func(x, y SignalJSON) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(fr.Fixtures, func(x, y FixtureJSON) int {
		if x.ID < y.ID {
			return -1
		}
		return 1
	})
	return fr
}

// After waits for frames behind seq and returns them, oldest first. ok is false
// if frames in between are no longer kept or seq is not of this board: the
// reader must start from a snapshot. When the context ends it returns none.
//
// Readers wait for the board, the board never for a reader: who is slow finds
// more frames at once, who is too slow is sent back to a snapshot.
func (b *Board) After(ctx context.Context, seq int64) (frames []Frame, ok bool) {
	for {
		b.mu.Lock()
		changed := b.changed
		switch {
		case seq > b.seq || seq < b.seq && (len(b.frames) == 0 || b.frames[0].Seq > seq+1):
			b.mu.Unlock()
			return nil, false
		case seq < b.seq:
			i := int(seq + 1 - b.frames[0].Seq)
			frames = b.frames[i:len(b.frames):len(b.frames)]
			b.mu.Unlock()
			return frames, true
		}
		b.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, true
		case <-changed:
		}
	}
}
