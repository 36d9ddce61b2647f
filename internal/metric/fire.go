package metric

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// fire writes the window's rows. Of a sliding window that has ended it also
// makes the next one, which holds most of the same values, and returns it.
func (g *grid) fire(w *window, yield func(Row)) (next *window, err error) {
	sp, end := &g.spans[w.id.span], g.end(w.id)
	dirty := kept(w.dirty)
	w.dirty = nil
	slices.SortFunc(dirty, func(a, b *pane) int { return cmp.Compare(a.series.key, b.series.key) })
	if g.alone(sp) && !w.fired && end <= g.watermark && end <= g.away[w.id.span] {
		if dirty, err = g.fireStored(w, dirty, yield); err != nil {
			return nil, err
		}
	}
	for _, p := range dirty {
		g.show(p, yield)
	}
	if w.fired || end > g.watermark {
		return nil, nil
	}
	w.fired = true
	if g.early { // panes that were shown as they are have been hot until now
		for _, p := range w.panes {
			g.touch(p)
		}
	}
	if g.sinceOpen || g.alone(sp) {
		return nil, nil
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
	g.thin(w)
	return next, nil
}

// show writes the row of a pane that is in memory.
func (g *grid) show(p *pane, yield func(Row)) {
	if !g.lazy(&g.spans[p.span]) || p.stored != AmongCold {
		g.touch(p)
	}
	g.write(p, yield)
}

// write writes the next row of a window that ends with a pane.
func (g *grid) write(p *pane, yield func(Row)) {
	p.revision++
	p.dirty = false
	start, values := g.row(p)
	yield(Row{Size: g.spans[p.span].name, Start: start, End: g.end(p.window.id), Revision: p.revision, Key: p.series.key, Values: values})
}

// row gathers what the window that ends with a pane holds.
func (g *grid) row(p *pane) (start feed.Time, values []float64) {
	sp, t := &g.spans[p.span], &p.series.tracks[p.span]
	start = p.start + sp.every - sp.reach
	if g.alone(sp) {
		return start, g.values(&p.state)
	}
	g.sums.clear()
	panes := t.panes
	if g.sinceOpen {
		first := panes[0]
		if t.whole != nil {
			first = t.whole
			g.merge(&g.sums, &t.whole.state)
		}
		start = first.earliest
	} else {
		panes = from(panes, start)
	}
	for _, other := range panes {
		if other.start > p.start {
			break
		}
		if !other.state.empty() {
			g.merge(&g.sums, &other.state)
		}
	}
	return start, g.values(&g.sums)
}

// from cuts off the panes that begin before a time. It looks from the end: what
// is asked for is nearly always the newest, and behind it lies an hour or more
// that waits for late values.
func from(panes []*pane, start feed.Time) []*pane {
	at := len(panes)
	for at > 0 && panes[at-1].start >= start {
		at--
	}
	return panes[at:]
}

// thin forgets the panes of a window that has just fired which tell no more than
// that it has.
func (g *grid) thin(w *window) {
	for _, p := range w.panes {
		if !p.gone && p.state.empty() && p.revision == 0 {
			g.remove(p)
		}
	}
	w.panes = kept(w.panes)
}
