package signal

import (
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// staleLine: a book goes on to confirm its price while the others, by their
// median, have moved away from it since it last moved: it was seen again a while
// after they had. A book whose prices are not confirmed any more is a feed that
// is down, which is another matter.
func (d *Detector) staleLine(f *family, lines []Market, g ground) {
	if !g.rough {
		d.lagBehind(f, nil, g)
		return
	}
	for k := range lines {
		d.lagBehind(f, &lines[k], g)
	}
}

// lagBehind holds the books at one line, or at any, against each other.
func (d *Detector) lagBehind(f *family, at *Market, g ground) {
	for side := range g.outcomes {
		d.crowds[side] = f.gather(d.crowds[side], side, at)
	}
	others := len(d.crowds[0]) - 1
	for _, t := range f.Tracks {
		switch {
		case t.stand.market == nil || at != nil && t.stand.market != at:
			continue
		case others < 1:
			t.Anchored, t.Lagging = false, 0
			continue
		case t.moved || !t.Anchored:
			for side := range g.outcomes {
				t.Anchor[side] = d.crowds[side].without(t.stand.sides[side])
			}
			t.Anchored, t.Lagging = true, 0
			continue
		}
		for side := range g.outcomes {
			d.lag(f, t, side, others, g)
		}
	}
}

// lag looks at one book and one side.
func (d *Detector) lag(f *family, t *track, side, others int, g ground) {
	r := &d.rules.StaleLine
	s := &t.stand
	now := d.crowds[side].without(s.sides[side])
	if now <= s.sides[side] || now <= t.Anchor[side] {
		if t.Side == side {
			t.Lagging = 0
		}
		return
	}
	line := s.market.ID.Line
	fair := g.probability(now, side, line)
	gap := fair - s.book.Fair[side]
	moved := fair - g.probability(t.Anchor[side], side, line)
	value := min(gap, moved)
	if value < r.Close {
		if t.Side == side {
			t.Lagging = 0
		}
		return
	}
	if value >= r.Open && (t.Lagging == 0 || t.Side != side) {
		t.Lagging, t.Side = d.now, side
	}
	c := d.candidate(&r.Common, feed.RuleStaleLine, s.market.ID, s.market.Outcomes[side], t.Book)
	c.value, c.unit, c.holds = gap, feed.UnitProbability, true
	c.opens = value >= r.Open && s.book.Seen.Sub(t.Lagging) >= time.Duration(r.After)
	c.books, c.fair, c.ev = others, some(fair), some(odds.EV(fair, s.book.net(side)))
	c.legs = append(d.legs[:0], leg{outcome: s.market.Outcomes[side], line: line, book: s.book, place: side, position: some(s.book.Fair[side]), reference: some(fair), stake: 1})
	d.legs = c.legs
	d.guardAges(c, time.Duration(r.MaxAge))
	d.take(c)
}
