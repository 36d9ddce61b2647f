// Package result reads the scores of past games, the input of ratings and goal
// models, from the many shapes of CSV files that they are kept in.
package result

import (
	"cmp"
	"slices"
	"time"
)

// Game is one game and its final score.
type Game struct {
	Date      time.Time // the day, UTC
	Season    string    // as the file names it; empty if it does not
	Home      string
	Away      string
	HomeScore int
	AwayScore int
	Neutral   bool // neither side was at home
}

// Margin returns by how much home won; it is negative if away did.
func (g Game) Margin() int { return g.HomeScore - g.AwayScore }

// ByDate sorts games by day. Those of one day keep their order.
func ByDate(games []Game) {
	slices.SortStableFunc(games, func(a, b Game) int { return cmp.Compare(a.Date.Unix(), b.Date.Unix()) })
}
