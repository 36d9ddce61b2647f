package metric

// first is the value with the earliest event time, among equals the one with
// the lowest sequence number. Words: value, time, number.
type first struct{}

func (first) words() int { return 3 }

func (first) add(s words, _ *bag, n int64, p *Point) {
	if n == 1 || p.At.before(s.order(1)) {
		s.setFloat(0, p.Value)
		s.setOrder(1, p.At)
	}
}

func (first) merge(s words, _ *bag, n int64, other words, _ *bag, _ int64) {
	if n == 0 || other.order(1).before(s.order(1)) {
		copy(s, other)
	}
}

func (first) value(s words, _ *bag, _ int64) float64 { return s.float(0) }
