package signal

import (
	"errors"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/pack"
)

// A state is stored as
//
//	its episodes,
//	the times of the start and of the last look,
//	and each family: market, period, tracks: book, flags, side, since when it
//	  lags, anchor, and each point: flags, times, line, sides.
//
// The times of a point are told from its first.

// errState is the reason for bytes that are no state.
var errState = errors.New("state of signals is damaged")

// Append writes the state behind dst.
func (s *State) Append(dst []byte) []byte {
	dst = appendEpisodes(dst, s.Episodes)
	dst = pack.AppendInt(dst, s.Start)
	dst = pack.AppendInt(dst, s.Looked)
	dst = pack.AppendCount(dst, len(s.Families))
	for _, f := range s.Families {
		dst = pack.AppendText(dst, f.Market)
		dst = pack.AppendText(dst, f.Period)
		dst = pack.AppendCount(dst, len(f.Tracks))
		for _, t := range f.Tracks {
			dst = t.append(dst)
		}
	}
	return dst
}

func (t *track) append(dst []byte) []byte {
	dst = pack.AppendText(dst, t.Book)
	dst = pack.AppendFlags(dst, t.Anchored)
	dst = pack.AppendInt(dst, t.Side)
	dst = pack.AppendInt(dst, t.Lagging)
	dst = t.Anchor.append(dst)
	dst = pack.AppendCount(dst, len(t.Points))
	for i := range t.Points {
		p := &t.Points[i]
		dst = pack.AppendFlags(dst, p.Until != 0, p.Line.Set)
		dst = pack.AppendInt(dst, p.At)
		dst = pack.AppendInt(dst, p.Event-p.At)
		if p.Until != 0 {
			dst = pack.AppendInt(dst, p.Until-p.At)
		}
		if p.Line.Set {
			dst = pack.AppendNumber(dst, p.Line.Points)
		}
		dst = p.Sides.append(dst)
	}
	return dst
}

func (s sides) append(dst []byte) []byte {
	for _, v := range s {
		dst = pack.AppendNumber(dst, v)
	}
	return dst
}

// Restore reads what Append wrote. What rules have found that are no longer
// enabled ends when it is next looked at.
func (d *Detector) Restore(stored []byte) (*State, error) {
	r := &reader{pack.Reader{Bytes: stored}}
	s := &State{Episodes: r.episodes()}
	s.Start, s.Looked = r.time(), r.time()
	for range r.Count() {
		f := &family{Market: r.Text(), Period: r.Text()}
		for range r.Count() {
			f.Tracks = append(f.Tracks, r.track())
		}
		s.Families = append(s.Families, f)
	}
	if !r.Whole() {
		return nil, errState
	}
	kept := s.Episodes[:0]
	for _, e := range s.Episodes {
		if e.common = d.rules.common(e.Key.Rule); e.common != nil {
			kept = append(kept, e)
		}
	}
	s.Episodes = kept
	return s, nil
}

// OpenIn counts the open signals in a stored state, whatever the rules are now.
func OpenIn(stored []byte) (open int, err error) {
	r := &reader{pack.Reader{Bytes: stored}}
	episodes := r.episodes()
	if r.Failed {
		return 0, errState
	}
	for _, e := range episodes {
		if e.Phase == phaseOpen {
			open++
		}
	}
	return open, nil
}

// reader takes a stored state apart.
type reader struct{ pack.Reader }

func (r *reader) track() *track {
	t := &track{Book: r.Text(), Anchored: r.Flags().Has(0), Side: int(r.Int()), Lagging: r.time(), Anchor: r.sides()}
	for range r.Count() {
		flags := r.Flags()
		p := point{At: r.time()}
		p.Event = p.At + r.time()
		if flags.Has(0) {
			p.Until = p.At + r.time()
		}
		if flags.Has(1) {
			p.Line = feed.Line{Set: true, Points: r.Number()}
		}
		p.Sides = r.sides()
		t.Points = append(t.Points, p)
	}
	return t
}

func (r *reader) time() feed.Time { return feed.Time(r.Int()) }

func (r *reader) sides() (s sides) {
	for i := range s {
		s[i] = r.Number()
	}
	return s
}
