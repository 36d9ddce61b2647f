package score

import "math"

// Mean is a running mean with its uncertainty (Welford 1962, merged as in Chan
// et al. 1979). The zero value is empty.
type Mean struct {
	n    int
	mean float64
	m2   float64 // sum of squared distances to the mean
}

// Add takes one value.
func (m *Mean) Add(x float64) {
	m.n++
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.m2 += d * (x - m.mean)
}

// Merge adds another mean's values.
func (m *Mean) Merge(o Mean) {
	if o.n == 0 {
		return
	}
	n := float64(m.n + o.n)
	d := o.mean - m.mean
	m.m2 += o.m2 + d*d*float64(m.n)*float64(o.n)/n
	m.mean += d * float64(o.n) / n
	m.n += o.n
}

// N returns the number of values.
func (m *Mean) N() int { return m.n }

// Value returns the mean, NaN of nothing.
func (m *Mean) Value() float64 {
	if m.n == 0 {
		return math.NaN()
	}
	return m.mean
}

// Variance returns the sample variance, NaN of fewer than two values.
func (m *Mean) Variance() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return m.m2 / float64(m.n-1)
}

// SD returns the sample standard deviation.
func (m *Mean) SD() float64 { return math.Sqrt(m.Variance()) }

// SE returns the standard error of the mean, sd/sqrt(n).
func (m *Mean) SE() float64 { return math.Sqrt(m.Variance() / float64(m.n)) }

// CI returns the interval that holds the true mean with the given confidence,
// such as 0.95, by Student's t.
func (m *Mean) CI(level float64) Interval {
	return around(m.Value(), m.SE(), studentQuantile(level, m.n-1))
}

// ROI is the return on stakes: the sum of profits over the sum of stakes. The
// zero value is empty.
type ROI struct {
	stake, profit Mean
	joint         float64 // sum of the products of both distances to their means
}

// Add takes one settled bet.
func (r *ROI) Add(stake, profit float64) {
	d := stake - r.stake.mean
	r.stake.Add(stake)
	r.profit.Add(profit)
	r.joint += d * (profit - r.profit.mean)
}

// Merge adds another's bets.
func (r *ROI) Merge(o ROI) {
	if o.N() == 0 {
		return
	}
	ds, dp := o.stake.mean-r.stake.mean, o.profit.mean-r.profit.mean
	n, m := float64(r.N()), float64(o.N())
	r.joint += o.joint + ds*dp*n*m/(n+m)
	r.stake.Merge(o.stake)
	r.profit.Merge(o.profit)
}

// N returns the number of bets.
func (r *ROI) N() int { return r.stake.n }

// Staked returns the sum of the stakes.
func (r *ROI) Staked() float64 { return r.stake.mean * float64(r.stake.n) }

// Profit returns the sum of the profits.
func (r *ROI) Profit() float64 { return r.profit.mean * float64(r.profit.n) }

// Value returns profit over stakes, NaN where nothing was staked.
func (r *ROI) Value() float64 {
	if r.Staked() == 0 {
		return math.NaN()
	}
	return r.profit.mean / r.stake.mean
}

// SE returns the standard error of a ratio of means,
//
//	sqrt(n/(n-1) sum (profit - ROI stake)^2) / sum stake,
//
// which is sd/sqrt(n) of the returns when all stakes are equal. It is NaN for
// fewer than two bets.
func (r *ROI) SE() float64 {
	n := float64(r.N())
	if n < 2 {
		return math.NaN()
	}
	v := r.Value()
	squares := max(0, r.profit.m2-2*v*r.joint+v*v*r.stake.m2)
	return math.Sqrt(squares*n/(n-1)) / r.Staked()
}

// CI returns the interval that holds the true return with the given confidence,
// by Student's t. With few bets at long prices it is too narrow above: one more
// winner would move it.
func (r *ROI) CI(level float64) Interval {
	return around(r.Value(), r.SE(), studentQuantile(level, r.N()-1))
}
