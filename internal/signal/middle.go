package signal

import (
	"math"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// rung is one line of a family with what bets on it pay.
type rung struct {
	line        feed.Line
	handicap    float64 // as the first outcome's result meets it
	chances     odds.Settlement
	over, under offer
}

// offer is the best price of one side of a line: of all that are open, and of
// those that the guards let pass.
type offer struct {
	naive, guarded *Book
}

// pair is over at a line and under at a higher one.
type pair struct {
	over, under  *Book
	low, high    *rung
	ev, hit, sum float64
}

// middle: over at a line and under at a higher one, so that both win between the
// lines. The stakes return the same on a miss, 1/S of what they cost; landing
// between the lines returns that twice, and landing on a line gives that side's
// stake back. How often that happens is the model's word, around the median of
// the books' positions. That the two books stand apart is the point here and no
// outlier's fault.
func (d *Detector) middle(f *family, lines []Market, g ground) {
	r := &d.rules.Middle
	d.crowds[0] = f.gather(d.crowds[0], 0, nil)
	if !g.lined || len(lines) < 2 || len(d.crowds[0]) == 0 {
		return
	}
	mean := d.crowds[0].middle()
	d.rungs = d.rungs[:0]
	for k := range lines {
		m := &lines[k]
		x := rung{line: m.ID.Line, handicap: g.handicap(m.ID.Line), over: d.offer(m, 0), under: d.offer(m, 1)}
		if 2*x.handicap != math.Trunc(2*x.handicap) {
			continue // a quarter line is two bets
		}
		x.chances = g.model.Settle(mean, x.handicap)
		d.rungs = append(d.rungs, x)
	}
	c := d.candidate(&r.Common, feed.RuleMiddle, f.market(lines), "", "")
	best, found := d.bestPair(func(o *offer) *Book { return o.guarded })
	if !found || best.ev < r.Open && !(best.ev >= r.Close && d.state.open(&c.key)) {
		if best, found = d.bestPair(func(o *offer) *Book { return o.naive }); !found || best.ev < r.Close {
			return
		}
	}
	d.takePair(c, lines, &best, len(d.crowds[0]))
}

// offer finds the best prices of one side of a line.
func (d *Detector) offer(m *Market, side int) (o offer) {
	for j := range m.Books {
		b := &m.Books[j]
		if !b.Prices[side].Open {
			continue
		}
		if o.naive == nil || b.net(side) > o.naive.net(side) {
			o.naive = b
		}
		if (o.guarded == nil || b.net(side) > o.guarded.net(side)) && !d.guardOffer(b, side).refused() {
			o.guarded = b
		}
	}
	return o
}

func (d *Detector) guardOffer(b *Book, side int) refusal {
	limit := time.Duration(d.rules.Middle.MaxAge)
	switch age := b.age(side, d.now); {
	case age > limit:
		return refusal{reason: ReasonStale, value: age.Seconds(), limit: limit.Seconds()}
	case b.open() < len(b.Prices):
		return refusal{reason: ReasonOneSided}
	}
	return refusal{}
}

// bestPair finds the pair with the highest expected return.
func (d *Detector) bestPair(of func(*offer) *Book) (best pair, found bool) {
	for i := range d.rungs {
		for k := range d.rungs {
			low, high := &d.rungs[i], &d.rungs[k]
			over, under := of(&low.over), of(&high.under)
			if low.handicap <= high.handicap || over == nil || under == nil {
				continue
			}
			o, u := over.net(0), under.net(1)
			p := pair{over: over, under: under, low: low, high: high, sum: 1/o + 1/u, hit: high.chances.Loss - low.chances.Loss - low.chances.Push}
			p.ev = (1+p.hit+low.chances.Push/o+high.chances.Push/u)/p.sum - 1
			if !found || p.ev > best.ev {
				best, found = p, true
			}
		}
	}
	return best, found
}

func (d *Detector) takePair(c *candidate, lines []Market, p *pair, books int) {
	r := &d.rules.Middle
	c.value, c.unit, c.opens, c.holds, c.books = p.ev, feed.UnitReturn, p.ev >= r.Open, true, books
	c.legs = append(d.legs[:0],
		leg{outcome: lines[0].Outcomes[0], line: p.low.line, book: p.over, place: 0},
		leg{outcome: lines[0].Outcomes[1], line: p.high.line, book: p.under, place: 1})
	d.legs = c.legs
	stake(c.legs, p.sum)
	c.fair, c.ev = some(p.hit), some(p.ev)
	share := r.Kelly * kellyPair(p)
	c.kelly, c.profit = some(share), some(share*p.ev)
	for i := range c.legs {
		if refused := d.guardOffer(c.legs[i].book, c.legs[i].place); refused.refused() {
			refused.leg = i
			c.refuse(refused)
		}
	}
	if c.value > r.Max {
		c.refuse(refusal{reason: ReasonImplausible, leg: -1, value: c.value, limit: r.Max})
	}
	d.guardSpread(c, time.Duration(r.MaxSpread))
	d.take(c)
}

// kellyPair is the Kelly share of a middle taken as one bet that loses 1-1/S or
// wins 2/S-1, with the chance at which it has the pair's expected return; a sure
// profit has no limit but the bankroll.
func kellyPair(p *pair) float64 {
	lose, win := 1-1/p.sum, 2/p.sum-1
	if lose <= 0 {
		return 1
	}
	hit := (p.ev + lose) / (win + lose)
	return min(1, max(0, hit/lose-(1-hit)/win))
}
