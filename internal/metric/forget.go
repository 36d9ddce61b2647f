package metric

import (
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// sweep forgets what is closed for good and in no open window any more. Of what
// was stored among the cold panes Closed tells the checkpoint.
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
			switch {
			case p.gone:
			case g.sinceOpen:
				g.fold(p)
				g.remove(p)
			case p.stored == AmongHot:
				g.remove(p)
			default:
				g.unplace(p)
				g.drop(p)
			}
		}
	}
	if !g.sinceOpen {
		return
	}
	for i := range g.spans {
		if now := g.watermark.Truncate(g.spans[i].every); now > before.Truncate(g.spans[i].every) {
			g.expire(i)
		}
	}
}

// fold adds a pane that is closed for good to what is older.
func (g *grid) fold(p *pane) {
	t := &p.series.tracks[p.span]
	if t.whole == nil {
		t.whole = &pane{series: p.series, span: p.span, start: Whole, state: p.state, earliest: p.earliest, latest: p.latest, revision: -1}
		t.whole.state.words = slices.Clone(p.state.words) // it outlives those it was allocated with
		p.series.panes++
	} else {
		g.merge(&t.whole.state, &p.state)
		t.whole.latest = p.latest
	}
	g.seal(&t.whole.state)
	g.touch(t.whole)
	if g.backing != nil && len(t.panes) == 1 && !t.whole.listed {
		t.whole.listed = true
		g.silent = append(g.silent, t.whole)
	}
}

// expire forgets the series that have been silent for too long.
func (g *grid) expire(span int) {
	for _, x := range g.series {
		if t := &x.tracks[span]; t.whole != nil && len(t.panes) == 0 && g.expired(t.whole) {
			g.forget(t)
		}
	}
}

// forget drops what a silent series has.
func (g *grid) forget(t *track) {
	whole := t.whole
	t.whole = nil
	g.lose(whole)
}

// expired tells whether a series without newer panes has been silent for too
// long. It is so from a step's end on, and whether anybody looks then does not
// matter.
func (g *grid) expired(whole *pane) bool {
	return whole.latest+g.ttl <= g.watermark.Truncate(g.spans[whole.span].every)
}

// Closed implements Operator.
func (g *grid) Closed(yield func(size string, before feed.Time)) {
	if g.sinceOpen {
		return
	}
	for i := range g.spans {
		if before := g.open(&g.spans[i]); before != g.cleared[i] {
			g.cleared[i] = before
			yield(g.spans[i].name, before)
		}
	}
}

// Changes implements Operator.
func (g *grid) Changes(yield func(Change)) { g.changes(g.hot, g.appendPane, yield) }

// hot tells whether a pane has to be loaded at a restart: a row is to come of it.
// Since the opening all steps are: each row is made of all. Lazy windows find
// those that have not fired without that.
func (g *grid) hot(p *pane) bool {
	sp := &g.spans[p.span]
	ended := p.start+sp.every <= g.watermark
	switch {
	case p.start == Whole:
		return false
	case g.lazy(sp):
		return p.dirty && ended
	}
	return p.dirty || g.sinceOpen || !ended
}

// Evict implements Operator.
func (g *grid) Evict(most int) {
	if g.sinceOpen {
		g.evictSilent(most)
		return
	}
	var fired []*window
	for _, w := range g.windows {
		if w.fired && len(w.panes) > 0 {
			fired = append(fired, w)
		}
	}
	slices.SortFunc(fired, g.compare)
	for _, w := range fired {
		if g.held <= most {
			return
		}
		for _, p := range w.panes {
			if g.held > most && !p.gone {
				g.evict(p)
			}
		}
		w.panes = kept(w.panes)
	}
	g.spill(most)
}

// evict drops a pane that is idle from memory, and with one of a sliding window
// the whole track, if it is.
func (g *grid) evict(p *pane) {
	if !g.alone(&g.spans[p.span]) {
		if t := &p.series.tracks[p.span]; t.idle() {
			for len(t.panes) > 0 {
				g.leave(t.panes[0])
			}
		}
	} else if p.idle() {
		g.leave(p)
	}
}

// leave drops a pane from memory that stays in the checkpoint.
func (g *grid) leave(p *pane) {
	g.away[p.span] = max(g.away[p.span], g.end(p.window.id))
	g.unplace(p)
	g.drop(p)
	p.state = state{} // the lists of other windows may hold on to it
}

// kept is what is left of a list of panes.
func kept(panes []*pane) []*pane {
	return slices.DeleteFunc(panes, func(p *pane) bool { return p.gone })
}

// evictSilent drops what is left of series that have been silent for long.
func (g *grid) evictSilent(most int) {
	n := 0
	for _, p := range g.silent {
		if g.held <= most {
			break
		}
		n++
		p.listed = false
		if t := &p.series.tracks[p.span]; !p.gone && len(t.panes) == 0 && t.idle() {
			t.whole = nil
			g.drop(p)
		}
	}
	g.silent = kept(slices.Delete(g.silent, 0, n))
}

// Stale implements Operator.
func (g *grid) Stale(id PaneID, bytes []byte) bool {
	span := g.spanOf(id.Size)
	if id.Start != Whole || span < 0 {
		return span < 0
	}
	if x := g.series[id.Key]; x != nil && x.tracks[span].whole != nil {
		return false
	}
	p := &pane{span: span}
	_, _, err := g.readHead(bytes, p)
	return err != nil || g.expired(p)
}

// Restore implements Operator.
func (g *grid) Restore(watermark feed.Time, from Backing) error {
	g.watermark, g.backing = watermark, from
	for i := range g.away {
		g.away[i] = watermark
	}
	return g.reopen()
}

// Load implements Operator.
func (g *grid) Load(id PaneID, bytes []byte) error {
	span := g.spanOf(id.Size)
	if span < 0 {
		return ErrOutdated
	}
	p := &pane{span: span, start: id.Start, stored: AmongHot}
	if err := g.readPane(bytes, p); err != nil {
		return err
	}
	g.weigh(p, len(bytes))
	p.series = g.at(id.Key)
	if t := &p.series.tracks[span]; !g.alone(&g.spans[span]) && len(t.panes) == 0 && t.whole == nil {
		if err := g.gather(p.series, span); err != nil {
			return err
		}
	}
	g.join(p)
	return nil
}
