package signal

import (
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// best is the highest price of each outcome, after commission: of all that are
// open, as a naive eye sees them, and of those that the guards let pass.
type best struct {
	naive, guarded       []leg
	books                []int // by naive leg: its book's place
	naiveSum, guardedSum float64
}

// findNaive looks for the best prices, whatever the guards say. Among equal
// prices the first book by name is taken, so that a confirmation alone changes
// nothing. It reports whether every outcome has one.
func (to *best) findNaive(m *Market) bool {
	to.naive, to.books, to.naiveSum = to.naive[:0], to.books[:0], 0
	for i, outcome := range m.Outcomes {
		at, most := -1, 0.0
		for j := range m.Books {
			if b := &m.Books[j]; b.Prices[i].Open {
				if net := b.net(i); net > most {
					at, most = j, net
				}
			}
		}
		if at < 0 {
			return false
		}
		to.naive = append(to.naive, leg{outcome: outcome, line: m.ID.Line, book: &m.Books[at], place: i})
		to.books = append(to.books, at)
		to.naiveSum += 1 / most
	}
	return len(to.naive) > 1
}

// findGuarded looks for the best prices that the guards let pass, and reports
// whether every outcome has one.
func (d *Detector) findGuarded(to *best, m *Market, maxAge time.Duration) bool {
	to.guarded, to.guardedSum = to.guarded[:0], 0
	for i, outcome := range m.Outcomes {
		found, most := leg{}, 0.0
		for j := range m.Books {
			b := &m.Books[j]
			if !b.Prices[i].Open || b.net(i) <= most {
				continue
			}
			l := leg{outcome: outcome, line: m.ID.Line, book: b, place: i}
			if !d.judge(&l, j, maxAge).refused() {
				found, most = l, b.net(i)
			}
		}
		if found.book == nil {
			return false
		}
		to.guarded = append(to.guarded, found)
		to.guardedSum += 1 / most
	}
	return true
}

// refusalOf is the guards' word on the first naive leg that they refuse.
func (d *Detector) refusalOf(b *best, maxAge time.Duration) refusal {
	for i := range b.naive {
		if r := d.judge(&b.naive[i], b.books[i], maxAge); r.refused() {
			r.leg = i
			return r
		}
	}
	return refusal{}
}

// stake splits the stake over the legs so that each returns the same.
func stake(legs []leg, sum float64) {
	for i := range legs {
		legs[i].stake = 1 / (legs[i].book.net(legs[i].place) * sum)
	}
}

// crossing judges the best prices of a market by a rule whose value is a
// function of their booksum. What the guards let pass is taken if it is good
// enough, else what a naive eye sees, with the reason why it is not real.
func (d *Detector) crossing(m *Market, c *candidate, maxAge, maxSpread time.Duration, value func(sum float64) (v float64, opens, holds bool)) {
	b := &d.best
	c.legs = b.naive
	c.value, c.opens, c.holds = value(b.naiveSum)
	sum, real := b.naiveSum, false
	if d.findGuarded(b, m, maxAge) {
		v, opens, holds := value(b.guardedSum)
		if opens || holds && d.state.open(&c.key) {
			c.legs, c.value, c.opens, c.holds, sum, real = b.guarded, v, opens, holds, b.guardedSum, true
		}
	}
	if !real {
		c.refuse(d.refusalOf(b, maxAge))
	}
	if sameBook(c.legs) {
		c.refuse(refusal{reason: ReasonOwnPrices, leg: -1})
	}
	d.guardSpread(c, maxSpread)
	stake(c.legs, sum)
}

func sameBook(legs []leg) bool {
	for i := range legs {
		if legs[i].book != legs[0].book {
			return false
		}
	}
	return true
}

// arbitrage: the booksum S of the best prices is below 1, so that stakes 1/(oS)
// return 1/S whatever comes.
func (d *Detector) arbitrage(m *Market) {
	r := &d.rules.Arbitrage
	if 1/d.best.naiveSum-1 < r.Close {
		return
	}
	c := d.candidate(&r.Common, feed.RuleArbitrage, m.ID, "", "")
	c.unit, c.books = feed.UnitReturn, d.opinions.books
	d.crossing(m, c, time.Duration(r.MaxAge), time.Duration(r.MaxSpread), func(sum float64) (float64, bool, bool) {
		roi := 1/sum - 1
		return roi, roi >= r.Open, roi >= r.Close
	})
	if c.value > r.Max {
		c.refuse(refusal{reason: ReasonImplausible, leg: -1, value: c.value, limit: r.Max})
	}
	c.ev, c.kelly, c.profit = some(c.value), some(1), some(c.value)
	d.take(c)
}

// lowHold: the best prices of all outcomes have almost no hold, so that betting
// them all costs next to nothing.
func (d *Detector) lowHold(m *Market) {
	r := &d.rules.LowHold
	if 1-1/d.best.naiveSum > r.Close {
		return
	}
	c := d.candidate(&r.Common, feed.RuleLowHold, m.ID, "", "")
	c.unit, c.books = feed.UnitHold, d.opinions.books
	d.crossing(m, c, time.Duration(r.MaxAge), time.Duration(r.MaxSpread), func(sum float64) (float64, bool, bool) {
		hold := 1 - 1/sum
		return hold, hold >= 0 && hold <= r.Open, hold >= 0 && hold <= r.Close
	})
	c.ev = some(-c.value)
	d.take(c)
}
