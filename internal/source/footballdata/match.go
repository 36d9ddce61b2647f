package footballdata

import "time"

// Phase tells when prices were collected.
type Phase int

// The phases.
const (
	PreMatch Phase = iota // the publisher's collection time, not the opening
	Closing               // the last prices before the start
)

// String names the phase.
func (p Phase) String() string {
	if p == Closing {
		return "closing"
	}
	return "pre_match"
}

// Names of what quotes. The first is a book, the others sum up books that the
// files do not name, each price at a time of its own.
const (
	Pinnacle        = "pinnacle"
	MarketAverage   = "market_average"
	MarketMaximum   = "market_maximum"
	BetbrainAverage = "betbrain_average" // of an older collector, in files up to 2019
	BetbrainMaximum = "betbrain_maximum"
)

// IsBook tells whether a name is one book's and not a summary of many.
func IsBook(name string) bool {
	switch name {
	case MarketAverage, MarketMaximum, BetbrainAverage, BetbrainMaximum:
		return false
	}
	return true
}

// Outcomes of a match, as indices.
const (
	Home = iota
	Draw
	Away
)

// Quote is what one book asks in one phase. A price is decimal and passes
// odds.CheckPrice; 0 is a missing one.
type Quote struct {
	Book  string
	Phase Phase
	H2H   [3]float64 // home, draw, away
	Total [2]float64 // over and under 2.5 goals
}

// HasH2H tells whether all three prices are there.
func (q *Quote) HasH2H() bool { return q.H2H[Home] > 0 && q.H2H[Draw] > 0 && q.H2H[Away] > 0 }

// HasTotal tells whether both prices are there.
func (q *Quote) HasTotal() bool { return q.Total[0] > 0 && q.Total[1] > 0 }

// Match is one row: a match, its result and its prices.
type Match struct {
	League               string // country and division, or the publisher's code, such as E0
	Season               int    // the year in which it ends
	Day                  time.Time
	Home, Away           string
	Played               bool // the goals are there
	HomeGoals, AwayGoals int
	Quotes               []Quote // each with at least one price
}

// Result returns the index of the outcome of a match that was played.
func (m *Match) Result() int {
	switch {
	case m.HomeGoals > m.AwayGoals:
		return Home
	case m.HomeGoals < m.AwayGoals:
		return Away
	}
	return Draw
}

// Quote returns what a book asks in a phase, nil if it asks nothing.
func (m *Match) Quote(book string, phase Phase) *Quote {
	for i := range m.Quotes {
		if q := &m.Quotes[i]; q.Phase == phase && q.Book == book {
			return q
		}
	}
	return nil
}

// H2H returns a book's three prices in a phase, if it has all of them.
func (m *Match) H2H(book string, phase Phase) (prices [3]float64, ok bool) {
	if q := m.Quote(book, phase); q != nil && q.HasH2H() {
		return q.H2H, true
	}
	return prices, false
}
