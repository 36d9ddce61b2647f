package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source"
)

// Waits between restarts of a part that fails.
var restartWaits = source.Backoff{Base: 200 * time.Millisecond, Max: 15 * time.Second}

const (
	// steady is how long a part has to run for its last failure to be history.
	steady = time.Minute
	// hopelessAfter is how many failures in a row say that a part will not come
	// up by itself.
	hopelessAfter = 5
)

// supervisor runs parts until they are told to stop and starts again what
// fails: state is durable, so a part goes on where it was.
type supervisor struct {
	logger *slog.Logger
	clock  source.Clock
	fenced time.Duration // before a part is started again that another process has replaced
	group  sync.WaitGroup

	mu    sync.Mutex
	parts map[string]*partHealth
}

// partHealth is how often a part failed and why it did the last time.
type partHealth struct {
	restarts int64
	row      int // failures without a steady run between them
	stuck    int // those of them that do not pass by themselves
	err      error
	failed   time.Time // when it did the last time
}

func newSupervisor(logger *slog.Logger) *supervisor {
	return &supervisor{logger: logger, clock: source.SystemClock(), parts: map[string]*partHealth{}}
}

// start runs a part in the background and returns what is closed when it has
// stopped for good. Run returns nil when the context ends; everything else it
// returns is a failure.
func (s *supervisor) start(ctx context.Context, name string, run func(context.Context) error) (stopped <-chan struct{}) {
	s.mu.Lock()
	health := s.parts[name]
	if health == nil {
		health = &partHealth{}
		s.parts[name] = health
	}
	s.mu.Unlock()
	done := make(chan struct{})
	s.group.Go(func() {
		defer close(done)
		for {
			began := s.clock.Now()
			err := run(ctx)
			if err == nil || ctx.Err() != nil {
				if err != nil {
					s.logger.Error("stopping", "part", name, "error", err)
				}
				return
			}
			wait := restartWaits.Delay(s.note(health, began, err), 0.5)
			if log.ClassOf(err) == log.Fenced {
				// Whoever took the place is most likely its owner by now, and we are to
				// hear of it soon. To start again at once would throw the owner out.
				wait = s.fenced
			}
			s.logger.Error("a part has failed and is started again", "part", name, "error", err, "wait", wait)
			if s.clock.Sleep(ctx, wait) != nil {
				return
			}
		}
	})
	return done
}

// note books a failure of a part that had run since began, and returns how
// many in a row that makes.
func (s *supervisor) note(h *partHealth, began time.Time, err error) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if now.Sub(began) >= steady {
		h.row, h.stuck = 0, 0
	}
	h.restarts++
	h.row++
	if log.ClassOf(err) == log.Permanent {
		h.stuck++
	}
	h.err, h.failed = err, now
	return h.row
}

// health returns how often a part was started again, and why if that was not
// long ago.
func (s *supervisor) health(name string) (restarts int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.parts[name]
	if h == nil {
		return 0, nil
	}
	if s.clock.Now().Sub(h.failed) >= steady {
		return h.restarts, nil
	}
	return h.restarts, h.err
}

// hopeless returns the failure of a part that fails again and again for a reason
// that does not pass by itself, nil if there is none.
func (s *supervisor) hopeless() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range sortedKeys(s.parts) {
		if h := s.parts[name]; h.stuck >= hopelessAfter {
			return fmt.Errorf("part %s has failed %d times in a row: %w", name, h.stuck, h.err)
		}
	}
	return nil
}

// wait returns when every part has stopped.
func (s *supervisor) wait() { s.group.Wait() }
