package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source"
)

// capture is where the sources put what they were told: the raw topics, and the
// tap, if there is one. A writer that fails is replaced where that can help, and
// what was not acknowledged is written again: an answer may then stand in the
// log twice, which says the same twice, but none is lost.
type capture struct {
	open func(context.Context) (*log.RawWriter, error)
	tap  source.Sink
	wait func(context.Context, time.Duration) error

	mu     sync.Mutex
	writer *log.RawWriter // nil while there is nothing to be captured
}

// captureGrace is how long an answer that was paid for is tried to be kept when
// we are told to stop.
const captureGrace = 10 * time.Second

// begin opens the writer.
func (c *capture) begin(ctx context.Context) error {
	w, err := c.open(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writer = w
	return nil
}

// end closes the writer.
func (c *capture) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer != nil {
		c.writer.Close()
		c.writer = nil
	}
}

var errNoCapture = errors.New("another process asks the sources now")

func (c *capture) current() (*log.RawWriter, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer == nil {
		return nil, errNoCapture
	}
	return c.writer, nil
}

// Capture returns when the log has acknowledged a response and the tap has it
// too.
func (c *capture) Capture(ctx context.Context, raw feed.Raw) error {
	grace, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(captureGrace, cancel) })()
	err := c.again(grace, func(w *log.RawWriter) error {
		written := make(chan error, 1)
		if err := w.Capture(grace, raw, func(err error) { written <- err }); err != nil {
			return err
		}
		select {
		case err := <-written:
			return err
		case <-grace.Done():
			return grace.Err()
		}
	})
	if err != nil || c.tap == nil {
		return err
	}
	return c.tap.Capture(grace, raw)
}

// Tick writes the passing of time.
func (c *capture) Tick(ctx context.Context, t feed.Time) error {
	return c.again(ctx, func(w *log.RawWriter) error { return w.Tick(context.WithoutCancel(ctx), t) })
}

// again writes with one writer after the other until one of them has done it, or
// fails in a way that another one cannot help.
func (c *capture) again(ctx context.Context, write func(*log.RawWriter) error) error {
	for {
		w, err := c.current()
		if err != nil {
			return err
		}
		if err = write(w); err == nil || ctx.Err() != nil || !w.Shared() {
			return err
		}
		switch log.ClassOf(err) {
		case log.Permanent, log.Fenced: // another one would throw out who has taken over
			return err
		}
		if err := c.renew(ctx, w); err != nil {
			return err
		}
	}
}

// renew replaces a writer that has failed, unless somebody has done so already.
func (c *capture) renew(ctx context.Context, failed *log.RawWriter) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer != failed {
		return nil
	}
	failed.Close()
	c.writer = nil
	for attempt := 1; ; attempt++ {
		w, err := c.open(ctx)
		if err == nil {
			c.writer = w
			return nil
		}
		if log.ClassOf(err) != log.Retryable || ctx.Err() != nil {
			return fmt.Errorf("opening the raw topics again: %w", err)
		}
		if err := c.wait(ctx, restartWaits.Delay(attempt, 0.5)); err != nil {
			return err
		}
	}
}
