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

// Tails reads the last record of each partition of the topics that is committed
// or was written without a transaction. A partition without one has no entry.
// The janitor and compaction both leave the last record in place, so a partition
// that was ever written to has one.
func Tails(ctx context.Context, client *kgo.Client, topics []string) (map[Partition]*kgo.Record, error) {
	starts, ends, err := bounds(ctx, topics, kadm.NewClient(client).ListStartOffsets, kadm.NewClient(client).ListCommittedOffsets)
	if err != nil {
		return nil, err
	}
	tails := map[Partition]*kgo.Record{}
	// The last entry is the tail, unless it is the mark of a transaction's end:
	// then one looks further and further back.
	for back := int64(1); ; back *= 16 {
		from := map[Partition]int64{}
		for p, end := range ends {
			if tails[p] == nil && end > starts[p] && (back == 1 || end-back/16 > starts[p]) {
				from[p] = max(starts[p], end-back)
			}
		}
		if len(from) == 0 {
			return tails, nil
		}
		if err := lastOf(ctx, client, from, ends, tails); err != nil {
			return nil, err
		}
	}
}

// lastOf reads partitions from offsets up to their ends and notes the last
// record of each, if there is one.
func lastOf(ctx context.Context, client *kgo.Client, from, ends map[Partition]int64, last map[Partition]*kgo.Record) error {
	reader, err := OpenReader(client, Offsets(from), kgo.KeepControlRecords())
	if err != nil {
		return err
	}
	defer reader.Close()
	for waiting := len(from); waiting > 0; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			return fmt.Errorf("reading tails: %w", err)
		}
		var failed error
		fetches.EachError(func(topic string, p int32, err error) {
			failed = fmt.Errorf("reading tail of %s/%d: %w", topic, p, err)
		})
		if failed != nil {
			return failed
		}
		fetches.EachRecord(func(r *kgo.Record) {
			p := Partition{r.Topic, r.Partition}
			if r.Offset >= ends[p] {
				return // came since
			}
			if !r.Attrs.IsControl() {
				last[p] = r
			}
			if r.Offset == ends[p]-1 {
				waiting--
			}
		})
	}
	return nil
}

// Offsets puts positions into the form in which a reader takes them.
func Offsets(positions map[Partition]int64) map[string]map[int32]kgo.Offset {
	out := map[string]map[int32]kgo.Offset{}
	for p, at := range positions {
		if out[p.Topic] == nil {
			out[p.Topic] = map[int32]kgo.Offset{}
		}
		out[p.Topic][p.Partition] = kgo.NewOffset().At(at)
	}
	return out
}

// Bounds returns the first offset and the end of each partition of the topics.
func Bounds(ctx context.Context, client *kgo.Client, topics []string) (starts, ends map[Partition]int64, err error) {
	return bounds(ctx, topics, kadm.NewClient(client).ListStartOffsets, kadm.NewClient(client).ListEndOffsets)
}

// lister is one of the questions for offsets.
type lister func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)

func bounds(ctx context.Context, topics []string, first, end lister) (starts, ends map[Partition]int64, err error) {
	collect := func(list lister, what string) (map[Partition]int64, error) {
		listed, err := list(ctx, topics...)
		if err != nil {
			return nil, fmt.Errorf("listing %s offsets: %w", what, err)
		}
		out := map[Partition]int64{}
		var failed error
		listed.Each(func(o kadm.ListedOffset) {
			if o.Err != nil {
				failed = fmt.Errorf("listing offsets of %s/%d: %w", o.Topic, o.Partition, o.Err)
			}
			out[Partition{o.Topic, o.Partition}] = o.Offset
		})
		return out, failed
	}
	if starts, err = collect(first, "start"); err != nil {
		return nil, nil, err
	}
	if ends, err = collect(end, "end"); err != nil {
		return nil, nil, err
	}
	return starts, ends, nil
}
