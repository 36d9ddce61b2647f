package simulator

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/signal"
)

// offered are the rules about prices as they stand: value, arbitrage, low hold,
// middles. A price that the world has garbled is nobody's chance: the book would
// not stand by it.
type offered struct {
	rules *signal.Rules
	books odds.Books
}

// net is what a price pays after the book's commission.
func (o offered) net(book string, price float64) float64 {
	return odds.NetPrice(price, o.books.Of(book).Commission)
}

// legs finds the quotes that a signal's legs stand on; ok is false if one is no
// longer offered at that price or was garbled.
func (o offered) legs(l *look, s *feed.Signal) (ok bool) {
	for i := range s.Legs {
		leg := &s.Legs[i]
		q := l.quote(s.Market, s.Period, feed.LineOf(leg.Line), leg.Outcome, leg.Book)
		if q.garbled || q.price < leg.Price {
			return false
		}
	}
	return true
}

// valueReferee asks for a positive expectation at the true probability.
type valueReferee struct{ offered }

func (r valueReferee) chances(l *look, yield func(feed.SignalKey)) {
	for _, t := range l.tables {
		for i, outcome := range t.outcomes {
			win, _, lose, ok := l.chance(t.key.Market, outcome, t.key.Line)
			for _, w := range t.rows {
				q := &w.quotes[i]
				if ok && q.open() && !q.garbled && win*(r.net(w.book, q.price)-1)-lose >= r.rules.Value.Open {
					yield(feed.SignalKey{Rule: feed.RuleValue, Market: t.key, Outcome: outcome, Book: w.book})
				}
			}
		}
	}
}

func (r valueReferee) right(l *look, s *feed.Signal) (bool, float64, bool) {
	leg := &s.Legs[0]
	ev, _ := l.expected(s.Market, s.Outcome, feed.LineOf(s.Line), r.net(s.Book, leg.Price))
	return ev > 0 && !l.garbled(s), ev, true
}

// crossingReferee is that of the rules on the booksum of the best prices. A
// signal is right if every leg can still be had at its price at the next look:
// that is how long it takes to act.
type crossingReferee struct {
	offered
	rule  string
	there func(sum float64) bool
}

func (r crossingReferee) chances(l *look, yield func(feed.SignalKey)) {
	for _, t := range l.tables {
		sum, whole := 0.0, len(t.outcomes) > 1
		for i := range t.outcomes {
			price, garbled := t.best(i, r.net)
			sum += 1 / price
			whole = whole && price > 0 && !garbled
		}
		if whole && r.there(sum) {
			yield(feed.SignalKey{Rule: r.rule, Market: t.key})
		}
	}
}

func (r crossingReferee) right(l *look, s *feed.Signal) (bool, float64, bool) {
	if l.at <= s.Opened {
		return false, 0, false // the next look tells
	}
	ok := r.legs(l, s)
	return ok, s.Value, true
}

// middleReferee asks for a positive expectation of both bets by the true
// distribution of the result.
type middleReferee struct{ offered }

func (r middleReferee) chances(l *look, yield func(feed.SignalKey)) {
	for _, market := range [...]string{feed.MarketSpreads, feed.MarketTotals} {
		best := math.Inf(-1)
		for _, low := range l.tables {
			for _, high := range l.tables {
				if low.key.Market != market || high.key.Market != market || len(low.outcomes) < 2 || len(high.outcomes) < 2 {
					continue
				}
				over, wrong := low.best(0, r.net)
				under, wrongToo := high.best(1, r.net)
				if over < 0 || under < 0 || wrong || wrongToo {
					continue
				}
				if ev, ok := l.middle(market, low.key.Line, high.key.Line, over, under); ok {
					best = max(best, ev)
				}
			}
		}
		if best >= r.rules.Middle.Open {
			yield(feed.SignalKey{Rule: feed.RuleMiddle, Market: feed.MarketKey{FixtureID: l.id, Market: market, Period: feed.PeriodFull}})
		}
	}
}

// middle is the true expected return of over at a line and under at a higher
// one with stakes that return the same on a miss; ok is false unless the second
// is higher.
func (l *look) middle(market string, low, high feed.Line, over, under float64) (ev float64, ok bool) {
	first, second := feed.OutcomeOver, feed.OutcomeUnder
	lift := high.Points - low.Points
	if market == feed.MarketSpreads {
		first, second, lift = feed.OutcomeHome, feed.OutcomeAway, -lift
	}
	if lift <= 0 {
		return 0, false
	}
	winLow, pushLow, _, _ := l.chance(market, first, low)
	winHigh, pushHigh, _, _ := l.chance(market, second, high)
	sum := 1/over + 1/under
	return (winLow+winHigh+pushLow/over+pushHigh/under)/sum - 1, true
}

func (r middleReferee) right(l *look, s *feed.Signal) (bool, float64, bool) {
	low, high := &s.Legs[0], &s.Legs[1]
	ev, ok := l.middle(s.Market, feed.LineOf(low.Line), feed.LineOf(high.Line), r.net(low.Book, low.Price), r.net(high.Book, high.Price))
	return ok && ev > 0 && !l.garbled(s), ev, true
}

// garbled tells whether a leg of the signal is a price that the world garbled.
func (l *look) garbled(s *feed.Signal) bool {
	for i := range s.Legs {
		leg := &s.Legs[i]
		if l.quote(s.Market, s.Period, feed.LineOf(leg.Line), leg.Outcome, leg.Book).garbled {
			return true
		}
	}
	return false
}
