package process

import (
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// ReadRaw yields what stands in the raw topics, up to where they end now, in the
// order of the log: responses, and ticks where time passed without one. A log
// whose beginning was removed is read from where all of what is left begins.
func ReadRaw(ctx context.Context, client *kgo.Client, sources []string, yield func(*log.RawEntry) error) error {
	var topics []string
	for _, s := range sources {
		topics = append(topics, log.RawTopic(s))
	}
	starts, ends, err := log.Bounds(ctx, client, topics)
	if err != nil {
		return err
	}
	var inputs []log.Partition
	from := map[log.Partition]int64{}
	for _, topic := range topics {
		for p := int32(0); ; p++ {
			at := log.Partition{Topic: topic, Partition: p}
			end, ok := ends[at]
			if !ok {
				break
			}
			if end > starts[at] {
				inputs = append(inputs, at)
				from[at] = starts[at]
			}
		}
	}
	reader, err := log.OpenReader(client, log.Offsets(from))
	if err != nil {
		return err
	}
	defer reader.Close()
	more := func() bool {
		return slices.ContainsFunc(inputs, func(p log.Partition) bool { return reader.Next(p) < ends[p] })
	}
	m := newMerger(inputs)
	for more() {
		fetches := reader.PollRecords(ctx, 10_000)
		if err := fetches.Err0(); err != nil {
			return fmt.Errorf("reading the raw topics: %w", err)
		}
		var failed error
		fetches.EachError(func(topic string, p int32, err error) { failed = fmt.Errorf("reading %s/%d: %w", topic, p, err) })
		if failed != nil {
			return failed
		}
		for it := fetches.RecordIter(); !it.Done(); {
			r := it.Next()
			if r.Offset >= ends[log.Partition{Topic: r.Topic, Partition: r.Partition}] {
				continue
			}
			entry, err := log.DecodeRaw(r)
			if err != nil {
				return err
			}
			m.add(entry)
			for e, ok := m.next(); ok; e, ok = m.next() {
				if err := yield(&e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
