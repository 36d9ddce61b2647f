package model

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/betflow/betflow/internal/odds"
)

// Normal is a normal distribution of a number of points: the home side's final
// margin, or the total of both sides (Stern 1991 for margins: the error of the
// spread has mean 0 and one standard deviation for all games of a sport).
//
// Points are whole numbers, so a whole number m stands for the interval from
// m-0.5 to m+0.5. What the distribution does not know: points that come in threes
// and sevens, low scores (in hockey, baseball and soccer margins are small and a
// tie is likelier than it says), and overtime, which it sees as half a win each.
type Normal struct {
	Mean  float64 // expected points; for a margin, minus the fair spread
	Sigma float64 // standard deviation, above 0
}

// Against returns the probabilities of more than x points, exactly x, and fewer.
// Exactly x is possible only for a whole number.
func (n Normal) Against(x float64) (above, equal, below float64) {
	half := 0.0
	if x == math.Trunc(x) {
		half = 0.5
	}
	above, below = phi((n.Mean-x-half)/n.Sigma), phi((x-half-n.Mean)/n.Sigma)
	return above, max(0, 1-above-below), below
}

// Win returns the probability that the home side wins, with a tie as half a win:
// Phi-mass above 0.5 and half of that between -0.5 and 0.5 (Winston, Mathletics).
func (n Normal) Win() float64 {
	win, tie, _ := n.Against(0)
	return win + tie/2
}

// Cover returns how a bet on the home side with a handicap is settled, n being
// its margin. Quarter lines are two half stakes.
func (n Normal) Cover(line float64) odds.Settlement { return n.bet(-line) }

// Over returns how a bet on more than line points is settled, n being the total.
func (n Normal) Over(line float64) odds.Settlement { return n.bet(line) }

// bet settles a bet on more than x points.
func (n Normal) bet(x float64) odds.Settlement {
	low, high := odds.SplitLine(x)
	if low == high {
		win, push, loss := n.Against(x)
		return odds.Settlement{Win: win, Push: push, Loss: loss}
	}
	// One of the two lines is whole. Exactly so many points push there, and win the
	// other half if the whole line is the higher one, lose it otherwise.
	aboveLow, equalLow, belowLow := n.Against(low)
	aboveHigh, equalHigh, belowHigh := n.Against(high)
	return odds.Settlement{
		Win: min(aboveLow, aboveHigh), HalfWin: equalHigh,
		HalfLoss: equalLow, Loss: min(belowLow, belowHigh),
	}
}

// InGame returns the probability that the home side, with the given lead and
// share of the game left (1 to 0), is ahead at its end: the margin moves as a
// Brownian motion with drift, so
//
//	P = Phi((lead + mean*left) / (sigma sqrt(left)))
//
// (Stern 1994). At the end it is 1, 0, or one half for a tie. Points are not
// rounded, so at the start it differs from Win by a fraction of the tie. It knows
// neither who has the ball nor that sides that are behind play differently.
func (n Normal) InGame(lead, left float64) float64 {
	if left <= 0 {
		switch {
		case lead > 0:
			return 1
		case lead < 0:
			return 0
		}
		return 0.5
	}
	return phi((lead + n.Mean*left) / (n.Sigma * math.Sqrt(left)))
}

// ErrNoMean is returned for a probability that leaves no room for a mean.
var ErrNoMean = errors.New("a probability of a side lies between 0 and 1, both excluded, and a standard deviation is above 0")

// Implied returns the distribution of margins that the market's spread means:
// with it a bet on the home side at the line is fair at 1/cover, pushes returned.
// For totals pass minus the line and the probability of over.
func Implied(line, cover, sigma float64) (Normal, error) {
	if !(cover > 0 && cover < 1 && sigma > 0) || math.IsInf(sigma, 0) || math.IsNaN(line) || math.IsInf(line, 0) {
		return Normal{}, ErrNoMean
	}
	// In units of the normal quantile the share of the stake that is won is almost
	// a straight line in the mean; on half lines it is one, and one step is exact.
	target := distuv.UnitNormal.Quantile(cover)
	n := Normal{Mean: sigma*target - line, Sigma: sigma}
	for range 50 {
		share := 1 / n.Cover(line).FairPrice()
		step := sigma * (target - distuv.UnitNormal.Quantile(share))
		if !(math.Abs(step) > 1e-13*(sigma+math.Abs(n.Mean))) { // so written, the ends of the scale stop it too
			break
		}
		n.Mean += step
	}
	if math.IsNaN(n.Mean) || math.IsInf(n.Mean, 0) {
		return Normal{}, ErrNoMean
	}
	return n, nil
}

// phi is the standard normal distribution function.
func phi(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
