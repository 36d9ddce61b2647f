package metric

// sum adds the values up: word 0 is the sum.
type sum struct{}

func (sum) words() int { return 1 }

func (sum) add(s words, _ *bag, _ int64, p *Point) { s.setFloat(0, s.float(0)+p.Value) }

func (sum) merge(s words, _ *bag, _ int64, other words, _ *bag, _ int64) {
	s.setFloat(0, s.float(0)+other.float(0))
}

func (sum) value(s words, _ *bag, _ int64) float64 { return s.float(0) }
