package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/source"
)

// Summary is what a finished replay has done.
type Summary struct {
	Responses   int           `json:"responses"`
	Fixtures    int64         `json:"fixtures"`
	Quotes      int64         `json:"quotes"` // rows in state open
	Withdrawn   int64         `json:"withdrawn"`
	Windows     int64         `json:"windows"`
	Quarantined int64         `json:"quarantined"`
	Elapsed     time.Duration `json:"elapsed_ns"`
}

// Options say what a run is to do beyond its configuration.
type Options struct {
	Replay  *Replay         // play a recording instead of asking providers
	Tap     source.Sink     // takes every response besides the log; nil for none
	Started func(Addresses) // called when everything works
	Done    func(Summary)   // called when a replay with Exit has been processed
}

// Run brings everything up and works until the context ends, or until a replay
// with Exit is done. A clean stop returns nil.
func Run(ctx context.Context, cfg Config, opts Options, deps Deps) (err error) {
	s, err := open(ctx, cfg, deps, modeOf(cfg, opts))
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	// Parts have contexts of their own: first what brings records stops, then,
	// once the rest has read them, the rest.
	processing, stopProcessing := context.WithCancel(context.WithoutCancel(ctx))
	feeding, stopFeeding := context.WithCancel(ctx) // also when the log takes nothing more
	defer func() {
		stopFeeding()
		stopProcessing()
		s.supervisor.wait()
		if s.broker != nil {
			err = errors.Join(err, s.broker.WriteError()) // others were told of a failure of the server
		}
		err = errors.Join(err, s.close(), s.addresses().remove(cfg.Data))
	}()
	if opts.Replay == nil {
		if err := s.openSources(ctx, opts.Tap); err != nil {
			return err
		}
	}
	if err := s.noteSince(); err != nil {
		return err
	}
	if s.broker != nil {
		go func() {
			select {
			case <-s.broker.Refused():
				stopFeeding()
			case <-feeding.Done():
			}
		}()
	}
	s.start(processing, opts)
	if opts.Replay == nil && !cfg.shared() {
		if err := s.feedSources(feeding); err != nil {
			return err
		}
	}
	addresses := s.addresses()
	if err := addresses.write(cfg.Data); err != nil {
		return err
	}
	s.ready.Store(true)
	if opts.Started != nil {
		opts.Started(addresses)
	}
	if opts.Replay == nil {
		<-feeding.Done()
		return nil
	}
	return s.replay(feeding, *opts.Replay, opts.Done)
}

// replay plays, and waits for the end that was asked for.
func (s *system) replay(ctx context.Context, r Replay, done func(Summary)) error {
	began := s.deps.Now()
	responses := 0
	progress := r.Progress
	r.Progress = func(n, total int) {
		responses = n
		if progress != nil {
			progress(n, total)
		}
	}
	play := s.play
	if s.cfg.shared() {
		play = s.played
	}
	if err := play(ctx, r); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("replaying %s: %w", r.File, err)
	}
	if !r.Exit {
		<-ctx.Done()
		return nil
	}
	if err := s.drain(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	summary, err := s.summary(ctx)
	if err != nil {
		return err
	}
	summary.Responses, summary.Elapsed = responses, s.deps.Now().Sub(began)
	if done != nil {
		done(summary)
	}
	return nil
}

func (s *system) summary(ctx context.Context) (Summary, error) {
	if s.store == nil {
		return Summary{}, nil
	}
	r, err := s.store.Query(ctx, `SELECT (SELECT count(*) FROM fixtures), (SELECT count(*) FROM quotes WHERE state = 'open'),
		(SELECT count(*) FROM quotes WHERE state = 'withdrawn'), (SELECT count(*) FROM windows_line_movement), (SELECT count(*) FROM quarantine)`, 1)
	if err != nil {
		return Summary{}, fmt.Errorf("counting what was stored: %w", err)
	}
	n := func(i int) int64 { v, _ := r.Rows[0][i].(int64); return v }
	return Summary{Fixtures: n(0), Quotes: n(1), Withdrawn: n(2), Windows: n(3), Quarantined: n(4)}, nil
}

func modeOf(cfg Config, opts Options) api.Mode {
	switch {
	case opts.Replay != nil:
		return api.Mode{Source: "replay", Speed: opts.Replay.Speed, Name: opts.Replay.File}
	case cfg.live():
		return api.Mode{Source: ModeLive, Speed: 1}
	case cfg.Sources.Mode == ModeNone:
		return api.Mode{Source: ModeNone, Speed: 1}
	}
	return api.Mode{Source: ModeSimulator, Speed: cfg.Simulator.Speed}
}
