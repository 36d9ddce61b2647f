package signal

import (
	"cmp"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// mover is a book that has moved to a side within the window.
type mover struct {
	track *track
	by    float64
	event feed.Time // when it did, by the provider's time
}

// steam: several books move the same way within a window, each by at least the
// threshold: in markets with lines that is a move of the line or, where scores
// are low and half a point is much, of the probability. The legs come in the order in which the books moved, so that the
// first tells whether it was a sharp one. While it is on, half the threshold is
// enough; it ends when the moves have left the window or were undone.
func (d *Detector) steam(f *family, lines []Market, g ground) {
	r := &d.rules.Steam
	threshold, unit := r.Probability, feed.UnitProbability
	if g.lined {
		threshold, unit = d.steps[f.Market], feed.UnitPoints
	}
	for side, outcome := range lines[0].Outcomes {
		c := d.candidate(&r.Common, feed.RuleSteam, f.market(lines), outcome, "")
		open := d.state.open(&c.key)
		level := threshold
		if open {
			level /= 2
		}
		active := d.movers(f, side, level, time.Duration(r.Window))
		if n := len(d.moving); n < r.MinBooks || float64(n) < r.Share*float64(active) {
			continue
		}
		c.legs = d.legs[:0]
		for _, v := range d.moving {
			s := &v.track.stand
			c.value += v.by / float64(len(d.moving))
			c.legs = append(c.legs, leg{outcome: outcome, line: s.market.ID.Line, book: s.book, place: side,
				position: g.shown(s.sides[side], side), reference: g.shown(s.sides[side]-v.by, side)})
		}
		d.legs = c.legs
		c.unit, c.books = unit, len(d.moving)
		c.opens = !open
		c.holds = !open || c.value >= (1-r.Reverse)*d.state.episode(&c.key).Last.Value
		d.guardAges(c, time.Duration(r.MaxAge))
		d.take(c)
	}
}

// movers gathers the books that have moved to a side by at least the level, the
// first one first, and counts those that have a position at all.
func (d *Detector) movers(f *family, side int, level float64, window time.Duration) (active int) {
	d.moving = d.moving[:0]
	for _, t := range f.Tracks {
		if t.stand.market == nil {
			continue
		}
		active++
		if by, first := t.rise(side, d.now-feed.Span(window), level); first >= 0 && by >= level {
			d.moving = append(d.moving, mover{t, by, t.Points[first].Event})
		}
	}
	slices.SortStableFunc(d.moving, func(a, b mover) int { return cmp.Compare(a.event, b.event) })
	return active
}

// steamOver tells why a steam move is over: its books have moved back, or the
// move has become old.
func (d *Detector) steamOver(e *episode, f *family, lines []Market, g ground) string {
	side := slices.Index(lines[0].Outcomes, e.Key.Outcome)
	undone, n := 0.0, 0.0
	for i := range e.Last.Legs {
		l := &e.Last.Legs[i]
		for _, t := range f.Tracks {
			if t.Book == l.Book && t.stand.market != nil && l.Position != nil && side >= 0 {
				undone += *l.Position - g.shown(t.stand.sides[side], side).value
				n++
			}
		}
	}
	if g.lined && side == 1 {
		undone = -undone
	}
	if n > 0 && undone/n >= d.rules.Steam.Reverse*e.Last.Value {
		return ReasonReversed
	}
	return ReasonEnded
}
