package odds

import "math"

// power raises the raw probabilities to one exponent, p = r^e with sum k and
// e >= 1 (Clarke, Kovalchik and Ingram 2017; some packages report 1/e).
//
// The logarithm of the sum is nearly straight in e, so few steps lead from e = 1
// to the root, whatever the prices.
func (b book) power(p, prices []float64) (float64, error) {
	shortest := math.Inf(-1)
	for i, price := range prices {
		p[i] = -math.Log(price)
		shortest = max(shortest, p[i])
	}
	target := math.Log(b.winners)
	highest := math.Log(b.n/b.winners) / -shortest // there every p is at most k/n
	exponent, err := root(1, max(1, highest), 1, b.noise()/b.winners, func(e float64) (float64, float64) {
		sum, mean, square := 0.0, 0.0, 0.0
		for _, l := range p {
			v := math.Exp(e * l)
			sum += v
			mean += l * v
			square += l * l * v
		}
		mean /= sum
		y := math.Log(sum) - target
		return y, halley(y, mean, square/sum-mean*mean)
	})
	if err != nil {
		return 0, err
	}
	for i, l := range p {
		p[i] = math.Exp(exponent * l)
	}
	return exponent, nil
}
