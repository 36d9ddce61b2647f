package odds

import (
	"errors"
	"fmt"
)

// ErrLimits is returned for limits that are none.
var ErrLimits = errors.New("each price needs a limit that is finite and not negative, and one has to be above 0")

// LimitWeighted returns the mean of the books' prices of one outcome, each
// weighted by the stake the book takes at most. It stands for the volume-weighted
// price where no volumes are known, and is never called that. The errors are
// ErrLimits and a wrapped *PriceError.
func LimitWeighted(prices, limits []float64) (float64, error) {
	if len(prices) != len(limits) {
		return 0, ErrLimits
	}
	sum, weight := 0.0, 0.0
	for i, price := range prices {
		if err := CheckPrice(price); err != nil {
			return 0, fmt.Errorf("price %d: %w", i, err)
		}
		if limits[i] != 0 && !isAmount(limits[i]) {
			return 0, ErrLimits
		}
		sum += price * limits[i]
		weight += limits[i]
	}
	if !isAmount(weight) {
		return 0, ErrLimits
	}
	return sum / weight, nil
}
