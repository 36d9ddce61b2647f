package metric

// weighted is the mean in which each value counts as much as its weight, which
// is positive. Words: sum of the weights, running mean.
type weighted struct{}

func (weighted) words() int { return 2 }

func (weighted) add(s words, _ *bag, _ int64, p *Point) {
	total, m := s.float(0)+p.Weight, s.float(1)
	s.setFloat(0, total)
	s.setFloat(1, m+(p.Value-m)*(p.Weight/total))
}

func (weighted) merge(s words, _ *bag, _ int64, other words, _ *bag, on int64) {
	if on == 0 {
		return
	}
	total, m := s.float(0)+other.float(0), s.float(1)
	s.setFloat(0, total)
	s.setFloat(1, m+(other.float(1)-m)*(other.float(0)/total))
}

func (weighted) value(s words, _ *bag, _ int64) float64 { return s.float(1) }
