package odds

import "math"

// shin reads the margin as the book's protection against a share z of bettors
// who know the result (Shin 1992, 1993; Jullien and Salanie 1994):
//
//	p = (sqrt(z^2 + 4(1-z)q) - z) / (2(1-z)),  q = k r^2 / B
//
// The factor k keeps p = r for a market of k winners without margin. In
// w = z/(1-z) the formula is the positive root of p^2 + wp = q(1+w), which is
// convex and falls with w.
// For two outcomes there is a closed form, and p equals the additive method's.
func (b booksum) shin(p, prices []float64) (float64, error) {
	if len(prices) == 2 {
		return b.shinPair(p, prices), nil
	}
	above, below := 0.0, 0.0 // sum of q and k minus that sum, free of cancellation
	staked := 0.0            // sum of 1/r
	for i, price := range prices {
		raw := 1 / price
		share := b.winners * raw / b.sum
		p[i] = share * raw
		above += p[i]
		below += share * (price - 1) * raw
		staked += price
	}
	// At w = 0 p is sqrt(q), which is sr with s = sqrt(k/B).
	s := math.Sqrt(b.winners / b.sum)
	sum := s * b.sum
	y := sum - b.winners
	start := point{0, y, halley(y, (sum-b.n)/2, (staked/s-sum)/4)}
	w, err := root(0, above/below, start, b.noise(), cubic, func(w float64) (float64, float64) {
		y, slope, curve := -b.winners, 0.0, 0.0
		for _, q := range p {
			v := shinAt(q, w)
			stretch := 1 / (2*v + w)
			fall := (q - v) * stretch
			y += v
			slope += fall
			curve -= 2 * fall * (1 + fall) * stretch
		}
		return y, halley(y, slope, curve)
	})
	if err != nil {
		return 0, err
	}
	for i, q := range p {
		p[i] = shinAt(q, w)
	}
	return w / (1 + w), nil
}

// shinAt solves p^2 + wp = q(1+w) for p without cancellation.
func shinAt(q, w float64) float64 {
	c := q * (1 + w)
	return 2 * c / (w + math.Sqrt(w*w+4*c))
}

func (b booksum) shinPair(p, prices []float64) float64 {
	d := 1/prices[0] - 1/prices[1]
	z := (b.sum - 1) * (b.sum - d*d) / (b.sum * (1 - d*d))
	b.additive(p, prices)
	return z
}
