package odds

import "math"

const (
	epsilon  = 0x1p-52     // the spacing of float64 values just above 1
	rounding = 8 * epsilon // how exact a root is, relative to it
)

// maxSteps is more than halving any bracket of this package down to neighbouring
// float64 values takes.
const maxSteps = 400

// point is a place on a function's graph.
type point struct{ x, y, slope float64 }

// order is how fast steps converge.
type order int

const (
	newton order = 2
	cubic  order = 3 // Halley's
)

// root finds the zero of a decreasing function f between lo, where f is not
// negative, and hi, where it is not positive. f returns value and slope. The
// search starts at a point that the caller knows already, and ends when the
// value is within noise of zero, or when x moves, or is sure to move in the next
// step, by no more than its rounding.
//
// It takes Newton's steps while they stay inside the bracket and shrink, and
// halves the bracket otherwise, so it ends whatever f is like. An f that returns
// the slope of halley makes the steps Halley's, which are as safe here. Their order
// is the power of an error that each leaves.
func root(lo, hi float64, start point, noise float64, steps order, f func(x float64) (y, slope float64)) (float64, error) {
	x, y, slope := start.x, start.y, start.slope
	before, stepped := hi-lo, false // the last step, and whether the slope made it
	for n := range maxSteps {
		if n > 0 {
			y, slope = f(x)
		}
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
			before, stepped = step, false
			if step > rounding*math.Abs(next) {
				x = next
				continue
			}
			return next, nil
		}
		following := step
		if stepped {
			following = steps.foretell(before, step)
		}
		if following <= rounding*math.Abs(next) {
			return next, nil
		}
		x, before, stepped = next, step, true
	}
	return 0, ErrNoConvergence
}

// foretell returns how long the step after two others will be.
func (o order) foretell(before, step float64) float64 {
	shrunk := step / before
	if o == cubic {
		return step * shrunk * shrunk * shrunk
	}
	return step * shrunk * shrunk
}

// halley returns the slope with which Newton's step becomes Halley's, which takes
// the curvature into account and triples the right digits instead of doubling
// them.
func halley(y, slope, curve float64) float64 { return slope - y*curve/(2*slope) }
