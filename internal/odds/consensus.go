package odds

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Average is a way to make one probability of many.
type Average string

// The averages. All are weighted.
const (
	Mean      Average = "mean"
	Median    Average = "median"
	LogitMean Average = "logit" // the mean of log odds: better where probabilities are near 0 or 1
)

// Opinion is what one book's prices say about a market.
type Opinion struct {
	Book   string
	Fair   []float64 // fair probabilities of the market's outcomes, in its order
	Weight float64   // trust in the book; only ratios matter, and 0 leaves it out
	Age    time.Duration
}

// Verdict tells what became of an opinion.
type Verdict string

// The verdicts.
const (
	Used    Verdict = "used"
	Left    Verdict = "left out" // by Rule.Without, or for its weight of 0
	Stale   Verdict = "stale"    // older than the rule's MaxAge
	Outlier Verdict = "outlier"  // too far from the median of all
	Invalid Verdict = "invalid"  // not fair probabilities of this market, or a weight that is none
)

// Rule says how opinions become a consensus. Its zero value is the plain
// weighted mean of all.
type Rule struct {
	Average  Average       // Mean if empty
	HalfLife time.Duration // after which an opinion has half its weight; 0: age does not matter
	MaxAge   time.Duration // above which an opinion is dropped; 0: never
	MADs     float64       // median absolute deviations beyond which an opinion is an outlier, usually 4; 0: keep all
	Winners  int           // that win, what probabilities sum to; 1 if 0
}

// Consensus is what the books say together. Used again as the target of a
// combination, it allocates nothing.
type Consensus struct {
	Fair     []float64 // one per outcome; sums to the winners
	Verdicts []Verdict // one per opinion
	Weights  []float64 // one per opinion after decay; 0 if it was not used
	Books    int       // opinions used
	Weight   float64   // their total weight after decay

	order  []sample
	logits []float64 // per opinion, of the outcome that is being judged
}

// sample is one book's value of one outcome, with its weight.
type sample struct{ value, weight float64 }

// ErrNoOpinions is returned when no opinion is left to use.
var ErrNoOpinions = errors.New("no usable opinion on this market")

// ErrUnknownAverage is returned for an average that does not exist.
var ErrUnknownAverage = errors.New("unknown average (known: mean, median, logit)")

// Combine writes the consensus of the opinions to dst. The first opinion tells
// how many outcomes the market has. It returns ErrNoOpinions, in which case the
// verdicts in dst say why, or ErrUnknownAverage.
func (r Rule) Combine(dst *Consensus, opinions []Opinion) error {
	return r.combine(dst, opinions, func(string) bool { return false })
}

// Without is Combine without the opinions of one book: what the others say, to
// hold that book's prices against.
func (r Rule) Without(dst *Consensus, opinions []Opinion, book string) error {
	return r.combine(dst, opinions, func(name string) bool { return name == book })
}

func (r Rule) combine(dst *Consensus, opinions []Opinion, left func(book string) bool) error {
	switch r.Average {
	case "", Mean, Median, LogitMean:
	default:
		return fmt.Errorf("combining by %q: %w", r.Average, ErrUnknownAverage)
	}
	dst.reset(len(opinions))
	for i := range opinions {
		if left(opinions[i].Book) {
			dst.Verdicts[i] = Left
			continue
		}
		dst.Verdicts[i], dst.Weights[i] = r.judge(&opinions[i], len(opinions[0].Fair))
	}
	if r.MADs > 0 && len(opinions) > 0 {
		dst.flagOutliers(opinions, r.MADs)
	}
	for _, w := range dst.Weights {
		if w > 0 {
			dst.Books++
			dst.Weight += w
		}
	}
	if dst.Books == 0 {
		return ErrNoOpinions
	}
	r.average(dst, opinions)
	return nil
}

// judge returns the verdict on one opinion alone and its weight after decay.
func (r Rule) judge(o *Opinion, outcomes int) (Verdict, float64) {
	sum := 0.0
	for _, p := range o.Fair {
		sum += p
	}
	age := max(0, o.Age) // clocks differ: a price from the future is new
	switch {
	case o.Weight == 0:
		return Left, 0
	case len(o.Fair) != outcomes, !proper(o.Fair), !isAmount(o.Weight),
		!(math.Abs(sum-r.winners()) <= sumSlack*r.winners()):
		return Invalid, 0
	case r.MaxAge > 0 && age > r.MaxAge:
		return Stale, 0
	case r.HalfLife > 0:
		weight := o.Weight * math.Exp2(-float64(age)/float64(r.HalfLife))
		if weight == 0 {
			return Stale, 0
		}
		return Used, weight
	}
	return Used, o.Weight
}

func (r Rule) winners() float64 { return float64(max(1, r.Winners)) }

// average fills in the probabilities and scales them to sum to the winners,
// which the plain mean does by itself.
func (r Rule) average(dst *Consensus, opinions []Opinion) {
	sum := 0.0
	for outcome := range opinions[0].Fair {
		p := 0.0
		switch r.Average {
		case Median:
			p = dst.median(opinions, outcome)
		case LogitMean:
			p = Logistic(dst.mean(opinions, outcome, LogOdds))
		default:
			p = dst.mean(opinions, outcome, func(p float64) float64 { return p })
		}
		dst.Fair = append(dst.Fair, p)
		sum += p
	}
	for i := range dst.Fair {
		dst.Fair[i] *= r.winners() / sum
	}
}

// reset empties the consensus and makes room for n opinions.
func (c *Consensus) reset(n int) {
	c.Fair, c.Books, c.Weight = c.Fair[:0], 0, 0
	c.Verdicts = slices.Grow(c.Verdicts[:0], n)[:n]
	c.Weights = sized(c.Weights, n)
	clear(c.Weights)
}

// mean returns the weighted mean of one outcome's probabilities on a scale.
func (c *Consensus) mean(opinions []Opinion, outcome int, scale func(float64) float64) float64 {
	sum := 0.0
	for i, w := range c.Weights {
		if w > 0 {
			sum += w * scale(opinions[i].Fair[outcome])
		}
	}
	return sum / c.Weight
}

// median returns the weighted median of one outcome's probabilities.
func (c *Consensus) median(opinions []Opinion, outcome int) float64 {
	c.order = c.order[:0]
	for i, w := range c.Weights {
		if w > 0 {
			c.order = append(c.order, sample{opinions[i].Fair[outcome], w})
		}
	}
	return middle(c.order)
}
