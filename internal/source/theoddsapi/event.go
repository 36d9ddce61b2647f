package theoddsapi

import "github.com/betflow/betflow/internal/feed"

// Event is one game with the prices of its bookmakers.
type Event struct {
	ID           string // may change when the game is rescheduled
	SportKey     string // such as icehockey_nhl
	SportTitle   string
	CommenceTime feed.Time
	HomeTeam     string // empty for outrights
	AwayTeam     string
	Bookmakers   []Bookmaker // nil in answers without prices
	// Partial tells that something inside was a defect: what is missing here
	// may be on offer nevertheless and must not be taken for withdrawn.
	Partial bool
}

// Bookmaker is one book's markets for an event.
type Bookmaker struct {
	Key        string // such as draftkings
	Title      string
	LastUpdate feed.Time // zero when null
	Markets    []Market
}

// Market is a book's prices for one question.
type Market struct {
	Key        string    // h2h, spreads, totals, outrights, ...
	LastUpdate feed.Time // zero when null; may differ from the bookmaker's
	Outcomes   []Outcome
}

// Outcome is one price.
type Outcome struct {
	Name        string   // a team's name, Draw, Over, Under or a player's
	Description string   // whom a prop is about
	Price       float64  // in the format that was asked for
	PriceText   string   // the price as the provider wrote it
	Point       *float64 // this outcome's own handicap, or the total
	BetLimit    *float64 // the largest stake, in the book's currency
}

// Score is a team's points so far.
type Score struct {
	Name   string
	Text   string // as written
	Points *int32 // nil if the text is no whole number
}

// ScoredEvent is one game with its score.
type ScoredEvent struct {
	Event                // without bookmakers
	Completed  bool      // the game is over
	Scores     []Score   // nil before the start
	LastUpdate feed.Time // zero when null
}

// Sport is one competition on offer.
type Sport struct {
	Key          string
	Group        string // such as American Football
	Title        string
	Description  string
	Active       bool // in season
	HasOutrights bool
}

// Snapshot is an answer of the historical endpoint: the odds as they stood at
// Timestamp, the nearest at or before the instant asked for.
type Snapshot struct {
	Timestamp feed.Time
	Previous  feed.Time // zero when there is none
	Next      feed.Time
	Events    []Event
}
