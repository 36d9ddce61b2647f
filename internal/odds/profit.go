package odds

import "math"

// Profits writes to dst what each outcome brings when stakes stand at prices:
// what its own stake returns less all stakes. Amounts are in minor units of the
// currency; returns are rounded down to them, as books pay. dst grows if it is
// too short and may be stakes itself. Stakes and prices have the same length.
func Profits(dst []int64, prices []float64, stakes []int64) []int64 {
	total := int64(0)
	for _, stake := range stakes {
		total += stake
	}
	if cap(dst) < len(stakes) {
		dst = make([]int64, len(stakes))
	}
	dst = dst[:len(stakes)]
	for i, stake := range stakes {
		dst[i] = int64(math.Floor(prices[i]*float64(stake)*(1+rounding))) - total
	}
	return dst
}
