package calculator

import "github.com/betflow/betflow/internal/odds"

// CLV asks how a bet's price compares with the market's close.
type CLV struct {
	Bet     string   // its price
	Closing []string // closing prices of all outcomes, the bet's first
	Format  string
	Method  string
}

// CLVAnswer is the answer to CLV.
type CLVAnswer struct {
	Bet         float64     `json:"bet"`
	Closing     []float64   `json:"closing"`
	Method      odds.Method `json:"method"`
	Status      odds.Status `json:"status"` // of the closing prices
	Fair        float64     `json:"fair"`   // probability of the bet's outcome at the close
	Price       float64     `json:"price"`
	NoVig       float64     `json:"no_vig"`
	Probability float64     `json:"probability"`
	Cents       float64     `json:"cents"`
}

// Answer compares the prices; odds.CLV says how.
func (q CLV) Answer() (CLVAnswer, error) {
	bet, _, err := readPrice(q.Bet, q.Format)
	if err != nil {
		return CLVAnswer{}, err
	}
	closing, err := readPrices(q.Closing, q.Format)
	if err != nil {
		return CLVAnswer{}, err
	}
	r, err := fairBy(q.Method, closing, 1)
	if err != nil {
		return CLVAnswer{}, err
	}
	v, err := odds.NewCLV(bet, closing[0], r.Probabilities[0])
	if err != nil {
		return CLVAnswer{}, err
	}
	return CLVAnswer{
		Bet: bet, Closing: closing, Method: r.Method, Status: r.Status, Fair: r.Probabilities[0],
		Price: v.Price, NoVig: v.NoVig, Probability: v.Probability, Cents: v.Cents,
	}, nil
}
