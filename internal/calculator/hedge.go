package calculator

import "github.com/betflow/betflow/internal/odds"

// Hedge asks what to stake on all other outcomes so that an open bet has the
// same result whatever comes.
type Hedge struct {
	Bet    string   // the open one, STAKE@PRICE
	Others []string // prices now of all other outcomes
	Format string
	Round  string // what the stakes are multiples of; 0.01 if empty
}

// HedgeAnswer is the answer to Hedge.
type HedgeAnswer struct {
	Prices []float64 `json:"prices"` // the open bet's, then the others'
	Exact  float64   `json:"exact"`  // the result before stakes are rounded
	Staking
}

// Answer balances the bet.
func (q Hedge) Answer() (HedgeAnswer, error) {
	stake, price, err := readBet(q.Bet, q.Format)
	if err != nil {
		return HedgeAnswer{}, err
	}
	others, err := readPrices(q.Others, q.Format)
	if err != nil {
		return HedgeAnswer{}, err
	}
	if len(others) == 0 {
		return HedgeAnswer{}, odds.ErrOutcomes
	}
	step, err := readStep(q.Round)
	if err != nil {
		return HedgeAnswer{}, err
	}
	hedges, certain, err := odds.Hedge(nil, float64(stake), price, others)
	if err != nil {
		return HedgeAnswer{}, err
	}
	prices, stakes := append([]float64{price}, others...), []Money{stake}
	for _, h := range hedges {
		stake, err := nearest(h, step)
		if err != nil {
			return HedgeAnswer{}, err
		}
		stakes = append(stakes, stake)
	}
	s, err := newStaking(prices, stakes)
	if err != nil {
		return HedgeAnswer{}, err
	}
	return HedgeAnswer{Prices: prices, Exact: certain / 100, Staking: *s}, nil
}
