package log

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
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
	reader, err := OpenReader(client, Offsets(from))
	if err != nil {
		return err
	}
	defer reader.Close()
	there := func() bool {
		for p := range from {
			if reader.Next(p) < ends[p] {
				return false
			}
		}
		return true
	}
	for !there() {
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
			if p := (Partition{r.Topic, r.Partition}); r.Offset < ends[p] { // others came since
				last[p] = r
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
// What is written but not committed yet lies before the end: who has read up to
// it has missed nothing. A commit is done before its marks stand everywhere, so
// the end of what is committed would not tell that.
func Bounds(ctx context.Context, client *kgo.Client, topics []string) (starts, ends map[Partition]int64, err error) {
	return bounds(ctx, topics, kadm.NewClient(client).ListStartOffsets, kadm.NewClient(client).ListEndOffsets)
}

// lister is one of the questions for offsets.
type lister func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)

func bounds(ctx context.Context, topics []string, first, end lister) (starts, ends map[Partition]int64, err error) {
	if starts, err = offsets(ctx, topics, first); err != nil {
		return nil, nil, fmt.Errorf("listing start offsets: %w", err)
	}
	if ends, err = offsets(ctx, topics, end); err != nil {
		return nil, nil, fmt.Errorf("listing end offsets: %w", err)
	}
	return starts, ends, nil
}

const (
	// unsettledTime is how long a broker may take to know where a partition ends:
	// one that has just become leader does not, and says so (KIP-207).
	unsettledTime = 30 * time.Second
	unsettledLook = 100 * time.Millisecond
)

// offsets asks one of the questions for offsets. An end that is not known yet is
// asked for again: it is never taken for a lower one.
func offsets(ctx context.Context, topics []string, list lister) (map[Partition]int64, error) {
	for waited := time.Duration(0); ; waited += unsettledLook {
		out, err := offsetsNow(ctx, topics, list)
		if !kerr.IsRetriable(err) || errors.Is(err, kerr.UnknownTopicOrPartition) || waited >= unsettledTime {
			return out, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(unsettledLook):
		}
	}
}

func offsetsNow(ctx context.Context, topics []string, list lister) (map[Partition]int64, error) {
	listed, err := list(ctx, topics...)
	if err != nil {
		return nil, err
	}
	out := map[Partition]int64{}
	var failed error
	listed.Each(func(o kadm.ListedOffset) {
		if o.Err != nil {
			failed = fmt.Errorf("of %s/%d: %w", o.Topic, o.Partition, o.Err)
		}
		out[Partition{o.Topic, o.Partition}] = o.Offset
	})
	return out, failed
}
