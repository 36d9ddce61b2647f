package app

import (
	"context"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/store"
)

// positionsOf tells how far a stage has come; empty before it has begun.
type positionsOf func(context.Context) (map[log.Partition]int64, error)

// drain waits until everything in the log has gone its whole way: stage by
// stage, for what one stage writes the next one has to read.
func (s *system) drain(ctx context.Context) error {
	stages := []struct {
		name      string
		positions positionsOf
	}{
		{"normalise", s.checkpoints(s.normalisers)},
		{"compute", s.checkpoints(s.computers)},
		{"join", s.checkpoints(s.joiners)},
		{"store", fed(s.storeFeeder)},
		{"board", fed(s.boardFeeder)},
	}
	for _, stage := range stages {
		if stage.positions == nil {
			continue
		}
		if err := s.reach(ctx, stage.positions); err != nil {
			return fmt.Errorf("waiting for %s: %w", stage.name, err)
		}
	}
	return nil
}

// fed returns how far a feeder has come, nil if there is none.
func fed(f *store.Feeder) positionsOf {
	if f == nil {
		return nil
	}
	return func(context.Context) (map[log.Partition]int64, error) { return f.Positions(), nil }
}

// checkpoints returns the positions of the last checkpoints of tasks. In a
// shared log they stand in it, whichever process runs the task.
func (s *system) checkpoints(tasks []*process.Task) positionsOf {
	return func(ctx context.Context) (map[log.Partition]int64, error) {
		out := map[log.Partition]int64{}
		if !s.cfg.shared() {
			for _, t := range tasks {
				for p, next := range t.Progress().Positions {
					out[p] = next
				}
			}
			return out, nil
		}
		states, err := log.Tails(ctx, s.client, []string{tasks[0].StatePartition().Topic})
		if err != nil {
			return nil, err
		}
		for _, t := range tasks {
			r := states[t.StatePartition()]
			if r == nil {
				return nil, nil // it has made none yet
			}
			c, err := process.DecodeCheckpoint(r)
			if err != nil {
				return nil, err
			}
			for _, p := range t.Inputs() {
				out[p] = c.Next(p)
			}
		}
		return out, nil
	}
}

const (
	ownLook    = 10 * time.Millisecond
	sharedLook = 250 * time.Millisecond // it asks the cluster
)

// reach waits until a stage has read all that stands in its inputs now. It gives
// up when a part fails again and again: what it was to read would never be.
func (s *system) reach(ctx context.Context, positions positionsOf) error {
	look := ownLook
	if s.cfg.shared() {
		look = sharedLook
	}
	for {
		if err := s.supervisor.hopeless(); err != nil {
			return err
		}
		switch there, err := s.reached(ctx, positions); {
		case err != nil && log.ClassOf(err) != log.Retryable:
			return err
		case err == nil && there:
			return nil
		}
		if err := s.supervisor.clock.Sleep(ctx, look); err != nil {
			return err
		}
	}
}

// reached looks once whether a stage has read all that stands in its inputs.
func (s *system) reached(ctx context.Context, positions positionsOf) (bool, error) {
	at, err := positions(ctx)
	if err != nil || len(at) == 0 {
		return false, err
	}
	var topics []string
	seen := map[string]bool{}
	for p := range at {
		if !seen[p.Topic] {
			seen[p.Topic] = true
			topics = append(topics, p.Topic)
		}
	}
	_, ends, err := log.Bounds(ctx, s.client, topics)
	if err != nil {
		return false, err
	}
	if at, err = positions(ctx); err != nil {
		return false, err
	}
	for p, end := range ends {
		if at[p] < end {
			return false, nil
		}
	}
	return true, nil
}
