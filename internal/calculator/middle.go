package calculator

import (
	"fmt"

	"github.com/betflow/betflow/internal/odds"
)

// Middle asks about two bets on both sides of a market at different lines, that
// both win if the result lands between them.
type Middle struct {
	Prices      []string // of both
	Format      string
	Probability string // of landing between; not asked about if empty
	Stake       string // in total; none asked for if empty
	Round       string // what stakes are multiples of; 0.01 if empty
}

// MiddleAnswer is the answer to Middle.
type MiddleAnswer struct {
	Prices    []float64 `json:"prices"`
	BreakEven float64   `json:"break_even"`   // the chance of landing between at which the pair breaks even
	Cost      float64   `json:"cost"`         // of the total, if it does not land
	EV        *float64  `json:"ev,omitempty"` // of the total, if a probability was given
	*Staking            // if a stake was asked for; the profits are those of one winner
	Both      *Money    `json:"both,omitempty"` // the profit if both win
}

// Answer pairs the prices.
func (q Middle) Answer() (MiddleAnswer, error) {
	prices, err := readPrices(q.Prices, q.Format)
	if err != nil {
		return MiddleAnswer{}, err
	}
	if len(prices) != 2 {
		return MiddleAnswer{}, fmt.Errorf("a middle has two prices, not %d", len(prices))
	}
	m, err := odds.NewMiddle(prices[0], prices[1])
	if err != nil {
		return MiddleAnswer{}, err
	}
	a := MiddleAnswer{Prices: prices, BreakEven: m.BreakEven, Cost: m.Cost}
	if q.Probability != "" {
		hit, err := readShare("probability", q.Probability)
		if err != nil {
			return MiddleAnswer{}, err
		}
		ev := m.EV(hit)
		a.EV = &ev
	}
	if a.Staking, err = split(prices, q.Stake, q.Round); err != nil || a.Staking == nil {
		return a, err
	}
	both := a.Profits[0] + a.Profits[1] + a.Total // both return, and the total is paid once
	a.Both = &both
	return a, nil
}
