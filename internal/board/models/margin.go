package models

import (
	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model"
	"github.com/betflow/betflow/internal/model/inplay"
)

// normalMargin holds the main spread beside the result market and the other
// spreads.
func (m *Model) normalMargin(f *fixture) error {
	if err := f.before(); err != nil {
		return err
	}
	spread := f.current(feed.MarketSpreads)
	if err := f.usable(spread, feed.MarketSpreads); err != nil {
		return err
	}
	n, err := m.margin(f, spread)
	if err != nil {
		return err
	}
	m.compareH2H(f, n.Win(), 1-n.Win())
	m.compareSpreads(f, n.Cover)
	return nil
}

// normalTotal holds the main total beside the other totals.
func (m *Model) normalTotal(f *fixture) error {
	if err := f.before(); err != nil {
		return err
	}
	total := f.current(feed.MarketTotals)
	if err := f.usable(total, feed.MarketTotals); err != nil {
		return err
	}
	over, err := m.take(f, total, feed.OutcomeOver)
	if err != nil {
		return err
	}
	sigma := f.league.Score.SigmaTotal
	n, err := model.Implied(-line(total), over, sigma)
	if err != nil {
		return err
	}
	m.constant("sigma", sigma)
	m.parameter("mean_total", n.Mean)
	m.compareTotals(f, n.Over)
	return nil
}

// brownian holds score, clock and closing spread beside the live result market.
func (m *Model) brownian(f *fixture) error {
	score, err := f.score()
	if err != nil {
		return err
	}
	// Without a closing spread the closing result market gives the drift: it is a
	// spread of zero.
	market := f.closed(feed.MarketSpreads)
	if err := f.usableClosing(market, feed.MarketSpreads); err != nil {
		market = f.closed(feed.MarketH2H)
		if f.usableClosing(market, feed.MarketH2H) != nil {
			return err
		}
	}
	n, err := m.margin(f, market)
	if err != nil {
		return err
	}
	m.game(f, "lead", float64(score.Home-score.Away))
	m.game(f, "share_left", score.Left)
	p := inplay.Brownian{Margin: &n}.Win(score)
	m.compareH2H(f, p, 1-p)
	return nil
}

// margin returns the distribution of home's margin that a spread implies.
func (m *Model) margin(f *fixture, spread *board.MarketView) (model.Normal, error) {
	cover, err := m.take(f, spread, feed.OutcomeHome)
	if err != nil {
		return model.Normal{}, err
	}
	sigma := f.league.Score.SigmaMargin
	n, err := model.Implied(line(spread), cover, sigma)
	if err != nil {
		return model.Normal{}, err
	}
	m.constant("sigma", sigma)
	m.parameter("mean_margin", n.Mean)
	return n, nil
}

// line is a market's line, 0 where it has none.
func line(m *board.MarketView) float64 {
	if m.Line == nil {
		return 0
	}
	return *m.Line
}
