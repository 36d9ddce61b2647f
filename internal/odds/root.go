package odds

import "math"

const (
	epsilon  = 0x1p-52     // the spacing of float64 values just above 1
	rounding = 8 * epsilon // how exact a root is, relative to it
)

// maxSteps is more than halving any bracket of this package down to neighbouring
// float64 values takes.
const maxSteps = 400

// root finds the zero of a decreasing function f between lo, where f is not
// negative, and hi, where it is not positive. f returns value and slope. The
// search starts at x and ends when the value is within noise of zero, or when x
// moves, or is sure to move in the next step, by no more than its rounding.
//
// It takes Newton's steps while they stay inside the bracket and shrink, and
// halves the bracket otherwise, so it ends whatever f is like. An f that returns
// the slope of halley makes the steps Halley's, which are as safe here.
func root(lo, hi, x, noise float64, f func(x float64) (y, slope float64)) (float64, error) {
	before, newton := hi-lo, false // the last step, and whether it was Newton's
	for range maxSteps {
		y, slope := f(x)
		if math.Abs(y) <= noise {
			return x, nil
		}
		if y > 0 {
			lo = x
		} else {
			hi = x
		}
		next := x - y/slope
		step := math.Abs(next - x)
		if !(next >= lo && next <= hi && step <= before/2) { // so written, NaN is caught too
			next = lo + (hi-lo)/2
			step = math.Abs(next - x)
			before, newton = step, false
			if step > rounding*math.Abs(next) {
				x = next
				continue
			}
			return next, nil
		}
		// Newton's steps shrink as a square: two of them foretell the third.
		following := step
		if newton {
			following *= (step / before) * (step / before)
		}
		if following <= rounding*math.Abs(next) {
			return next, nil
		}
		x, before, newton = next, step, true
	}
	return 0, ErrNoConvergence
}

// halley returns the slope with which Newton's step becomes Halley's, which takes
// the curvature into account and triples the right digits instead of doubling
// them.
func halley(y, slope, curve float64) float64 { return slope - y*curve/(2*slope) }
