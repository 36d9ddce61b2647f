package odds

import "math"

// oddsRatio keeps the ratio c between the raw odds r/(1-r) and the fair odds
// p/(1-p) the same for all outcomes (Cheung 2015): p = r/(c + r - cr), which in
// prices is 1/(1 + c(o-1)). A constant shift of the logit by ln c is the same.
//
// One over the sum is concave in c, and a straight line for equal prices, so
// Newton's steps from c = 1 rise to the root. For two outcomes c is the
// geometric mean of the two fair odds, in closed form.
func (b booksum) oddsRatio(p, prices []float64) (float64, error) {
	lowest, slope := math.Inf(1), 0.0
	for i, price := range prices {
		p[i] = price - 1
		lowest = min(lowest, p[i])
		slope -= p[i] / (price * price)
	}
	c := 1 / math.Sqrt(p[0]*p[1])
	if len(p) > 2 {
		var err error
		highest := (b.n/b.winners - 1) / lowest // there every p is at most k/n
		start := point{1, 1/b.winners - 1/b.sum, slope / (b.sum * b.sum)}
		c, err = root(1, max(1, highest), start, b.noise()/(b.winners*b.winners), newton, func(c float64) (float64, float64) {
			sum, slope := 0.0, 0.0
			for _, h := range p {
				v := 1 / (1 + c*h)
				sum += v
				slope -= h * v * v
			}
			return 1/b.winners - 1/sum, slope / (sum * sum)
		})
		if err != nil {
			return 0, err
		}
	}
	for i, h := range p {
		p[i] = 1 / (1 + c*h)
	}
	return c, nil
}
