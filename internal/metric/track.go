package metric

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/pack"
)

// whole returns what stands for a session's track in checkpoints.
func (s *sessions) whole(p *pane) *pane {
	t := &p.series.tracks[p.span]
	if t.whole == nil {
		t.whole = &pane{series: p.series, span: p.span, start: Whole, revision: -1}
		p.series.panes++
	}
	return t.whole
}

// Changes implements Operator.
func (s *sessions) Changes(yield func(Change)) { s.changes(s.hot, s.appendTrack, yield) }

// Closed implements Operator.
func (s *sessions) Closed(func(size string, before feed.Time)) {}

// hot tells whether a row is to come of a track, or of a session that was
// absorbed.
func (s *sessions) hot(p *pane) bool {
	return p.absorbed || slices.ContainsFunc(p.series.tracks[p.span].panes, func(p *pane) bool { return p.dirty })
}

// appendTrack writes a track's sessions one behind the other, each with its
// start and its length before it, or a session that was absorbed.
func (s *sessions) appendTrack(dst []byte, p *pane) []byte {
	if p.absorbed {
		return s.appendPane(dst, p)
	}
	for _, p := range p.series.tracks[p.span].panes {
		dst = pack.AppendInt(dst, p.start)
		at := len(dst)
		dst = s.appendPane(append(dst, 0, 0, 0, 0), p)
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

// stretch is a track as it was read.
type stretch struct {
	sessions []*pane
	closed   bool // others were closed for good and are left out
	bytes    int
}

// readTrack reads what appendTrack wrote of sessions.
func (s *sessions) readTrack(span int, bytes []byte) (stretch, error) {
	r, out := pack.Reader{Bytes: bytes}, stretch{bytes: len(bytes)}
	for len(r.Bytes) > 0 {
		p := &pane{span: span, start: feed.Time(r.Int())}
		var one []byte
		if n := r.Take(4); n != nil {
			one = r.Take(int(binary.BigEndian.Uint32(n)))
		}
		if r.Failed {
			return stretch{}, errPane
		}
		if err := s.readPane(one, p); err != nil {
			return stretch{}, err
		}
		if !p.dirty && s.end(p)+s.lateness <= s.watermark {
			out.closed = true
			continue
		}
		out.sessions = append(out.sessions, p)
	}
	return out, nil
}

// recall brings a track to memory that may be in the last checkpoint alone. One
// of another version of the definition is none.
func (s *sessions) recall(x *series, span int) error {
	if !s.away || x.tracks[span].whole != nil {
		return nil
	}
	return s.backing.Pane(PaneID{s.spans[span].name, Whole, x.key}, func(bytes []byte) error {
		found, err := s.readTrack(span, bytes)
		if errors.Is(err, ErrOutdated) {
			return nil
		}
		if err == nil {
			s.join(x, span, found, AmongCold)
		}
		return err
	})
}

// join puts a track that was read into memory.
func (s *sessions) join(x *series, span int, read stretch, from Place) {
	whole := &pane{series: x, span: span, start: Whole, revision: -1, stored: from}
	if len(read.sessions) == 0 {
		whole.gone = true
		s.touch(whole)
		return
	}
	s.weigh(whole, read.bytes)
	x.tracks[span] = track{panes: read.sessions, whole: whole}
	x.panes += 1 + len(read.sessions)
	if read.closed {
		s.touch(whole)
	}
	for _, p := range read.sessions {
		p.series = x
		if p.dirty {
			s.fresh = append(s.fresh, p)
		} else {
			s.settle(p)
		}
	}
}

// Evict implements Operator.
func (s *sessions) Evict(most int) {
	n := 0
	for _, whole := range s.idle {
		if s.held <= most {
			break
		}
		n++
		whole.listed = false
		if t := &whole.series.tracks[whole.span]; !whole.gone && t.idle() {
			s.leave(t)
		}
	}
	s.idle = kept(slices.Delete(s.idle, 0, n))
}

// leave drops a track from memory that stays in the checkpoint. The alarms of
// its sessions are off.
func (s *sessions) leave(t *track) {
	s.away = true
	for _, p := range t.panes {
		s.drop(p)
	}
	whole := t.whole
	*t = track{}
	s.drop(whole)
}

// Stale implements Operator.
func (s *sessions) Stale(id PaneID, bytes []byte) bool {
	span := s.spanOf(id.Size)
	if span < 0 {
		return true
	}
	if x := s.series[id.Key]; x != nil && x.tracks[span].whole != nil {
		return false
	}
	read, err := s.readTrack(span, bytes)
	return err != nil || len(read.sessions) == 0
}

// Restore implements Operator.
func (s *sessions) Restore(watermark feed.Time, from Backing) error {
	s.watermark, s.backing, s.away = watermark, from, from != nil
	return nil
}

// Load implements Operator.
func (s *sessions) Load(id PaneID, bytes []byte) error {
	span := s.spanOf(id.Size)
	if span < 0 {
		return ErrOutdated
	}
	if id.Start == Whole {
		read, err := s.readTrack(span, bytes)
		if err == nil {
			s.join(s.at(id.Key), span, read, AmongHot)
		}
		return err
	}
	p := &pane{span: span, start: id.Start, stored: AmongHot}
	if err := s.readPane(bytes, p); err != nil {
		return err
	}
	s.weigh(p, len(bytes))
	p.series = s.at(id.Key)
	p.series.panes++
	s.joined = append(s.joined, p)
	return nil
}
