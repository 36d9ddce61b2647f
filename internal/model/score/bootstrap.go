package score

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Resamples are the values of a statistic on drawn samples, rising.
type Resamples []float64

// Bootstrap draws as many clusters as there are, with replacement, and computes
// the statistic of them, reps times (Efron 1979, over clusters as in Field and
// Welsh 2007). A cluster is what is independent of the others, such as all bets
// of a day, or an accumulator that holds them. The same seed gives the same
// values on every machine. stat must not keep the sample.
func Bootstrap[C any](clusters []C, seed uint64, reps int, stat func(sample []C) float64) Resamples {
	if len(clusters) == 0 {
		return nil
	}
	r := rand.New(rand.NewPCG(seed, 0))
	sample, out := make([]C, len(clusters)), make(Resamples, reps)
	for i := range out {
		for j := range sample {
			sample[j] = clusters[r.IntN(len(clusters))]
		}
		out[i] = stat(sample)
	}
	slices.Sort(out)
	return out
}

// CI returns the percentile interval, NaN without resamples.
func (r Resamples) CI(level float64) Interval {
	return Interval{r.quantile((1 - level) / 2), r.quantile((1 + level) / 2)}
}

// SE returns the standard deviation of the values, which is the standard error
// of the statistic.
func (r Resamples) SE() float64 {
	var m Mean
	for _, v := range r {
		m.Add(v)
	}
	return m.SD()
}

// quantile interpolates between the neighbouring values.
func (r Resamples) quantile(q float64) float64 {
	if len(r) == 0 {
		return math.NaN()
	}
	at := q * float64(len(r)-1)
	below := int(at)
	if below+1 >= len(r) {
		return r[len(r)-1]
	}
	return r[below] + (at-float64(below))*(r[below+1]-r[below])
}

// Clusters groups rows by a key, such as their day, in the order of the keys.
// Within a group the rows keep their order.
func Clusters[T any, K cmp.Ordered](rows []T, key func(T) K) [][]T {
	groups := map[K][]T{}
	var keys []K
	for _, row := range rows {
		k := key(row)
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], row)
	}
	slices.Sort(keys)
	out := make([][]T, len(keys))
	for i, k := range keys {
		out[i] = groups[k]
	}
	return out
}
