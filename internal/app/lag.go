package app

import (
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/store"
)

// follower is somebody who reads the log: a task, or the feeder of the store or
// of the board.
type follower struct {
	name   string
	taken  map[log.Partition]int64     // next offset to read
	clocks map[log.Partition]feed.Time // the log's time up to which was taken
	timeOf func(*kgo.Record) (feed.Time, error)
}

// lag is how far a follower is behind the end of a partition.
type lag struct {
	taken, end, records int64
	clock               feed.Time // up to which was taken
	seconds             *float64  // of the log's clock; nil where the newest record does not tell its time
}

// place is a partition as one follower sees it.
type place struct {
	follower string
	at       log.Partition
}

// Names of the feeders, beside those of the tasks.
const (
	storeName = "store"
	boardName = "board"
)

// followers are all tasks and feeders of this process.
func (s *system) followers() []follower {
	all := s.feeders()
	for _, t := range s.here() {
		p := t.Progress()
		all = append(all, follower{t.Name(), p.Taken, p.Clocks, func(r *kgo.Record) (feed.Time, error) {
			return process.TimeOf(r, s.codecs[r.Topic])
		}})
	}
	return all
}

// feeders are those of the store and of the board.
func (s *system) feeders() (all []follower) {
	for _, f := range []struct {
		name string
		*store.Feeder
	}{{boardName, s.boardFeeder}, {storeName, s.storeFeeder}} {
		if f.Feeder != nil {
			all = append(all, follower{f.name, f.Positions(), f.Clocks(), f.TimeOf})
		}
	}
	return all
}

// lags compares how far followers have come with where the log ends now. Who has
// taken everything is 0 seconds behind, though its last tick is not of this
// moment. Only of partitions that have more the last record is read.
func (s *system) lags(ctx context.Context, followers []follower) (map[place]*lag, error) {
	out := map[place]*lag{}
	var topics, behind []string
	for _, f := range followers {
		for at := range f.taken {
			if !slices.Contains(topics, at.Topic) {
				topics = append(topics, at.Topic)
			}
		}
	}
	if len(topics) == 0 {
		return out, nil
	}
	_, ends, err := log.Bounds(ctx, s.client, topics)
	if err != nil {
		return nil, err
	}
	for _, f := range followers {
		for at, taken := range f.taken {
			l := &lag{taken: taken, end: ends[at], records: max(0, ends[at]-taken), clock: f.clocks[at]}
			if l.records == 0 {
				l.seconds = new(float64)
			} else if !slices.Contains(behind, at.Topic) {
				behind = append(behind, at.Topic)
			}
			out[place{f.name, at}] = l
		}
	}
	if len(behind) == 0 {
		return out, nil
	}
	tails, err := log.Tails(ctx, s.client, behind)
	if err != nil {
		return nil, err
	}
	for _, f := range followers {
		for at := range f.taken {
			l := out[place{f.name, at}]
			tail := tails[at]
			if tail == nil || l.seconds != nil || l.clock == 0 {
				continue
			}
			newest, err := f.timeOf(tail)
			if err != nil {
				return nil, err
			}
			seconds := max(0, newest.Sub(l.clock).Seconds())
			l.seconds = &seconds
		}
	}
	return out, nil
}

// worst is the lag of a follower over several partitions: all records, and the
// seconds of the one that is furthest behind, nil if none tells them.
func worst(lags map[place]*lag, of func(place) bool) (records int64, seconds *float64) {
	for where, l := range lags {
		if !of(where) {
			continue
		}
		records += l.records
		if l.seconds != nil && (seconds == nil || *l.seconds > *seconds) {
			seconds = l.seconds
		}
	}
	return records, seconds
}
