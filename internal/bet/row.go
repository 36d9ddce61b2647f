package bet

import "github.com/betflow/betflow/internal/feed"

// Row is a graded bet as JSON. Money is in minor units, and a line is home's
// handicap or the total.
type Row struct {
	ID         string    `json:"id,omitempty"`
	Placed     feed.Time `json:"placed"`
	Fixture    string    `json:"fixture_id,omitempty"`
	League     string    `json:"league"`
	Home       string    `json:"home"`
	Away       string    `json:"away"`
	Start      feed.Time `json:"start"`
	Market     string    `json:"market"`
	Period     string    `json:"period"`
	Line       *float64  `json:"line"`
	Outcome    string    `json:"outcome"`
	Book       string    `json:"book"`
	Price      float64   `json:"price"`
	Stake      int64     `json:"stake"`
	Currency   string    `json:"currency"`
	Commission float64   `json:"commission"`
	Result     Result    `json:"result"` // empty while pending
	Profit     int64     `json:"profit"`
	Close      *Value    `json:"close"`
	Notes      []string  `json:"notes,omitempty"`
}

// Row flattens the bet.
func (g *Graded) Row() Row {
	return Row{
		g.ID, g.Placed, g.Fixture, g.League, g.Home, g.Away, g.Start, g.Market, g.Period, g.Line.Ptr(), g.Outcome, g.Book,
		g.Price, g.Stake, g.Currency, g.Commission, g.Result, g.Profit, g.Value, g.Notes,
	}
}
