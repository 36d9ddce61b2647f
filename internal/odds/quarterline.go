package odds

import "math"

// SplitLine returns the two lines on which half the stake each stands: the
// neighbouring whole and half line of an Asian quarter line, and twice the same
// of any other.
func SplitLine(line float64) (low, high float64) {
	if quarters := line * 4; quarters == math.Trunc(quarters) && math.Mod(quarters, 2) != 0 {
		return line - 0.25, line + 0.25
	}
	return line, line
}

// Settle returns the profit of one unit staked at price on a side that finished
// ahead by margin and was given line: positive margin+line wins, zero is
// returned, and each half of a quarter line is settled alone. The home side of a
// spread has its lead as margin and the spread as line; over has the total as
// margin and minus the line as line; under has both with the other sign.
func Settle(margin, line, price float64) float64 {
	low, high := SplitLine(line)
	return (settleHalf(margin+low, price) + settleHalf(margin+high, price)) / 2
}

func settleHalf(ahead, price float64) float64 {
	switch {
	case ahead > 0:
		return price - 1
	case ahead < 0:
		return -1
	}
	return 0
}

// Settlement is the distribution of a bet's result; the five probabilities sum
// to 1. Whole lines have no halves, half lines no push, quarter lines one half
// and no push.
type Settlement struct {
	Win, HalfWin, Push, HalfLoss, Loss float64
}

// EV returns the expected profit of one unit staked at price,
// w(o-1) + hw(o-1)/2 - hl/2 - l.
func (s Settlement) EV(price float64) float64 {
	return s.won()*(price-1) - s.lost()
}

// FairPrice returns the price at which EV is zero. It is +Inf if nothing can be
// won, and 1 if nothing can be lost.
func (s Settlement) FairPrice() float64 {
	if s.won() == 0 {
		return math.Inf(1)
	}
	return 1 + s.lost()/s.won()
}

// Chance returns the probability that money staked and not returned wins:
// won/(won+lost), which is what the side's price without margin implies. The
// other side's is 1 minus it. Without halves and push it is Win; with a push it
// is NoPush.
func (s Settlement) Chance() float64 { return NoPush(s.won(), s.lost()) }

func (s Settlement) won() float64  { return s.Win + s.HalfWin/2 }
func (s Settlement) lost() float64 { return s.Loss + s.HalfLoss/2 }
