package backtest

import (
	"slices"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/movement"
)

// end freezes the closing prices as the game is under way: those of the moment
// before that word if by movement.Start it began then, else those at the announced
// start.
func (w *world) end(f *fixture, state feed.GameState) {
	switch state {
	case feed.GameIn, feed.GameSuspended:
		games := []feed.Game{{State: feed.GameIn, SeenTime: w.now}}
		if f.game != nil {
			games = []feed.Game{*f.game, games[0]}
		}
		start, _ := movement.Start(f.start, games)
		if f.close, f.closed = f.scheduled, true; start == w.now || !f.kickedOff {
			f.close = f.prices(w.now, w.ways(f))
		}
	case feed.GamePost, feed.GameAbandoned:
		f.close, f.closed = f.scheduled, true
	}
}

// kickOff freezes the prices at the announced start, as soon as time is past it.
// It comes before the record at hand is taken in.
func (w *world) kickOff(f *fixture) {
	if !f.kickedOff && !f.start.IsZero() && w.now >= f.start {
		f.scheduled, f.kickedOff = f.prices(f.start, w.ways(f)), true
	}
}

// closing returns a fixture's closing prices as far as the tape has come: nil
// before it has started.
func (w *world) closing(f *fixture) []bet.Quote {
	w.kickOff(f)
	if f.closed {
		return f.close
	}
	return f.scheduled
}

// ways tells what a tie means in the fixture's h2h market.
func (w *world) ways(f *fixture) int {
	for _, m := range f.markets {
		if m.name == feed.MarketH2H && slices.Contains(m.outcomes, feed.OutcomeDraw) {
			return bet.ThreeWay
		}
	}
	return bet.TwoWay
}

// prices lists the open prices at a moment.
func (f *fixture) prices(at feed.Time, ways int) []bet.Quote {
	var out []bet.Quote
	for _, m := range f.markets {
		for _, b := range m.books {
			for i, p := range b.prices {
				if p.open {
					out = append(out, bet.Quote{Selection: m.selection(i, ways), Book: b.name, Price: p.value, Age: max(0, at.Sub(p.event))})
				}
			}
		}
	}
	return out
}
