package api

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
)

// boardJSON is a snapshot of the board.
type boardJSON struct {
	Epoch    string            `json:"epoch"`
	Seq      int64             `json:"seq"`
	Now      feed.Time         `json:"now"`
	Mode     Mode              `json:"mode"`
	Leagues  []leagueJSON      `json:"leagues"`
	Fixtures []json.RawMessage `json:"fixtures"`
	Signals  []json.RawMessage `json:"signals"` // those that are there
}

type leagueJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Sport string `json:"sport"`
	Draw  bool   `json:"draw"`
}

// deltaJSON is what one or more frames changed.
type deltaJSON struct {
	Seq      int64             `json:"seq"`
	Now      feed.Time         `json:"now"`
	Fixtures []json.RawMessage `json:"fixtures"`
	Signals  []json.RawMessage `json:"signals"`
	Removed  []string          `json:"removed"`
}

// leagueFilter is the set of leagues a reader asked for; nil is all.
type leagueFilter map[string]bool

func filterOf(r *http.Request) leagueFilter {
	text := r.URL.Query().Get("league")
	if text == "" {
		return nil
	}
	f := leagueFilter{}
	for id := range strings.SplitSeq(text, ",") {
		f[id] = true
	}
	return f
}

func (f leagueFilter) pick(fixtures []board.FixtureJSON) []json.RawMessage {
	out := make([]json.RawMessage, 0, len(fixtures))
	for i := range fixtures {
		if f == nil || f[fixtures[i].League] {
			out = append(out, fixtures[i].JSON)
		}
	}
	return out
}

func (f leagueFilter) pickSignals(signals []board.SignalJSON) []json.RawMessage {
	out := make([]json.RawMessage, 0, len(signals))
	for i := range signals {
		if f == nil || f[signals[i].League] {
			out = append(out, signals[i].JSON)
		}
	}
	return out
}

func (s *server) snapshot(filter leagueFilter) boardJSON {
	fr := s.Board.Snapshot()
	b := boardJSON{
		Epoch: epochOf(s.Board.EventID(fr.Seq)), Seq: fr.Seq, Now: fr.Now, Mode: s.Mode(),
		Leagues: []leagueJSON{}, Fixtures: filter.pick(fr.Fixtures), Signals: filter.pickSignals(fr.Signals),
	}
	for _, l := range s.Catalog.Leagues() {
		b.Leagues = append(b.Leagues, leagueJSON{l.ID, l.Name, l.Sport, l.Draw})
	}
	return b
}

func epochOf(eventID string) string {
	epoch, _, _ := strings.Cut(eventID, "-")
	return epoch
}

func (s *server) board(w http.ResponseWriter, r *http.Request) {
	s.write(w, http.StatusOK, s.snapshot(filterOf(r)))
}

const (
	heartbeatEvery = time.Second
	// A client that takes no bytes for this long is cut off; it comes back with
	// the number of its last event.
	streamWriteTimeout = 10 * time.Second
)

// stream sends the board and then its changes as server-sent events. A client
// that comes back with Last-Event-ID gets what it missed, or a resync and a
// snapshot if that is no longer kept.
func (s *server) stream(w http.ResponseWriter, r *http.Request) {
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
			out.send("", "resync", map[string]string{"reason": "the changes since then are no longer kept"})
			seq = s.sendSnapshot(out, filter)
			continue
		}
		if len(frames) > 0 {
			d := merge(frames, filter)
			seq = d.Seq
			if len(d.Fixtures) > 0 || len(d.Signals) > 0 || len(d.Removed) > 0 {
				out.send(s.Board.EventID(seq), "delta", d)
				continue
			}
		}
		if due {
			out.send(s.Board.EventID(seq), "heartbeat", map[string]any{"seq": seq, "now": s.Board.Now()})
		}
	}
}

func (s *server) sendSnapshot(out *events, filter leagueFilter) int64 {
	b := s.snapshot(filter)
	out.send(s.Board.EventID(b.Seq), "snapshot", b)
	return b.Seq
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
	buffer  bytes.Buffer
	last    time.Time // when an event was sent
	err     error
}

func (e *events) send(id, name string, data any) {
	if e.err != nil {
		return
	}
	e.buffer.Reset()
	if id != "" {
		e.buffer.WriteString("id: " + id + "\n")
	}
	e.buffer.WriteString("event: " + name + "\ndata: ")
	if e.err = json.NewEncoder(&e.buffer).Encode(data); e.err != nil { // ends with one newline
		return
	}
	e.buffer.WriteString("\n")
	e.last = time.Now()
	_ = e.control.SetWriteDeadline(e.last.Add(streamWriteTimeout)) // not every server has deadlines
	if _, e.err = e.w.Write(e.buffer.Bytes()); e.err == nil {
		e.err = e.control.Flush()
	}
}

// line reads the optional line parameter.
func line(r *http.Request) (*float64, error) {
	text := r.URL.Query().Get("line")
	if text == "" || text == "null" {
		return nil, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, badRequest("line "+strconv.Quote(text)+" is not a number", "")
	}
	return &v, nil
}
