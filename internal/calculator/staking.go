package calculator

import (
	"slices"

	"github.com/betflow/betflow/internal/odds"
)

// Staking is how money is split over outcomes and what comes of it.
type Staking struct {
	Total   Money   `json:"total"`   // staked
	Stakes  []Money `json:"stakes"`  // one for each outcome
	Profits []Money `json:"profits"` // if that outcome comes
	Profit  Money   `json:"profit"`  // the least of them: certain if positive
}

// newStaking settles stakes at prices, one for each outcome.
func newStaking(prices []float64, stakes []Money) (*Staking, error) {
	s := &Staking{Stakes: stakes}
	for i, stake := range stakes {
		s.Total += stake
		if float64(stake)*prices[i] > maxMoney {
			return nil, errTooMuch
		}
	}
	s.Profits = amounts(odds.Profits(nil, prices, plain(stakes)))
	s.Profit = slices.Min(s.Profits)
	return s, nil
}

// split is newStaking for as much of the total as multiples of the step can
// spend, so that the least profit is as large as possible. It is nil if no total
// is asked for.
func split(prices []float64, total, step string) (*Staking, error) {
	if total == "" {
		return nil, nil
	}
	amount, err := ParseMoney(total)
	if err != nil {
		return nil, err
	}
	s, err := readStep(step)
	if err != nil {
		return nil, err
	}
	stakes, _, err := odds.RoundStakes(nil, prices, int64(amount), int64(s))
	if err != nil {
		return nil, err
	}
	return newStaking(prices, amounts(stakes))
}
