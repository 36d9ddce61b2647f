package simulator

import (
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/signal"
	"github.com/betflow/betflow/internal/simulate"
)

// slowest is how far the slowest of the world's books runs behind the truth,
// its refresh included.
const slowest = 11 * feed.Minute

// path is where the truth of a fixture has been at its looks, oldest first.
type path struct {
	at    []feed.Time
	sides [][]float64 // home, draw, away; margin; total
}

// kept is how long paths reach back.
const kept = slowest + 30*feed.Minute

// walk adds the present to the path.
func (p *path) walk(l *look) {
	for len(p.at) > 0 && p.at[0] < l.at-kept {
		p.at, p.sides = p.at[1:], p.sides[1:]
	}
	home, away, margin := l.truth.Home, l.truth.Away, l.truth.Margin
	if l.swapped {
		home, away, margin = away, home, -margin
	}
	p.at = append(p.at, l.at)
	p.sides = append(p.sides, []float64{home, l.truth.Draw, away, margin, l.truth.Total})
}

// position places an outcome on a path: which number, and whether it counts the
// other way.
func position(market, outcome string) (side int, sign float64) {
	switch market + " " + outcome {
	case "h2h home":
		return 0, 1
	case "h2h draw":
		return 1, 1
	case "h2h away":
		return 2, 1
	case "spreads home":
		return 3, 1
	case "spreads away":
		return 3, -1
	case "totals over":
		return 4, 1
	case "totals under":
		return 4, -1
	}
	return -1, 0
}

// rise is how far the truth has come towards an outcome since its lowest point
// within a span, and where it stands.
func (p *path) rise(market, outcome string, span feed.Time) (by, stands float64) {
	side, sign := position(market, outcome)
	if side < 0 || len(p.at) == 0 {
		return 0, 0
	}
	last := len(p.at) - 1
	now := sign * p.sides[last][side]
	low := now
	for i := last; i >= 0 && p.at[i] >= p.at[last]-span; i-- {
		low = min(low, sign*p.sides[i][side])
	}
	return now - low, now
}

// moving are the rules about movement: what they say is right if the truth has
// moved that way, within their window and the delay of the slowest book.
type moving struct {
	rules *signal.Rules
	paths map[string]*path // by fixture
}

// families are the markets whose movement is followed, with their outcomes.
func families(l *look) []feed.SignalKey {
	var out []feed.SignalKey
	add := func(market string, outcomes ...string) {
		for _, o := range outcomes {
			out = append(out, feed.SignalKey{Outcome: o, Market: feed.MarketKey{FixtureID: l.id, Market: market, Period: feed.PeriodFull}})
		}
	}
	add(feed.MarketH2H, l.outcomes()...)
	add(feed.MarketSpreads, feed.OutcomeHome, feed.OutcomeAway)
	add(feed.MarketTotals, feed.OutcomeOver, feed.OutcomeUnder)
	return out
}

// steamReferee looks for moves of the truth by what every book has to move.
type steamReferee struct{ moving }

func (r steamReferee) threshold(market string) float64 {
	if market == feed.MarketH2H {
		return r.rules.Steam.Probability
	}
	return r.rules.Steam.Points
}

func (r steamReferee) chances(l *look, yield func(feed.SignalKey)) {
	window := feed.Span(time.Duration(r.rules.Steam.Window))
	for _, k := range families(l) {
		if by, _ := r.paths[l.id].rise(k.Market.Market, k.Outcome, window); by >= r.threshold(k.Market.Market) {
			k.Rule = feed.RuleSteam
			yield(k)
		}
	}
}

func (r steamReferee) right(l *look, s *feed.Signal) (bool, float64, bool) {
	by, _ := r.paths[l.id].rise(s.Market, s.Outcome, feed.Span(time.Duration(r.rules.Steam.Window))+slowest)
	return by >= r.threshold(s.Market)/2, by, true
}

// dropReferee looks for falls of the true price of the winner market.
type dropReferee struct{ moving }

func (r dropReferee) chances(l *look, yield func(feed.SignalKey)) {
	window := feed.Span(time.Duration(r.rules.Drop.Window))
	for _, k := range families(l) {
		if k.Market.Market != feed.MarketH2H {
			continue
		}
		if by, now := r.paths[l.id].rise(k.Market.Market, k.Outcome, window); by >= r.rules.Drop.Open*now {
			k.Rule = feed.RuleDrop
			yield(k)
		}
	}
}

// right holds a line's fall to what its outcome's chance has gained there.
func (r dropReferee) right(l *look, s *feed.Signal) (bool, float64, bool) {
	by, now := r.paths[l.id].rise(s.Market, s.Outcome, feed.Span(time.Duration(r.rules.Drop.Window))+slowest)
	if s.Market != feed.MarketH2H {
		return by > 0, s.Value, true
	}
	return by >= r.rules.Drop.Close*now, by / now, true
}

// staleReferee looks for books whose price of an outcome is above what it is
// worth and who have stood still while the truth went.
type staleReferee struct {
	moving
	world *simulate.Simulator
}

// gap is how far a book's fair probability of an outcome lies below the truth.
func (l *look) gap(t *table, w *row, i int) (float64, bool) {
	win, _, lose, ok := l.chance(t.key.Market, t.outcomes[i], t.key.Line)
	if w.fair == nil || !ok || win+lose <= 0 {
		return 0, false
	}
	return win/(win+lose) - w.fair[i], true
}

// gained is how much more likely an outcome is than it was at an instant.
func (r staleReferee) gained(l *look, t *table, i int, since feed.Time) float64 {
	then := *l
	var err error
	if then.truth, err = r.world.Truth(*l.twin, since); err != nil {
		return 0
	}
	now, _, lose, _ := l.chance(t.key.Market, t.outcomes[i], t.key.Line)
	was, _, lost, _ := then.chance(t.key.Market, t.outcomes[i], t.key.Line)
	return now/(now+lose) - was/(was+lost)
}

func (r staleReferee) chances(l *look, yield func(feed.SignalKey)) {
	rule := &r.rules.StaleLine
	for _, t := range l.tables {
		for _, w := range t.rows {
			for i, outcome := range t.outcomes {
				q := &w.quotes[i]
				if gap, ok := l.gap(t, w, i); !ok || gap < rule.Open || q.garbled || l.at-q.event < feed.Span(time.Duration(rule.After)) {
					continue
				}
				if r.gained(l, t, i, q.event) >= rule.Open {
					yield(feed.SignalKey{Rule: feed.RuleStaleLine, Market: t.key, Outcome: outcome, Book: w.book})
				}
			}
		}
	}
}

func (r staleReferee) right(l *look, s *feed.Signal) (bool, float64, bool) {
	t := l.table(feed.MarketKey{FixtureID: l.id, Market: s.Market, Period: s.Period, Line: feed.LineOf(s.Line)})
	w := t.row(s.Book)
	gap, ok := l.gap(t, w, slices.Index(t.outcomes, s.Outcome))
	return ok && gap >= r.rules.StaleLine.Close && !l.garbled(s), gap, true
}
