package metric

// mean is the arithmetic mean, kept as a running mean so that large values do
// not cost digits: word 0.
type mean struct{}

func (mean) words() int { return 1 }

func (mean) add(s words, _ *bag, n int64, p *Point) {
	m := s.float(0)
	s.setFloat(0, m+(p.Value-m)/float64(n))
}

func (mean) merge(s words, _ *bag, n int64, other words, _ *bag, on int64) {
	m := s.float(0)
	s.setFloat(0, m+(other.float(0)-m)*float64(on)/float64(n+on))
}

func (mean) value(s words, _ *bag, _ int64) float64 { return s.float(0) }
