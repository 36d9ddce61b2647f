package score

import "math"

// Murphy is the decomposition of the two-sided Brier score, the mean of (p-y)^2
// (half of what Brier returns for two outcomes), into
//
//	Reliability - Resolution + Uncertainty + Within
//
// (Murphy 1973; the last term after Stephenson et al. 2008). The sum is exact.
// Within is what the bins hide, variance less twice the covariance with the
// result inside them, and 0 where all forecasts of a bin are equal.
type Murphy struct {
	Reliability float64 `json:"reliability"` // distance of forecasts to frequencies, lower is better
	Resolution  float64 `json:"resolution"`  // distance of the bins' frequencies to the mean one, higher is better
	Uncertainty float64 `json:"uncertainty"` // of the results themselves
	Within      float64 `json:"within"`
}

// Score returns the Brier score that the terms sum to.
func (m Murphy) Score() float64 { return m.Reliability - m.Resolution + m.Uncertainty + m.Within }

// Plus adds the decomposition of another outcome: the sum over all outcomes of a
// market decomposes the score that Brier returns.
func (m Murphy) Plus(o Murphy) Murphy {
	return Murphy{m.Reliability + o.Reliability, m.Resolution + o.Resolution, m.Uncertainty + o.Uncertainty, m.Within + o.Within}
}

// Murphy decomposes the Brier score of the forecasts. All terms are NaN of
// nothing.
func (c *Calibration) Murphy() Murphy {
	n, won := float64(c.N()), 0
	for i := range c.bins {
		won += c.bins[i].won
	}
	mean := float64(won) / n
	m := Murphy{Uncertainty: mean * (1 - mean)}
	if n == 0 {
		return Murphy{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	for _, b := range c.bins {
		if b.n == 0 {
			continue
		}
		size := float64(b.n)
		forecast, frequency := b.p/size, float64(b.won)/size
		m.Reliability += size / n * (forecast - frequency) * (forecast - frequency)
		m.Resolution += size / n * (frequency - mean) * (frequency - mean)
		variance := b.pp - size*forecast*forecast
		covariance := b.py - size*forecast*frequency
		m.Within += (variance - 2*covariance) / n
	}
	return m
}
