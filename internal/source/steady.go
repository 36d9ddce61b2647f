package source

import (
	"sync"
	"time"
)

// SteadyClock is the machine's own clock, except that it never goes back: while
// the machine's is behind what was told already, time passes as it does for a
// stopwatch. Log time cannot go back, so a clock that does would make it stand
// still.
func SteadyClock() Clock {
	started := time.Now()
	return Clock{Sleep: sleep, Now: steady(func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(started) // by the monotonic clock
	})}
}

// steady makes a clock of one that may be set and a stopwatch that may not.
func steady(read func() (wall time.Time, passed time.Duration)) func() time.Time {
	var mu sync.Mutex
	last, before := read()
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		wall, passed := read()
		last = last.Add(passed - before)
		before = passed
		if wall.After(last) {
			last = wall
		}
		return last
	}
}
