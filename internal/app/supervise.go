package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/source"
)

// Waits between restarts of a part that fails.
var restartWaits = source.Backoff{Base: 200 * time.Millisecond, Max: 15 * time.Second}

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
	err      error // nil while it runs without failure
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
		for attempt := 1; ; attempt++ {
			began := s.clock.Now()
			err := run(ctx)
			if err == nil || ctx.Err() != nil {
				if err != nil {
					s.logger.Error("stopping", "part", name, "error", err)
				}
				return
			}
			if s.clock.Now().Sub(began) > time.Minute {
				attempt = 1
			}
			wait := restartWaits.Delay(attempt, 0.5)
			s.logger.Error("a part has failed and is started again", "part", name, "error", err, "wait", wait)
			s.note(health, err)
			if s.clock.Sleep(ctx, wait) != nil {
				return
			}
		}
	})
}

func (s *supervisor) note(h *partHealth, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h.restarts++
	h.err = err
}

// health returns how a part is doing.
func (s *supervisor) health(name string) (restarts int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.parts[name]; h != nil {
		return h.restarts, h.err
	}
	return 0, nil
}

// wait returns when every part has stopped.
func (s *supervisor) wait() { s.group.Wait() }
