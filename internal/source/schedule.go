package source

import (
	"errors"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// stale is how long after its start a game that no source calls running or over
// is still waited for.
const stale = 12 * time.Hour

// Game is what a schedule needs to know of a game.
type Game struct {
	Start feed.Time
	State feed.GameState
}

// Step is a cadence that holds while the nearest start is at most Within away.
type Step struct {
	Within time.Duration
	Every  time.Duration
}

// Schedule is how often a league is worth asking about. Spans must be positive.
type Schedule struct {
	InPlay time.Duration // while a game runs, or should have started
	Steps  []Step        // before a start, from the nearest to the farthest
	Idle   time.Duration // when no start is within any step: off season
}

// check refuses a schedule that would ask without pause.
func (s Schedule) check() error {
	if s.InPlay <= 0 || s.Idle <= 0 {
		return errors.New("the cadences in play and idle must be positive")
	}
	for i, step := range s.Steps {
		if step.Every <= 0 || step.Within <= 0 || i > 0 && step.Within <= s.Steps[i-1].Within {
			return fmt.Errorf("step %d must have positive spans and reach farther than the one before", i+1)
		}
	}
	return nil
}

// Next is when to ask after the time of the last request: one cadence later, or
// when a game comes so near that a faster cadence begins.
func (s Schedule) Next(last feed.Time, games []Game) feed.Time {
	next := last + feed.Span(s.Every(last, games))
	for _, g := range games {
		if g.State != feed.GamePre {
			continue
		}
		next = s.sooner(next, last, g.Start, games)
		for _, step := range s.Steps {
			next = s.sooner(next, last, g.Start-feed.Span(step.Within), games)
		}
	}
	return next
}

// sooner brings next forward if the cadence that begins at a change, between
// last and next, would have asked before next.
func (s Schedule) sooner(next, last, change feed.Time, games []Game) feed.Time {
	if change <= last || change >= next {
		return next
	}
	return min(next, max(change, last+feed.Span(s.Every(change, games))))
}

// Every is the cadence at an instant.
func (s Schedule) Every(now feed.Time, games []Game) time.Duration {
	every := s.Idle
	for _, g := range games {
		every = min(every, s.of(now, g))
	}
	return every
}

// of is the cadence one game asks for.
func (s Schedule) of(now feed.Time, g Game) time.Duration {
	until := g.Start.Sub(now)
	switch g.State {
	case feed.GameIn:
		return s.InPlay
	case feed.GameDelayed, feed.GameSuspended: // goes on at a time nobody knows
		until = 0
	case feed.GamePre:
		if until <= 0 && until > -stale {
			return s.InPlay
		}
	default: // over, or without a date
		return s.Idle
	}
	if until < 0 {
		return s.Idle
	}
	for _, step := range s.Steps {
		if until <= step.Within {
			return step.Every
		}
	}
	return s.Idle
}

// Demand is what one job would spend if nothing held it back.
type Demand struct {
	Cost  int // credits a round
	Every time.Duration
}

// Stretch is the factor by which all of a provider's cadences are lengthened so
// that what they spend until the credits are renewed does not exceed what is
// available. It is 1 when there is enough, and 0 when nothing is available.
func Stretch(demands []Demand, available int, until time.Duration) float64 {
	wanted := 0.0 // credits until the renewal
	for _, d := range demands {
		if d.Cost > 0 && d.Every > 0 {
			wanted += float64(d.Cost) * until.Seconds() / d.Every.Seconds()
		}
	}
	switch {
	case wanted <= float64(available):
		return 1
	case available <= 0:
		return 0
	default:
		return wanted / float64(available)
	}
}
