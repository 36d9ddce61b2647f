package score

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is a confidence interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Holds tells whether a value lies in the interval, its ends included.
func (i Interval) Holds(x float64) bool { return x >= i.Low && x <= i.High }

// Wilson returns the interval for the true share behind won of n (Wilson 1927).
// It stays inside [0, 1] and is sane for few rows and shares near the ends. It is
// [0, 1] where n is 0.
func Wilson(won, n int, level float64) Interval {
	if n == 0 {
		return Interval{0, 1}
	}
	z, m := normalQuantile(level), float64(n)
	p, zz := float64(won)/m, z*z
	centre := (p + zz/(2*m)) / (1 + zz/m)
	half := z / (1 + zz/m) * math.Sqrt(p*(1-p)/m+zz/(4*m*m))
	return Interval{max(0, centre-half), min(1, centre+half)}
}

// Test is the outcome of a statistical test.
type Test struct {
	Statistic float64 `json:"statistic"`
	DF        int     `json:"df"` // degrees of freedom of a chi-squared test, 0 for a normal one
	P         float64 `json:"p"`  // how often chance alone goes as far
}

// chiSquared returns the test of a statistic that is chi-squared under the
// hypothesis.
func chiSquared(statistic float64, df int) Test {
	return Test{statistic, df, distuv.ChiSquared{K: float64(df)}.Survival(statistic)}
}

// normal returns the two-sided test of a statistic that is standard normal under
// the hypothesis.
func normal(z float64) Test { return Test{z, 0, math.Erfc(math.Abs(z) / math.Sqrt2)} }

// around returns value -+ quantile*se.
func around(value, se, quantile float64) Interval {
	return Interval{value - quantile*se, value + quantile*se}
}

// normalQuantile returns how many standard errors to either side hold the given
// share, 1.96 for 0.95.
func normalQuantile(level float64) float64 { return math.Sqrt2 * math.Erfinv(level) }

// studentQuantile is normalQuantile for an estimated standard error; NaN without
// degrees of freedom.
func studentQuantile(level float64, df int) float64 {
	if df < 1 {
		return math.NaN()
	}
	return distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile((1 + level) / 2)
}
