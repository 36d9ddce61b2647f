package board

import "github.com/betflow/betflow/internal/feed"

// begin notes when a game began: when a source that had it waiting had it in play.
// One that is met in play has begun at its published start. One that goes back to
// before its start, as when it is put off, has not begun; a delay may come in its
// middle.
func (f *fixture) begin(g *feed.Game) {
	switch g.State {
	case feed.GameIn:
		switch {
		case f.began != 0:
		case f.waits():
			f.began = g.SeenTime
		default:
			f.began = min(g.SeenTime, f.record.StartTime)
		}
	case feed.GamePre, feed.GamePostponed:
		f.began = 0
	}
}

// waits tells whether a source says that the game has not begun yet.
func (f *fixture) waits() bool {
	return f.game != nil && f.began == 0 && (f.game.State == feed.GamePre || f.game.State == feed.GameDelayed)
}

// keepBefore keeps a state as the market's last before the game, if it may be
// one. The topics of prices and games are read side by side, so that after a
// restart prices of the game may come before the word that it has begun. What is
// seen past the published start while the game waits is therefore kept apart.
func (f *fixture) keepBefore(id marketID, m *feed.MarketState) {
	switch {
	case m.SeenTime <= f.end():
		f.before[id] = m
	case f.waits():
		f.waiting[id] = m
	}
}

// end returns the instant from which on prices are of the running game: when it
// began, or is to begin.
func (f *fixture) end() feed.Time {
	if f.began != 0 {
		return f.began
	}
	return f.record.StartTime
}

// closing returns the main lines as last seen before the game began; none before
// it has.
func (f *fixture) closing() []MarketView {
	if f.began == 0 {
		return nil
	}
	last := map[marketID]*feed.MarketState{}
	for _, states := range []map[marketID]*feed.MarketState{f.before, f.waiting} {
		for id, m := range states {
			if m.SeenTime <= f.began {
				last[id] = m
			}
		}
	}
	var views []MarketView
	for _, name := range []string{feed.MarketH2H, feed.MarketSpreads, feed.MarketTotals} {
		if m := mainLine(last, name); m != nil {
			views = append(views, viewOf(m))
		}
	}
	return views
}
