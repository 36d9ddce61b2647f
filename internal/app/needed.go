package app

import (
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
)

// needed tells the janitor from where on each partition is still to be read.
// As long as one reader has not said where it stands, everything is needed: the
// janitor takes a partition that is not named for one that nobody reads.
func (s *system) needed() map[string]map[int32]int64 {
	if read, all := s.read(durable); all {
		return read
	}
	out := map[string]map[int32]int64{}
	for _, t := range s.layout.Topics() {
		out[t.Name] = map[int32]int64{}
		for p := range t.Partitions {
			out[t.Name][p] = 0
		}
	}
	return out
}

// A task's positions: those that survive a crash, or where it is now.
func durable(p process.Progress) map[log.Partition]int64 { return p.Positions }
func current(p process.Progress) map[log.Partition]int64 { return p.Taken }

// read returns how far the slowest reader of each partition has come that has
// found its place, and whether all of them have.
func (s *system) read(positions func(process.Progress) map[log.Partition]int64) (out map[string]map[int32]int64, all bool) {
	if !s.assembled.Load() {
		return nil, false
	}
	out, all = map[string]map[int32]int64{}, true
	note := func(positions map[log.Partition]int64) {
		all = all && len(positions) > 0
		for p, next := range positions {
			if out[p.Topic] == nil {
				out[p.Topic] = map[int32]int64{}
			}
			if at, ok := out[p.Topic][p.Partition]; !ok || next < at {
				out[p.Topic][p.Partition] = next
			}
		}
	}
	for _, t := range s.here() {
		note(positions(t.Progress()))
	}
	if s.storeFeeder != nil {
		note(s.storeFeeder.Positions())
	}
	return out, all
}
