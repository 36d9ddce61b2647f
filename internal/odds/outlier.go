package odds

import (
	"cmp"
	"math"
	"slices"
)

// leastMAD keeps books that agree almost to the digit from calling the next one
// an outlier: it is a quarter of a percentage point at even chances.
const leastMAD = 0.01

// flagOutliers drops opinions that lie more than mads median absolute deviations
// from the median logit on any outcome. Weights do not count here, and every
// outcome is judged among all opinions that came in. An outlier is one against a
// majority: of two opinions neither is, and where most would be, none is.
func (c *Consensus) flagOutliers(opinions []Opinion, mads float64) {
	outcomes := len(opinions[0].Fair)
	if outcomes == 2 {
		outcomes = 1 // the other one is the first one's mirror
	}
	for outcome := range outcomes {
		c.flagOutcome(opinions, outcome, mads)
	}
	used, out := 0, 0
	for _, v := range c.Verdicts {
		switch v {
		case Used:
			used++
		case Outlier:
			out++
		}
	}
	for i, v := range c.Verdicts {
		switch {
		case v != Outlier:
		case out > used:
			c.Verdicts[i] = Used
		default:
			c.Weights[i] = 0
		}
	}
}

// flagOutcome gives the verdict on one outcome; it leaves the weights.
func (c *Consensus) flagOutcome(opinions []Opinion, outcome int, mads float64) {
	c.order = c.order[:0]
	c.logits = sized(c.logits, len(opinions))
	for i, w := range c.Weights {
		if w > 0 {
			c.logits[i] = LogOdds(opinions[i].Fair[outcome])
			c.order = append(c.order, sample{c.logits[i], 1})
		}
	}
	if len(c.order) == 0 {
		return
	}
	center := middle(c.order)
	for i, s := range c.order {
		c.order[i].value = math.Abs(s.value - center)
	}
	limit := mads * max(leastMAD, middle(c.order))
	for i, w := range c.Weights {
		if w > 0 && math.Abs(c.logits[i]-center) > limit {
			c.Verdicts[i] = Outlier
		}
	}
}

// sortSamples puts samples in order of their values, which are numbers. Markets
// have few books, and among few, insertion is faster than anything general.
func sortSamples(samples []sample) {
	const few = 32
	if len(samples) > few {
		slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(a.value, b.value) })
		return
	}
	for i := 1; i < len(samples); i++ {
		s, at := samples[i], i
		for ; at > 0 && samples[at-1].value > s.value; at-- {
			samples[at] = samples[at-1]
		}
		samples[at] = s
	}
}

// middle returns the weighted median of at least one sample and sorts them. If
// the weight is split evenly between two neighbours it is their mean.
func middle(samples []sample) float64 {
	sortSamples(samples)
	total := 0.0
	for _, s := range samples {
		total += s.weight
	}
	below := 0.0
	last := len(samples) - 1
	for i, s := range samples[:last] {
		below += s.weight
		switch {
		case below > total/2:
			return s.value
		case below == total/2:
			return (s.value + samples[i+1].value) / 2
		}
	}
	return samples[last].value
}
