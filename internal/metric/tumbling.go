package metric

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Tumbling computes one definition's windows for one partition's records.
//
// A window fires when the watermark reaches its end, as revision 0. A value that
// comes later, within the allowed lateness, makes the next revision at the next
// Advance; several such values make one. Once the lateness is over the window is
// forgotten, and what comes for it then is reported as late.
type Tumbling struct {
	sizes     []feed.Time
	names     []string
	lateness  feed.Time
	watermark feed.Time
	windows   map[windowID]*window
	series    map[string]*series
	changed   []PaneID // panes to write at the next checkpoint, or to remove if gone
}

type windowID struct {
	size  int // index into sizes
	start feed.Time
}

type window struct {
	fired bool
	panes map[*series]*pane
	dirty []*pane // of a fired window, those that have changed since
}

// series is one key. It remembers where its last value of each size went:
// values come nearly in order, and this finds their window without a search.
type series struct {
	key    string
	panes  int // in all windows; without one the series is forgotten
	recent []place
}

type place struct {
	start  feed.Time
	window *window
	pane   *pane
}

type pane struct {
	series   *series
	acc      Accumulator
	revision int32 // of the last row, -1 before the first
	dirty    bool  // changed since the last row
	changed  bool  // since the last checkpoint
}

// PaneID names the state of one series in one window.
type PaneID struct {
	Size  int // index of the window's span in the definition
	Start feed.Time
	Key   string
}

// Row is one revision of one window of one series.
type Row struct {
	Size     string
	Start    feed.Time
	End      feed.Time
	Revision int32
	Key      string // as handed to Add
	Acc      *Accumulator
}

// Missed is a window that was closed for good when a value for it came.
type Missed struct {
	Size  string
	Start feed.Time
}

// NewTumbling returns the windows of a valid definition, empty.
func NewTumbling(d *Definition) *Tumbling {
	t := &Tumbling{
		lateness: feed.Span(time.Duration(d.Lateness)),
		windows:  map[windowID]*window{},
		series:   map[string]*series{},
	}
	for _, s := range d.Windows.Tumbling {
		t.sizes = append(t.sizes, feed.Span(time.Duration(s)))
		t.names = append(t.names, s.String())
	}
	return t
}

// Watermark returns the event time up to which windows have fired.
func (t *Tumbling) Watermark() feed.Time { return t.watermark }

// Add puts a value into its window of every size. The key is copied when it is
// new. It returns the windows that could not take it any more, in order of size.
func (t *Tumbling) Add(key []byte, v float64, at Order) []Missed {
	var missed []Missed
	s := t.series[string(key)]
	for i, size := range t.sizes {
		start := at.Time.Truncate(size)
		if start+size+t.lateness <= t.watermark {
			missed = append(missed, Missed{Size: t.names[i], Start: start})
			continue
		}
		if s == nil {
			s = t.newSeries(string(key))
		}
		r := &s.recent[i]
		if r.pane == nil || r.start != start {
			*r = t.place(s, windowID{i, start})
		}
		p := r.pane
		p.acc.Add(v, at)
		if r.window.fired && !p.dirty {
			p.dirty = true
			r.window.dirty = append(r.window.dirty, p)
		}
		t.touch(p, windowID{i, start})
	}
	return missed
}

func (t *Tumbling) newSeries(key string) *series {
	s := &series{key: key, recent: make([]place, len(t.sizes))}
	t.series[key] = s
	return s
}

// place finds the series' pane in a window, making both if need be.
func (t *Tumbling) place(s *series, id windowID) place {
	w := t.windows[id]
	if w == nil {
		// A window whose end has passed counts as fired: its panes go out as
		// changes at the next Advance.
		w = &window{panes: map[*series]*pane{}, fired: id.start+t.sizes[id.size] <= t.watermark}
		t.windows[id] = w
	}
	p := w.panes[s]
	if p == nil {
		p = &pane{series: s, revision: -1}
		w.panes[s] = p
		s.panes++
	}
	return place{id.start, w, p}
}

// touch notes that the pane is to be in the next checkpoint.
func (t *Tumbling) touch(p *pane, id windowID) {
	if !p.changed {
		p.changed = true
		t.changed = append(t.changed, PaneID{id.size, id.start, p.series.key})
	}
}

// Advance moves the watermark and yields the rows that are due, ordered by
// window end, size and key. A watermark that does not move yields the changes
// of windows that have fired.
func (t *Tumbling) Advance(watermark feed.Time, yield func(Row)) {
	t.watermark = max(t.watermark, watermark)
	var due []windowID
	for id, w := range t.windows {
		if w.fired && len(w.dirty) > 0 || !w.fired && id.start+t.sizes[id.size] <= t.watermark {
			due = append(due, id)
		}
	}
	slices.SortFunc(due, func(a, b windowID) int {
		return cmp.Or(cmp.Compare(a.start+t.sizes[a.size], b.start+t.sizes[b.size]), cmp.Compare(a.size, b.size))
	})
	for _, id := range due {
		t.fire(id, yield)
	}
	for id, w := range t.windows {
		if id.start+t.sizes[id.size]+t.lateness <= t.watermark {
			t.forget(id, w)
		}
	}
}

// forget removes a window whose lateness is over.
func (t *Tumbling) forget(id windowID, w *window) {
	delete(t.windows, id)
	for s, p := range w.panes {
		t.touch(p, id)
		if r := &s.recent[id.size]; r.pane == p {
			*r = place{}
		}
		if s.panes--; s.panes == 0 {
			delete(t.series, s.key)
		}
	}
}

func (t *Tumbling) fire(id windowID, yield func(Row)) {
	w := t.windows[id]
	due := w.dirty
	if !w.fired {
		due = slices.Collect(maps.Values(w.panes))
	}
	slices.SortFunc(due, func(a, b *pane) int { return cmp.Compare(a.series.key, b.series.key) })
	for _, p := range due {
		p.revision++
		p.dirty = false
		t.touch(p, id)
		yield(Row{Size: t.names[id.size], Start: id.start, End: id.start + t.sizes[id.size], Revision: p.revision, Key: p.series.key, Acc: &p.acc})
	}
	w.fired, w.dirty = true, nil
}

// Pane is the state of one pane, for a checkpoint.
type Pane struct {
	ID       PaneID
	Acc      Accumulator
	Revision int32
	Dirty    bool // changed since its last row
}

// Changes yields what has changed since the last call: the pane's state, or ok
// false for a pane that is gone.
func (t *Tumbling) Changes(yield func(p Pane, ok bool)) {
	for _, id := range t.changed {
		w := t.windows[windowID{id.Size, id.Start}]
		if w == nil {
			yield(Pane{ID: id}, false)
			continue
		}
		p := w.panes[t.series[id.Key]]
		p.changed = false
		yield(Pane{ID: id, Acc: p.acc, Revision: p.revision, Dirty: p.dirty}, true)
	}
	t.changed = t.changed[:0]
}

// Restore sets the watermark of a checkpoint; Load then puts its panes back.
func (t *Tumbling) Restore(watermark feed.Time) { t.watermark = watermark }

// Load puts one pane of a checkpoint back.
func (t *Tumbling) Load(p Pane) {
	s := t.series[p.ID.Key]
	if s == nil {
		s = t.newSeries(p.ID.Key)
	}
	at := t.place(s, windowID{p.ID.Size, p.ID.Start})
	at.pane.acc, at.pane.revision, at.pane.dirty = p.Acc, p.Revision, p.Dirty
	if p.Dirty {
		at.window.dirty = append(at.window.dirty, at.pane)
	}
}
