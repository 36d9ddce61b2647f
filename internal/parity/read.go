package parity

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// span is a piece of a partition: from an offset to before another.
type span struct{ from, to int64 }

// fetchBytes bounds what the log sends ahead of the reading.
const fetchBytes = 4 << 20

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
	// Marks of transactions are kept: one may be the last thing in a piece.
	reader, err := log.OpenReader(client, log.Offsets(from), kgo.KeepControlRecords(), kgo.FetchMaxBytes(fetchBytes), kgo.FetchMaxPartitionBytes(fetchBytes/4))
	if err != nil {
		return err
	}
	defer reader.Close()
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
			if _, wanted := from[p]; !wanted {
				continue
			}
			more := r.Offset < pieces[p].to
			if more && !r.Attrs.IsControl() {
				if more, err = take(r); err != nil {
					return fmt.Errorf("checking %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
				}
			}
			if !more || r.Offset+1 >= pieces[p].to {
				delete(from, p)
				reader.PauseFetchPartitions(map[string][]int32{p.Topic: {p.Partition}})
			}
		}
	}
	return nil
}
