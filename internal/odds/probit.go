package odds

import "math"

// probit shifts the normal quantiles of the raw probabilities by one constant,
// p = Phi(Phi^-1(r) - c). For two outcomes c is the mean of the two quantiles.
func (b booksum) probit(p, prices []float64) (float64, error) {
	if len(prices) == 2 {
		return probitPair(p, prices), nil
	}
	largest := math.Inf(-1)
	y, slope, curve := b.sum-b.winners, 0.0, 0.0
	for i, price := range prices {
		x := quantile(1/price, (price-1)/price)
		p[i] = x
		largest = max(largest, x)
		d := density(x)
		slope -= d
		curve -= x * d
	}
	equal := b.winners / b.n
	highest := largest - quantile(equal, 1-equal) // there every p is at most k/n
	start := point{0, y, halley(y, slope, curve)}
	shift, err := root(0, max(0, highest), start, b.noise(), cubic, func(c float64) (float64, float64) {
		y, slope, curve := -b.winners, 0.0, 0.0
		for _, x := range p {
			d := density(x - c)
			y += cumulative(x - c)
			slope -= d
			curve -= (x - c) * d
		}
		return y, halley(y, slope, curve)
	})
	if err != nil {
		return 0, err
	}
	for i, x := range p {
		p[i] = cumulative(x - shift)
	}
	return shift, nil
}

// probitPair is the closed form for two outcomes: the shifted quantiles have to
// be each other's negative.
func probitPair(p, prices []float64) float64 {
	a := quantile(1/prices[0], (prices[0]-1)/prices[0])
	b := quantile(1/prices[1], (prices[1]-1)/prices[1])
	p[0], p[1] = cumulative((a-b)/2), cumulative((b-a)/2)
	return (a + b) / 2
}

// cumulative is the standard normal distribution function.
func cumulative(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// density is the standard normal density.
func density(x float64) float64 {
	const norm = 0.39894228040143267794 // 1/sqrt(2 pi)
	return norm * math.Exp(-x*x/2)
}

// quantile inverts cumulative at p, given 1-p too so that neither tail loses
// digits. math.Erfinv gets its argument to 1e-16 only, which is too little far
// out in the tails: a step of Halley's method makes up for it there.
func quantile(p, complement float64) float64 {
	tail := min(p, complement)
	x := math.Sqrt2 * math.Erfinv(2*tail-1)
	if tail < 0.02 {
		u := (cumulative(x) - tail) / density(x)
		x -= u / (1 + x*u/2)
	}
	if p > complement {
		return -x
	}
	return x
}
