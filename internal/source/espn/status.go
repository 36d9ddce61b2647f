package espn

import "github.com/betflow/betflow/internal/feed"

// states maps ESPN's names of statuses to BetFlow's. It is the only such table.
var states = map[string]feed.GameState{
	"STATUS_SCHEDULED":         feed.GamePre,
	"STATUS_PRE_FIGHT":         feed.GamePre,
	"STATUS_TBD":               feed.GamePre,
	"STATUS_IN_PROGRESS":       feed.GameIn,
	"STATUS_HALFTIME":          feed.GameIn,
	"STATUS_END_PERIOD":        feed.GameIn,
	"STATUS_END_OF_REGULATION": feed.GameIn,
	"STATUS_END_OF_EXTRATIME":  feed.GameIn,
	"STATUS_FIRST_HALF":        feed.GameIn,
	"STATUS_SECOND_HALF":       feed.GameIn,
	"STATUS_OVERTIME":          feed.GameIn,
	"STATUS_EXTRA_TIME":        feed.GameIn,
	"STATUS_HALFTIME_ET":       feed.GameIn,
	"STATUS_SHOOTOUT":          feed.GameIn,
	"STATUS_FINAL":             feed.GamePost,
	"STATUS_FULL_TIME":         feed.GamePost,
	"STATUS_FINAL_AET":         feed.GamePost,
	"STATUS_FINAL_PEN":         feed.GamePost,
	"STATUS_FORFEIT":           feed.GamePost,
	"STATUS_POSTPONED":         feed.GamePostponed,
	"STATUS_CANCELED":          feed.GameCancelled,
	"STATUS_CANCELLED":         feed.GameCancelled,
	"STATUS_SUSPENDED":         feed.GameSuspended,
	"STATUS_DELAYED":           feed.GameDelayed,
	"STATUS_RAIN_DELAY":        feed.GameDelayed,
	"STATUS_ABANDONED":         feed.GameAbandoned,
}

// phases maps the three states that stand beside every name.
var phases = map[string]feed.GameState{
	"pre":  feed.GamePre,
	"in":   feed.GameIn,
	"post": feed.GamePost,
}

// stateOf decides by the name, and where that is new to us by the phase. It is
// empty if neither is known.
func stateOf(name, phase string) feed.GameState {
	if s, ok := states[name]; ok {
		return s
	}
	return phases[phase]
}
