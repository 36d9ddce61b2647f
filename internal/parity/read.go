package parity

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// span is a piece of a partition: from an offset to before another.
type span struct{ from, to int64 }

// read hands out the records of the pieces, each partition in its order. Take
// returns false for a partition of which it wants no more.
func read(ctx context.Context, client *kgo.Client, pieces map[log.Partition]span, take func(r *kgo.Record) (more bool, err error)) error {
	from := map[log.Partition]int64{}
	for p, s := range pieces {
		if s.from < s.to {
			from[p] = s.from
		}
	}
	if len(from) == 0 {
		return nil
	}
	reader, err := log.OpenReader(client, log.Offsets(from))
	if err != nil {
		return err
	}
	defer reader.Close()
	enough := func(p log.Partition) {
		delete(from, p)
		reader.PauseFetchPartitions(map[string][]int32{p.Topic: {p.Partition}})
	}
	for len(from) > 0 {
		fetches := reader.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		var failed error
		fetches.EachError(func(topic string, p int32, err error) {
			failed = fmt.Errorf("reading %s/%d to check it: %w", topic, p, err)
		})
		if failed != nil {
			return failed
		}
		for it := fetches.RecordIter(); !it.Done(); {
			r := it.Next()
			p := log.Partition{Topic: r.Topic, Partition: r.Partition}
			if _, wanted := from[p]; !wanted || r.Offset >= pieces[p].to {
				continue
			}
			more, err := take(r)
			if err != nil {
				return fmt.Errorf("checking %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
			}
			if !more {
				enough(p)
			}
		}
		for p := range from {
			if reader.Next(p) >= pieces[p].to {
				enough(p)
			}
		}
	}
	return nil
}
