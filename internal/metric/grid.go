package metric

import (
	"cmp"
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
// that even where the series has no value in it.
type grid struct {
	store
	sinceOpen bool
	ttl       feed.Time
	windows   map[windowID]*window
	sums      state // of several panes
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
	g.sums = g.newState()
	return g
}

// end returns the end of the window.
func (g *grid) end(id windowID) feed.Time { return id.start + g.spans[id.span].every }

// closed tells whether what ends at a time is closed for good.
func (g *grid) closed(end feed.Time) bool { return end+g.lateness <= g.watermark }

// Add implements Operator.
func (g *grid) Add(key []byte, q *feed.Quote) []Missed {
	if !g.read(q, &g.sample) {
		return nil
	}
	var missed []Missed
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
		p := g.pane(x, windowID{i, start})
		x.tracks[i].recent = p
		p.take(&g.planner, &g.sample)
		g.touch(p)
		if !g.sinceOpen && sp.reach == sp.every {
			g.soil(p)
			continue
		}
		g.spread(x, i, start)
	}
	return missed
}

// pane finds the pane of a series, or makes it.
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

// spread soils every window that holds a value of the step at start. Those that
// have fired may not exist yet for this series, nor may the next one to fire;
// the ones after that come to be when the one before fires.
func (g *grid) spread(x *series, span int, start feed.Time) {
	sp := &g.spans[span]
	for step := start; step < start+sp.reach; step += sp.every {
		if end := step + sp.every; !g.closed(end) {
			g.soil(g.pane(x, windowID{span, step}))
			if end > g.watermark {
				break
			}
		}
	}
	panes := x.tracks[span].panes
	for i := len(panes) - 1; i >= 0 && panes[i].start >= start; i-- {
		if p := panes[i]; (g.sinceOpen || p.start < start+sp.reach) && !g.closed(g.end(p.window.id)) {
			g.soil(p)
		}
	}
}

// Advance implements Operator.
func (g *grid) Advance(watermark feed.Time, yield func(Row)) {
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
		next := g.fire(w, yield)
		if next != nil && (g.early || g.end(next.id) <= g.watermark) && !slices.Contains(due, next) {
			at, _ := slices.BinarySearchFunc(due, next, g.compare)
			due = slices.Insert(due, at, next)
		}
	}
	g.sweep(before)
}

func (g *grid) compare(a, b *window) int {
	return cmp.Or(cmp.Compare(g.end(a.id), g.end(b.id)), cmp.Compare(a.id.span, b.id.span))
}

// fire writes the window's rows. Of a sliding window that has ended it also
// makes the next one, which holds most of the same values, and returns it.
func (g *grid) fire(w *window, yield func(Row)) (next *window) {
	dirty, end := w.dirty, g.end(w.id)
	w.dirty = nil
	slices.SortFunc(dirty, func(a, b *pane) int { return cmp.Compare(a.series.key, b.series.key) })
	for _, p := range dirty {
		p.revision++
		p.dirty = false
		g.touch(p)
		start, values := g.row(p)
		yield(Row{Size: g.spans[p.span].name, Start: start, End: end, Revision: p.revision, Key: p.series.key, Values: values})
	}
	if w.fired || end > g.watermark {
		return nil
	}
	w.fired = true
	sp := &g.spans[w.id.span]
	if g.sinceOpen || sp.reach == sp.every {
		return nil
	}
	for _, p := range w.panes {
		panes := p.series.tracks[p.span].panes
		for i := len(panes) - 1; i >= 0 && panes[i].start > end-sp.reach; i-- {
			if panes[i].start < end && !panes[i].state.empty() {
				n := g.pane(p.series, windowID{w.id.span, end})
				if n.revision < 0 { // or it has been shown early
					g.soil(n)
				}
				next = n.window
				next.fired = false // though the watermark may have passed its end
				break
			}
		}
	}
	return next
}

// row gathers what the window that ends with a pane holds.
func (g *grid) row(p *pane) (start feed.Time, values []float64) {
	sp, t := &g.spans[p.span], &p.series.tracks[p.span]
	start = p.start + sp.every - sp.reach
	if !g.sinceOpen && sp.reach == sp.every {
		return start, g.values(&p.state)
	}
	g.sums.clear()
	if g.sinceOpen {
		first := t.panes[0]
		if t.base != nil {
			first = t.base
			g.merge(&g.sums, &t.base.state)
		}
		start = first.earliest
	}
	for _, other := range t.panes {
		if (g.sinceOpen || other.start >= start) && other.start <= p.start && !other.state.empty() {
			g.merge(&g.sums, &other.state)
		}
	}
	return start, g.values(&g.sums)
}

// sweep forgets what is closed for good and in no open window any more.
func (g *grid) sweep(before feed.Time) {
	var over []*window
	for id, w := range g.windows {
		if g.closed(id.start + g.spans[id.span].reach) {
			over = append(over, w)
		}
	}
	slices.SortFunc(over, g.compare)
	for _, w := range over {
		delete(g.windows, w.id)
		for _, p := range w.panes {
			if g.sinceOpen {
				g.fold(p)
			}
			g.remove(p)
		}
	}
	if !g.sinceOpen {
		return
	}
	for i := range g.spans {
		if now := g.watermark.Truncate(g.spans[i].every); now > before.Truncate(g.spans[i].every) {
			g.expire(i, now)
		}
	}
}

// fold adds a pane that is closed for good to its series' base.
func (g *grid) fold(p *pane) {
	t := &p.series.tracks[p.span]
	if t.base == nil {
		t.base = &pane{series: p.series, span: p.span, start: baseStart, state: p.state, earliest: p.earliest, latest: p.latest, revision: -1}
		t.base.state.words = slices.Clone(p.state.words) // it outlives those it was allocated with
		p.series.panes++
	} else {
		g.merge(&t.base.state, &p.state)
		t.base.latest = p.latest
	}
	g.seal(&t.base.state)
	g.touch(t.base)
}

// expire forgets the series that have been silent for too long.
func (g *grid) expire(span int, now feed.Time) {
	for _, x := range g.series {
		if t := &x.tracks[span]; t.base != nil && len(t.panes) == 0 && t.base.latest+g.ttl <= now {
			base := t.base
			t.base = nil
			g.lose(base)
		}
	}
}

// Load implements Operator.
func (g *grid) Load(id PaneID, bytes []byte) error {
	p, err := g.open(id, bytes)
	if err != nil {
		return err
	}
	if id.Start == baseStart {
		p.series.tracks[p.span].base = p
		return nil
	}
	g.place(p)
	g.attach(p)
	if p.dirty {
		p.window.dirty = append(p.window.dirty, p)
	}
	return nil
}
