package metric

import "math"

// stddev is the sample standard deviation, divisor n-1; a single value has
// none. Values are added after Welford (1962), states merged after Chan, Golub
// and LeVeque (1979). Words: running mean, sum of squared differences from it.
type stddev struct{}

func (stddev) words() int { return 2 }

func (stddev) add(s words, _ *bag, n int64, p *Point) {
	m := s.float(0)
	d := p.Value - m
	m += d / float64(n)
	s.setFloat(0, m)
	s.setFloat(1, s.float(1)+d*(p.Value-m))
}

func (stddev) merge(s words, _ *bag, n int64, other words, _ *bag, on int64) {
	m, total := s.float(0), float64(n+on)
	d := other.float(0) - m
	s.setFloat(0, m+d*float64(on)/total)
	s.setFloat(1, s.float(1)+other.float(1)+d*d*float64(n)*float64(on)/total)
}

func (stddev) value(s words, _ *bag, n int64) float64 {
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(s.float(1) / float64(n-1))
}
