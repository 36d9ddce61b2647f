package source

import (
	"context"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Clock is where time comes from, so that a test or a replay can hold it.
type Clock struct {
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // returns early with the context's error
}

// SystemClock is the machine's own.
func SystemClock() Clock { return Clock{Now: time.Now, Sleep: sleep} }

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c Clock) instant() feed.Time { return feed.At(c.Now()) }
