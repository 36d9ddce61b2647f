package bet

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model/score"
)

// Doubt says how uncertainty is told.
type Doubt struct {
	Level float64 // of confidence intervals, such as 0.95
	Reps  int     // of the bootstrap
	Seed  uint64
}

// DefaultDoubt is 95 % of 2,000 resamples.
func DefaultDoubt() Doubt { return Doubt{Level: 0.95, Reps: 2000, Seed: 1} }

// Estimate is a number with its interval, by a bootstrap over days: bets of one
// day stand and fall together.
type Estimate struct {
	Value float64         `json:"value"`
	CI    *score.Interval `json:"ci"` // nil where the days are too few to tell

	se float64
}

// Verdict is what the returns show.
type Verdict string

// The verdicts.
const (
	TooFew Verdict = "too_few" // there are too few days for an interval
	NoEdge Verdict = "no_edge" // the interval of the return includes zero
	Edge   Verdict = "edge"    // it lies above zero
	Losing Verdict = "losing"  // it lies below zero
)

// leastDays is how many days an interval needs to mean anything: of fewer the
// bootstrap makes intervals that are much too narrow.
const leastDays = 10

// Performance sums up bets of one currency.
type Performance struct {
	Bets    int       `json:"bets"`
	Settled int       `json:"settled"`
	Pending int       `json:"pending"`
	Void    int       `json:"void"`         // and pushes: the stake came back
	Days    int       `json:"days"`         // with settled bets
	Staked  int64     `json:"staked"`       // of settled bets, minor units
	Profit  int64     `json:"profit"`       // minor units
	ROI     *Estimate `json:"roi"`          // profit over stakes; nil without settled bets
	HitRate *Share    `json:"hit_rate"`     // of bets that were won or lost, be it in half
	MaxDrop int64     `json:"max_drawdown"` // the most that the sum of profits fell below its peak, minor units
	Verdict Verdict   `json:"verdict"`
	// Needed is how many bets like these it takes until the interval leaves zero
	// out, if the return stays what it is; 0 if it does already or never would.
	Needed int `json:"bets_needed"`

	Valued     int       `json:"valued"`          // bets that have a close
	CLV        *Estimate `json:"clv"`             // mean of NoVig
	CLVPrice   *Estimate `json:"clv_price"`       // mean of Price
	Beaten     *Share    `json:"beat_close"`      // share whose price was above the same book's closing price
	BeatenFair *Share    `json:"beat_fair_close"` // share whose price was above the fair price at the close
}

// Share is a count out of a number, with Wilson's interval.
type Share struct {
	Count int     `json:"count"`
	Of    int     `json:"of"`
	Value float64 `json:"value"`
	score.Interval
}

func share(count, of int, level float64) *Share {
	if of == 0 {
		return nil
	}
	return &Share{count, of, float64(count) / float64(of), score.Wilson(count, of, level)}
}

// day is the sums of one day's bets.
type day struct {
	roi        score.ROI
	clv, price score.Mean
}

// Perform sums bets up. They must be of one currency.
func Perform(bets []Graded, d Doubt) Performance {
	p := Performance{Bets: len(bets), Verdict: TooFew}
	won, decided, beaten, compared, fair := 0, 0, 0, 0, 0
	for i := range bets {
		b := &bets[i]
		switch {
		case !b.Result.Settled():
			p.Pending++
		case !b.Result.Decided():
			p.Void++
		default:
			decided++
			if b.Result == Won || b.Result == HalfWon {
				won++
			}
		}
		if b.Result.Settled() {
			p.Settled++
			p.Staked += b.Stake
			p.Profit += b.Profit
		}
		if v := b.Value; v != nil && !b.Late() {
			p.Valued++
			if v.NoVig > 0 {
				fair++
			}
			if v.Price != nil {
				compared++
				if *v.Price > 0 {
					beaten++
				}
			}
		}
	}
	days := daysOf(bets)
	for _, d := range days {
		if d.roi.N() > 0 {
			p.Days++
		}
	}
	p.HitRate, p.Beaten, p.BeatenFair = share(won, decided, d.Level), share(beaten, compared, d.Level), share(fair, p.Valued, d.Level)
	p.ROI = d.estimate(days, func(d *day) *score.ROI { return &d.roi })
	p.CLV = d.mean(days, func(d *day) *score.Mean { return &d.clv })
	p.CLVPrice = d.mean(days, func(d *day) *score.Mean { return &d.price })
	p.MaxDrop = drawdown(bets)
	p.judge(d)
	return p
}

// judge compares the interval of the return with zero.
func (p *Performance) judge(d Doubt) {
	if p.ROI == nil || p.ROI.CI == nil {
		return
	}
	switch {
	case p.ROI.CI.Low > 0:
		p.Verdict = Edge
	case p.ROI.CI.High < 0:
		p.Verdict = Losing
	default:
		p.Verdict = NoEdge
		// The half width shrinks with the root of the number of bets.
		z := math.Sqrt2 * math.Erfinv(d.Level)
		if r := z * p.ROI.se / p.ROI.Value; r != 0 && math.Abs(r) < 1e4 {
			p.Needed = max(p.Settled+1, int(math.Ceil(float64(p.Settled)*r*r)))
		}
	}
}

// daysOf groups bets by their game's day, in order.
func daysOf(bets []Graded) []day {
	var out []day
	refs := make([]*Graded, len(bets))
	for i := range bets {
		refs[i] = &bets[i]
	}
	for _, of := range score.Clusters(refs, (*Graded).Day) {
		var d day
		for _, b := range of {
			if b.Result.Settled() {
				d.roi.Add(float64(b.Stake), float64(b.Profit))
			}
			if b.Value != nil && !b.Late() {
				d.clv.Add(b.Value.NoVig)
				if b.Value.Price != nil {
					d.price.Add(*b.Value.Price)
				}
			}
		}
		out = append(out, d)
	}
	return out
}

// estimate is the return over the days that have any.
func (d Doubt) estimate(days []day, of func(*day) *score.ROI) *Estimate {
	clusters := pick(days, of, func(r *score.ROI) bool { return r.N() > 0 })
	return bootstrap(d, clusters, func(sample []*score.ROI) float64 {
		var sum score.ROI
		for _, r := range sample {
			sum.Merge(*r)
		}
		return sum.Value()
	})
}

// mean is the mean over the days that have any.
func (d Doubt) mean(days []day, of func(*day) *score.Mean) *Estimate {
	clusters := pick(days, of, func(m *score.Mean) bool { return m.N() > 0 })
	return bootstrap(d, clusters, func(sample []*score.Mean) float64 {
		var sum score.Mean
		for _, m := range sample {
			sum.Merge(*m)
		}
		return sum.Value()
	})
}

func pick[T any](days []day, of func(*day) *T, some func(*T) bool) []*T {
	var out []*T
	for i := range days {
		if v := of(&days[i]); some(v) {
			out = append(out, v)
		}
	}
	return out
}

func bootstrap[T any](d Doubt, clusters []*T, stat func([]*T) float64) *Estimate {
	if len(clusters) == 0 {
		return nil
	}
	e := &Estimate{Value: stat(clusters)}
	if len(clusters) >= leastDays {
		r := score.Bootstrap(clusters, d.Seed, d.Reps, stat)
		ci := r.CI(d.Level)
		e.CI, e.se = &ci, r.SE()
	}
	return e
}

// drawdown is the largest fall of the sum of profits, in the order in which the
// games were played.
func drawdown(bets []Graded) (most int64) {
	sum, peak := int64(0), int64(0)
	for _, p := range Curve(bets) {
		sum = p.Profit
		peak = max(peak, sum)
		most = max(most, peak-sum)
	}
	return most
}

// CurvePoint is the sum of profits once a bet was settled.
type CurvePoint struct {
	At     feed.Time // the game's start, or when the bet was placed
	Profit int64
}

// Curve sums the profits of settled bets in the order of their games.
func Curve(bets []Graded) []CurvePoint {
	var out []CurvePoint
	for i := range bets {
		b := &bets[i]
		if !b.Result.Settled() {
			continue
		}
		at := b.Start
		if at.IsZero() {
			at = b.Placed
		}
		out = append(out, CurvePoint{at, b.Profit})
	}
	slices.SortStableFunc(out, func(a, b CurvePoint) int { return cmp.Compare(a.At, b.At) })
	sum := int64(0)
	for i := range out {
		sum += out[i].Profit
		out[i].Profit = sum
	}
	return out
}
