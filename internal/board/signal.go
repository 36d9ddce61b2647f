package board

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// SignalCount is what a word about a signal says, for counting.
type SignalCount struct {
	Rule   string
	State  feed.SignalState
	Reason string
}

// SignalJSON is a signal, encoded once for all readers.
type SignalJSON struct {
	ID     string
	League string
	JSON   json.RawMessage
}

// liveSignal is a signal that is there, as it was last framed.
type liveSignal struct {
	record *feed.Signal
	view   []byte
}

// signal takes a word about a signal. What was dropped is counted and not shown.
func (b *Board) signal(s *feed.Signal) string {
	if s.Kind != feed.KindSignal {
		return ""
	}
	b.counters.Signals++
	b.signals[SignalCount{s.Rule, s.State, s.Reason}]++
	if s.State == feed.SignalDropped {
		return ""
	}
	f := b.at(s.FixtureID, s.League)
	if s.State.Live() {
		f.signals[s.SignalID] = &liveSignal{record: s}
	} else {
		delete(f.signals, s.SignalID)
		f.closed = append(f.closed, s)
	}
	f.updated = max(f.updated, s.SeenTime)
	return b.shown(f)
}

// frameSignals adds to a frame what is new about a fixture's signals: those that
// have closed, and the live ones that look otherwise than before.
func (f *fixture) frameSignals(fr *Frame) {
	for _, s := range f.closed {
		fr.Signals = append(fr.Signals, SignalJSON{s.SignalID, s.League, encodeSignal(s)})
	}
	f.closed = nil
	for _, id := range slices.Sorted(maps.Keys(f.signals)) {
		live := f.signals[id]
		if view := encodeSignal(f.confirmLegs(live.record)); !bytes.Equal(view, live.view) {
			live.view = view
			fr.Signals = append(fr.Signals, SignalJSON{id, live.record.League, view})
		}
	}
}

// reasonGone closes for readers what has not closed by itself when its fixture
// leaves the board.
const reasonGone = "gone"

// endSignals returns closing words for all that is live.
func (f *fixture) endSignals() (ended []*feed.Signal) {
	for _, id := range slices.Sorted(maps.Keys(f.signals)) {
		s := *f.signals[id].record
		s.State, s.Revision, s.Reason = feed.SignalClose, s.Revision+1, reasonGone
		ended = append(ended, &s)
	}
	return ended
}

// confirmLegs returns the signal with its legs as young as their books' last
// confirmations make them.
func (f *fixture) confirmLegs(s *feed.Signal) *feed.Signal {
	out := *s
	out.Legs = slices.Clone(s.Legs)
	for i := range out.Legs {
		l := &out.Legs[i]
		at := f.confirmed(l.Book, s.Market, l.EventTime, l.SeenTime)
		l.EventTime, l.SeenTime = at.event, at.seen
		l.Age = max(0, at.seen.Sub(at.event).Seconds())
	}
	return &out
}

func encodeSignal(s *feed.Signal) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic("board: encoding signal " + s.SignalID + ": " + err.Error()) // its numbers are finite: they come from finite prices
	}
	return text
}

// SignalCounts returns how many words about signals have come by, by what they
// say.
func (b *Board) SignalCounts() map[SignalCount]int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.signals)
}
