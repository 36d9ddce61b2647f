package source

import (
	"sync"
	"time"
)

// Steady is a clock that never goes back: while the one it follows is behind what
// was told already, time passes as it does for a stopwatch. Log time cannot go
// back, so a clock that does would make it stand still.
type Steady struct {
	read func() (wall time.Time, passed time.Duration)

	mu     sync.Mutex
	last   time.Time
	before time.Duration // on the stopwatch when last was told
}

// NewSteady follows the machine's own clock.
func NewSteady() *Steady {
	started := time.Now()
	return newSteady(func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(started) // by the monotonic clock
	})
}

// SteadyOf follows a clock that is never set, such as that of a simulated world.
func SteadyOf(now func() time.Time) *Steady {
	started := now()
	return newSteady(func() (time.Time, time.Duration) {
		t := now()
		return t, t.Sub(started)
	})
}

// newSteady makes a clock of one that may be set and a stopwatch that may not.
func newSteady(read func() (wall time.Time, passed time.Duration)) *Steady {
	s := &Steady{read: read}
	s.last, s.before = read()
	return s
}

// Now tells the time.
func (s *Steady) Now() time.Time {
	now, _ := s.tell()
	return now
}

// Ahead is how far it is ahead of the clock that it follows.
func (s *Steady) Ahead() time.Duration {
	now, wall := s.tell()
	return now.Sub(wall)
}

// Reach lets it go on from t unless it is there already: what the log says was
// told before it is never told again.
func (s *Steady) Reach(t time.Time) {
	s.tell()
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.After(s.last) {
		s.last = t
	}
}

func (s *Steady) tell() (now, wall time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wall, passed := s.read()
	s.last = s.last.Add(passed - s.before)
	s.before = passed
	if wall.After(s.last) {
		s.last = wall
	}
	return s.last, wall
}
