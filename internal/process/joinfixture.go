package process

import (
	"github.com/betflow/betflow/internal/feed"
)

// joinFixture is what a join knows of one fixture. Its exported fields are its
// form in a checkpoint.
type joinFixture struct {
	Touched feed.Time           `json:"touched"` // moment of the last record
	Start   feed.Time           `json:"start"`   // as published; 0 while nobody has told
	Began   feed.Time           `json:"began"`   // when the game began; 0 before
	Game    *gameSide           `json:"game"`
	Lines   map[string]lineSide `json:"lines"`  // by market: as they are now
	Before  map[string]lineSide `json:"before"` // by market: the last with a consensus before the game began
	Opening *opening            `json:"opening"`
	Weather *weatherSide        `json:"weather"` // the newest reading
	Earlier *weatherSide        `json:"earlier"` // and the one before

	prior *prior // what Before implies, once somebody has asked
}

// opening is the first main total with a consensus.
type opening struct {
	Line  float64   `json:"line"`
	Over  float64   `json:"over"`
	Event feed.Time `json:"event"`
}

// joinedMarkets are the markets that a running game is held beside, in the order
// of their rows.
var joinedMarkets = [...]string{feed.MarketH2H, feed.MarketSpreads, feed.MarketTotals}

// How long a fixture is kept: without a word of it behind its start, and behind
// the last word of one that is over.
const (
	joinTTL         = fixtureTTL
	joinFinishedTTL = 12 * feed.Hour
)

// expired tells whether a fixture has been forgotten by a moment. It is asked both
// by who sweeps and by who brings a record, so that when the sweep comes does not
// matter.
func (f *joinFixture) expired(at feed.Time) bool {
	if f.Game != nil {
		switch f.Game.State {
		case feed.GamePost, feed.GameCancelled, feed.GameAbandoned:
			return at-f.Touched > joinFinishedTTL
		}
	}
	return at-max(f.Touched, f.Start) > joinTTL
}

// fixture returns the fixture for a record at a moment, making room for one that
// is new.
func (l *leagueJoin) fixture(id string, at feed.Time) *joinFixture {
	f := l.fixtures[id]
	if f == nil || f.expired(at) {
		f = &joinFixture{Lines: map[string]lineSide{}, Before: map[string]lineSide{}}
		l.fixtures[id] = f
	}
	f.Touched = at
	l.changed[id] = true
	return f
}

// sweep removes, once an hour, what no record will find any more.
func (l *leagueJoin) sweep() {
	w := l.merger.watermark()
	if w == never || w-l.meta.Swept <= feed.Hour {
		return
	}
	l.meta.Swept = w
	for id, f := range l.fixtures {
		if f.expired(w) {
			delete(l.fixtures, id)
			l.changed[id] = true
		}
	}
}

// take notes where the game stands and tells whether score or clock have changed.
//
// It begins when a source that had it waiting has it in play; one that is met in
// play has begun at its published start. One that goes back to before its start
// has not begun.
func (f *joinFixture) take(g *gameSide, at feed.Time) (changed bool) {
	switch waited := f.waits(); {
	case g.State == feed.GamePre || g.State == feed.GamePostponed:
		f.Began, f.prior = 0, nil
	case g.State != feed.GameIn || f.Began != 0:
	case waited || f.Start == 0:
		f.Began = at
	default:
		f.Began = min(at, f.Start)
	}
	changed = f.Game == nil || !f.Game.same(g)
	f.Game = g
	return changed
}

// waits tells whether a source says that the game has not begun yet.
func (f *joinFixture) waits() bool {
	return f.Began == 0 && f.Game != nil && (f.Game.State == feed.GamePre || f.Game.State == feed.GameDelayed)
}

// running tells whether the game has begun and is not over.
func (f *joinFixture) running() bool {
	if f.Began == 0 {
		return false
	}
	switch f.Game.State {
	case feed.GameIn, feed.GameDelayed, feed.GameSuspended:
		return true
	}
	return false
}

// quote notes the main line of a market.
func (f *joinFixture) quote(s *lineSide, at feed.Time) {
	f.Lines[s.Market] = *s
	f.keepBefore(s, at)
	if over := s.fair(feed.OutcomeOver); f.Opening == nil && s.Market == feed.MarketTotals && s.usable() && over != nil {
		f.Opening = &opening{s.points(), *over, s.Confirmed}
	}
}

// confirm notes that the main line of a market still stands.
func (f *joinFixture) confirm(c *confirmSide, at feed.Time) {
	s, ok := f.Lines[c.Market]
	if !ok {
		return
	}
	s.Confirmed = max(s.Confirmed, c.Event)
	f.Lines[c.Market] = s
	f.keepBefore(&s, at)
}

// keepBefore keeps the last consensus before the game: up to its published start,
// and past it for as long as a source has it waiting.
func (f *joinFixture) keepBefore(s *lineSide, at feed.Time) {
	if f.Began == 0 && s.usable() && (f.waits() || f.Start != 0 && at <= f.Start) {
		f.Before[s.Market] = *s
	}
}

// measure notes a reading and tells whether it is newer than the last one.
func (f *joinFixture) measure(w *weatherSide) bool {
	if f.Weather != nil && w.Event <= f.Weather.Event {
		return false
	}
	f.Earlier, f.Weather = f.Weather, w
	return true
}
