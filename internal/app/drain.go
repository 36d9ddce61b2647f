package app

import (
	"context"
	"fmt"
	"time"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
)

// drain waits until everything in the log has gone its whole way: stage by
// stage, for what one stage writes the next one has to read.
func (s *system) drain(ctx context.Context) error {
	stages := []struct {
		name      string
		positions func() map[log.Partition]int64
	}{
		{"normalise", func() map[log.Partition]int64 { return positionsOf(s.normalisers) }},
		{"compute", func() map[log.Partition]int64 { return positionsOf(s.computers) }},
		{"store", s.storeFeeder.Positions},
		{"board", s.boardFeeder.Positions},
	}
	for _, stage := range stages {
		if err := s.reach(ctx, stage.positions); err != nil {
			return fmt.Errorf("waiting for %s: %w", stage.name, err)
		}
	}
	return nil
}

func positionsOf(tasks []*process.Task) map[log.Partition]int64 {
	out := map[log.Partition]int64{}
	for _, t := range tasks {
		for p, next := range t.Progress().Positions {
			out[p] = next
		}
	}
	return out
}

// reach waits until a stage has read all that stands in its inputs now. It gives
// up when a part fails again and again: what it was to read would never be.
func (s *system) reach(ctx context.Context, positions func() map[log.Partition]int64) error {
	const look = 10 * time.Millisecond
	for {
		if err := s.supervisor.hopeless(); err != nil {
			return err
		}
		at := positions()
		if len(at) > 0 {
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
				return err
			}
			if reached(positions(), ends) {
				return nil
			}
		}
		if err := s.supervisor.clock.Sleep(ctx, look); err != nil {
			return err
		}
	}
}

func reached(at, ends map[log.Partition]int64) bool {
	for p, end := range ends {
		if at[p] < end {
			return false
		}
	}
	return true
}
