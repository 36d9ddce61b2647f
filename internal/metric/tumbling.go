package metric

import (
	"cmp"
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
	changed   map[PaneID]struct{} // panes to write at the next checkpoint, or to remove if gone
}

type windowID struct {
	size  int // index into sizes
	start feed.Time
}

type window struct {
	fired bool
	panes map[string]*pane
	dirty []string // fired panes that have changed since
}

type pane struct {
	acc      Accumulator
	revision int32 // of the last row, -1 before the first
	dirty    bool
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
		changed:  map[PaneID]struct{}{},
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
	for i, size := range t.sizes {
		start := at.Time.Truncate(size)
		if end := start + size; end+t.lateness <= t.watermark {
			missed = append(missed, Missed{Size: t.names[i], Start: start})
			continue
		}
		id := windowID{i, start}
		w := t.windows[id]
		if w == nil {
			// A window whose end has passed counts as fired: its panes go out as
			// changes at the next Advance.
			w = &window{panes: map[string]*pane{}, fired: start+size <= t.watermark}
			t.windows[id] = w
		}
		p := w.panes[string(key)]
		if p == nil {
			p = &pane{revision: -1}
			w.panes[string(key)] = p
		}
		p.acc.Add(v, at)
		if w.fired && !p.dirty {
			p.dirty = true
			w.dirty = append(w.dirty, string(key))
		}
		t.changed[PaneID{i, start, string(key)}] = struct{}{}
	}
	return missed
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
			for key := range w.panes {
				t.changed[PaneID{id.size, id.start, key}] = struct{}{}
			}
			delete(t.windows, id)
		}
	}
}

func (t *Tumbling) fire(id windowID, yield func(Row)) {
	w := t.windows[id]
	keys := w.dirty
	if !w.fired {
		keys = make([]string, 0, len(w.panes))
		for k := range w.panes {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		p := w.panes[k]
		p.revision++
		p.dirty = false
		t.changed[PaneID{id.size, id.start, k}] = struct{}{}
		yield(Row{Size: t.names[id.size], Start: id.start, End: id.start + t.sizes[id.size], Revision: p.revision, Key: k, Acc: &p.acc})
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
// false for a pane that is gone. The order is not defined.
func (t *Tumbling) Changes(yield func(p Pane, ok bool)) {
	for id := range t.changed {
		if w := t.windows[windowID{id.Size, id.Start}]; w != nil {
			p := w.panes[id.Key]
			yield(Pane{ID: id, Acc: p.acc, Revision: p.revision, Dirty: p.dirty}, true)
			continue
		}
		yield(Pane{ID: id}, false)
	}
	clear(t.changed)
}

// Restore sets the watermark of a checkpoint; Load then puts its panes back.
func (t *Tumbling) Restore(watermark feed.Time) { t.watermark = watermark }

// Load puts one pane of a checkpoint back.
func (t *Tumbling) Load(p Pane) {
	id := windowID{p.ID.Size, p.ID.Start}
	w := t.windows[id]
	if w == nil {
		w = &window{panes: map[string]*pane{}, fired: p.ID.Start+t.sizes[p.ID.Size] <= t.watermark}
		t.windows[id] = w
	}
	w.panes[p.ID.Key] = &pane{acc: p.Acc, revision: p.Revision, dirty: p.Dirty}
	if p.Dirty {
		w.dirty = append(w.dirty, p.ID.Key)
	}
}
