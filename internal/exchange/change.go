package exchange

import "github.com/betflow/betflow/internal/feed"

// Message is one publication of the exchange: changes of one or more markets.
type Message struct {
	Op        string    // mcm for changes of markets; others carry none
	Published feed.Time // by the exchange's clock
	Type      string    // SUB_IMAGE, RESUB_DELTA, HEARTBEAT or empty
	Status    int       // 0, or 503 when the exchange's own data is delayed
	Markets   []MarketChange
}

// Delayed tells whether the exchange says that its data is late.
func (m *Message) Delayed() bool { return m.Status == 503 }

// MarketChange is what changed in one market.
type MarketChange struct {
	ID         string
	Image      bool        // replaces all that was known of the market
	Conflated  bool        // several changes were merged into this one
	Volume     *Money      // traded on all runners; nil when unchanged
	Definition *Definition // nil when unchanged
	Runners    []RunnerChange
}

// RunnerID names a runner of a market. On Asian lines one selection has a runner
// for each handicap.
type RunnerID struct {
	Selection int64
	Handicap  float64
}

// Side names one of a runner's ladders.
type Side int

// The ladders, by price.
const (
	Traded    Side = iota // what was matched at each price, since the market opened
	ToBack                // offers to who wants to back
	ToLay                 // offers to who wants to lay
	StartBack             // what wants to be backed at the starting price, at most at this limit
	StartLay              // what wants to be laid at the starting price
	sides
)

// View names one of a runner's ranked lists.
type View int

// The lists, by rank. The displayed ones hold virtual bets too: offers that
// follow from those on other runners.
const (
	BestToBack View = iota
	BestToLay
	DisplayToBack
	DisplayToLay
	views
)

// RunnerChange is what changed for one runner.
type RunnerChange struct {
	ID        RunnerID
	LastPrice Price    // last traded; 0 when unchanged
	Volume    *Money   // traded; nil when unchanged
	Near, Far *float64 // projected starting prices; nil when unchanged or none
	Ladders   [sides][]Level
	Ranks     [views][]RankedLevel
}

// Definition is what a market is, as the exchange published it last.
type Definition struct {
	Status     string    // OPEN, SUSPENDED, CLOSED, INACTIVE
	InPlay     bool      // the event has begun and bets are taken
	MarketType string    // such as MATCH_ODDS or WIN
	EventID    string    // the exchange's
	EventName  string    // empty in some files
	MarketTime feed.Time // scheduled start
	Settled    feed.Time // zero until then
	Winners    int       // how many runners win
	BaseRate   float64   // commission in percent
	Version    int64
	Runners    []RunnerDefinition
}

// RunnerDefinition is what a runner is.
type RunnerDefinition struct {
	ID     RunnerID
	Name   string  // empty in some files
	Status string  // ACTIVE, WINNER, LOSER, PLACED, REMOVED, ...
	Start  float64 // the reconciled starting price; 0 if there is none
}
