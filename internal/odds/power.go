package odds

import "math"

// power raises the raw probabilities to one exponent, p = r^e with sum k and
// e >= 1 (Clarke, Kovalchik and Ingram 2017; some packages report 1/e).
//
// The logarithm of the sum is nearly straight in e, so few steps lead from e = 1
// to the root, whatever the prices.
func (b booksum) power(p, prices []float64) (float64, error) {
	shortest := math.Inf(-1)
	m := moments{}
	for i, price := range prices {
		p[i] = -math.Log(price)
		shortest = max(shortest, p[i])
		m.add(p[i], 1/price)
	}
	target := math.Log(b.winners)
	highest := math.Log(b.n/b.winners) / -shortest // there every p is at most k/n
	y, slope := m.point(target)
	exponent, err := root(1, max(1, highest), point{1, y, slope}, b.noise()/b.winners, cubic, func(e float64) (float64, float64) {
		m := moments{}
		for _, l := range p {
			m.add(l, math.Exp(e*l))
		}
		return m.point(target)
	})
	if err != nil {
		return 0, err
	}
	for i, l := range p {
		p[i] = math.Exp(exponent * l)
	}
	return exponent, nil
}

// moments are those of ln r, each weighted by r^e.
type moments struct{ sum, mean, square float64 }

func (m *moments) add(l, weight float64) {
	m.sum += weight
	m.mean += l * weight
	m.square += l * l * weight
}

// point returns how far the logarithm of the sum lies above the target, and the
// slope of Halley's step.
func (m *moments) point(target float64) (y, slope float64) {
	mean := m.mean / m.sum
	y = math.Log(m.sum) - target
	return y, halley(y, mean, m.square/m.sum-mean*mean)
}
