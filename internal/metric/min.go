package metric

// minimum is the smallest value: word 0.
type minimum struct{}

func (minimum) words() int { return 1 }

func (minimum) add(s words, _ *bag, n int64, p *Point) {
	if n == 1 || p.Value < s.float(0) {
		s.setFloat(0, p.Value)
	}
}

func (minimum) merge(s words, _ *bag, n int64, other words, _ *bag, _ int64) {
	if n == 0 || other.float(0) < s.float(0) {
		s[0] = other[0]
	}
}

func (minimum) value(s words, _ *bag, _ int64) float64 { return s.float(0) }
