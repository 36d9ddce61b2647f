package models

import (
	"errors"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
)

// current returns the main line of a market as it is now, nil without one.
func (f *fixture) current(name string) *board.MarketView { return find(f.Fixture.Markets, name) }

// closed returns the main line of a market as last seen before the game.
func (f *fixture) closed(name string) *board.MarketView { return find(f.Closing, name) }

// find returns the first market of a name over the whole game.
func find(markets []board.MarketView, name string) *board.MarketView {
	for i := range markets {
		if markets[i].Market == name && markets[i].Period == feed.PeriodFull {
			return &markets[i]
		}
	}
	return nil
}

func outcomeOf(m *board.MarketView, outcome string) *board.OutcomeView {
	for i := range m.Outcomes {
		if m.Outcomes[i].Outcome == outcome {
			return &m.Outcomes[i]
		}
	}
	return nil
}

// age is that of the oldest of a market's best prices.
func (f *fixture) age(m *board.MarketView) time.Duration { return f.now.Sub(seen(m)) }

// seen is when the oldest of a market's best prices was last confirmed.
func seen(m *board.MarketView) feed.Time {
	oldest := feed.Time(0)
	for i := range m.Outcomes {
		if at := m.Outcomes[i].BestSeenTime; at != 0 && (oldest == 0 || at < oldest) {
			oldest = at
		}
	}
	if oldest == 0 {
		return m.SeenTime
	}
	return oldest
}

// usable returns an error that says why the market cannot be an input before the
// game.
func (f *fixture) usable(m *board.MarketView, name string) error {
	switch {
	case m == nil || m.Books == 0:
		return fmt.Errorf("no book has an open price on every outcome of %s", name)
	case f.age(m) > maxAgeBefore:
		return fmt.Errorf("the prices of %s are old: last seen %s ago", name, span(f.age(m)))
	}
	return complete(m, name)
}

// usableClosing is usable for a market as it closed.
func (f *fixture) usableClosing(m *board.MarketView, name string) error {
	switch {
	case m == nil || m.Books == 0:
		return fmt.Errorf("no price of %s from before the game is known", name)
	case f.Fixture.StartTime.Sub(m.SeenTime) > maxClosing:
		return fmt.Errorf("the last prices of %s before the game are from %s before its start", name, span(f.Fixture.StartTime.Sub(m.SeenTime)))
	}
	return complete(m, name)
}

func complete(m *board.MarketView, name string) error {
	if len(m.Outcomes) < 2 {
		return errors.New("the market " + name + " has fewer than two outcomes")
	}
	for i := range m.Outcomes {
		if m.Outcomes[i].Fair == nil {
			return errors.New("there is no consensus on " + name)
		}
	}
	return nil
}

// take adds the fair probability of an outcome to a model's inputs and returns
// it. The market is usable and has the outcome, or there is an error.
func (m *Model) take(f *fixture, market *board.MarketView, outcome string) (float64, error) {
	o := outcomeOf(market, outcome)
	if o == nil {
		return 0, fmt.Errorf("the market %s has no outcome %s", market.Market, outcome)
	}
	age := f.age(market).Seconds()
	m.Inputs = append(m.Inputs, Input{outcome, *o.Fair, market.Market, market.Line, market.Books, seen(market), &age})
	return *o.Fair, nil
}

// parameter adds a number that the model derives.
func (m *Model) parameter(name string, value float64) {
	m.Parameters = append(m.Parameters, Parameter{name, value})
}

// constant adds a number of the league's file to the inputs.
func (m *Model) constant(name string, value float64) {
	m.Inputs = append(m.Inputs, Input{Name: name, Value: value})
}

// game adds a number of the running game to the inputs.
func (m *Model) game(f *fixture, name string, value float64) {
	age := f.now.Sub(f.Fixture.GameSeen).Seconds()
	m.Inputs = append(m.Inputs, Input{Name: name, Value: value, Seen: f.Fixture.GameSeen, Seconds: &age})
}
