package metric

import (
	"math"
	"slices"
)

// realised is the realised volatility: the root of the sum of the squared
// differences of consecutive values, by event time and sequence number. One
// value has none. A value that comes late changes two differences, so the values
// are kept, sorted. Word 0: sum of the squares of what is sealed.
type realised struct{}

func (realised) words() int { return 1 }

func (realised) add(_ words, b *bag, _ int64, p *Point) {
	at := len(b.points)
	for at > 0 && p.At.before(b.points[at-1].at) {
		at--
	}
	b.points = slices.Insert(b.points, at, point{p.Value, p.At})
}

func (realised) merge(s words, b *bag, _ int64, other words, ob *bag, _ int64) {
	s.setFloat(0, s.float(0)+other.float(0))
	if len(b.points) == 0 || len(ob.points) == 0 || b.points[len(b.points)-1].at.before(ob.points[0].at) {
		b.points = append(b.points, ob.points...)
		return
	}
	merged := make([]point, 0, len(b.points)+len(ob.points))
	left, right := b.points, ob.points
	for len(left) > 0 && len(right) > 0 {
		next := &left
		if right[0].at.before(left[0].at) {
			next = &right
		}
		merged = append(merged, (*next)[0])
		*next = (*next)[1:]
	}
	b.points = append(append(merged, left...), right...)
}

// seal keeps the last value and the sum of what was before it.
func (realised) seal(s words, b *bag) {
	s.setFloat(0, s.float(0)+squares(b.points))
	if n := len(b.points); n > 1 {
		b.points = []point{b.points[n-1]}
	}
}

func (realised) value(s words, b *bag, n int64) float64 {
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(s.float(0) + squares(b.points))
}

func squares(points []point) (sum float64) {
	for i := 1; i < len(points); i++ {
		d := points[i].value - points[i-1].value
		sum += d * d
	}
	return sum
}
