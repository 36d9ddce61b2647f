package odds

import (
	"fmt"
	"math"
)

// The range of prices the package works with. No book quotes outside it, and
// inside it every method of this package is known to converge.
const (
	MinPrice = 1 + 1e-9
	MaxPrice = 1e9
)

// PriceError reports a price that cannot be one, with the reason and what to
// write instead.
type PriceError struct {
	Text   string // the price as it was given
	Reason string
}

// Error says which price was refused and why.
func (e *PriceError) Error() string {
	return fmt.Sprintf("price %q is impossible: %s", e.Text, e.Reason)
}

// CheckPrice returns a *PriceError unless price is a decimal price between
// MinPrice and MaxPrice.
func CheckPrice(price float64) error {
	if price >= MinPrice && price <= MaxPrice {
		return nil
	}
	return &PriceError{Text: fmt.Sprint(price), Reason: whyImpossible(price)}
}

func whyImpossible(price float64) string {
	switch {
	case math.IsNaN(price):
		return "it is not a number"
	case math.IsInf(price, 0):
		return "it is infinite"
	case price <= 1:
		return "a decimal price includes the stake and is above 1"
	case price < MinPrice:
		return "the lowest price is 1.000000001"
	default:
		return "the highest price is 1000000000"
	}
}

// Implied returns the raw implied probability of a price, 1/price, margin
// included.
func Implied(price float64) float64 { return 1 / price }

// PriceOf returns the price without margin of an outcome with probability p,
// 1/p. It returns a *PriceError if no price corresponds to p.
func PriceOf(p float64) (float64, error) {
	price := 1 / p
	if !(p > 0 && p < 1) || CheckPrice(price) != nil {
		return 0, &PriceError{Text: fmt.Sprint(p), Reason: "a probability lies between 0 and 1, both excluded"}
	}
	return price, nil
}
