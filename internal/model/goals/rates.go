// Package goals models a soccer match by the goals of both sides: independent
// Poisson processes with the correction of Dixon and Coles (1997) for low scores.
// It turns expected goals into the probabilities of every market of the match,
// prices into expected goals, and results into strengths of teams.
//
// It assumes that goals come at a constant rate and do not depend on the score.
// Both fail a little: sides that lead sit back, more goals fall late, and with
// rho = 0 draws come out too rare. See docs/models.md.
package goals

import (
	"errors"
	"fmt"
	"math"
)

// Rates are the expected goals of both sides and the dependence between them.
type Rates struct {
	Home float64 `json:"home"`
	Away float64 `json:"away"`
	Rho  float64 `json:"rho"` // of Dixon and Coles; 0 is independence, below 0 draws of 0-0 and 1-1 are likelier
}

// ErrRates is returned for expected goals that no match has.
var ErrRates = errors.New("expected goals lie between 0 and 10, and rho leaves every score a probability")

// mostExpected bounds expected goals: beyond it the grid would be cut where
// scores still happen.
const mostExpected = 10

// Check returns ErrRates unless the rates make a distribution. The correction
// needs 1-home*away*rho, 1+home*rho, 1+away*rho and 1-rho not to be negative.
func (r Rates) Check() error {
	inRange := r.Home >= 0 && r.Home <= mostExpected && r.Away >= 0 && r.Away <= mostExpected
	low, high := rhoRange(r.Home, r.Away)
	if !inRange || !(r.Rho >= low && r.Rho <= high) {
		return fmt.Errorf("expecting %v to %v goals with rho %v: %w", r.Home, r.Away, r.Rho, ErrRates)
	}
	return nil
}

// rhoRange returns what rho may be at these expected goals.
func rhoRange(home, away float64) (low, high float64) {
	return max(-1/home, -1/away), min(1, 1/(home*away)) // 1/0 is +Inf, which bounds nothing
}

// Left returns the rates of what is left of the match, a share from 1 to 0, at
// the rates it began with. The correction is for whole matches and stays with
// them: rho is 0.
func (r Rates) Left(share float64) Rates { return Rates{Home: r.Home * share, Away: r.Away * share} }

// tau is the factor of Dixon and Coles on a score of at most 1-1.
func (r Rates) tau(home, away int) float64 {
	switch {
	case home == 0 && away == 0:
		return 1 - r.Home*r.Away*r.Rho
	case home == 0 && away == 1:
		return 1 + r.Home*r.Rho
	case home == 1 && away == 0:
		return 1 + r.Away*r.Rho
	case home == 1 && away == 1:
		return 1 - r.Rho
	}
	return 1
}

// poisson fills p with the probabilities of 0, 1, 2, ... at a rate.
func poisson(p *[size]float64, rate float64) {
	p[0] = math.Exp(-rate)
	for k := 1; k < size; k++ {
		p[k] = p[k-1] * rate / float64(k)
	}
}
