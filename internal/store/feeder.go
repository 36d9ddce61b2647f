package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// Feeder reads the log's canonical and derived topics and hands them to a sink.
// It keeps no position of its own: the sink's rows know how far they go.
type Feeder struct {
	client *kgo.Client
	codecs map[string]*log.Codec
	topics []string
	sink   Sink
	linger time.Duration // the least time between two batches
	logger *slog.Logger

	mu        sync.Mutex
	positions map[log.Partition]int64
	clocks    map[log.Partition]feed.Time // the log's time up to which the sink has come
}

// NewFeeder returns a feeder of the given topics. Batches are as large as what
// has come within linger, so that a busy log makes few large transactions.
func NewFeeder(client *kgo.Client, codecs map[string]*log.Codec, topics []string, sink Sink, linger time.Duration, logger *slog.Logger) *Feeder {
	return &Feeder{client: client, codecs: codecs, topics: topics, sink: sink, linger: linger, logger: logger}
}

// Positions returns the next offsets after what the sink has stored.
func (f *Feeder) Positions() map[log.Partition]int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.positions)
}

// Clocks returns the log's time up to which the sink has stored each partition.
// Before it has stored anything since the start, that is the time of what comes
// next; a partition of which nothing has come has no entry.
func (f *Feeder) Clocks() map[log.Partition]feed.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.clocks)
}

// Run feeds until the context ends. Any other return is a failure, after which
// it can be run again.
func (f *Feeder) Run(ctx context.Context) error {
	reader, err := f.open(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	defer reader.Close()
	for {
		changes, err := f.collect(ctx, reader)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		f.expect(changes)
		// A batch that has begun is finished: stopping between two keeps the
		// store's file in order.
		if len(changes) > 0 {
			if err := f.sink.Apply(context.WithoutCancel(ctx), changes); err != nil {
				return fmt.Errorf("storing %d records: %w", len(changes), err)
			}
		}
		f.advance(reader, changes)
	}
}

// advance notes that everything the reader has read is stored, the changes last.
func (f *Feeder) advance(reader *log.Reader, changes []Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for p := range f.positions {
		f.positions[p] = reader.Next(p)
	}
	for i := range changes {
		f.clocks[changes[i].Partition] = timeOf(changes[i].Record)
	}
}

// expect notes the time of the first records since the start.
func (f *Feeder) expect(changes []Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range changes {
		if _, ok := f.clocks[changes[i].Partition]; !ok {
			f.clocks[changes[i].Partition] = timeOf(changes[i].Record)
		}
	}
}

func (f *Feeder) open(ctx context.Context) (*log.Reader, error) {
	stored, err := f.sink.Positions(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the store's positions: %w", err)
	}
	starts, ends, err := log.Bounds(ctx, f.client, f.topics)
	if err != nil {
		return nil, err
	}
	from := map[string]map[int32]kgo.Offset{}
	positions := map[log.Partition]int64{}
	for p, start := range starts {
		at, ok := stored[p]
		switch {
		case !ok:
			at = start
		case at < start:
			f.logger.Warn("the log no longer holds records that the store has not seen", "topic", p.Topic, "partition", p.Partition, "missing", start-at)
			at = start
		case at > ends[p]:
			// The log lost its unsynced end in a power failure. What is written
			// there now are the same records again, which the sink recognises by
			// their sequence numbers.
			f.logger.Warn("the store is ahead of the log", "topic", p.Topic, "partition", p.Partition, "store", at, "log_end", ends[p])
			at = start
		}
		positions[p] = at
		if from[p.Topic] == nil {
			from[p.Topic] = map[int32]kgo.Offset{}
		}
		from[p.Topic][p.Partition] = kgo.NewOffset().At(at)
	}
	f.mu.Lock()
	f.positions, f.clocks = positions, map[log.Partition]feed.Time{}
	f.mu.Unlock()
	return log.OpenReader(f.client, from)
}

// Bounds of a batch: records, and bytes as they stand in the log.
const (
	batchMax  = 20_000
	batchSize = 8 << 20
)

// collect gathers what comes within the linger, until that is a whole batch.
func (f *Feeder) collect(ctx context.Context, reader *log.Reader) ([]Change, error) {
	var changes []Change
	size := 0
	deadline := ctx
	for len(changes) < batchMax && size < batchSize {
		fetches := reader.PollRecords(deadline, batchMax-len(changes))
		var failed error
		fetches.EachError(func(topic string, p int32, err error) {
			if !errors.Is(err, context.DeadlineExceeded) {
				failed = fmt.Errorf("reading %s/%d: %w", topic, p, err)
			}
		})
		if failed != nil {
			return nil, failed
		}
		for it := fetches.RecordIter(); !it.Done(); {
			r := it.Next()
			record, err := f.decode(r)
			if err != nil {
				return nil, fmt.Errorf("reading %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
			}
			size += len(r.Value)
			changes = append(changes, Change{Partition: log.Partition{Topic: r.Topic, Partition: r.Partition}, Offset: r.Offset, Record: record})
		}
		if deadline.Err() != nil {
			break
		}
		if deadline == ctx {
			var cancel context.CancelFunc
			deadline, cancel = context.WithTimeout(ctx, f.linger)
			defer cancel()
		}
	}
	return changes, nil
}

// decode reads a record into the struct of its topic. The topic's family is the
// part of its name before the first dot.
func (f *Feeder) decode(r *kgo.Record) (any, error) {
	family, _, _ := strings.Cut(r.Topic, ".")
	record := newRecord(family)
	if record == nil {
		return nil, fmt.Errorf("topic %s is not for the store", r.Topic)
	}
	if w, ok := record.(Window); ok {
		m := map[string]any(w)
		return w, f.codecs[r.Topic].Decode(r.Value, &m)
	}
	return record, f.codecs[r.Topic].Decode(r.Value, record)
}

func newRecord(family string) any {
	switch family {
	case "quotes":
		return new(feed.Quote)
	case "games":
		return new(feed.Game)
	case "plays":
		return new(feed.Play)
	case "weather":
		return new(feed.Weather)
	case "markets":
		return new(feed.MarketState)
	case "signals":
		return new(feed.Signal)
	case "inplay":
		return new(feed.InPlay)
	case "totals_weather":
		return new(feed.TotalsWeather)
	case "windows":
		return Window{}
	case log.TopicDims:
		return new(feed.Dimension)
	case log.TopicFixtures:
		return new(feed.Fixture)
	case log.TopicQuarantine:
		return new(feed.Quarantine)
	case log.TopicReviews:
		return new(feed.Review)
	case log.TopicLate:
		return new(feed.Late)
	}
	return nil
}
