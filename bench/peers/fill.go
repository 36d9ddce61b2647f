package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/bench/truth"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// quotesTopic is the topic that every engine reads.
func quotesTopic(partitions int32) log.Topic {
	return log.Topic{Name: log.QuotesTopic(load.League), Partitions: partitions, Schema: feed.QuoteSchema}
}

// writer writes quotes to their topic as the program does.
type writer struct {
	client *kgo.Client
	codec  *log.Codec
	topic  string

	mu  sync.Mutex
	err error
}

func (b *bench) writer(ctx context.Context, t log.Topic, linger time.Duration) (*writer, error) {
	codec, err := log.Register(ctx, b.cluster.registry, t)
	if err != nil {
		return nil, err
	}
	client, err := log.Connect(ctx, log.Connection{Brokers: b.cluster.brokers}, kgo.ProducerLinger(linger), log.CompressSwiftly())
	if err != nil {
		return nil, err
	}
	return &writer{client: client, codec: codec, topic: t.Name}, nil
}

func (w *writer) write(ctx context.Context, partition int32, q *feed.Quote) error {
	value, err := w.codec.Append(nil, q)
	if err != nil {
		return err
	}
	key := q.FixtureID
	if q.Kind == feed.KindTick {
		key = feed.TickKey
	}
	w.client.Produce(ctx, &kgo.Record{Topic: w.topic, Partition: partition, Key: []byte(key), Value: value}, w.written)
	return nil
}

func (w *writer) written(_ *kgo.Record, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("writing quotes: %w", err)
	}
}

// close waits for what was written.
func (w *writer) close(ctx context.Context) error {
	defer w.client.Close()
	if err := w.client.Flush(ctx); err != nil {
		return fmt.Errorf("writing quotes: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// fill makes the topic of quotes anew and says what has to come of it.
func (b *bench) fill(ctx context.Context, l load.Load) (*truth.Truth, error) {
	t := quotesTopic(l.Partitions)
	if err := b.cluster.renew(ctx, []log.Topic{t}); err != nil {
		return nil, err
	}
	w, err := b.writer(ctx, t, 20*time.Millisecond)
	if err != nil {
		return nil, err
	}
	want := truth.New()
	err = l.Each(func(partition int32, q *feed.Quote) error {
		want.Add(q)
		return w.write(ctx, partition, q)
	})
	if closed := w.close(ctx); err == nil {
		err = closed
	}
	return want, err
}
