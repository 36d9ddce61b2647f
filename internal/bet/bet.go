package bet

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// Event names a game: by a fixture id of ours, or by its teams and when it
// starts.
type Event struct {
	Fixture    string
	League     string
	Home, Away string
	Start      feed.Time // 0 if not known
	DayOnly    bool      // Start is the noon of the day that is known
}

// Ways of an h2h market. They decide what a tie means.
const (
	TwoWay   = 2 // a tie returns the stakes
	ThreeWay = 3 // the draw is an outcome of its own
)

// Selection is what a bet is on.
type Selection struct {
	Market  string // feed.MarketH2H, ...; any other can only be graded by hand
	Period  string // feed.PeriodFull, h1, q3, p2, ...
	Line    feed.Line
	Outcome string // feed.OutcomeHome, ...; of team totals "home over" or a team's name and over
	Ways    int    // of h2h: TwoWay, ThreeWay, or 0 if not known
}

// Bet is one bet that was placed.
type Bet struct {
	ID     string // the owner's, may be empty
	Placed feed.Time
	Event
	Selection
	Book       string
	Price      float64     // decimal
	Text       string      // the price as it was written
	Format     odds.Format // of Text
	Stake      int64       // minor units, above 0
	Currency   string      // ISO 4217
	Commission float64     // share of net winnings that the book keeps
	Result     Result      // as its owner has it; empty if not told
}

// OwnLine is the line of the side that was bet on, as a slip states it: the
// handicap of the outcome's own team, or the total.
func (s *Selection) OwnLine() feed.Line {
	if s.Market == feed.MarketSpreads && s.Outcome == feed.OutcomeAway && s.Line.Set {
		return feed.Line{Points: -s.Line.Points + 0, Set: true}
	}
	return s.Line
}

// Profit is what the bet has brought in minor units under a result, commission
// taken off: the one rounding is to the nearest unit.
func (b *Bet) Profit(r Result) int64 {
	return round(float64(b.Stake) * r.Unit(odds.NetPrice(b.Price, b.Commission)))
}
