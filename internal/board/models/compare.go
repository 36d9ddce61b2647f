package models

import (
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model/inplay"
	"github.com/betflow/betflow/internal/odds"
)

// compare adds what the model and the books say about one outcome. market is nil
// where there is none.
func (m *Model) compare(f *fixture, market *board.MarketView, name string, line *float64, outcome string, p float64) {
	c := Comparison{Market: name, Line: line, Outcome: outcome, Probability: min(1, max(0, p))}
	if market != nil {
		if o, age := outcomeOf(market, outcome), f.age(market); o != nil && o.Fair != nil && market.Books > 0 && age <= f.limit() {
			c.Consensus = &Consensus{*o.Fair, market.Books, o.BestPrice, o.BestBook, age.Seconds()}
			d := c.Probability - *o.Fair
			c.Difference = &d
		}
	}
	c.Input = m.madeFrom(f, name, line)
	m.Markets = append(m.Markets, c)
}

// limit is the age up to which prices are compared.
func (f *fixture) limit() time.Duration {
	if f.Fixture.State == feed.GameIn {
		return inplay.MaxAge
	}
	return maxAgeBefore
}

// madeFrom tells whether a market is among the model's inputs. In the game those
// are the closing markets, which are no longer quoted.
func (m *Model) madeFrom(f *fixture, market string, line *float64) bool {
	if f.Fixture.State == feed.GameIn {
		return false
	}
	for _, i := range m.Inputs {
		if i.Market == market && feed.LineOf(i.Line) == feed.LineOf(line) {
			return true
		}
	}
	return false
}

// compareH2H adds the result market: home and away, with the draw between them if
// there is one.
func (m *Model) compareH2H(f *fixture, p ...float64) {
	outcomes := []string{feed.OutcomeHome, feed.OutcomeAway}
	if len(p) == 3 {
		outcomes = []string{feed.OutcomeHome, feed.OutcomeDraw, feed.OutcomeAway}
	}
	for i, outcome := range outcomes {
		m.compare(f, f.current(feed.MarketH2H), feed.MarketH2H, nil, outcome, p[i])
	}
}

// compareSpreads adds every spread of the whole game.
func (m *Model) compareSpreads(f *fixture, cover func(line float64) odds.Settlement) {
	m.compareLines(f, feed.MarketSpreads, feed.OutcomeHome, feed.OutcomeAway, cover)
}

// compareTotals adds every total of the whole game.
func (m *Model) compareTotals(f *fixture, over func(line float64) odds.Settlement) {
	m.compareLines(f, feed.MarketTotals, feed.OutcomeOver, feed.OutcomeUnder, over)
}

// compareLines adds both sides of every line. A settlement becomes the
// probability that the books' fair ones are: of winning given that the stake is
// not returned.
func (m *Model) compareLines(f *fixture, name, first, second string, settle func(line float64) odds.Settlement) {
	for i := range f.Markets {
		market := &f.Markets[i]
		if market.Market != name || market.Period != feed.PeriodFull || market.Line == nil || market.Books == 0 {
			continue
		}
		p := 1 / settle(*market.Line).FairPrice()
		m.compare(f, market, name, market.Line, first, p)
		m.compare(f, market, name, market.Line, second, 1-p)
	}
}
