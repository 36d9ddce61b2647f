package inplay

import (
	"math"

	"github.com/betflow/betflow/internal/model"
	"github.com/betflow/betflow/internal/odds"
)

// Brownian is a game in which nobody draws: from the score at hand, margin and
// total move as Brownian motions with the drift and the standard deviation that
// the market gave the whole game (Stern 1994, who has it of the margin).
type Brownian struct {
	Margin, Total *model.Normal // of the whole game; nil where the market did not say
}

// Win returns the probability that home is ahead at the end, a tie being half a
// win: see model.Normal.InGame. It needs Margin.
func (b Brownian) Win(s Score) float64 { return b.Margin.InGame(s.lead(), s.Left) }

// Cover returns how a bet on home with a handicap is settled. It needs Margin.
func (b Brownian) Cover(s Score, line float64) odds.Settlement {
	return rest(*b.Margin, s.lead(), s.Left).Cover(line)
}

// Over returns how a bet on more points of both sides is settled. It needs Total.
func (b Brownian) Over(s Score, line float64) odds.Settlement {
	return rest(*b.Total, s.total(), s.Left).Over(line)
}

// rest is the distribution at the end of what stands at x now.
func rest(n model.Normal, x, left float64) model.Normal {
	left = max(0, left)
	return model.Normal{Mean: x + n.Mean*left, Sigma: n.Sigma * math.Sqrt(left)}
}
