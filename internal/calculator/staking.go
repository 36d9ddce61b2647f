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

// split is newStaking for stakes that are multiples of the step and return the
// same as nearly as multiples can. They spend all of the total that multiples
// can, but for prices that cross: there up to a step for each outcome stays
// unspent if that makes the certain profit larger. It is nil if no total is asked
// for.
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
	best, err := spend(prices, amount, s)
	if err != nil {
		return nil, err
	}
	for range prices {
		if amount -= s; amount < s || best.Profit <= 0 {
			break
		}
		less, err := spend(prices, amount, s)
		if err != nil {
			return nil, err
		}
		if less.Profit > best.Profit {
			best = less
		}
	}
	return best, nil
}

// spend splits all of the total that multiples of the step can.
func spend(prices []float64, total, step Money) (*Staking, error) {
	stakes, _, err := odds.RoundStakes(nil, prices, int64(total), int64(step))
	if err != nil {
		return nil, err
	}
	return newStaking(prices, amounts(stakes))
}
