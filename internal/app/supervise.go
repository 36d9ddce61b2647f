package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

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
	group  sync.WaitGroup

	mu    sync.Mutex
	parts map[string]*partHealth
}

// partHealth is how often a part failed and why it did the last time.
type partHealth struct {
	restarts int64
	row      int // failures without a steady run between them
	err      error
	failed   time.Time // when it did the last time
}

func newSupervisor(logger *slog.Logger) *supervisor {
	return &supervisor{logger: logger, clock: source.SystemClock(), parts: map[string]*partHealth{}}
}

// start runs a part in the background. Run returns nil when the context ends;
// everything else it returns is a failure.
func (s *supervisor) start(ctx context.Context, name string, run func(context.Context) error) {
	s.mu.Lock()
	health := &partHealth{}
	s.parts[name] = health
	s.mu.Unlock()
	s.group.Go(func() {
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
			s.logger.Error("a part has failed and is started again", "part", name, "error", err, "wait", wait)
			if s.clock.Sleep(ctx, wait) != nil {
				return
			}
		}
	})
}

// note books a failure of a part that had run since began, and returns how
// many in a row that makes.
func (s *supervisor) note(h *partHealth, began time.Time, err error) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if now.Sub(began) >= steady {
		h.row = 0
	}
	h.restarts++
	h.row++
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

// hopeless returns the failure of a part that fails again and again, nil if
// there is none.
func (s *supervisor) hopeless() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range sortedKeys(s.parts) {
		if h := s.parts[name]; h.row >= hopelessAfter {
			return fmt.Errorf("part %s has failed %d times in a row: %w", name, h.row, h.err)
		}
	}
	return nil
}

// wait returns when every part has stopped.
func (s *supervisor) wait() { s.group.Wait() }
