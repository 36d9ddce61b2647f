package inplay

import (
	"errors"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

// Beyond these ages a running game, and the prices of one, are not what they
// were. Scores stand still in the breaks.
const (
	MaxAge   = 5 * time.Minute
	maxBreak = 30 * time.Minute
)

// ErrOld is returned for a score that was last seen too long ago.
var ErrOld = errors.New("the score is old")

// Game is what a source tells of a game.
type Game struct {
	State      feed.GameState
	Status     string // the provider's own word
	Home, Away *int32 // points; nil where no source tells
	Age        time.Duration
	Clock      Clock
}

// Score returns the state of a game that runs, or an error that says why there is
// nothing to say about it.
func (g Game) Score(p league.Periods) (Score, error) {
	limit := MaxAge
	if g.Status == "STATUS_HALFTIME" || g.Status == "STATUS_END_PERIOD" {
		limit = maxBreak
	}
	switch {
	case g.State == feed.GamePre || g.State == feed.GameDelayed:
		return Score{}, errors.New("the game has not begun")
	case g.State != feed.GameIn:
		return Score{}, fmt.Errorf("the game is %s", g.State)
	case g.Home == nil || g.Away == nil:
		return Score{}, errors.New("no source tells the score")
	case g.Age > limit:
		return Score{}, ErrOld
	}
	left, err := Left(p, g.Clock)
	if err != nil {
		return Score{}, err
	}
	return Score{Home: int(*g.Home), Away: int(*g.Away), Left: left}, nil
}

// Score is a running game: the points of both sides and the share of the regular
// game that is left, from 1 to 0.
type Score struct {
	Home, Away int
	Left       float64
}

func (s Score) lead() float64  { return float64(s.Home - s.Away) }
func (s Score) total() float64 { return float64(s.Home + s.Away) }
