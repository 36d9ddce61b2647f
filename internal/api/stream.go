package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
)

const (
	heartbeatEvery = time.Second
	// A client that takes no bytes for this long is cut off; it comes back with
	// the number of its last event.
	streamWriteTimeout = 10 * time.Second
	// streamsMax bounds the streams that are open at once.
	streamsMax = 1000
)

// stream sends the board and then its changes as server-sent events. A client
// that comes back with Last-Event-ID gets what it missed, or a resync and a
// snapshot if that is no longer kept.
//
// Nothing is queued for a client: it holds up its own goroutine, in which the
// next event is made when the last one is written. What it has missed meanwhile
// is one delta, or a snapshot.
func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	defer s.streams.Add(-1)
	if s.streams.Add(1) > streamsMax {
		w.Header().Set("Retry-After", "10")
		s.fail(w, r, &problem{http.StatusServiceUnavailable, "too many streams are open", "GET /api/v1/board has the same once"})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := &events{w: w, control: http.NewResponseController(w), last: time.Now()}
	filter := filterOf(r)

	seq, resumed := s.Board.ParseEventID(r.Header.Get("Last-Event-ID"))
	if !resumed {
		seq = s.sendSnapshot(out, filter)
	}
	for out.err == nil && r.Context().Err() == nil {
		// Changes of leagues that the reader did not ask for are no sign of life
		// to it: the next heartbeat is due a second after what it last got.
		wait, cancel := context.WithDeadline(r.Context(), out.last.Add(heartbeatEvery))
		frames, ok := s.Board.After(wait, seq)
		due := wait.Err() != nil
		cancel()
		if !ok {
			out.send(encodeEvent("", "resync", []byte(`{"reason":"the changes since then are no longer kept"}`)))
			seq = s.sendSnapshot(out, filter)
			continue
		}
		if len(frames) > 0 {
			last := frames[len(frames)-1].Seq
			delta := s.encoded.get(eventKey{seq, last, filter.String()}, func() []byte {
				d := merge(frames, filter)
				if len(d.Fixtures) == 0 && len(d.Signals) == 0 && len(d.Removed) == 0 {
					return nil
				}
				return encodeEvent(s.Board.EventID(last), "delta", d.append(nil))
			})
			seq = last
			if delta != nil {
				out.send(delta)
				continue
			}
		}
		if due {
			beat := `{"seq":` + strconv.FormatInt(seq, 10) + `,"now":"` + s.Board.Now().String() + `"}`
			out.send(encodeEvent(s.Board.EventID(seq), "heartbeat", []byte(beat)))
		}
	}
}

// sendSnapshot sends the board as it is and returns the number of the frame that
// it includes.
func (s *server) sendSnapshot(out *events, filter leagueFilter) int64 {
	b := s.snapshot(filter)
	out.send(s.encoded.get(eventKey{snapshotKey, b.Seq, filter.String()}, func() []byte {
		return encodeEvent(s.Board.EventID(b.Seq), "snapshot", b.append(nil))
	}))
	return b.Seq
}

// deltaJSON is what one or more frames changed.
type deltaJSON struct {
	Seq      int64             `json:"seq"`
	Now      feed.Time         `json:"now"`
	Fixtures []json.RawMessage `json:"fixtures"`
	Signals  []json.RawMessage `json:"signals"`
	Removed  []string          `json:"removed"`
}

// merge makes one delta of several frames: of each fixture and signal only the
// newest word counts, be it a view or its end.
func merge(frames []board.Frame, filter leagueFilter) deltaJSON {
	last := frames[len(frames)-1]
	d := deltaJSON{Seq: last.Seq, Now: last.Now, Fixtures: []json.RawMessage{}, Signals: []json.RawMessage{}, Removed: []string{}}
	newest := map[string]int{} // fixture or signal -> index of the newest frame that names it
	for i := range frames {
		for j := range frames[i].Fixtures {
			newest[frames[i].Fixtures[j].ID] = i
		}
		for j := range frames[i].Signals {
			newest[frames[i].Signals[j].ID] = i
		}
		for _, id := range frames[i].Removed {
			newest[id] = i
		}
	}
	for i := range frames {
		for j := range frames[i].Fixtures {
			f := &frames[i].Fixtures[j]
			if newest[f.ID] == i && (filter == nil || filter[f.League]) {
				d.Fixtures = append(d.Fixtures, f.JSON)
			}
		}
		for _, id := range frames[i].Removed {
			if newest[id] == i {
				d.Removed = append(d.Removed, id)
			}
		}
	}
	for i := range frames {
		for j := range frames[i].Signals {
			s := &frames[i].Signals[j]
			if newest[s.ID] == i && (filter == nil || filter[s.League]) {
				d.Signals = append(d.Signals, s.JSON)
			}
		}
	}
	return d
}

// events writes server-sent events; the first error ends it.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	last    time.Time // when an event was sent
	err     error
}

func (e *events) send(event []byte) {
	if e.err != nil {
		return
	}
	e.last = time.Now()
	_ = e.control.SetWriteDeadline(e.last.Add(streamWriteTimeout)) // not every server has deadlines
	if _, e.err = e.w.Write(event); e.err == nil {
		e.err = e.control.Flush()
	}
}
