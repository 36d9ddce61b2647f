package metric

// maximum is the largest value: word 0.
type maximum struct{}

func (maximum) words() int { return 1 }

func (maximum) add(s words, _ *bag, n int64, p *Point) {
	if n == 1 || p.Value > s.float(0) {
		s.setFloat(0, p.Value)
	}
}

func (maximum) merge(s words, _ *bag, n int64, other words, _ *bag, _ int64) {
	if n == 0 || other.float(0) > s.float(0) {
		s[0] = other[0]
	}
}

func (maximum) value(s words, _ *bag, _ int64) float64 { return s.float(0) }
