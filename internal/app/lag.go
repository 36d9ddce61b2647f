package app

import (
	"context"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
)

// taskPartition is a partition that a task reads.
type taskPartition struct {
	task string
	at   log.Partition
}

// lag is how far a task is behind the end of a partition.
type lag struct {
	taken, end, records int64
	clock               feed.Time // up to which was taken
	seconds             *float64  // of the log's clock; nil where the newest record does not tell its time
}

// lags compares how far every task has come with where its inputs end now. A
// task that has taken everything is 0 seconds behind, though its last tick is
// not of this moment. Only of partitions that have more the last record is read.
func (s *system) lags(ctx context.Context) (map[taskPartition]*lag, error) {
	out := map[taskPartition]*lag{}
	var inputs, behind []string
	for _, t := range s.here() {
		for at := range t.Progress().Taken {
			if !slices.Contains(inputs, at.Topic) {
				inputs = append(inputs, at.Topic)
			}
		}
	}
	if len(inputs) == 0 {
		return out, nil
	}
	_, ends, err := log.Bounds(ctx, s.client, inputs)
	if err != nil {
		return nil, err
	}
	for _, t := range s.here() {
		p := t.Progress()
		for at, taken := range p.Taken {
			l := &lag{taken: taken, end: ends[at], records: max(0, ends[at]-taken), clock: p.Clocks[at]}
			if l.records == 0 {
				l.seconds = new(float64)
			} else if !slices.Contains(behind, at.Topic) {
				behind = append(behind, at.Topic)
			}
			out[taskPartition{t.Name(), at}] = l
		}
	}
	if len(behind) == 0 {
		return out, nil
	}
	tails, err := log.Tails(ctx, s.client, behind)
	if err != nil {
		return nil, err
	}
	for key, l := range out {
		if tail := tails[key.at]; tail != nil && l.seconds == nil && l.clock > 0 {
			newest, err := process.TimeOf(tail, s.codecs[key.at.Topic])
			if err != nil {
				return nil, err
			}
			seconds := max(0, newest.Sub(l.clock).Seconds())
			l.seconds = &seconds
		}
	}
	return out, nil
}
