package metric

// last is the value with the latest event time, among equals the one with the
// highest sequence number. Words: value, time, number.
type last struct{}

func (last) words() int { return 3 }

func (last) add(s words, _ *bag, n int64, p *Point) {
	if n == 1 || s.order(1).before(p.At) {
		s.setFloat(0, p.Value)
		s.setOrder(1, p.At)
	}
}

func (last) merge(s words, _ *bag, n int64, other words, _ *bag, _ int64) {
	if n == 0 || s.order(1).before(other.order(1)) {
		copy(s, other)
	}
}

func (last) value(s words, _ *bag, _ int64) float64 { return s.float(0) }
