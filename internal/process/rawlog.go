package process

import (
	"context"
	"fmt"

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
	from := map[string]map[int32]kgo.Offset{}
	left := int64(0)
	for _, topic := range topics {
		for p := int32(0); ; p++ {
			at := log.Partition{Topic: topic, Partition: p}
			end, ok := ends[at]
			if !ok {
				break
			}
			if end > starts[at] {
				inputs = append(inputs, at)
				if from[topic] == nil {
					from[topic] = map[int32]kgo.Offset{}
				}
				from[topic][p] = kgo.NewOffset().At(starts[at])
				left += end - starts[at]
			}
		}
	}
	if left == 0 {
		return nil
	}
	reader, err := log.OpenReader(client, from)
	if err != nil {
		return err
	}
	defer reader.Close()
	m := newMerger(inputs)
	for left > 0 {
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
			left--
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
