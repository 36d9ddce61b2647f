package inplay

import (
	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/odds"
)

// Poisson is a running match: the goals that are still to come, at the constant
// rates that the market gave the whole match, behind those that have fallen.
type Poisson struct {
	score Score
	grid  goals.Grid // of what is left
}

// NewPoisson returns the match at a score. It returns goals.ErrRates for rates
// that no match has.
func NewPoisson(r goals.Rates, s Score) (*Poisson, error) {
	g, err := r.Left(s.Left).Grid()
	if err != nil {
		return nil, err
	}
	return &Poisson{s, g}, nil
}

// Result returns the probabilities that home wins, neither, and away.
func (p *Poisson) Result() (home, draw, away float64) {
	return p.grid.ResultFrom(p.score.Home - p.score.Away)
}

// Cover returns how a bet on home with a handicap is settled.
func (p *Poisson) Cover(line float64) odds.Settlement { return p.grid.Handicap(line + p.score.lead()) }

// Over returns how a bet on more goals of both sides is settled.
func (p *Poisson) Over(line float64) odds.Settlement { return p.grid.Over(line - p.score.total()) }
