package nfl

import (
	"math"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/study"
)

// Estimate is a value with its interval and the rows that it rests on.
type Estimate struct {
	study.Estimate
	N int `json:"n"`
}

func estimated(value float64, i score.Interval, n int) Estimate {
	return Estimate{study.Estimated(value, i), n}
}

// mean is the mean of independent rows, by Student's t.
func mean(m *score.Mean) Estimate { return estimated(m.Value(), m.CI(study.Level), m.N()) }

// share is won of n, by Wilson.
func share(won, n int) Estimate {
	return estimated(float64(won)/float64(n), score.Wilson(won, n, study.Level), n)
}

// Coefficient is one of a regression's.
type Coefficient struct {
	Estimate
	P study.Number `json:"p"` // two-sided, of the hypothesis that the text names
}

// coefficient takes an estimate over and tests it against a value.
func coefficient(e score.Estimate, against float64, n int) Coefficient {
	p := e.P
	if against != 0 {
		p = math.Erfc(math.Abs(e.Value-against) / e.SE / math.Sqrt2)
	}
	return Coefficient{estimated(e.Value, e.CI(study.Level), n), study.Number(p)}
}

// breakEven is the share of bets at -110 that must win.
const breakEven = 110.0 / 210

// Record is won, lost and returned bets.
type Record struct {
	Won    int          `json:"won"`
	Lost   int          `json:"lost"`
	Pushed int          `json:"pushed"`
	Share  Estimate     `json:"share"` // of the decided bets that were won
	P      study.Number `json:"p"`     // of a coin
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
	return Record{t.won, t.lost, t.pushed, share(t.won, n), study.Number(math.Erfc(z / math.Sqrt2))}
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
	}).CI(study.Level)
	return estimated(all.Value(), ci, all.N())
}
