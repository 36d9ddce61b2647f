package study

import (
	"math"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
)

// None stands in a table for a number that there is not.
const None = "-"

// Number is a value for JSON, which knows neither NaN nor infinity: they are
// null.
type Number float64

// MarshalJSON writes the number or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.finite() {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

func (n Number) finite() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// Text writes the number with so many digits behind the point, or None. Zero has
// no sign.
func (n Number) Text(digits int) string {
	if !n.finite() {
		return None
	}
	text := strconv.FormatFloat(float64(n), 'f', digits, 64)
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-")
	}
	return text
}

// Percent writes a share as per cent, or None.
func (n Number) Percent(digits int) string {
	text := (100 * n).Text(digits)
	if text == None {
		return None
	}
	return text + " %"
}

// Estimate is a value with the interval that holds the true one with 95 %
// confidence.
type Estimate struct {
	Value Number `json:"value"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
}

// Level is the confidence of every interval.
const Level = 0.95

// Estimated puts a value and its interval together.
func Estimated(value float64, i score.Interval) Estimate {
	return Estimate{Number(value), Number(i.Low), Number(i.High)}
}

// Holds tells whether the interval holds a value.
func (e Estimate) Holds(x float64) bool { return float64(e.Low) <= x && x <= float64(e.High) }

// Above and Below tell whether the whole interval lies on one side of a value.
func (e Estimate) Above(x float64) bool { return float64(e.Low) > x }

// Below is the other side of Above.
func (e Estimate) Below(x float64) bool { return float64(e.High) < x }

// Span writes the interval, PercentSpan one of shares.
func (e Estimate) Span(digits int) string { return e.Low.Text(digits) + " to " + e.High.Text(digits) }

// PercentSpan writes the interval of a share as per cent.
func (e Estimate) PercentSpan(digits int) string {
	return (100 * e.Low).Text(digits) + " to " + e.High.Percent(digits)
}

// Point places the estimate in a figure, with its error bar.
func (e Estimate) Point(x float64) chart.Point {
	return chart.Point{X: x, Y: float64(e.Value), Low: float64(e.Low), High: float64(e.High)}
}

// Count writes a number of things with its thousands apart.
func Count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
