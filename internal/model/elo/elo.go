// Package elo rates teams by their results (Elo 1978, in the form that
// FiveThirtyEight used for the NFL).
//
// A rating is one number a team. It assumes that teams change slowly, that the
// same lead in rating means the same everywhere, and, with a draw as half a win,
// that draws do not depend on who plays. It knows no injuries, no line-ups and no
// prices; the market does.
package elo

import (
	"errors"
	"fmt"
	"math"
)

// Config is how ratings move.
type Config struct {
	K             float64 // points that a surprise of one win moves, such as 20
	HomeAdvantage float64 // rating points that playing at home is worth
	Margin        bool    // a big win moves more (FiveThirtyEight's multiplier)
	Revert        float64 // share of the way back to Start that a team goes between seasons, 0 to 1
	Start         float64 // rating of a team that is new, such as 1500
}

// Default is FiveThirtyEight's configuration for the NFL.
func Default() Config {
	return Config{K: 20, HomeAdvantage: 65, Margin: true, Revert: 1.0 / 3, Start: 1500}
}

// ErrConfig is returned for a configuration that moves no ratings.
var ErrConfig = errors.New("K is above 0 and at most 400, home advantage within 1000 points, revert between 0 and 1, start within 10000")

// Check returns ErrConfig for a configuration that makes no sense.
func (c Config) Check() error {
	if !(c.K > 0 && c.K <= 400 && math.Abs(c.HomeAdvantage) <= 1000 && c.Revert >= 0 && c.Revert <= 1 && math.Abs(c.Start) <= 10_000) {
		return fmt.Errorf("K %v, home advantage %v, revert %v, start %v: %w", c.K, c.HomeAdvantage, c.Revert, c.Start, ErrConfig)
	}
	return nil
}

// Expected returns what a side that is better by so many rating points gets on
// average, a win being 1 and a draw one half: 1/(1+10^(-difference/400)).
func Expected(difference float64) float64 { return 1 / (1 + math.Pow(10, -difference/400)) }

// Multiplier returns how much more than an even game a margin moves the ratings,
//
//	ln(|margin|+1) * 2.2 / (0.001 d + 2.2)
//
// where d is by how many points the winner was rated better, home advantage
// included: a favourite is expected to win big. A draw counts as
// FiveThirtyEight's program has it, as a margin of one and without the quotient's
// lower half, 2.2 ln 2. No winner counts as more than 2000 points worse.
func Multiplier(margin int, winnerAhead float64) float64 {
	if margin == 0 {
		return 2.2 * math.Ln2
	}
	return math.Log(math.Abs(float64(margin))+1) * 2.2 / (0.001*max(-2000, winnerAhead) + 2.2)
}

// Shift returns by how much a result moves home's rating, and away's the other
// way. difference is by how many points home was better, home advantage included;
// margin is home's score less away's.
func (c Config) Shift(difference float64, margin int) float64 {
	shift := c.K * (Outcome(margin) - Expected(difference))
	if c.Margin {
		ahead := difference
		if margin < 0 {
			ahead = -ahead
		}
		shift *= Multiplier(margin, ahead)
	}
	return shift
}

// Outcome returns what home got: 1 for a win, one half for a draw, 0.
func Outcome(margin int) float64 {
	switch {
	case margin > 0:
		return 1
	case margin < 0:
		return 0
	}
	return 0.5
}
