package spreadspoke

import (
	"time"

	"github.com/betflow/betflow/internal/source/table"
)

// Roof is what is above a game.
type Roof string

// The roofs of games and stadiums. A game has no retractable roof: it is played
// indoors or under an opened one.
const (
	Outdoor     Roof = "outdoor"
	Indoor      Roof = "indoor"
	Opened      Roof = "opened"
	Retractable Roof = "retractable"
)

// Game is a row of the scores. Numbers that it does not have are table.Missing.
type Game struct {
	Day         time.Time // midnight UTC of the local day
	Season      int       // the year in which it began
	Week        string    // 1 to 18, Wildcard, Division, Conference or Superbowl
	Playoff     bool
	Neutral     bool
	Home        string // as the club was called then
	Away        string
	HomeScore   float64
	AwayScore   float64
	Spread      float64 // home's handicap, negative if home is the favourite
	Total       float64
	Stadium     string
	Roof        Roof
	Temperature float64 // degrees Fahrenheit
	Wind        float64 // miles per hour
	Detail      string  // rain, snow, fog; as written
}

// Played tells whether the game has a result.
func (g *Game) Played() bool { return table.Has(g.HomeScore, g.AwayScore) }

// Outdoors tells whether weather can reach the field.
func (g *Game) Outdoors() bool { return g.Roof != Indoor }

// Stadium is a row of the stadiums.
type Stadium struct {
	Name string
	Roof Roof
}
