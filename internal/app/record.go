package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/recording"
)

// Record asks the providers as a run does and writes every response to a
// recording as well, until the context ends or the span is over, which begins
// when everything works; a span of 0 is without end. It returns the number of
// responses.
func Record(ctx context.Context, cfg Config, file string, span time.Duration, deps Deps) (n int64, err error) {
	w, err := recording.Create(file)
	if err != nil {
		return 0, err
	}
	defer func() {
		if cerr := w.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("closing recording %s: %w", file, cerr)
		}
	}()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	started := func(Addresses) {
		if span > 0 {
			time.AfterFunc(span, stop)
		}
	}
	var count atomic.Int64
	err = Run(ctx, cfg, Options{Started: started, Tap: source.SinkFunc(func(ctx context.Context, raw feed.Raw) error {
		if err := w.Capture(ctx, raw); err != nil {
			return err
		}
		count.Add(1)
		return nil
	})}, deps)
	return count.Load(), err
}
