package metric

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// ewma is the mean in which a value counts half as much for every half-life
// that it is older than the newest one. The weights are those at the newest
// event time and are scaled when a newer value comes, so the order of arrival
// does not matter. Words: weighted sum of the values, sum of the weights, newest
// time.
type ewma struct{ halfLife feed.Time }

func (ewma) words() int { return 3 }

// decay is the weight of what is older than the newest by age.
func (e ewma) decay(age feed.Time) float64 {
	return math.Exp2(-float64(age) / float64(e.halfLife))
}

func (e ewma) add(s words, _ *bag, n int64, p *Point) {
	e.put(s, n, p.Value, 1, p.At.Time)
}

func (e ewma) merge(s words, _ *bag, n int64, other words, _ *bag, on int64) {
	if on > 0 {
		e.put(s, n+1, other.float(0), other.float(1), other.time(2))
	}
}

// put adds a sum and its weight as of a time; n is 1 if it is the first.
func (e ewma) put(s words, n int64, sum, weight float64, at feed.Time) {
	total, weights, newest := s.float(0), s.float(1), s.time(2)
	switch {
	case n == 1:
		newest = at
	case at > newest:
		d := e.decay(at - newest)
		total, weights, newest = total*d, weights*d, at
	case at < newest:
		d := e.decay(newest - at)
		sum, weight = sum*d, weight*d
	}
	s.setFloat(0, total+sum)
	s.setFloat(1, weights+weight)
	s.setTime(2, newest)
}

func (ewma) value(s words, _ *bag, _ int64) float64 { return s.float(0) / s.float(1) }
