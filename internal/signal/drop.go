package signal

import (
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// drop: one book's fair price of an outcome has fallen by a share within a
// window. If the line has moved with it, the price before is that of the line
// that the book quotes now.
func (d *Detector) drop(f *family, lines []Market, g ground) {
	r := &d.rules.Drop
	sharpOnly := r.SharpOnly && f.sharp()
	for _, t := range f.Tracks {
		s := &t.stand
		if s.market == nil || len(t.Points) < 2 || sharpOnly && !s.book.Trust.Sharp {
			continue
		}
		for side, outcome := range lines[0].Outcomes {
			by, _ := t.rise(side, d.now-feed.Span(time.Duration(r.Window)), 0)
			if by <= 0 {
				continue
			}
			line := s.market.ID.Line
			before, now := g.probability(s.sides[side]-by, side, line), g.probability(s.sides[side], side, line)
			share := 1 - before/now
			if share < r.Close || now-before < r.Gap {
				continue
			}
			c := d.candidate(&r.Common, feed.RuleDrop, f.market(lines), outcome, t.Book)
			c.value, c.unit, c.opens, c.holds, c.books = share, feed.UnitShare, share >= r.Open, true, 1
			c.legs = append(d.legs[:0], leg{outcome: outcome, line: line, book: s.book, place: side, position: some(now), reference: some(before)})
			d.legs = c.legs
			d.guardAges(c, time.Duration(r.MaxAge))
			d.take(c)
		}
	}
}

// sharp tells whether a sharp book has a position.
func (f *family) sharp() bool {
	for _, t := range f.Tracks {
		if t.stand.market != nil && t.stand.book.Trust.Sharp {
			return true
		}
	}
	return false
}
