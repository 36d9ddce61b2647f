package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/betflow/betflow/internal/log"
)

var errBroken = errors.New("broken")

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestAPartThatFailsIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor(quiet())
		ctx, stop := context.WithCancel(t.Context())
		runs := 0
		s.start(ctx, "part", func(ctx context.Context) error {
			if runs++; runs <= 3 {
				return errBroken
			}
			<-ctx.Done()
			return nil
		})
		time.Sleep(10 * time.Second)
		if restarts, err := s.health("part"); restarts != 3 || !errors.Is(err, errBroken) {
			t.Errorf("health is %d restarts and %v, want 3 and the failure", restarts, err)
		}
		if err := s.hopeless(); err != nil {
			t.Errorf("three failures are no reason to give up: %v", err)
		}
		time.Sleep(steady)
		if restarts, err := s.health("part"); restarts != 3 || err != nil {
			t.Errorf("after a steady run the health is %d restarts and %v, want 3 and none", restarts, err)
		}
		stop()
		s.wait()
		if runs != 4 {
			t.Errorf("the part was run %d times, want 4", runs)
		}
	})
}

func TestFailuresFarApartAreNotInARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupervisor(quiet())
		ctx, stop := context.WithCancel(t.Context())
		s.start(ctx, "part", func(ctx context.Context) error {
			select {
			case <-time.After(2 * steady):
				return errBroken
			case <-ctx.Done():
				return nil
			}
		})
		time.Sleep(time.Hour)
		if restarts, _ := s.health("part"); restarts < 2*hopelessAfter {
			t.Errorf("%d restarts in an hour, want more", restarts)
		}
		if err := s.hopeless(); err != nil {
			t.Errorf("the part is given up: %v", err)
		}
		stop()
		s.wait()
	})
}

// TestWaitingEndsWithAPartThatFailsAgainAndAgain holds that a replay with an end
// does not wait for ever for a part that will not come up.
func TestWaitingEndsWithAPartThatFailsAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &system{supervisor: newSupervisor(quiet())}
		ctx, stop := context.WithCancel(t.Context())
		s.supervisor.start(ctx, "compute-0", func(context.Context) error { return errBroken })
		err := s.reach(ctx, func(context.Context) (map[log.Partition]int64, error) { return nil, nil })
		if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "part compute-0 has failed 5 times in a row") {
			t.Errorf("waiting ends with %v, want the part's failure", err)
		}
		stop()
		s.supervisor.wait()
	})
}
