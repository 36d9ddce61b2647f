package metric

import (
	"errors"
	"unsafe"

	"github.com/betflow/betflow/internal/feed"
)

// series is one key.
type series struct {
	key    string
	panes  int     // of all spans; without one the series is forgotten
	tracks []track // by span
}

// track is what a series has in one span.
type track struct {
	panes  []*pane // by start
	recent *pane   // that took the last value: values come nearly in order, and this finds it without a search
	whole  *pane   // of windows since the opening what is older than the panes; of sessions what stands for all of them in a checkpoint
}

// idle tells whether no row is to come of the track, and its last checkpoint
// has all of it.
func (t *track) idle() bool {
	for _, p := range t.panes {
		if !p.idle() {
			return false
		}
	}
	return t.whole == nil || t.whole.idle()
}

// pane is the state of one series in one window; of a sliding one in its last
// step.
type pane struct {
	start    feed.Time // with the state in front: rows read these two of many panes
	state    state
	series   *series
	window   *window   // of a grid
	earliest feed.Time // event times of the values
	latest   feed.Time
	shown    feed.Time // end of the last row
	wake     feed.Time // when a session is to be looked at again
	span     int
	revision int32 // of the last row, -1 before the first
	bytes    int32 // held, as of the last checkpoint
	stored   Place // by the last checkpoint
	dirty    bool  // holds what no row has shown
	changed  bool  // since the last checkpoint
	gone     bool  // forgotten, or not in memory any more
	absorbed bool  // a session that was joined into another after it had a row
	listed   bool  // among those to evict
}

// idle tells whether the pane stands in the last checkpoint as it is, and not
// among the hot ones.
func (p *pane) idle() bool { return !p.dirty && !p.changed && p.stored != AmongHot }

// take puts a sample into the pane.
func (p *pane) take(pl *planner, s *sample) {
	t := s.points[0].At.Time
	if p.state.empty() {
		p.state = pl.newState(p.span)
		p.earliest, p.latest = t, t
	}
	p.earliest, p.latest = min(p.earliest, t), max(p.latest, t)
	pl.add(&p.state, s)
}

// find returns the place of the pane that begins at start, or where it belongs.
func (t *track) find(start feed.Time) (at int, found bool) {
	at = len(t.panes)
	for at > 0 && t.panes[at-1].start > start {
		at--
	}
	if at > 0 && t.panes[at-1].start == start {
		return at - 1, true
	}
	return at, false
}

// store keeps the series and what has changed of them.
type store struct {
	planner
	spans     []span
	lateness  feed.Time
	early     bool // emit: change
	watermark feed.Time
	series    map[string]*series
	changed   []*pane
	sample    sample
	buffer    []byte
	backing   Backing // nil before the first Restore: then nothing leaves memory
	held      int     // bytes
}

func newStore(d *Definition) store {
	spans := d.Windows.spans()
	s := store{
		planner: planner{plan: newPlan(d), room: make([]words, len(spans))}, spans: spans, lateness: d.Lateness.Time(),
		early: d.Emit == EmitChange, series: map[string]*series{},
	}
	s.sample = s.newSample()
	return s
}

// Watermark implements Operator.
func (s *store) Watermark() feed.Time { return s.watermark }

// Held implements Operator.
func (s *store) Held() int { return s.held }

func (s *store) newSeries(key string) *series {
	x := &series{key: key, tracks: make([]track, len(s.spans))}
	s.series[key] = x
	return x
}

// insert makes a pane at its place in its track.
func (s *store) insert(x *series, span, at int, start feed.Time) *pane {
	p := &pane{series: x, span: span, start: start, revision: -1}
	x.tracks[span].put(at, p)
	x.panes++
	s.touch(p)
	return p
}

func (t *track) put(at int, p *pane) {
	t.panes = append(t.panes, p)
	copy(t.panes[at+1:], t.panes[at:])
	t.panes[at] = p
}

// remove takes a pane out of its track and the state.
func (s *store) remove(p *pane) {
	s.unplace(p)
	s.lose(p)
}

// unplace takes a pane out of its track.
func (s *store) unplace(p *pane) {
	t := &p.series.tracks[p.span]
	at, _ := t.find(p.start)
	copy(t.panes[at:], t.panes[at+1:])
	t.panes[len(t.panes)-1] = nil
	t.panes = t.panes[:len(t.panes)-1]
	if t.recent == p {
		t.recent = nil
	}
}

// lose forgets a pane that stands nowhere any more, in the state, too.
func (s *store) lose(p *pane) {
	s.touch(p)
	s.drop(p)
}

// drop forgets a pane that stands nowhere any more. What the checkpoint has of
// it is left alone.
func (s *store) drop(p *pane) {
	p.gone = true
	s.held -= int(p.bytes)
	if p.series.panes--; p.series.panes == 0 {
		delete(s.series, p.series.key)
	}
}

// touch notes that the pane is to be in the next checkpoint.
func (s *store) touch(p *pane) {
	if !p.changed {
		p.changed = true
		s.changed = append(s.changed, p)
	}
}

// paneCost is what a pane takes beside what it holds: itself, and its share of
// the series, its key and the lists that lead to it.
const paneCost = int(unsafe.Sizeof(pane{})) + 64

// changes yields the panes that have changed. Hot and write are how the windows
// judge and write them.
func (s *store) changes(hot func(p *pane) bool, write func(dst []byte, p *pane) []byte, yield func(Change)) {
	for i, p := range s.changed {
		c := Change{PaneID: PaneID{s.spans[p.span].name, p.start, p.series.key}, Was: p.stored}
		p.changed = false
		s.changed[i] = nil
		if p.gone {
			if p.stored != Nowhere {
				yield(c)
			}
			continue
		}
		s.buffer = write(s.buffer[:0], p)
		c.Pane, c.Hot = s.buffer, hot(p)
		p.stored = AmongCold
		if c.Hot {
			p.stored = AmongHot
		}
		s.weigh(p, len(s.buffer))
		yield(c)
	}
	s.changed = s.changed[:0]
}

// weigh notes what a pane takes that is as long when it is stored.
func (s *store) weigh(p *pane, stored int) {
	bytes := paneCost + stored
	s.held += bytes - int(p.bytes)
	p.bytes = int32(bytes)
}

// fetch reads a pane of the last checkpoint that is not in memory, nil if there
// is none. One of another version of the definition is none.
func (s *store) fetch(x *series, span int, start feed.Time) (*pane, error) {
	if s.backing == nil {
		return nil, nil
	}
	var found *pane
	err := s.backing.Pane(PaneID{s.spans[span].name, start, x.key}, func(bytes []byte) error {
		p := &pane{series: x, span: span, start: start, stored: AmongCold}
		if err := s.readPane(bytes, p); errors.Is(err, ErrOutdated) {
			return nil
		} else if err != nil {
			return err
		}
		s.weigh(p, len(bytes))
		found = p
		return nil
	})
	return found, err
}

// spanOf finds a span by its name, -1 if there is none.
func (s *store) spanOf(size string) int {
	for i := range s.spans {
		if s.spans[i].name == size {
			return i
		}
	}
	return -1
}

// at returns the series of a key, making room for a new one.
func (s *store) at(key string) *series {
	if x := s.series[key]; x != nil {
		return x
	}
	return s.newSeries(key)
}

// place puts a pane that was read into its track.
func (s *store) place(p *pane) {
	t := &p.series.tracks[p.span]
	at, _ := t.find(p.start)
	t.put(at, p)
	p.series.panes++
}
