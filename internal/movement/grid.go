package movement

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// Grid is paths sampled at equal steps, each at its last value: what a reader who
// looks once a step sees.
type Grid struct {
	Books []string
	Step  feed.Time
	X     [][]float64 // by step, then by book
}

// Sample puts paths on a grid over [from, to]. It begins at the first step at
// which all paths have a value.
func Sample(paths []Path, from, to, step feed.Time) Grid {
	g := Grid{Step: step}
	for i := range paths {
		g.Books = append(g.Books, paths[i].Book)
		if len(paths[i].Points) == 0 {
			return g
		}
		from = max(from, paths[i].Points[0].At)
	}
	if len(paths) == 0 || step <= 0 {
		return g
	}
	next := make([]int, len(paths)) // of each path, the first point behind the step
	for t := from; t <= to; t += step {
		row := make([]float64, len(paths))
		for i := range paths {
			for next[i] < len(paths[i].Points) && paths[i].Points[next[i]].At <= t {
				next[i]++
			}
			row[i] = paths[i].Points[next[i]-1].X
		}
		g.X = append(g.X, row)
	}
	return g
}

// increments returns the changes of one book from step to step, and how many are
// not zero.
func (g *Grid) increments(book int) (d []float64, moves int) {
	for i := 1; i < len(g.X); i++ {
		d = append(d, g.X[i][book]-g.X[i-1][book])
		if d[i-1] != 0 {
			moves++
		}
	}
	return d, moves
}

// CrossCorrelations returns the lead of every pair of books on the grid, as
// LeadLags does.
func (g *Grid) CrossCorrelations(maxLag int) []Lead {
	return pairs(len(g.Books), func(a, b int) Lead { return g.CrossCorrelation(a, b, maxLag) })
}

// CrossCorrelation finds the lag, in steps of the grid up to a maximum, at which
// the first book's increments are most correlated, in size, with the later ones
// of the second: corr(da(t), db(t+lag)). The standard error is that of no
// correlation, 1/sqrt(n). Last-value sampling pulls correlations towards zero
// where quotes are asynchronous (T. Epps, JASA 74, 1979): HayashiYoshida does not
// have that fault.
func (g *Grid) CrossCorrelation(a, b, maxLag int) Lead {
	da, moves := g.increments(a)
	db, others := g.increments(b)
	l := newLead(g.Books[a], g.Books[b], min(moves, others))
	if min(moves, others) < leastPairs || len(da) <= 2*maxLag {
		return l
	}
	curve := make([]float64, 0, 2*maxLag+1)
	for lag := -maxLag; lag <= maxLag; lag++ {
		x, y := da, db
		if lag >= 0 {
			x, y = da[:len(da)-lag], db[lag:]
		} else {
			x, y = da[-lag:], db[:len(db)+lag]
		}
		curve = append(curve, correlation(x, y))
	}
	l.peak(curve, func(i int) feed.Time { return feed.Time(i-maxLag) * g.Step })
	if l.Correlation.Enough() {
		l.Correlation = l.Correlation.withSE(1 / math.Sqrt(float64(len(da))))
	}
	return l
}

// correlation is Pearson's; NaN if one side is constant.
func correlation(x, y []float64) float64 {
	n := float64(len(x))
	mx, my := 0.0, 0.0
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	xy, xx, yy := 0.0, 0.0, 0.0
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}
