package process

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/signal"
)

// pricedBy are the methods that every state shows, in the order of its fields.
var pricedBy = [3]odds.Method{odds.Multiplicative, odds.Power, odds.Shin}

// reading is what the prices of a book say by themselves, whatever their age. To
// read them is most of the work of a state, and of the books of a market few
// change at a time: so a reading is kept until its prices change. It is a
// function of them, and no part of a checkpoint.
type reading struct {
	status status
	trust  signal.Trust // in the book, from the file of books
	fair   [3][]float64 // by pricedBy
	hold   float64
	moved  move
}

// status tells how far prices could be read.
type status int

const (
	unread     status = iota
	closed            // no outcome is open
	incomplete        // some are
	crossed           // all are, and there is no margin in the prices
	readable
)

// move is the fair probability of the first outcome brought to another line.
type move struct {
	line  float64
	fair  float64
	known bool
}

// forget makes the prices be read again. The space stays.
func (r *reading) forget() { r.status, r.moved = unread, move{} }

// read returns what the book's prices say.
func (p *pricer) read(b *bookView) *reading {
	r := &b.reading
	if r.status != unread {
		return r
	}
	r.trust = trustOf(p.books.Of(b.Book))
	p.prices = p.prices[:0]
	for _, bp := range b.Prices {
		if bp.Open {
			p.prices = append(p.prices, bp.Price)
		}
	}
	switch {
	case len(p.prices) == 0:
		r.status = closed
		return r
	case len(p.prices) < len(b.Prices) || len(p.prices) < 2:
		r.status = incomplete
		return r
	}
	for k, method := range pricedBy {
		res, err := odds.Fair(r.fair[k][:0], method, p.prices)
		if err != nil {
			r.status = crossed
			return r
		}
		r.fair[k], r.hold = res.Probabilities, res.Hold
	}
	r.status = readable
	return r
}

// oldest returns the time of the book's oldest open price. A book confirms its
// prices of a market together.
func (b *bookView) oldest(confirmed bookSeen) feed.Time {
	first := feed.Time(0)
	for _, bp := range b.Prices {
		if event := max(bp.Event, confirmed.Event); bp.Open && (first == 0 || event < first) {
			first = event
		}
	}
	return first
}
