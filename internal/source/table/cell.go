package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/betflow/betflow/internal/odds"
)

// Missing is the value of a number that is not in the file. Sums with it are
// missing too, and no comparison with it holds.
var Missing = math.NaN()

// Has tells whether none of the numbers is missing.
func Has(values ...float64) bool { return !slices.ContainsFunc(values, math.IsNaN) }

// Number reads a number between two bounds. It returns Missing for an empty
// cell, and also rejects a cell that holds anything else.
func (t *Table) Number(column string, lowest, highest float64) float64 {
	text := t.Text(column)
	if text == "" {
		return Missing
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= lowest && v <= highest) {
		t.Reject(column, fmt.Sprintf("%q is not a number from %g to %g", text, lowest, highest))
		return Missing
	}
	return v
}

// Whole reads a whole number between two bounds. Without one it returns false,
// and rejects a cell that is not empty.
func (t *Table) Whole(column string, lowest, highest int) (int, bool) {
	text := t.Text(column)
	if text == "" {
		return 0, false
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < lowest || v > highest {
		t.Reject(column, fmt.Sprintf("%q is not a whole number from %d to %d", text, lowest, highest))
		return 0, false
	}
	return v, true
}

// American reads an American price as a decimal price, or Missing.
func (t *Table) American(column string) float64 {
	text := t.Text(column)
	if text == "" {
		return Missing
	}
	price, err := odds.ParsePrice(text, odds.FormatAmerican)
	if err != nil {
		t.Reject(column, err.Error())
		return Missing
	}
	return price
}
