package movement

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// HayashiYoshida is the covariance of two paths that are quoted at different
// times, the first one's moved later by a lag: the sum of da_i*db_j over all pairs
// of increments whose intervals (t_i-1, t_i] overlap. It needs no sampling and no
// interpolation (T. Hayashi and N. Yoshida, "On covariance estimation of
// non-synchronously observed diffusion processes", Bernoulli 11, 2005).
func HayashiYoshida(a, b *Path, lag feed.Time) float64 {
	sum := 0.0
	first := 1 // no interval of b before it overlaps any of a that follow
	for i := 1; i < len(a.Points); i++ {
		begin, end := a.Points[i-1].At+lag, a.Points[i].At+lag
		for first < len(b.Points) && b.Points[first].At <= begin {
			first++
		}
		// The intervals of b from first on that begin before the end overlap; their
		// increments add up to one difference.
		last := first
		for last < len(b.Points) && b.Points[last-1].At < end {
			last++
		}
		if last > first {
			sum += (a.Points[i].X - a.Points[i-1].X) * (b.Points[last-1].X - b.Points[first-1].X)
		}
	}
	return sum
}

// Lags returns -n*step ... n*step.
func Lags(n int, step feed.Time) []feed.Time {
	var lags []feed.Time
	for i := -n; i <= n; i++ {
		lags = append(lags, feed.Time(i)*step)
	}
	return lags
}

// LeadLag finds the lag at which two paths are most correlated, in size, by the
// estimator of Hayashi and Yoshida: argmax of |rho(lag)|, rho being the covariance
// over the root of the product of the realised variances (M. Hoffmann, M.
// Rosenbaum and N. Yoshida, "Estimation of the lead-lag parameter from
// non-synchronous data", Bernoulli 19, 2013). Lags are symmetric around zero and
// in order. Both paths are taken as they are: cut them first.
func LeadLag(a, b *Path, lags []feed.Time) Lead {
	va, na := a.squares()
	vb, nb := b.squares()
	l := newLead(a.Book, b.Book, min(na, nb))
	if min(na, nb) < leastPairs {
		return l
	}
	curve := make([]float64, len(lags))
	for i, lag := range lags {
		curve[i] = HayashiYoshida(a, b, lag) / math.Sqrt(va*vb)
	}
	l.peak(curve, func(i int) feed.Time { return lags[i] })
	return l
}

// squares returns the realised variance of a path and how many moves it has.
func (p *Path) squares() (sum float64, moves int) {
	for i := 1; i < len(p.Points); i++ {
		if d := p.Points[i].X - p.Points[i-1].X; d != 0 {
			sum += d * d
			moves++
		}
	}
	return sum, moves
}

// confirmed returns the path with a point a step before each move that repeats
// the value until then, unless the move before is nearer. Where prices are asked
// for again and again, one that did not change was seen not to. Without these
// points an increment's interval would reach back to the last move, and the
// covariance would be flat over all lags of that length.
func (p *Path) confirmed(step feed.Time) Path {
	out := Path{Book: p.Book}
	for i, q := range p.Points {
		if i > 0 && q.At-step > p.Points[i-1].At {
			out.Points = append(out.Points, Point{At: q.At - step, X: p.Points[i-1].X})
		}
		out.Points = append(out.Points, q)
	}
	return out
}

// LeadLags returns the lead of every pair of paths in (from, to] at lags of up to
// n steps, the stronger correlation first. A price counts as confirmed until a
// step before it changes. Each pair is turned so that its lag is not negative.
func LeadLags(paths []Path, from, to, step feed.Time, n int) []Lead {
	lags := Lags(n, step)
	cut := make([]Path, len(paths))
	for i := range paths {
		p := paths[i].between(from, to)
		cut[i] = p.confirmed(step)
	}
	return pairs(len(cut), func(a, b int) Lead { return LeadLag(&cut[a], &cut[b], lags) })
}
