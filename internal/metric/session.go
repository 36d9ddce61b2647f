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
type sessions struct {
	store
	fresh  []*pane               // that have become dirty since the last Advance
	joined []*pane               // that were absorbed since, and had rows
	alarms map[feed.Time][]*pane // when to look at a session again, by the second
}

func newSessions(d *Definition) *sessions {
	return &sessions{store: newStore(d), alarms: map[feed.Time][]*pane{}}
}

func (s *sessions) end(p *pane) feed.Time { return p.latest + s.spans[p.span].every }

// Add implements Operator.
func (s *sessions) Add(key []byte, q *feed.Quote) []Missed {
	if !s.read(q, &s.sample) {
		return nil
	}
	var missed []Missed
	x := s.series[string(key)]
	for i := range s.spans {
		if q.EventTime+s.spans[i].every+s.lateness <= s.watermark {
			missed = append(missed, Missed{s.spans[i].name, q.EventTime})
			continue
		}
		if x == nil {
			x = s.newSeries(string(key))
		}
		p := s.session(x, i, q.EventTime)
		p.take(&s.planner, &s.sample)
		s.touch(p)
		s.soil(p)
	}
	return missed
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
		return s.insert(x, span, next, at)
	case right == nil:
		return left
	case left == nil: // begins earlier now, which makes it another session
		p := s.insert(x, span, next, at)
		p.state, p.earliest, p.latest = right.state, right.earliest, right.latest
		s.absorb(right)
		return p
	}
	s.merge(&left.state, &right.state)
	left.latest = right.latest
	s.absorb(right)
	return left
}

// absorb removes a session that is part of another now. If it had rows, one more
// is due.
func (s *sessions) absorb(p *pane) {
	p.state = state{}
	if p.revision < 0 {
		s.remove(p)
		return
	}
	p.series.panes++ // it is kept until that row is written, though in no track
	s.remove(p)
	p.gone, p.absorbed, p.dirty = false, true, false
	s.joined = append(s.joined, p)
}

// soil notes that a session holds what no row has shown.
func (s *sessions) soil(p *pane) {
	if !p.dirty {
		p.dirty = true
		s.fresh = append(s.fresh, p)
	}
}

// Advance implements Operator.
func (s *sessions) Advance(watermark feed.Time, yield func(Row)) {
	s.watermark = max(s.watermark, watermark)
	due := s.due()
	slices.SortFunc(due, func(a, b *pane) int {
		return cmp.Or(cmp.Compare(s.rowEnd(a), s.rowEnd(b)), cmp.Compare(a.span, b.span), cmp.Compare(a.series.key, b.series.key), cmp.Compare(a.start, b.start))
	})
	for _, p := range due {
		p.revision++
		p.dirty = false
		s.touch(p)
		p.shown = s.rowEnd(p)
		yield(Row{Size: s.spans[p.span].name, Start: p.start, End: p.shown, Revision: p.revision, Key: p.series.key, Values: s.values(&p.state)})
		if p.absorbed {
			s.lose(p)
			continue
		}
		s.settle(p)
	}
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
	if over := s.end(p) + s.lateness; over > s.watermark {
		s.alarm(p, over)
		return
	}
	s.remove(p)
}

// never is the wake of a session without an alarm.
const never = feed.Time(math.MaxInt64)

// alarm looks at a session again when a time has come, or up to a second before
// that. An alarm that was set before is off.
func (s *sessions) alarm(p *pane, at feed.Time) {
	p.wake = at.Truncate(feed.Second)
	s.alarms[p.wake] = append(s.alarms[p.wake], p)
}

// Load implements Operator.
func (s *sessions) Load(id PaneID, bytes []byte) error {
	p, err := s.open(id, bytes)
	if err != nil {
		return err
	}
	if !p.absorbed {
		s.place(p)
	}
	switch {
	case p.absorbed:
		s.joined = append(s.joined, p)
	case p.dirty:
		s.fresh = append(s.fresh, p)
	default:
		s.alarm(p, s.end(p)+s.lateness)
	}
	return nil
}
