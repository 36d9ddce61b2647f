package log

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Partition names one partition of a topic.
type Partition struct {
	Topic     string
	Partition int32
}

// Tails reads the last record of each partition of the topics. A partition
// without a record has no entry. The janitor and compaction both leave the last
// record in place, so a partition that was ever written to has one.
func Tails(ctx context.Context, client *kgo.Client, topics []string) (map[Partition]*kgo.Record, error) {
	starts, ends, err := Bounds(ctx, client, topics)
	if err != nil {
		return nil, err
	}
	tails := map[Partition]*kgo.Record{}
	from := map[string]map[int32]kgo.Offset{}
	for p, end := range ends {
		if end > starts[p] {
			if from[p.Topic] == nil {
				from[p.Topic] = map[int32]kgo.Offset{}
			}
			from[p.Topic][p.Partition] = kgo.NewOffset().At(end - 1)
		}
	}
	waiting := 0
	for _, ps := range from {
		waiting += len(ps)
	}
	if waiting == 0 {
		return tails, nil
	}
	reader, err := OpenReader(client, from)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	for len(tails) < waiting {
		fs := reader.PollFetches(ctx)
		if err := fs.Err0(); err != nil {
			return nil, fmt.Errorf("reading tails: %w", err)
		}
		var failed error
		fs.EachError(func(topic string, p int32, err error) {
			failed = fmt.Errorf("reading tail of %s/%d: %w", topic, p, err)
		})
		if failed != nil {
			return nil, failed
		}
		fs.EachRecord(func(r *kgo.Record) { tails[Partition{r.Topic, r.Partition}] = r })
	}
	return tails, nil
}

// Bounds returns the first offset and the end of each partition of the topics.
func Bounds(ctx context.Context, client *kgo.Client, topics []string) (starts, ends map[Partition]int64, err error) {
	adm := kadm.NewClient(client)
	s, err := adm.ListStartOffsets(ctx, topics...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing start offsets: %w", err)
	}
	e, err := adm.ListEndOffsets(ctx, topics...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing end offsets: %w", err)
	}
	collect := func(in kadm.ListedOffsets) (map[Partition]int64, error) {
		out := map[Partition]int64{}
		var failed error
		in.Each(func(o kadm.ListedOffset) {
			if o.Err != nil {
				failed = fmt.Errorf("listing offsets of %s/%d: %w", o.Topic, o.Partition, o.Err)
			}
			out[Partition{o.Topic, o.Partition}] = o.Offset
		})
		return out, failed
	}
	if starts, err = collect(s); err != nil {
		return nil, nil, err
	}
	if ends, err = collect(e); err != nil {
		return nil, nil, err
	}
	return starts, ends, nil
}
