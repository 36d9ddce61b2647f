package calculator

import (
	"fmt"
	"math"

	"github.com/betflow/betflow/internal/odds"
)

// Kelly asks which shares of a bankroll to stake on outcomes of which at most
// one comes.
type Kelly struct {
	Prices        []string
	Probabilities []string // one for each price
	Format        string
	Fraction      string // of the full stakes to take; all if empty
	Bankroll      string // no amounts are asked for if empty
	Round         string // what amounts are multiples of; 0.01 if empty
}

// KellyAnswer is the answer to Kelly.
type KellyAnswer struct {
	Bets       []KellyBet `json:"bets"`
	Fraction   float64    `json:"fraction"`
	Share      float64    `json:"share"`       // of the bankroll, of all bets
	Growth     float64    `json:"growth"`      // expected of the bankroll's logarithm
	FullGrowth float64    `json:"full_growth"` // the same with the whole Kelly stakes
	Bankroll   *Money     `json:"bankroll,omitempty"`
	Stake      *Money     `json:"stake,omitempty"` // of all bets
}

// KellyBet is one outcome of it.
type KellyBet struct {
	Price       float64 `json:"price"`
	Probability float64 `json:"probability"`
	EV          float64 `json:"ev"`              // per unit staked
	Full        float64 `json:"full"`            // share of the bankroll that makes it grow fastest
	Share       float64 `json:"share"`           // the fraction of it
	Stake       *Money  `json:"stake,omitempty"` // rounded down, never to more than the share
}

// Answer sizes the bets.
func (q Kelly) Answer() (KellyAnswer, error) {
	prices, err := readPrices(q.Prices, q.Format)
	if err != nil {
		return KellyAnswer{}, err
	}
	if len(q.Probabilities) != len(prices) {
		return KellyAnswer{}, fmt.Errorf("%d probabilities for %d prices: %w", len(q.Probabilities), len(prices), errCount)
	}
	probabilities, err := readShares("probability", q.Probabilities, len(prices))
	if err != nil {
		return KellyAnswer{}, err
	}
	full, err := odds.KellyExclusive(nil, probabilities, prices)
	if err != nil {
		return KellyAnswer{}, err
	}
	a := KellyAnswer{Fraction: 1, FullGrowth: odds.GrowthExclusive(probabilities, prices, full)}
	if q.Fraction != "" {
		if a.Fraction, err = readShare("fraction", q.Fraction); err != nil {
			return KellyAnswer{}, err
		}
	}
	shares := make([]float64, len(full))
	for i, f := range full {
		shares[i] = f * a.Fraction
		a.Share += shares[i]
		a.Bets = append(a.Bets, KellyBet{Price: prices[i], Probability: probabilities[i], EV: odds.EV(probabilities[i], prices[i]), Full: f, Share: shares[i]})
	}
	a.Growth = odds.GrowthExclusive(probabilities, prices, shares)
	return a, a.stake(q.Bankroll, q.Round)
}

// stake adds amounts.
func (a *KellyAnswer) stake(bankroll, step string) error {
	if bankroll == "" {
		return nil
	}
	amount, err := ParseMoney(bankroll)
	if err != nil {
		return err
	}
	s, err := readStep(step)
	if err != nil {
		return err
	}
	total := Money(0)
	for i := range a.Bets {
		stake := Money(math.Floor(a.Bets[i].Share*float64(amount)/float64(s)+slack)) * s
		a.Bets[i].Stake = &stake
		total += stake
	}
	a.Bankroll, a.Stake = &amount, &total
	return nil
}

// slack keeps a share that is a whole amount but for rounding from losing a step.
const slack = 1e-6
