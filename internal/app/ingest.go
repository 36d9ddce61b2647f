package app

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/betflow/betflow/internal/log"
)

// ingest is the work of the one process that brings records into a shared log:
// it plays the recording, or asks the sources.
func (s *system) ingest(ctx context.Context, opts Options) error {
	if opts.Replay != nil {
		if err := s.play(ctx, *opts.Replay); err != nil || ctx.Err() != nil {
			return unlessEnded(ctx, err)
		}
		<-ctx.Done() // there is no more
		return nil
	}
	if err := s.capture.begin(ctx); err != nil {
		return unlessEnded(ctx, err)
	}
	defer s.capture.end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(captureGrace, s.capture.end) })() // a log that has gone away must not keep us
	work, inner := errgroup.WithContext(ctx)
	work.Go(func() error { return s.tick(inner) })
	if s.poller != nil {
		work.Go(func() error { return s.poller.Run(inner) })
	}
	return unlessEnded(ctx, work.Wait())
}

func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// openRaw opens the raw topics for writing, of a recording if it has a name.
func (s *system) openRaw(ctx context.Context, recording string) (*log.RawWriter, error) {
	if !s.cfg.shared() {
		return log.OpenRawWriter(ctx, s.client, s.layout.Sources, s.cfg.Log.Partitions, recording)
	}
	return log.OpenSharedRawWriter(ctx, s.client, s.cfg.Kafka.Group+"."+log.TopicIngest, s.layout.Sources, s.cfg.Log.Partitions, recording)
}
