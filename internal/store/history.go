package store

import (
	"errors"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/movement"
	"github.com/betflow/betflow/internal/odds"
)

// ErrNoFixture is returned for a fixture that the store does not know.
var ErrNoFixture = errors.New("there is no such fixture")

// History is all that was quoted on a fixture, and what says when it began.
type History struct {
	FixtureID string
	League    string
	Scheduled feed.Time    // start
	Newest    feed.Time    // when the newest quote of any fixture was seen: the store's present
	Games     []feed.Game  // their state and times alone, in the order of their numbers
	Quotes    []feed.Quote // in the order of their numbers
}

// Discovery is how the markets of a fixture found their prices.
type Discovery struct {
	FixtureID string               `json:"fixture_id"`
	League    string               `json:"league"`
	Scheduled feed.Time            `json:"scheduled"`
	Start     feed.Time            `json:"start"`    // actual; see movement.Start
	Observed  bool                 `json:"observed"` // the game was seen to begin
	Until     feed.Time            `json:"until"`    // the start, or the store's present if that is earlier: what everything is measured up to
	Method    odds.Method          `json:"method"`   // of the fair probabilities
	Markets   []movement.Discovery `json:"markets"`  // in order of market and period
}

// Discover measures the markets of the fixture, or the named one alone.
func (h *History) Discover(market string, r movement.Rules) Discovery {
	d := Discovery{FixtureID: h.FixtureID, League: h.League, Scheduled: h.Scheduled, Method: r.Method, Markets: []movement.Discovery{}}
	d.Start, d.Observed = movement.Start(h.Scheduled, h.Games)
	d.Until = d.Start
	if h.Newest != 0 {
		d.Until = min(d.Start, h.Newest)
	}
	for _, m := range movement.Assemble(h.Quotes) {
		if market == "" || m.Market == market {
			d.Markets = append(d.Markets, m.Discover(d.Until, r))
		}
	}
	return d
}
