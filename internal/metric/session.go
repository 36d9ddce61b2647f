package metric

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// sessions computes windows that last as long as no two neighbouring values of a
// series are further apart than a gap. A session begins with its first value and
// ends a gap after its last.
//
// A session is known by its start. A late value may put the start earlier, or
// join two sessions into the earlier one. A start that has had rows and is none
// any more is written once more, with a count of 0.
//
// A value is too late when the session it would make alone is closed for good.
// A session that is closed for good takes no more values, whatever is near it.
//
// A track is in memory whole or not at all, and all its sessions are one pane of
// a checkpoint.
type sessions struct {
	store
	fresh  []*pane               // that have become dirty since the last Advance
	joined []*pane               // that were absorbed since, and had rows
	alarms map[feed.Time][]*pane // when to look at a session again, by the second
	idle   []*pane               // what stands for tracks that were idle once, in order of that
	away   bool                  // tracks may be in the checkpoint alone
}

func newSessions(d *Definition) *sessions {
	return &sessions{store: newStore(d), alarms: map[feed.Time][]*pane{}}
}

func (s *sessions) end(p *pane) feed.Time { return p.latest + s.spans[p.span].every }

// Add implements Operator.
func (s *sessions) Add(key []byte, q *feed.Quote) (missed []Missed, err error) {
	if !s.read(q, &s.sample) {
		return nil, nil
	}
	x := s.series[string(key)]
	for i := range s.spans {
		if q.EventTime+s.spans[i].every+s.lateness <= s.watermark {
			missed = append(missed, Missed{s.spans[i].name, q.EventTime})
			continue
		}
		if x == nil {
			x = s.newSeries(string(key))
		}
		if err := s.recall(x, i); err != nil {
			return nil, err
		}
		p := s.session(x, i, q.EventTime)
		p.take(&s.planner, &s.sample)
		s.soil(p)
	}
	return missed, nil
}

// session returns the session that takes a value at a time, after joining what
// the value joins.
func (s *sessions) session(x *series, span int, at feed.Time) *pane {
	gap := s.spans[span].every
	panes := x.tracks[span].panes
	next := len(panes) // the first session that begins after the value
	for next > 0 && panes[next-1].start > at {
		next--
	}
	var left, right *pane
	if next > 0 && at-panes[next-1].latest <= gap {
		left = panes[next-1]
	}
	if next < len(panes) && panes[next].start-at <= gap {
		right = panes[next]
	}
	switch {
	case left == nil && right == nil:
		return s.begin(x, span, next, at)
	case right == nil:
		return left
	case left == nil: // begins earlier now, which makes it another session
		p := s.begin(x, span, next, at)
		p.state, p.earliest, p.latest = right.state, right.earliest, right.latest
		s.absorb(right)
		return p
	}
	s.merge(&left.state, &right.state)
	left.latest = right.latest
	s.absorb(right)
	return left
}

// begin makes a session at its place in its track.
func (s *sessions) begin(x *series, span, at int, start feed.Time) *pane {
	p := &pane{series: x, span: span, start: start, revision: -1}
	x.tracks[span].put(at, p)
	x.panes++
	return p
}

// absorb removes a session that is part of another now. If it had rows, one more
// is due; until then it stands in checkpoints for itself.
func (s *sessions) absorb(p *pane) {
	p.state = state{}
	s.unplace(p)
	if p.revision < 0 {
		s.drop(p)
		return
	}
	p.absorbed, p.dirty = true, false
	s.touch(p)
	s.joined = append(s.joined, p)
}

// soil notes that a session holds what no row has shown.
func (s *sessions) soil(p *pane) {
	s.touch(s.whole(p))
	if !p.dirty {
		p.dirty = true
		s.fresh = append(s.fresh, p)
	}
}

// Advance implements Operator.
func (s *sessions) Advance(watermark feed.Time, yield func(Row)) error {
	s.watermark = max(s.watermark, watermark)
	due := s.due()
	slices.SortFunc(due, func(a, b *pane) int {
		return cmp.Or(cmp.Compare(s.rowEnd(a), s.rowEnd(b)), cmp.Compare(a.span, b.span), cmp.Compare(a.series.key, b.series.key), cmp.Compare(a.start, b.start))
	})
	for _, p := range due {
		p.revision++
		p.dirty = false
		p.shown = s.rowEnd(p)
		yield(Row{Size: s.spans[p.span].name, Start: p.start, End: p.shown, Revision: p.revision, Key: p.series.key, Values: s.values(&p.state)})
		if p.absorbed {
			s.lose(p)
			continue
		}
		s.touch(s.whole(p))
		s.settle(p)
	}
	return nil
}

// rowEnd returns the end that the session's next row has.
func (s *sessions) rowEnd(p *pane) feed.Time {
	if p.absorbed {
		return p.shown
	}
	return s.end(p)
}

// due gathers the sessions whose row is due, and forgets those that are closed
// for good.
func (s *sessions) due() []*pane {
	due := s.joined
	s.joined = nil
	for _, p := range s.fresh {
		switch {
		case p.gone || p.absorbed:
		case s.early, s.end(p) <= s.watermark:
			due = append(due, p)
			p.wake = never
		default:
			s.alarm(p, s.end(p))
		}
	}
	s.fresh = s.fresh[:0]
	for _, at := range slices.Collect(maps.Keys(s.alarms)) {
		if at > s.watermark {
			continue
		}
		panes := s.alarms[at]
		delete(s.alarms, at)
		for _, p := range panes {
			switch {
			case p.gone || p.absorbed || p.wake != at: // looked at elsewhere
			case p.dirty && s.end(p) <= s.watermark:
				due = append(due, p)
				p.wake = never
			case p.dirty:
				s.alarm(p, s.end(p))
			default:
				s.settle(p)
			}
		}
	}
	return due
}

// settle forgets a session that has shown all it holds, or looks at it again
// when it is closed for good.
func (s *sessions) settle(p *pane) {
	t := &p.series.tracks[p.span]
	if over := s.end(p) + s.lateness; over > s.watermark {
		s.alarm(p, over)
		if s.backing != nil && !t.whole.listed {
			t.whole.listed = true
			s.idle = append(s.idle, t.whole)
		}
		return
	}
	s.touch(t.whole)
	s.unplace(p)
	s.drop(p)
	if len(t.panes) == 0 {
		whole := t.whole
		t.whole = nil
		s.lose(whole)
	}
}

// never is the wake of a session without an alarm.
const never = feed.Time(math.MaxInt64)

// alarm looks at a session again when a time has come, or up to a second before
// that. An alarm that was set before is off.
func (s *sessions) alarm(p *pane, at feed.Time) {
	p.wake = at.Truncate(feed.Second)
	s.alarms[p.wake] = append(s.alarms[p.wake], p)
}
