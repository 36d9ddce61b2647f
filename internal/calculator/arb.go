package calculator

import "github.com/betflow/betflow/internal/odds"

// Arb asks whether the best prices of a market's outcomes cross, and what to
// stake on each.
type Arb struct {
	Prices      []string
	Format      string
	Commissions []string // on winnings: one for each price, one for all, or none
	Stake       string   // in total; none asked for if empty
	Round       string   // what stakes are multiples of; 0.01 if empty
}

// ArbAnswer is the answer to Arb.
type ArbAnswer struct {
	Prices    []float64 `json:"prices"`
	NetPrices []float64 `json:"net_prices"` // after commission; the rest is about these
	Booksum   float64   `json:"booksum"`
	Hold      float64   `json:"hold"`      // negative if the prices cross
	ROI       float64   `json:"roi"`       // of balanced stakes, 1/booksum-1
	Arbitrage bool      `json:"arbitrage"` // whether it is positive
	Shares    []float64 `json:"shares"`    // of a total, balanced
	*Staking            // if a stake was asked for
}

// Answer sums the prices up and splits the stake.
func (q Arb) Answer() (ArbAnswer, error) {
	prices, err := readPrices(q.Prices, q.Format)
	if err != nil {
		return ArbAnswer{}, err
	}
	commissions, err := readShares("commission", q.Commissions, len(prices))
	if err != nil {
		return ArbAnswer{}, err
	}
	a := ArbAnswer{Prices: prices, NetPrices: make([]float64, len(prices))}
	for i, price := range prices {
		a.NetPrices[i] = odds.NetPrice(price, commissions[i])
	}
	if a.Booksum, a.ROI, err = odds.Arbitrage(a.NetPrices); err != nil {
		return ArbAnswer{}, err
	}
	a.Hold, a.Arbitrage = odds.Hold(a.Booksum), a.ROI > 0
	if a.Shares, err = odds.Stakes(nil, a.NetPrices, 1); err != nil {
		return ArbAnswer{}, err
	}
	a.Staking, err = split(a.NetPrices, q.Stake, q.Round)
	return a, err
}
