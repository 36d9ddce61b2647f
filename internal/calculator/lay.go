package calculator

import "github.com/betflow/betflow/internal/odds"

// Lay asks for the lay bet on an exchange that gives a back bet the same result
// whatever comes.
type Lay struct {
	Bet        string // the back bet, STAKE@PRICE
	Price      string // to lay at
	Format     string
	Commission string // on the exchange's winnings; none if empty
	Free       bool   // the back bet is free: its stake is neither lost nor returned
}

// LayAnswer is the answer to Lay, its amounts rounded to hundredths.
type LayAnswer struct {
	Price     float64 `json:"price"`     // backed at
	Lay       float64 `json:"lay"`       // laid at
	Stake     Money   `json:"stake"`     // backed
	LayStake  Money   `json:"lay_stake"` // to lay
	Liability Money   `json:"liability"` // lost on the exchange if the outcome comes
	Result    Money   `json:"result"`    // of both bets whatever comes; negative is the qualifying loss
	Rate      float64 `json:"rate"`      // of the backed stake
}

// Answer balances the bets.
func (q Lay) Answer() (LayAnswer, error) {
	stake, price, err := readBet(q.Bet, q.Format)
	if err != nil {
		return LayAnswer{}, err
	}
	offer, _, err := readPrice(q.Price, q.Format)
	if err != nil {
		return LayAnswer{}, err
	}
	commission := 0.0
	if q.Commission != "" {
		if commission, err = readShare("commission", q.Commission); err != nil {
			return LayAnswer{}, err
		}
	}
	match := odds.MatchLay
	if q.Free {
		match = odds.MatchFreeLay
	}
	l := match(float64(stake), price, offer, commission)
	a := LayAnswer{Price: price, Lay: offer, Stake: stake, Rate: l.Result / float64(stake)}
	if a.LayStake, err = nearest(l.Stake, Cent); err != nil {
		return LayAnswer{}, err
	}
	if a.Liability, err = nearest(l.Liability, Cent); err != nil {
		return LayAnswer{}, err
	}
	a.Result, err = nearest(l.Result, Cent)
	return a, err
}
