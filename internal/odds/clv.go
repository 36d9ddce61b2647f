package odds

import "fmt"

// CLV is closing line value: how much better a bet's price was than the price
// at the close. Positive is better in all four.
type CLV struct {
	Price       float64 // o_bet/o_close - 1
	NoVig       float64 // o_bet*p_close - 1: the expected profit at the close's fair probability
	Probability float64 // 1/o_close - 1/o_bet
	Cents       float64 // american odds gained, where -100 and +100 are the same point
}

// NewCLV compares the price of a bet with the closing price of the same outcome
// at the same book and with the outcome's fair probability at the close. It
// returns a wrapped *PriceError, or ErrProbability for a fair probability
// outside (0, 1).
func NewCLV(bet, closing, fair float64) (CLV, error) {
	for _, price := range [...]float64{bet, closing} {
		if err := CheckPrice(price); err != nil {
			return CLV{}, fmt.Errorf("comparing with the close: %w", err)
		}
	}
	if !(fair > 0 && fair < 1) {
		return CLV{}, fmt.Errorf("comparing with the close: %w", ErrProbability)
	}
	return CLV{
		Price:       bet/closing - 1,
		NoVig:       EV(fair, bet),
		Probability: 1/closing - 1/bet,
		Cents:       cents(bet) - cents(closing),
	}, nil
}

// cents places a price on the american scale with the gap between -100 and +100
// closed.
func cents(price float64) float64 {
	if price >= 2 {
		return American(price) - 100
	}
	return American(price) + 100
}
