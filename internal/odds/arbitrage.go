package odds

import (
	"errors"
	"fmt"
)

// ErrStake is returned for stakes that cannot be placed.
var ErrStake = errors.New("a stake is finite and above zero, and a step no larger than the total")

// Arbitrage returns S, the booksum of the best prices of a market's outcomes,
// and what stakes balanced over them return, 1/S-1. The prices cross, and the
// return is certain, if S is below 1; else S is the low hold to choose the
// smallest of. It returns ErrOutcomes or a wrapped *PriceError.
func Arbitrage(best []float64) (sum, roi float64, err error) {
	if len(best) < 2 {
		return 0, 0, ErrOutcomes
	}
	if sum, err = Booksum(best); err != nil {
		return 0, 0, fmt.Errorf("summing best prices: %w", err)
	}
	return sum, 1/sum - 1, nil
}

// Stakes writes to dst the stakes T/(oS) that split the total T so that every
// outcome returns the same. dst grows if it is too short and may be prices
// itself. The errors are those of Arbitrage, and ErrStake.
func Stakes(dst, prices []float64, total float64) ([]float64, error) {
	sum, _, err := Arbitrage(prices)
	if err != nil {
		return nil, err
	}
	if !isAmount(total) {
		return nil, ErrStake
	}
	dst = sized(dst, len(prices))
	for i, price := range prices {
		dst[i] = total / (price * sum)
	}
	return dst, nil
}

// RoundStakes writes to dst stakes that are multiples of step, spend as much of
// the total as multiples can, and make the smallest return over the outcomes as
// large as possible. Amounts are in minor units of the currency. It also returns
// that smallest return less the stakes: the profit that is certain, in minor
// units. The errors are those of Stakes.
func RoundStakes(dst []int64, prices []float64, total, step int64) ([]int64, float64, error) {
	sum, _, err := Arbitrage(prices)
	if err != nil {
		return nil, 0, err
	}
	if step <= 0 || total < step {
		return nil, 0, ErrStake
	}
	if cap(dst) < len(prices) {
		dst = make([]int64, len(prices))
	}
	dst = dst[:len(prices)]
	total -= total % step
	// A step kept back for each outcome to round up with, the rest balanced, is
	// possible; so the best split has no smaller stakes than that, and what is
	// left goes step by step to whoever returns least.
	sure := max(0, float64(total-int64(len(prices))*step))
	left := total
	for i, price := range prices {
		dst[i] = int64(sure/(price*sum)/float64(step)) * step
		left -= dst[i]
	}
	for ; left >= step; left -= step {
		i, _ := leastReturn(prices, dst)
		dst[i] += step
	}
	_, least := leastReturn(prices, dst)
	return dst, least - float64(total), nil
}

// leastReturn finds the outcome whose stake returns least.
func leastReturn(prices []float64, stakes []int64) (at int, least float64) {
	for i, price := range prices {
		if r := price * float64(stakes[i]); i == 0 || r < least {
			at, least = i, r
		}
	}
	return at, least
}

// Hedge writes to dst the stakes on the other outcomes, at their prices now,
// that return as much as the open bet of stake at price would. It also returns
// the result that is then certain: negative if the hedge locks in a loss. dst
// grows if it is too short and may be others itself. It returns ErrStake or a
// wrapped *PriceError.
func Hedge(dst []float64, stake, price float64, others []float64) ([]float64, float64, error) {
	if !isAmount(stake) {
		return nil, 0, ErrStake
	}
	if err := CheckPrice(price); err != nil {
		return nil, 0, fmt.Errorf("hedging: %w", err)
	}
	if _, err := Booksum(others); err != nil {
		return nil, 0, fmt.Errorf("hedging against others: %w", err)
	}
	dst = sized(dst, len(others))
	certain := stake*price - stake
	for i, other := range others {
		dst[i] = stake * price / other
		certain -= dst[i]
	}
	return dst, certain, nil
}

// isAmount tells whether x is finite and above zero.
func isAmount(x float64) bool { return x > 0 && x-x == 0 }

// sized returns dst with length n, in its own memory if that suffices.
func sized(dst []float64, n int) []float64 {
	if cap(dst) < n {
		return make([]float64, n)
	}
	return dst[:n]
}
