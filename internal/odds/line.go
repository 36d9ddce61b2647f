package odds

import (
	"errors"
	"math"
)

// LineModel says what a point of a line is worth: it moves fair probabilities
// from one line to another. Results are whole numbers behind a normal variable
// with the sport's standard deviation: a result of n is the variable between two
// cuts. Between ordinary numbers the cuts lie a point apart, so that near an even
// line a point is worth phi(0)/sigma. Around key numbers, on which games land
// more or less often than the normal distribution has it, they lie further apart
// or closer together. (It is the ordered probit model of econometrics.)
//
// Everything is seen from one side: the mean is that of its result, such as its
// lead, and the line is the handicap that is added to it. The home side of a
// spread has the spread as line. Over has the total as result and minus the line
// as line.
//
// The standard deviation is that of a whole game before its start. While it runs
// less is open, and a point is worth more than the model says.
type LineModel struct {
	sigma float64
	cuts  []float64 // cuts[n] lies between results n and n+1; those below zero mirror them
}

// ErrLineModel is returned for numbers that make no LineModel.
var ErrLineModel = errors.New("a line model needs a finite sigma above 0 and key numbers from 0 to 1000 with chances above 0 and below 1")

// maxKeyNumber keeps a mistake in a file from asking for all memory.
const maxKeyNumber = 1000

// NewLineModel returns the model of a standard deviation in points. A key number
// has the chance with which a game lands exactly on it when it is the line and
// both sides of that line are equally likely.
func NewLineModel(sigma float64, keyNumbers map[int]float64) (LineModel, error) {
	last := -1
	for n, chance := range keyNumbers {
		if n < 0 || n > maxKeyNumber || !(chance > 0 && chance < 1) {
			return LineModel{}, ErrLineModel
		}
		last = max(last, n)
	}
	if !isAmount(sigma) {
		return LineModel{}, ErrLineModel
	}
	m := LineModel{sigma: sigma}
	at := 0.0
	for n := range last + 1 {
		width := 1.0
		if chance, key := keyNumbers[n]; key {
			width = 2 * sigma * quantile((1+chance)/2, (1-chance)/2)
		}
		if n == 0 {
			width /= 2 // the other half is below zero
		}
		at += width
		m.cuts = append(m.cuts, at)
	}
	return m, nil
}

// Settle returns what becomes of a bet on the line if the result has the mean.
func (m LineModel) Settle(mean, line float64) Settlement {
	return m.threshold(line).settle(mean, m.sigma)
}

// Chance returns the probability that a bet on the line wins, as far as it is
// not returned, if the result has the mean: see Settlement.Chance.
func (m LineModel) Chance(mean, line float64) float64 { return m.Settle(mean, line).Chance() }

// Mean inverts Chance: it returns the mean of the result with which a bet on the
// line has the chance, which lies strictly between 0 and 1.
func (m LineModel) Mean(chance, line float64) float64 {
	t := m.threshold(line)
	z := m.sigma * quantile(chance, 1-chance)
	if t.below == t.above {
		return t.above + z
	}
	// The chance lies between that to win and that not to lose.
	middle := (t.below+t.above)/2 + z
	target := LogOdds(chance)
	f := func(mean float64) (y, slope float64) {
		s := t.settle(mean, m.sigma)
		won, lost := t.densities(mean, m.sigma)
		return target - math.Log(s.won()/s.lost()), -(won/s.won() + lost/s.lost())
	}
	y, slope := f(middle)
	mean, err := root(t.below+z, t.above+z, point{middle, y, slope}, 4*epsilon, newton, f)
	if err != nil {
		return math.NaN()
	}
	return mean
}

// Move returns the fair probability at one line of a side that has another at
// the line from. Both are as far as a stake is not returned, as prices without
// margin imply. Moving there and back changes nothing.
func (m LineModel) Move(p, from, to float64) float64 {
	if from == to {
		return p
	}
	return m.Chance(m.Mean(p, from), to)
}

// cut returns where the boundary between the results x-1/2 and x+1/2 lies.
func (m LineModel) cut(x float64) float64 {
	n := len(m.cuts)
	switch size := math.Abs(x); {
	case n == 0:
		return x
	case size < float64(n):
		return math.Copysign(m.cuts[int(size)], x)
	default:
		return math.Copysign(m.cuts[n-1]+size-(float64(n)-0.5), x)
	}
}

// threshold is a line on the scale of the normal variable: above it the bet is
// won, below it is lost, and what happens between depends on the kind of line.
type threshold struct {
	below, above float64
	kind         lineKind
}

type lineKind int

const (
	halfLine     lineKind = iota // nothing lies between
	wholeLine                    // the stake is returned
	quarterAbove                 // a quarter better than a whole line: half the stake wins
	quarterBelow                 // a quarter worse: half the stake loses
)

func (m LineModel) threshold(line float64) threshold {
	low, high := SplitLine(line)
	t := threshold{}
	whole := -low
	switch {
	case low == math.Trunc(low) && low == high:
		t.kind = wholeLine
	case low == math.Trunc(low):
		t.kind = quarterAbove
	case high == math.Trunc(high):
		t.kind, whole = quarterBelow, -high
	default:
		t.above = m.cut(math.Floor(-line) + 0.5)
		t.below = t.above
		return t
	}
	t.below, t.above = m.cut(whole-0.5), m.cut(whole+0.5)
	return t
}

func (t threshold) settle(mean, sigma float64) Settlement {
	s := Settlement{Win: cumulative((mean - t.above) / sigma), Loss: cumulative((t.below - mean) / sigma)}
	between := max(0, cumulative((mean-t.below)/sigma)-s.Win)
	switch t.kind {
	case wholeLine:
		s.Push = between
	case quarterAbove:
		s.HalfWin = between
	case quarterBelow:
		s.HalfLoss = between
	}
	return s
}

// densities returns how fast what is won grows with the mean, and how fast what
// is lost falls.
func (t threshold) densities(mean, sigma float64) (won, lost float64) {
	above, below := density((mean-t.above)/sigma)/sigma, density((mean-t.below)/sigma)/sigma
	won, lost = above, below
	switch t.kind {
	case quarterAbove:
		won = (above + below) / 2
	case quarterBelow:
		lost = (above + below) / 2
	}
	return won, lost
}
