package movement

import "math"

// Estimate is a number with what it rests on.
type Estimate struct {
	Value *float64 `json:"value"`                    // nil if there is not enough data
	SE    *float64 `json:"standard_error,omitempty"` // nil where none is known
	N     int      `json:"n"`                        // observations
	Need  int      `json:"need,omitempty"`           // observations that a value needs, if it has none
}

// of returns an estimate; a number that is not finite becomes none.
func of(value float64, n int) Estimate {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return Estimate{N: n, Need: n + 1}
	}
	return Estimate{Value: &value, N: n}
}

// withSE adds a standard error.
func (e Estimate) withSE(se float64) Estimate {
	if e.Value != nil && !math.IsNaN(se) && !math.IsInf(se, 0) {
		e.SE = &se
	}
	return e
}

// tooFew says that n observations are not the number needed.
func tooFew(n, need int) Estimate { return Estimate{N: n, Need: need} }

// Enough tells whether there is a value.
func (e Estimate) Enough() bool { return e.Value != nil }
