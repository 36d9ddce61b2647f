package score

import (
	"math"
	"slices"
)

// Calibration holds forecasts of yes or no against what came, in bins of the
// probability. Forecasts of several outcomes have one for each outcome, or all
// outcomes together in one. It is made by NewCalibration.
type Calibration struct {
	edges []float64 // inner ones, rising
	bins  []calibrationBin

	z, variance float64 // Spiegelhalter's sums
}

// calibrationBin keeps the sums of one bin.
type calibrationBin struct {
	n, won     int
	p, pp, py  float64 // sums of p, p^2 and p*y
	squaredOff float64 // sum of (p-y)^2
}

// NewCalibration returns an empty calibration with bins between the inner edges,
// which rise: the bin of an edge is the one above it.
func NewCalibration(edges []float64) *Calibration {
	return &Calibration{edges: slices.Clone(edges), bins: make([]calibrationBin, len(edges)+1)}
}

// EqualEdges returns the inner edges of n bins of equal width.
func EqualEdges(n int) []float64 {
	edges := make([]float64, n-1)
	for i := range edges {
		edges[i] = float64(i+1) / float64(n)
	}
	return edges
}

// QuantileEdges returns the inner edges of n bins that hold equally many of the
// values, fewer where values repeat. It is nil for no values.
func QuantileEdges(values []float64, n int) []float64 {
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	var edges []float64
	for i := 1; i < n; i++ {
		if e := sorted[i*len(sorted)/n]; e > sorted[0] {
			edges = append(edges, e)
		}
	}
	return slices.Compact(edges)
}

// Add takes one forecast and whether it came true.
func (c *Calibration) Add(p float64, won bool) {
	b := &c.bins[binOf(c.edges, p)]
	y := 0.0
	if won {
		b.won++
		y = 1
	}
	b.n++
	b.p += p
	b.pp += p * p
	b.py += p * y
	b.squaredOff += (p - y) * (p - y)
	c.z += (y - p) * (1 - 2*p)
	c.variance += (1 - 2*p) * (1 - 2*p) * p * (1 - p)
}

// binOf returns the bin of a value: the number of edges that are not above it.
func binOf(edges []float64, v float64) int {
	i, found := slices.BinarySearch(edges, v)
	if found {
		i++
	}
	return i
}

// Merge adds another calibration's forecasts. Both must have the same edges.
func (c *Calibration) Merge(o *Calibration) {
	for i := range c.bins {
		b, d := &c.bins[i], &o.bins[i]
		b.n += d.n
		b.won += d.won
		b.p += d.p
		b.pp += d.pp
		b.py += d.py
		b.squaredOff += d.squaredOff
	}
	c.z += o.z
	c.variance += o.variance
}

// N returns the number of forecasts.
func (c *Calibration) N() (n int) {
	for i := range c.bins {
		n += c.bins[i].n
	}
	return n
}

// Bin is the forecasts of one range of probabilities.
type Bin struct {
	Low, High float64 // the range; 0 and 1 at the ends
	N         int
	Won       int
	Forecast  float64 // mean probability
	Frequency float64 // share that came true
}

// CI returns the interval of the true frequency, by Wilson.
func (b Bin) CI(level float64) Interval { return Wilson(b.Won, b.N, level) }

// Bins returns the bins that hold forecasts, the lowest first.
func (c *Calibration) Bins() []Bin {
	var out []Bin
	for i, b := range c.bins {
		if b.n == 0 {
			continue
		}
		bin := Bin{High: 1, N: b.n, Won: b.won, Forecast: b.p / float64(b.n), Frequency: float64(b.won) / float64(b.n)}
		if i > 0 {
			bin.Low = c.edges[i-1]
		}
		if i < len(c.edges) {
			bin.High = c.edges[i]
		}
		out = append(out, bin)
	}
	return out
}

// ECE returns the expected calibration error, the mean distance of forecast and
// frequency over the bins, weighted by their forecasts. It shrinks with fewer
// bins and never reaches 0 by chance alone. It is NaN of nothing.
func (c *Calibration) ECE() float64 {
	sum := 0.0
	for _, b := range c.Bins() {
		sum += float64(b.N) * math.Abs(b.Forecast-b.Frequency)
	}
	return sum / float64(c.N())
}

// HosmerLemeshow tests whether the frequencies are what the bins' forecasts say:
// the sum of (observed-expected)^2 / (n p (1-p)) is chi-squared with a degree of
// freedom for each bin (Hosmer and Lemeshow 1980), less fitted, which is 2 for
// forecasts that were fitted to the very same rows and 0 for all others. Bins
// want at least five expected of either kind: use QuantileEdges.
func (c *Calibration) HosmerLemeshow(fitted int) Test {
	sum := 0.0
	bins := c.Bins()
	for _, b := range bins {
		n := float64(b.N)
		d := n * (b.Frequency - b.Forecast)
		if d != 0 {
			sum += d * d / (n * b.Forecast * (1 - b.Forecast))
		}
	}
	return chiSquared(sum, len(bins)-fitted)
}

// Spiegelhalter tests calibration without bins: Z = sum (y-p)(1-2p) / sqrt(sum
// (1-2p)^2 p(1-p)) is standard normal where the forecasts are the true
// probabilities (Spiegelhalter 1986). Above 0 the Brier score is worse than the
// forecasts promise.
func (c *Calibration) Spiegelhalter() Test { return normal(c.z / math.Sqrt(c.variance)) }
