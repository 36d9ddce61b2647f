package models

import (
	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/model/inplay"
)

// Both sides score: a market that The Odds API calls btts.
const (
	marketBothScore = "btts"
	outcomeYes      = "yes"
	outcomeNo       = "no"
)

// likeliest is how many scores are shown.
const likeliest = 6

// dixonColesH2H holds the result market beside all other markets of goals.
func (m *Model) dixonColesH2H(f *fixture) error {
	if err := f.before(); err != nil {
		return err
	}
	h2h := f.current(feed.MarketH2H)
	if err := f.usable(h2h, feed.MarketH2H); err != nil {
		return err
	}
	market, err := m.result(f, h2h)
	if err != nil {
		return err
	}
	m.constant("rho", goals.TypicalRho)
	rates, err := goals.FromResult(market, goals.TypicalRho)
	if err != nil {
		return err
	}
	return m.match(f, rates)
}

// dixonColes holds result market and total beside all other markets of goals.
func (m *Model) dixonColes(f *fixture) error {
	if err := f.before(); err != nil {
		return err
	}
	h2h, total := f.current(feed.MarketH2H), f.current(feed.MarketTotals)
	if err := f.usable(h2h, feed.MarketH2H); err != nil {
		return err
	}
	if err := f.usable(total, feed.MarketTotals); err != nil {
		return err
	}
	rates, err := m.resultAndTotal(f, h2h, total)
	if err != nil {
		return err
	}
	return m.match(f, rates)
}

// poissonInGame holds the closing rates and the score beside the live markets.
func (m *Model) poissonInGame(f *fixture) error {
	score, err := f.score()
	if err != nil {
		return err
	}
	h2h, total := f.closed(feed.MarketH2H), f.closed(feed.MarketTotals)
	if err := f.usableClosing(h2h, feed.MarketH2H); err != nil {
		return err
	}
	if err := f.usableClosing(total, feed.MarketTotals); err != nil {
		return err
	}
	rates, err := m.resultAndTotal(f, h2h, total)
	if err != nil {
		return err
	}
	m.game(f, "home_score", float64(score.Home))
	m.game(f, "away_score", float64(score.Away))
	m.game(f, "share_left", score.Left)
	m.rates(rates)
	p, err := inplay.NewPoisson(rates, score)
	if err != nil {
		return err
	}
	m.compareH2H(f, three(p.Result())...)
	m.compareTotals(f, p.Over)
	return nil
}

// result takes the result market as input.
func (m *Model) result(f *fixture, h2h *board.MarketView) (market goals.Market, err error) {
	if market.Home, err = m.take(f, h2h, feed.OutcomeHome); err != nil {
		return market, err
	}
	if market.Draw, err = m.take(f, h2h, feed.OutcomeDraw); err != nil {
		return market, err
	}
	market.Away, err = m.take(f, h2h, feed.OutcomeAway)
	return market, err
}

// resultAndTotal takes both markets as inputs and returns what they imply.
func (m *Model) resultAndTotal(f *fixture, h2h, total *board.MarketView) (goals.Rates, error) {
	market, err := m.result(f, h2h)
	if err != nil {
		return goals.Rates{}, err
	}
	over, err := m.take(f, total, feed.OutcomeOver)
	if err != nil {
		return goals.Rates{}, err
	}
	return goals.FromResultAndTotal(market, goals.Total{Line: line(total), Over: over})
}

func (m *Model) rates(r goals.Rates) {
	m.parameter("home_goals", r.Home)
	m.parameter("away_goals", r.Away)
	m.parameter("rho", r.Rho)
}

// match compares every market of a match that has not begun.
func (m *Model) match(f *fixture, rates goals.Rates) error {
	g, err := rates.Grid()
	if err != nil {
		return err
	}
	m.rates(rates)
	m.compareH2H(f, three(g.Result())...)
	m.compareTotals(f, g.Over)
	m.compareSpreads(f, g.Handicap)
	both := find(f.Markets, marketBothScore)
	m.compare(f, both, marketBothScore, nil, outcomeYes, g.BothScore())
	m.compare(f, both, marketBothScore, nil, outcomeNo, 1-g.BothScore())
	for _, s := range g.Likeliest(likeliest) {
		m.Scores = append(m.Scores, Score(s))
	}
	return nil
}

func three(home, draw, away float64) []float64 { return []float64{home, draw, away} }
