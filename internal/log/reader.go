package log

import (
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Reader reads partitions from given offsets on. It sees committed records only;
// what was written without a transaction counts as committed.
//
// A transaction leaves a mark in each partition it wrote to, which takes an
// offset of its own: the end of a partition is then behind a mark and not behind
// a record. A reader goes past marks and knows where it stands, so that nobody
// has to wait for a record that is none.
//
// It is used by one goroutine.
type Reader struct {
	*kgo.Client
	partitions map[Partition]*progress
}

// progress is how far a reader has come in a partition.
type progress struct {
	next    int64 // behind the last entry, record or mark
	records int64 // behind the last record; where reading began before the first
}

// OpenReader returns a reader with the connection settings of a client. An
// offset that the log does not hold is an error of the fetch: going on elsewhere
// would skip records.
//
// It asks each broker for fetchBytes at once and for more when those were taken,
// so a reader that is not polled holds no more than that.
func OpenReader(client *kgo.Client, from map[string]map[int32]kgo.Offset, opts ...kgo.Opt) (*Reader, error) {
	reader, err := Derive(client, append([]kgo.Opt{
		kgo.ConsumePartitions(from),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(),
		kgo.FetchMaxBytes(fetchBytes),
	}, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("opening reader: %w", err)
	}
	r := &Reader{Client: reader, partitions: map[Partition]*progress{}}
	for topic, offsets := range from {
		for p, offset := range offsets {
			at := offset.EpochOffset().Offset
			r.partitions[Partition{topic, p}] = &progress{next: at, records: at}
		}
	}
	return r, nil
}

// PollRecords waits for records, as the client does, and takes the marks out.
func (r *Reader) PollRecords(ctx context.Context, most int) kgo.Fetches {
	fetches := r.Client.PollRecords(ctx, most)
	for f := range fetches {
		for t := range fetches[f].Topics {
			topic := &fetches[f].Topics[t]
			for p := range topic.Partitions {
				r.pass(topic.Topic, &topic.Partitions[p])
			}
		}
	}
	return fetches
}

// PollFetches is PollRecords without a bound.
func (r *Reader) PollFetches(ctx context.Context) kgo.Fetches { return r.PollRecords(ctx, 0) }

// pass notes how far a fetch goes and takes the marks out of it.
func (r *Reader) pass(topic string, f *kgo.FetchPartition) {
	at := r.partitions[Partition{topic, f.Partition}]
	if at == nil || len(f.Records) == 0 {
		return
	}
	at.next = f.Records[len(f.Records)-1].Offset + 1
	f.Records = slices.DeleteFunc(f.Records, func(r *kgo.Record) bool { return r.Attrs.IsControl() })
	if n := len(f.Records); n > 0 {
		at.records = f.Records[n-1].Offset + 1
	}
}

// Next returns the offset of the next entry to read.
func (r *Reader) Next(p Partition) int64 { return r.partitions[p].next }

// Past returns where somebody stands who has handled all records before an
// offset: behind the marks that follow, if all records that were read are among
// those, else at the offset.
func (r *Reader) Past(p Partition, offset int64) int64 {
	if at := r.partitions[p]; at != nil && offset >= at.records {
		return max(offset, at.next)
	}
	return offset
}

// fetchBytes bounds an answer of the log, compressed; answers of providers are
// about ten times as large in memory. A batch that is larger comes alone.
const fetchBytes = 2 << 20
