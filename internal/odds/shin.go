package odds

import "math"

// shin reads the margin as the book's protection against a share z of bettors
// who know the result (Shin 1992, 1993; Jullien and Salanie 1994):
//
//	p = (sqrt(z^2 + 4(1-z)q) - z) / (2(1-z)),  q = k r^2 / B
//
// The factor k keeps p = r for a market of k winners without margin. In
// w = z/(1-z) the formula is the positive root of p^2 + wp = q(1+w), which is
// convex and falls with w, so Newton's steps from w = 0 rise to the solution.
// For two outcomes there is a closed form, and p equals the additive method's.
func (b book) shin(p, prices []float64) (float64, error) {
	if len(prices) == 2 {
		return b.shinPair(p, prices), nil
	}
	above, below := 0.0, 0.0 // sum of q and k minus that sum, free of cancellation
	for i, price := range prices {
		raw := 1 / price
		share := b.winners * raw / b.sum
		p[i] = share * raw
		above += p[i]
		below += share * (price - 1) * raw
	}
	w, err := root(0, above/below, 0, b.noise(), func(w float64) (float64, float64) {
		sum, slope := 0.0, 0.0
		for _, q := range p {
			v := shinAt(q, w)
			sum += v
			slope += (q - v) / (2*v + w)
		}
		return sum - b.winners, slope
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

func (b book) shinPair(p, prices []float64) float64 {
	d := 1/prices[0] - 1/prices[1]
	z := (b.sum - 1) * (b.sum - d*d) / (b.sum * (1 - d*d))
	b.additive(p, prices)
	return z
}
