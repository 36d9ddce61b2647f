package metric

import (
	"errors"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// A window of one pane whose rows show no changes is lazy: all of its panes stand
// among the cold ones until it has fired, and a stored pane that holds what no row
// has shown says so. That the window has fired since follows from the watermark,
// so firing stores nothing. A value that comes later makes the pane hot, until the
// next row.
//
// Panes of a window that has not fired may leave memory, too. It fires from both:
// what is in memory, and what is in the checkpoint alone.

// catchUp makes of a pane that was read what it has become since it was stored.
func (g *grid) catchUp(p *pane) {
	if p != nil && p.dirty && p.start+g.spans[p.span].every <= g.watermark {
		p.dirty = false
		p.revision++
	}
}

// fireStored writes the rows of a window's panes that are in the checkpoint alone,
// in the order of their keys among those of others that are dirty in memory. It
// returns the ones of these that are left.
func (g *grid) fireStored(w *window, dirty []*pane, yield func(Row)) ([]*pane, error) {
	span := w.id.span
	alone := &series{tracks: make([]track, len(g.spans))}
	err := g.backing.Window(g.spans[span].name, w.id.start, func(key string, bytes []byte) error {
		if x := g.series[key]; x != nil {
			if _, found := x.tracks[span].find(w.id.start); found {
				return nil
			}
		}
		alone.key = key
		p := &pane{series: alone, window: w, span: span, start: w.id.start}
		if err := g.readPane(bytes, p); errors.Is(err, ErrOutdated) {
			return nil
		} else if err != nil {
			return err
		}
		for len(dirty) > 0 && dirty[0].series.key < key {
			g.show(dirty[0], yield)
			dirty = dirty[1:]
		}
		if p.dirty {
			g.write(p, yield)
		}
		return nil
	})
	return dirty, err
}

// spill drops panes of windows that have not fired from memory until no more than
// so many bytes are held: those of the windows that end last first, and of these
// the ones that came last. Who has many values comes early, and whoever stays does
// so until the window fires: when all series come round in turn, dropping the one
// that has waited for the longest would drop each before it is needed again.
func (g *grid) spill(most int) {
	var open []*window
	for _, w := range g.windows {
		if !w.fired && g.lazy(&g.spans[w.id.span]) {
			open = append(open, w)
		}
	}
	slices.SortFunc(open, func(a, b *window) int { return g.compare(b, a) })
	for _, w := range open {
		if g.held <= most {
			return
		}
		for _, p := range slices.Backward(w.panes) {
			if g.held > most && !p.gone && !p.changed && p.stored == AmongCold {
				g.leave(p)
			}
		}
		w.panes, w.dirty = kept(w.panes), kept(w.dirty)
	}
}

// reopen makes the windows that have not fired and have panes in the checkpoint.
func (g *grid) reopen() error {
	for i := range g.spans {
		sp := &g.spans[i]
		if !g.alone(sp) {
			continue
		}
		err := g.backing.Starts(sp.name, (g.watermark - sp.every).Truncate(sp.every), func(start feed.Time) {
			id := windowID{i, start}
			if end := g.end(id); end > g.watermark {
				g.windows[id] = &window{id: id}
				g.away[i] = max(g.away[i], end)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
