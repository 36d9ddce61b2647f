package signal

import (
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// value: a price pays more than the other books' consensus says it is worth. The
// book that offers it has no part in that consensus.
func (d *Detector) value(m *Market) {
	r := &d.rules.Value
	for j := range m.Books {
		b := &m.Books[j]
		for i := range b.Prices {
			if !b.Prices[i].Open {
				continue
			}
			p, others := d.opinions.without(b, j, i)
			price := b.net(i)
			ev := odds.EV(p, price)
			if others == 0 || ev < r.Close {
				continue
			}
			c := d.candidate(&r.Common, feed.RuleValue, m.ID, m.Outcomes[i], b.Name)
			c.value, c.unit, c.opens, c.holds = ev, feed.UnitReturn, ev >= r.Open, true
			c.books, c.fair, c.ev = others, some(p), some(ev)
			share := r.Kelly * odds.Kelly(p, price)
			c.kelly, c.profit = some(share), some(share*ev)
			c.legs = append(d.legs[:0], leg{outcome: m.Outcomes[i], line: m.ID.Line, book: b, place: i, stake: 1})
			d.legs = c.legs
			d.guardValue(c, m, j, price*p)
			d.take(c)
		}
	}
}

// guardValue judges the tested price. That its book stands apart from the others
// is the point here and no outlier's fault; too far apart is implausible.
func (d *Detector) guardValue(c *candidate, m *Market, j int, ratio float64) {
	r := &d.rules.Value
	b := &m.Books[j]
	if age := b.age(c.legs[0].place, d.now); age > time.Duration(r.MaxAge) {
		c.refuse(refusal{reason: ReasonStale, value: age.Seconds(), limit: time.Duration(r.MaxAge).Seconds()})
	}
	if b.open() < len(b.Prices) {
		c.refuse(refusal{reason: ReasonOneSided})
	}
	if c.value > r.Max {
		c.refuse(refusal{reason: ReasonImplausible, leg: -1, value: c.value, limit: r.Max})
	}
	if ratio > r.MaxRatio {
		c.refuse(refusal{reason: ReasonImplausible, leg: -1, value: ratio - 1, limit: r.MaxRatio - 1})
	}
	if sum := d.sharpestSum(m, j); sum > r.SharpSum {
		c.refuse(refusal{reason: ReasonSharpMargin, leg: -1, value: sum, limit: r.SharpSum})
	}
}

// sharpestSum is the lowest booksum among the sharp books with an opinion, all
// but one; 0 if there is none.
func (d *Detector) sharpestSum(m *Market, without int) (least float64) {
	for j := range m.Books {
		b := &m.Books[j]
		if j != without && d.opinions.counts[j] && b.Trust.Sharp && (least == 0 || b.Sum < least) {
			least = b.Sum
		}
	}
	return least
}
