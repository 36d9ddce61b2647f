package exchange

import (
	"cmp"
	"slices"
)

// Level is an amount at a price.
type Level struct {
	Price Price
	Size  Money // 0 in a change removes the level
}

// Ladder is the amounts at all prices of one kind: traded, or on offer. Its zero
// value is empty.
type Ladder struct {
	levels []Level // by price; no size is zero
	total  Total
}

// Set makes the amount at a price what is given; zero removes the level.
func (l *Ladder) Set(level Level) {
	i, held := slices.BinarySearchFunc(l.levels, level.Price, func(have Level, p Price) int { return cmp.Compare(have.Price, p) })
	switch {
	case held:
		l.total.add(level.Price, level.Size-l.levels[i].Size)
		if level.Size == 0 {
			l.levels = slices.Delete(l.levels, i, i+1)
		} else {
			l.levels[i].Size = level.Size
		}
	case level.Size != 0:
		l.total.add(level.Price, level.Size)
		l.levels = slices.Insert(l.levels, i, level)
	}
}

// Levels returns the levels by price, the lowest first. They are the ladder's
// own and valid until its next change.
func (l *Ladder) Levels() []Level { return l.levels }

// Lowest returns the level with the lowest price; its zero value if there is
// none.
func (l *Ladder) Lowest() Level {
	if len(l.levels) == 0 {
		return Level{}
	}
	return l.levels[0]
}

// Highest returns the level with the highest price; its zero value if there is
// none.
func (l *Ladder) Highest() Level {
	if len(l.levels) == 0 {
		return Level{}
	}
	return l.levels[len(l.levels)-1]
}

// Total returns what the levels sum to.
func (l *Ladder) Total() Total { return l.total }

func (l *Ladder) clone() Ladder { return Ladder{levels: slices.Clone(l.levels), total: l.total} }

// Total is what a ladder sums to, exactly: its size, and its size times price.
// What was traded in an interval is the difference of the totals at its ends.
type Total struct {
	Volume   Money // sum of size
	turnover int64 // sum of price*size, in hundredths of hundredths
}

func (t *Total) add(p Price, size Money) {
	t.Volume += size
	t.turnover += int64(p) * int64(size)
}

// Since returns what was added since an earlier total of the same ladder. Its
// volume is negative if bets were voided in between.
func (t Total) Since(earlier Total) Total {
	return Total{Volume: t.Volume - earlier.Volume, turnover: t.turnover - earlier.turnover}
}

// VWAP is the volume-weighted average price, sum(price*size)/sum(size). ok is
// false if there is no volume to weight by.
func (t Total) VWAP() (price float64, ok bool) {
	if t.Volume <= 0 || t.turnover <= 0 {
		return 0, false
	}
	return float64(t.turnover) / (100 * float64(t.Volume)), true
}

// RankedLevel is an amount at a price, named by its place among the best: 0 is
// the best.
type RankedLevel struct {
	Rank int
	Level
}

// Ranks are the best few levels of one side, by rank.
type Ranks struct{ levels []RankedLevel }

// Set makes the level at a rank what is given; a size of zero removes it.
func (r *Ranks) Set(level RankedLevel) {
	i, held := slices.BinarySearchFunc(r.levels, level.Rank, func(have RankedLevel, rank int) int { return cmp.Compare(have.Rank, rank) })
	switch {
	case level.Size == 0 && held:
		r.levels = slices.Delete(r.levels, i, i+1)
	case level.Size == 0:
	case held:
		r.levels[i] = level
	default:
		r.levels = slices.Insert(r.levels, i, level)
	}
}

// Levels returns the levels by rank, the best first. They are valid until the
// next change.
func (r *Ranks) Levels() []RankedLevel { return r.levels }

// Best returns the level of the best rank held; its zero value if there is none.
func (r *Ranks) Best() Level {
	if len(r.levels) == 0 {
		return Level{}
	}
	return r.levels[0].Level
}

func (r *Ranks) clone() Ranks { return Ranks{slices.Clone(r.levels)} }
