package nfllines

import "github.com/betflow/betflow/internal/source/table"

// Status is how a game ended.
type Status string

// The states of a game.
const (
	Final     Status = "FINAL"
	Overtime  Status = "FINAL OT"
	Postponed Status = "POSTPONED"
	Canceled  Status = "CANCELED"
)

// Game is the two rows of a game together. Numbers that the file does not have
// are table.Missing.
type Game struct {
	ID        string
	Season    int // the year in which it began
	Week      int // playoffs go on counting behind the last regular week
	Away      string
	Home      string
	Status    Status
	AwayScore float64
	HomeScore float64
	Open      Lines
	Books     []Book // those with any line, by id
	Bets      Bets
}

// Played tells whether the game has a result.
func (g *Game) Played() bool {
	return (g.Status == Final || g.Status == Overtime) && table.Has(g.AwayScore, g.HomeScore)
}

// Playoff tells whether the game is behind the regular season, which had 17
// weeks to 2020 and 18 since.
func (g *Game) Playoff() bool {
	if g.Season < 2021 {
		return g.Week > 17
	}
	return g.Week > 18
}

// Book is a bookmaker's last line. The source names books by number only.
type Book struct {
	ID int
	Lines
}

// Lines is what is offered on a game: decimal prices, the spread as home's
// handicap, points.
type Lines struct {
	Moneyline    Sides
	Spread       float64
	SpreadPrices Sides
	Total        float64
	TotalPrices  Total
}

// Sides are the values of the two teams.
type Sides struct{ Away, Home float64 }

// Total are the values of the two sides of a total.
type Total struct{ Over, Under float64 }

// Bets are the splits of the bets over the sides of each market.
type Bets struct{ Moneyline, Spread, Total Split }

// Split is how the bets on a market divide. Of a total, the first side is over.
type Split struct {
	First  float64 // share of the bets on away, or on over
	Second float64 // share of the bets on home, or on under
	Bets   float64 // how many, in the source's unit of tens; 0 if it does not say
}
