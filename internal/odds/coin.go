package odds

import "math"

// coin is a raw probability and its complement, both to full precision.
type coin struct{ raw, tail float64 }

// width is how far a small distance moves the coin, per unit of distance.
func (c coin) width() float64 { return math.Sqrt(8 * c.raw * c.tail) }

// distance returns the distance between the coin and one with a probability
// lower by drop, and its slope. It is written in the relative differences u and
// v of the two sides' probabilities, because the textbook formula loses all
// digits for small ones.
func (c coin) distance(drop float64) (d, slope float64) {
	head, tail := c.raw-drop/2, c.tail+drop/2
	u, v := drop/(2*head), drop/(2*tail)
	d = math.Sqrt((head*spread(u) + tail*spread(v)) / 2)
	return d, (math.Log1p(v) - math.Log1p(-u)) / (4 * d)
}

// nearDrop is drop for small distances, to second order: it solves the parabola
// x^2 = 8 d^2 m(1-m) at the middle m = r - x/2 of the two coins.
func (c coin) nearDrop(d float64) float64 {
	s := d * d
	lean := 2 * s * (c.raw - c.tail)
	return (lean + math.Sqrt(lean*lean+8*s*(1+2*s)*c.raw*c.tail)) / (1 + 2*s)
}

// drop returns how much lower a coin lies at distance d, and the slope of that.
func (c coin) drop(d float64) (drop, slope float64, err error) {
	if farthest, _ := c.distance(c.raw); d >= farthest {
		return c.raw, 0, nil
	}
	start := min(d*c.width(), c.raw/2)
	at, rate := c.distance(start)
	drop, err = root(0, c.raw, point{start, d - at, -rate}, 4*epsilon*d, newton, func(x float64) (float64, float64) {
		at, rate = c.distance(x)
		return d - at, -rate
	})
	return drop, 1 / rate, err
}

// spread is (1+x)ln(1+x) + (1-x)ln(1-x) for x in [0, 1], which grows as x^2.
func spread(x float64) float64 {
	if x >= 1 {
		return 2 * math.Ln2
	}
	if x > 0.1 {
		return (1+x)*math.Log1p(x) + (1-x)*math.Log1p(-x)
	}
	// The series of x^2j/(j(2j-1)), cut where a term falls below rounding.
	s := x * x
	return s * (1 + s*(1.0/6+s*(1.0/15+s*(1.0/28+s*(1.0/45+s*(1.0/66+s/91))))))
}
