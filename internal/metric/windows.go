package metric

import (
	"errors"
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// Operator computes one definition's windows for one partition's records.
//
// A window holds the values from its start to before its end. It fires when the
// watermark reaches its end, as revision 0. A value that comes later, within the
// allowed lateness, makes the next revision at the next Advance; several such
// values make one. Once the lateness is over the window is closed for good, and
// what comes for it then is reported as missed. A definition that emits changes
// also has revisions, at each Advance, while a window is open.
//
// The operator is used by one goroutine.
type Operator interface {
	// Add puts a quote into its windows. The key is copied when it is new. It
	// returns the windows that could not take it any more, by span.
	Add(key []byte, q *feed.Quote) []Missed
	// Advance moves the watermark and yields the rows that are due, ordered by
	// window end, span, key and start. A watermark that does not move yields
	// what has changed.
	Advance(watermark feed.Time, yield func(Row))
	// Watermark returns the event time up to which windows have fired.
	Watermark() feed.Time
	// Changes yields the panes that have changed since the last call, as bytes
	// that are valid during the call, or nil for a pane that is gone.
	Changes(yield func(id PaneID, pane []byte))
	// Restore sets the watermark of a checkpoint; Load then puts its panes back,
	// in any order. A pane that means nothing to this definition is ErrOutdated.
	Restore(watermark feed.Time)
	Load(id PaneID, pane []byte) error
}

// New returns the windows of a valid definition, empty.
func New(d *Definition) Operator {
	if d.Windows.Kind() == KindSession {
		return newSessions(d)
	}
	return newGrid(d)
}

// Row is one revision of one window of one series. It belongs to the one it was
// yielded to.
type Row struct {
	Size     string // the span's name
	Start    feed.Time
	End      feed.Time
	Revision int32
	Key      string    // as handed to Add
	Values   []float64 // by measure; NaN where an aggregate is not defined
}

// Missed is a window that was closed for good when a value for it came. Of
// several sliding windows it is the newest; those before it have missed the
// value, too. Of sessions it is the one that the value alone would have made.
type Missed struct {
	Size  string
	Start feed.Time
}

// PaneID names a part of the state: one series in one window, or in one step of
// a sliding one.
type PaneID struct {
	Size  string
	Start feed.Time
	Key   string
}

// ErrOutdated is returned for a pane that another version of the definition has
// written: its windows begin anew.
var ErrOutdated = errors.New("pane of another version of the metric")

// baseStart is the start of the pane that holds what is older than the lateness
// in a window since the opening.
const baseStart = feed.Time(math.MinInt64)

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
	base   *pane   // of windows since the opening: what is older than the panes
}

// pane is the state of one series in one window; of a sliding one in its last
// step.
type pane struct {
	series   *series
	span     int
	start    feed.Time
	window   *window // of a grid
	state    state
	earliest feed.Time // event times of the values
	latest   feed.Time
	shown    feed.Time // end of the last row
	revision int32     // of the last row, -1 before the first
	dirty    bool      // holds what no row has shown
	changed  bool      // since the last checkpoint
	gone     bool      // forgotten
	absorbed bool      // a session that was joined into another after it had a row
	wake     feed.Time // when a session is to be looked at again
}

// take puts a sample into the pane.
func (p *pane) take(pl *planner, s *sample) {
	t := s.points[0].At.Time
	if p.state.empty() {
		p.state = pl.newState()
		p.earliest, p.latest = t, t
	}
	p.earliest, p.latest = min(p.earliest, t), max(p.latest, t)
	pl.add(&p.state, s)
}

// planner is a plan with room for new states.
type planner struct {
	*plan
	room words // states are cut from it, so that most of them cost no allocation
}

// statesAtOnce is how many states are allocated together. They are freed
// together, too.
const statesAtOnce = 64

func (pl *planner) newState() state {
	if len(pl.room) < pl.words {
		pl.room = make(words, statesAtOnce*pl.words)
	}
	s := state{words: pl.room[:pl.words:pl.words]}
	pl.room = pl.room[pl.words:]
	if pl.bags > 0 {
		s.bags = make([]bag, pl.bags)
	}
	return s
}

// clear empties a state to be used again.
func (s *state) clear() {
	clear(s.words)
	for i := range s.bags {
		s.bags[i] = bag{s.bags[i].points[:0], s.bags[i].texts[:0]}
	}
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
}

func newStore(d *Definition) store {
	s := store{
		planner: planner{plan: newPlan(d)}, spans: d.Windows.spans(), lateness: d.Lateness.Time(),
		early: d.Emit == EmitChange, series: map[string]*series{},
	}
	s.sample = s.newSample()
	return s
}

// Watermark implements Operator.
func (s *store) Watermark() feed.Time { return s.watermark }

// Restore implements Operator.
func (s *store) Restore(watermark feed.Time) { s.watermark = watermark }

func (s *store) newSeries(key string) *series {
	x := &series{key: key, tracks: make([]track, len(s.spans))}
	s.series[key] = x
	return x
}

// insert makes a pane at its place in its track.
func (s *store) insert(x *series, span, at int, start feed.Time) *pane {
	p := &pane{series: x, span: span, start: start, revision: -1}
	t := &x.tracks[span]
	if t.panes = append(t.panes, p); at < len(t.panes)-1 {
		copy(t.panes[at+1:], t.panes[at:])
		t.panes[at] = p
	}
	x.panes++
	s.touch(p)
	return p
}

// remove takes a pane out of its track.
func (s *store) remove(p *pane) {
	t := &p.series.tracks[p.span]
	at, _ := t.find(p.start)
	copy(t.panes[at:], t.panes[at+1:])
	t.panes[len(t.panes)-1] = nil
	t.panes = t.panes[:len(t.panes)-1]
	if t.recent == p {
		t.recent = nil
	}
	s.lose(p)
}

// lose forgets a pane that stands nowhere any more.
func (s *store) lose(p *pane) {
	p.gone = true
	s.touch(p)
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

// Changes implements Operator.
func (s *store) Changes(yield func(id PaneID, pane []byte)) {
	for i, p := range s.changed {
		id := PaneID{s.spans[p.span].name, p.start, p.series.key}
		p.changed = false
		s.changed[i] = nil
		if p.gone {
			yield(id, nil)
			continue
		}
		s.buffer = s.appendPane(s.buffer[:0], p)
		yield(id, s.buffer)
	}
	s.changed = s.changed[:0]
}

// open finds the series and span of a stored pane and reads its state.
func (s *store) open(id PaneID, bytes []byte) (*pane, error) {
	span := -1
	for i := range s.spans {
		if s.spans[i].name == id.Size {
			span = i
		}
	}
	if span < 0 {
		return nil, ErrOutdated
	}
	p := &pane{span: span, start: id.Start}
	if err := s.readPane(bytes, p); err != nil {
		return nil, err
	}
	if p.series = s.series[id.Key]; p.series == nil {
		p.series = s.newSeries(id.Key)
	}
	p.series.panes++
	return p, nil
}

// place puts a stored pane into its track.
func (s *store) place(p *pane) {
	t := &p.series.tracks[p.span]
	at, _ := t.find(p.start)
	t.panes = append(t.panes, nil)
	copy(t.panes[at+1:], t.panes[at:])
	t.panes[at] = p
}
