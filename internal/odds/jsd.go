package odds

import "math"

// jsd moves every raw probability down by the same Jensen-Shannon distance D
// (Long): with both read as coins of chance p and r, the square root of their
// divergence, in nats, is D for all outcomes. A long shot that cannot move that
// far gets 0.
//
// The outer search finds D, the inner one how far each outcome moves.
func (b book) jsd(p, prices []float64) (float64, error) {
	reach, width := 0.0, 0.0
	for i, price := range prices {
		c := coin{raw: 1 / price, tail: (price - 1) / price}
		p[i] = price
		farthest, _ := c.distance(c.raw)
		reach = max(reach, farthest)
		width += c.width()
	}
	excess := b.sum - b.winners
	var failed error
	d, err := root(0, reach, min(excess/width, reach), b.noise(), func(d float64) (float64, float64) {
		moved, slope := 0.0, 0.0
		for _, price := range p {
			drop, dropSlope, err := coin{raw: 1 / price, tail: (price - 1) / price}.drop(d)
			if err != nil {
				failed = err
			}
			moved += drop
			slope -= dropSlope
		}
		return excess - moved, slope
	})
	if err != nil {
		return 0, err
	}
	for i, price := range p {
		drop, _, err := coin{raw: 1 / price, tail: (price - 1) / price}.drop(d)
		if err != nil {
			failed = err
		}
		p[i] = 1/price - drop
	}
	return d, failed
}

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

// drop returns how much lower a coin lies at distance d, and the slope of that.
func (c coin) drop(d float64) (drop, slope float64, err error) {
	if farthest, _ := c.distance(c.raw); d >= farthest {
		return c.raw, 0, nil
	}
	start := min(d*c.width(), c.raw/2)
	rate := 1 / c.width()
	drop, err = root(0, c.raw, start, 4*epsilon*d, func(x float64) (float64, float64) {
		at := 0.0
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
