package calculator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Money is an amount in minor units of a currency, hundredths of it.
type Money int64

// Cent is the smallest amount.
const Cent Money = 1

// The most that is read, and the most that is computed, which float64 still
// holds to the unit.
const (
	maxRead  = 1_000_000_000 * 100
	maxMoney = 10_000_000_000_000 * 100
)

var errTooMuch = fmt.Errorf("the amounts that follow are above %d", int64(maxMoney)/100)

// ParseMoney reads an amount above zero with at most two decimals, such as 1000
// or 49.50.
func ParseMoney(text string) (Money, error) {
	whole, part, _ := strings.Cut(strings.TrimSpace(text), ".")
	n, err := strconv.ParseUint(whole+(part + "00")[:max(2, len(part))], 10, 63)
	switch {
	case err != nil, len(part) > 2, whole == "":
		return 0, fmt.Errorf("amount %q is not a number above zero with at most two decimals", text)
	case n == 0, n > maxRead:
		return 0, fmt.Errorf("amount %q does not lie between 0.01 and %d", text, maxRead/100)
	}
	return Money(n), nil
}

// String prints the amount with two decimals.
func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

// MarshalJSON prints the amount with two decimals.
func (m Money) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

// nearest returns the multiple of step nearest to an amount.
func nearest(minor float64, step Money) (Money, error) {
	if !(math.Abs(minor) <= maxMoney) {
		return 0, errTooMuch
	}
	return Money(math.Round(minor/float64(step))) * step, nil
}

// readStep reads the amount that stakes are multiples of, a cent by default.
func readStep(text string) (Money, error) {
	if text == "" {
		return Cent, nil
	}
	return ParseMoney(text)
}

// plain returns the amounts as package odds takes them.
func plain(amounts []Money) []int64 {
	out := make([]int64, len(amounts))
	for i, m := range amounts {
		out[i] = int64(m)
	}
	return out
}

// amounts returns what package odds gives as money.
func amounts(minor []int64) []Money {
	out := make([]Money, len(minor))
	for i, n := range minor {
		out[i] = Money(n)
	}
	return out
}
