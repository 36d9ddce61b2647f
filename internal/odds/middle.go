package odds

import "fmt"

// Middle is a pair of bets on both sides of a market at two lines, over the
// lower and under the higher one. Between the lines both win.
type Middle struct {
	BreakEven float64 // the chance of landing between the lines at which the pair breaks even
	Cost      float64 // lost per unit staked on both together if it does not land; negative is a sure profit
}

// NewMiddle returns the middle of two prices, with the total staked so that both
// sides return the same. Of a unit staked, 1/S comes back on a miss and 2/S on a
// hit, so the break-even chance is S-1. It returns a wrapped *PriceError.
func NewMiddle(over, under float64) (Middle, error) {
	for _, price := range [...]float64{over, under} {
		if err := CheckPrice(price); err != nil {
			return Middle{}, fmt.Errorf("pairing a middle: %w", err)
		}
	}
	sum := 1/over + 1/under
	return Middle{BreakEven: sum - 1, Cost: Hold(sum)}, nil
}

// EV returns the expected profit per unit staked on both sides together, if the
// result lands between the lines with chance hit.
func (m Middle) EV(hit float64) float64 { return (1+hit)*(1-m.Cost) - 1 }
