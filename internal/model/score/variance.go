package score

import "math"

// VarianceRatio is the variance of changes over several steps against that of
// single steps.
type VarianceRatio struct {
	Value float64 // 1 where changes do not foretell each other, above where moves go on, below where they turn back
	Test  Test    // of 1, normal, robust against changing variance
	N     int     // single steps
}

// VarianceRatioOf computes the ratio over lag steps for one or more series, such
// as the logit of a fair probability at regular times, one series a market (Lo
// and MacKinlay 1988, overlapping, with their corrections for few steps; the
// mean step is common to all series). Series that are too short for a lag are
// left out. It returns ErrRows without two steps in a row or for a lag under 2.
func VarianceRatioOf(lag int, series ...[]float64) (VarianceRatio, error) {
	var steps Mean
	for _, s := range series {
		if len(s) > lag {
			for t := 1; t < len(s); t++ {
				steps.Add(s[t] - s[t-1])
			}
		}
	}
	n := float64(steps.n)
	if lag < 2 || steps.n <= lag || steps.m2 == 0 {
		return VarianceRatio{}, ErrRows
	}
	q, mean := float64(lag), steps.mean
	long, overlaps := 0.0, 0
	products := make([]float64, lag) // by distance: sums of products of squared steps
	for _, s := range series {
		if len(s) <= lag {
			continue
		}
		for t := lag; t < len(s); t++ {
			d := s[t] - s[t-lag] - q*mean
			long += d * d
			overlaps++
		}
		for t := 1; t < len(s); t++ {
			for j := 1; j < lag && t-j >= 1; j++ {
				a, b := s[t]-s[t-1]-mean, s[t-j]-s[t-j-1]-mean
				products[j] += a * a * b * b
			}
		}
	}
	single := steps.m2 / (n - 1)
	ratio := long / (q * float64(overlaps) * (1 - q/n)) / single
	variance := 0.0
	for j := 1; j < lag; j++ {
		w := 2 * (q - float64(j)) / q
		variance += w * w * products[j] / (steps.m2 * steps.m2)
	}
	return VarianceRatio{Value: ratio, Test: normal((ratio - 1) / math.Sqrt(variance)), N: steps.n}, nil
}
