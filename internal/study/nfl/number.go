package nfl

import (
	"math"
	"strconv"

	"github.com/betflow/betflow/internal/model/score"
)

// level is the confidence of every interval.
const level = 0.95

// Number is a value for JSON, which knows neither NaN nor infinity: they are
// null.
type Number float64

// MarshalJSON writes the number or null.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

// Estimate is a value with its 95 % interval and the rows that it rests on.
type Estimate struct {
	Value Number `json:"value"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
	N     int    `json:"n"`
}

func estimated(value float64, i score.Interval, n int) Estimate {
	return Estimate{Number(value), Number(i.Low), Number(i.High), n}
}

// mean is the mean of independent rows, by Student's t.
func mean(m *score.Mean) Estimate { return estimated(m.Value(), m.CI(level), m.N()) }

// share is won of n, by Wilson.
func share(won, n int) Estimate {
	return estimated(float64(won)/float64(n), score.Wilson(won, n, level), n)
}

// holds tells whether the interval holds a value.
func (e Estimate) holds(x float64) bool { return float64(e.Low) <= x && x <= float64(e.High) }

// above and below tell whether the whole interval lies on one side of a value.
func (e Estimate) above(x float64) bool { return float64(e.Low) > x }
func (e Estimate) below(x float64) bool { return float64(e.High) < x }

// Coefficient is one of a regression's.
type Coefficient struct {
	Estimate
	P Number `json:"p"` // two-sided, of the hypothesis that the text names
}

// coefficient takes an estimate over and tests it against a value.
func coefficient(e score.Estimate, against float64, n int) Coefficient {
	p := e.P
	if against != 0 {
		p = math.Erfc(math.Abs(e.Value-against) / e.SE / math.Sqrt2)
	}
	return Coefficient{estimated(e.Value, e.CI(level), n), Number(p)}
}

// breakEven is the share of bets at -110 that must win.
const breakEven = 110.0 / 210

// Record is won, lost and returned bets.
type Record struct {
	Won    int      `json:"won"`
	Lost   int      `json:"lost"`
	Pushed int      `json:"pushed"`
	Share  Estimate `json:"share"` // of the decided bets that were won
	P      Number   `json:"p"`     // of a coin
}

// tally counts bets by their margin: above zero they are won.
type tally struct{ won, lost, pushed int }

func (t *tally) add(margin float64) {
	switch {
	case margin > 0:
		t.won++
	case margin < 0:
		t.lost++
	default:
		t.pushed++
	}
}

func (t tally) record() Record {
	n := t.won + t.lost
	z := math.Abs(float64(t.won-t.lost)) / math.Sqrt(float64(max(1, n)))
	return Record{t.won, t.lost, t.pushed, share(t.won, n), Number(math.Erfc(z / math.Sqrt2))}
}

// reversed is the record of the other side.
func (r Record) reversed() Record {
	return tally{r.Lost, r.Won, r.Pushed}.record()
}

// average returns the mean of a value over rows in clusters, with an interval by
// drawing the clusters again.
func average[T any](clusters [][]T, o Options, value func(T) float64) Estimate {
	var all score.Mean
	means := make([]score.Mean, len(clusters))
	for i, c := range clusters {
		for _, row := range c {
			means[i].Add(value(row))
		}
		all.Merge(means[i])
	}
	ci := score.Bootstrap(means, o.Seed, o.Resamples, func(sample []score.Mean) float64 {
		var m score.Mean
		for _, s := range sample {
			m.Merge(s)
		}
		return m.Value()
	}).CI(level)
	return estimated(all.Value(), ci, all.N())
}
