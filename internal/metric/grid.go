package metric

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// grid computes windows whose ends are multiples of a step: tumbling, sliding,
// and since the opening of a series.
//
// Event time is cut into steps. Each series has a pane for each step that it has
// values in, and the window that ends with the step is written from the panes it
// spans: the pane alone if it tumbles, those of its size if it slides, all of
// them since the opening. So a value is added once, whatever the overlap. The
// pane of a window's last step also keeps the window's revision, and exists for
// that even where the series has no value in it: until its first row is written,
// and from the second on. In between the values tell that there was a row.
//
// Where a window is one pane, each pane leaves memory for itself. Where it is
// several, a track is in memory whole or not at all: a sliding one leaves when
// all its windows have fired, one since the opening when all that is left of it
// is what is older than the lateness.
type grid struct {
	store
	sinceOpen bool
	ttl       feed.Time
	windows   map[windowID]*window
	sums      state       // of several panes
	away      []feed.Time // by span: panes of windows that end by then may be in the checkpoint alone
	silent    []*pane     // what is left of tracks since the opening that have been silent, in order of that
	cleared   []feed.Time // by span: as Closed yielded it
}

type windowID struct {
	span  int
	start feed.Time // of the last step
}

// window is the last step of a window, with the panes of all series.
type window struct {
	id    windowID
	fired bool
	panes []*pane
	dirty []*pane
}

func newGrid(d *Definition) *grid {
	g := &grid{store: newStore(d), sinceOpen: d.Windows.Kind() == KindSinceOpen, ttl: d.TTL.Time(), windows: map[windowID]*window{}}
	g.sums = g.newState(0)
	g.away = slices.Repeat([]feed.Time{math.MinInt64}, len(g.spans))
	g.cleared = slices.Clone(g.away)
	return g
}

// alone tells whether a span's windows are one pane each.
func (g *grid) alone(sp *span) bool { return !g.sinceOpen && sp.reach == sp.every }

// lazy tells whether a span's panes may leave memory before they have fired, and
// fire without being stored again: see spill.go.
func (g *grid) lazy(sp *span) bool { return g.alone(sp) && !g.early }

// end returns the end of the window.
func (g *grid) end(id windowID) feed.Time { return id.start + g.spans[id.span].every }

// closed tells whether what ends at a time is closed for good.
func (g *grid) closed(end feed.Time) bool { return end+g.lateness <= g.watermark }

// Add implements Operator.
func (g *grid) Add(key []byte, q *feed.Quote) (missed []Missed, err error) {
	if !g.read(q, &g.sample) {
		return nil, nil
	}
	x := g.series[string(key)]
	for i := range g.spans {
		sp := &g.spans[i]
		start := q.EventTime.Truncate(sp.every)
		if g.closed(start + sp.every) {
			newest := min((g.watermark - g.lateness).Truncate(sp.every), start+sp.reach)
			missed = append(missed, Missed{sp.name, newest - sp.reach})
			if g.closed(start + sp.reach) {
				continue
			}
		}
		if x == nil {
			x = g.newSeries(string(key))
		}
		p, err := g.recall(x, windowID{i, start})
		if err != nil {
			return nil, err
		}
		x.tracks[i].recent = p
		first := p.state.empty()
		p.take(&g.planner, &g.sample)
		g.touch(p)
		if g.alone(sp) {
			g.soil(p)
			continue
		}
		g.spread(x, i, start, first)
	}
	return missed, nil
}

// recall finds the pane of a series in memory or in the last checkpoint, or
// makes it. Behind it the track is in memory as far as its windows need it.
func (g *grid) recall(x *series, id windowID) (*pane, error) {
	t := &x.tracks[id.span]
	if t.recent != nil && t.recent.start == id.start {
		return t.recent, nil
	}
	if !g.alone(&g.spans[id.span]) {
		if len(t.panes) == 0 && t.whole == nil {
			if err := g.gather(x, id.span); err != nil {
				return nil, err
			}
			if t.whole != nil && g.expired(t.whole) {
				g.forget(t)
				g.series[x.key] = x // there is a value for it
			}
		}
	} else if g.end(id) <= g.away[id.span] {
		if at, found := t.find(id.start); found {
			return t.panes[at], nil
		}
		if p, err := g.fetch(x, id.span, id.start); p != nil || err != nil {
			g.catchUp(p)
			g.join(p)
			return p, err
		}
	}
	return g.pane(x, id), nil
}

// gather brings a track to memory that is not there.
func (g *grid) gather(x *series, span int) error {
	sp := &g.spans[span]
	if g.sinceOpen {
		p, err := g.fetch(x, span, Whole)
		if p == nil || err != nil {
			return err
		}
		x.tracks[span].whole = p
		x.panes++
		return nil
	}
	for start := g.open(sp); start+sp.every <= g.away[span]; start += sp.every {
		p, err := g.fetch(x, span, start)
		if err != nil {
			return err
		}
		g.join(p)
	}
	return nil
}

// open returns the first step that is not closed for good.
func (g *grid) open(sp *span) feed.Time {
	return (g.watermark - g.lateness - sp.reach).Truncate(sp.every) + sp.every
}

// join puts a pane that was read, if there was one, into its track and window.
func (g *grid) join(p *pane) {
	if p == nil {
		return
	}
	g.place(p)
	g.attach(p)
	if p.dirty {
		p.window.dirty = append(p.window.dirty, p)
	}
}

// pane finds the pane of a series in memory, or makes it.
func (g *grid) pane(x *series, id windowID) *pane {
	t := &x.tracks[id.span]
	if t.recent != nil && t.recent.start == id.start {
		return t.recent
	}
	at, found := t.find(id.start)
	if found {
		return t.panes[at]
	}
	p := g.insert(x, id.span, at, id.start)
	g.attach(p)
	return p
}

// attach puts a pane into its window.
func (g *grid) attach(p *pane) {
	id := windowID{p.span, p.start}
	w := g.windows[id]
	if w == nil {
		// A window whose end has passed counts as fired: its panes go out as
		// changes at the next Advance.
		w = &window{id: id, fired: g.end(id) <= g.watermark}
		g.windows[id] = w
	}
	p.window = w
	w.panes = append(w.panes, p)
}

// soil notes that a pane's window holds what no row has shown.
func (g *grid) soil(p *pane) {
	if !p.dirty {
		p.dirty = true
		p.window.dirty = append(p.window.dirty, p)
		g.touch(p)
	}
}

// spread soils every window that holds a value of the step at start, which may be
// the first of the series in that step. Those that have fired may not exist yet
// for this series, nor may the next one to fire; the ones after that come to be
// when the one before fires.
func (g *grid) spread(x *series, span int, start feed.Time, first bool) {
	sp := &g.spans[span]
	for step := start; step < start+sp.reach; step += sp.every {
		end := step + sp.every
		if g.closed(end) {
			continue
		}
		p := g.pane(x, windowID{span, step})
		if p.revision < 0 && !p.dirty && end <= g.watermark && g.written(p, start, first) {
			p.revision = 0
		}
		g.soil(p)
		if end > g.watermark {
			break
		}
	}
	panes := x.tracks[span].panes
	for i := len(panes) - 1; i >= 0 && panes[i].start >= start; i-- {
		if p := panes[i]; (g.sinceOpen || p.start < start+sp.reach) && !g.closed(g.end(p.window.id)) {
			g.soil(p)
		}
	}
}

// written tells whether the window that ends with a pane had its row before a
// value came that is the first one of its step or not: whether it held another.
func (g *grid) written(p *pane, start feed.Time, first bool) bool {
	sp := &g.spans[p.span]
	for _, other := range from(p.series.tracks[p.span].panes, p.start+sp.every-sp.reach) {
		if other.start > p.start {
			break
		}
		if !other.state.empty() && !(first && other.start == start) {
			return true
		}
	}
	return false
}

// Advance implements Operator.
func (g *grid) Advance(watermark feed.Time, yield func(Row)) error {
	before := g.watermark
	g.watermark = max(g.watermark, watermark)
	var due []*window
	for id, w := range g.windows {
		switch ended := g.end(id) <= g.watermark; {
		case ended && !w.fired, len(w.dirty) > 0 && (ended || g.early):
			due = append(due, w)
		}
	}
	slices.SortFunc(due, g.compare)
	for len(due) > 0 {
		w := due[0]
		due = due[1:]
		next, err := g.fire(w, yield)
		if err != nil {
			return err
		}
		if next != nil && (g.early || g.end(next.id) <= g.watermark) && !slices.Contains(due, next) {
			at, _ := slices.BinarySearchFunc(due, next, g.compare)
			due = slices.Insert(due, at, next)
		}
	}
	g.sweep(before)
	return nil
}

func (g *grid) compare(a, b *window) int {
	return cmp.Or(cmp.Compare(g.end(a.id), g.end(b.id)), cmp.Compare(a.id.span, b.id.span))
}
