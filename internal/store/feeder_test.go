package store

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

const quotes = "quotes.nfl"

// broker starts a log with one topic of two partitions and returns a client and
// the topic's codec.
func broker(t *testing.T) (*kgo.Client, map[string]*log.Codec) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, quotes))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.FetchMaxWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	codec, err := log.NewCodec(feed.QuoteSchema, 1)
	if err != nil {
		t.Fatal(err)
	}
	return client, map[string]*log.Codec{quotes: codec}
}

// write puts quotes with sequence numbers from first to last in a partition.
func write(t *testing.T, client *kgo.Client, codec *log.Codec, partition int32, first, last int64) {
	t.Helper()
	for seq := first; seq <= last; seq++ {
		value, err := codec.Append(nil, &feed.Quote{Kind: feed.KindQuote, Seq: seq})
		if err != nil {
			t.Fatal(err)
		}
		produce(t, client, partition, value)
	}
}

func produce(t *testing.T, client *kgo.Client, partition int32, value []byte) {
	t.Helper()
	r := &kgo.Record{Topic: quotes, Partition: partition, Key: []byte("k"), Value: value}
	if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// memory is a sink that fails when told to. Like the real ones it leaves out
// what it has stored.
type memory struct {
	mu        sync.Mutex
	positions map[log.Partition]int64
	stored    map[log.Partition][]int64 // sequence numbers
	batches   []int
	fail      int // how many of the next batches to refuse
	changed   chan struct{}
}

func newMemory() *memory {
	return &memory{positions: map[log.Partition]int64{}, stored: map[log.Partition][]int64{}, changed: make(chan struct{}, 1)}
}

var errFull = errors.New("no room")

func (m *memory) Positions(context.Context) (map[log.Partition]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.positions), nil
}

func (m *memory) Apply(_ context.Context, changes []Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail > 0 {
		m.fail--
		return errFull
	}
	m.batches = append(m.batches, len(changes))
	for _, c := range changes {
		m.positions[c.Partition] = c.Offset + 1
		seq := c.Record.(*feed.Quote).Seq
		if seqs := m.stored[c.Partition]; len(seqs) == 0 || seqs[len(seqs)-1] < seq {
			m.stored[c.Partition] = append(seqs, seq)
		}
	}
	select {
	case m.changed <- struct{}{}:
	default:
	}
	return nil
}

// holds waits until each partition has the sequence numbers 1 to n.
func (m *memory) holds(t *testing.T, n int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		m.mu.Lock()
		have := m.stored[log.Partition{Topic: quotes}]
		other := m.stored[log.Partition{Topic: quotes, Partition: 1}]
		m.mu.Unlock()
		if int64(len(have)) >= n && int64(len(other)) >= n {
			for i := range n {
				if have[i] != i+1 || other[i] != i+1 {
					t.Fatalf("stored %v and %v", have, other)
				}
			}
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("stored %v and %v, want 1 to %d", have, other, n)
		case <-m.changed:
		}
	}
}

// run starts a feeder; stop ends it and returns what Run has returned.
func run(t *testing.T, client *kgo.Client, codecs map[string]*log.Codec, sink Sink) (f *Feeder, stop func() error) {
	t.Helper()
	f = NewFeeder(client, codecs, []string{quotes}, sink, 5*time.Millisecond, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	return f, stop
}

func TestAFeederGoesOnWhereItsSinkStands(t *testing.T) {
	client, codecs := broker(t)
	sink := newMemory()
	for _, n := range []int64{30, 70, 100} {
		from := int64(len(sink.stored[log.Partition{Topic: quotes}])) + 1
		for p := range int32(2) {
			write(t, client, codecs[quotes], p, from, n)
		}
		f, stop := run(t, client, codecs, sink)
		sink.holds(t, n)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for p := range int32(2) {
			if got := f.Positions()[log.Partition{Topic: quotes, Partition: p}]; got != n {
				t.Errorf("position %d, want %d", got, n)
			}
		}
	}
	if total := slices.Max(sink.batches); total > 60*2 {
		t.Errorf("a batch of %d: records were read again", total)
	}
	sum := 0
	for _, n := range sink.batches {
		sum += n
	}
	if sum != 200 {
		t.Errorf("%d records were handed over, want 200 once each", sum)
	}
}

func TestARefusedBatchIsHandedOverAgain(t *testing.T) {
	client, codecs := broker(t)
	for p := range int32(2) {
		write(t, client, codecs[quotes], p, 1, 50)
	}
	sink := newMemory()
	sink.fail = 3
	f := NewFeeder(client, codecs, []string{quotes}, sink, time.Millisecond, slog.New(slog.DiscardHandler))
	for range 3 {
		if err := f.Run(t.Context()); !errors.Is(err, errFull) {
			t.Fatalf("got %v, want the sink's error", err)
		}
		for p, n := range f.Positions() {
			if n != 0 {
				t.Fatalf("%v stands at %d although nothing is stored", p, n)
			}
		}
	}
	_, stop := run(t, client, codecs, sink)
	sink.holds(t, 50)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestASinkAheadOfTheLogTakesWhatComesNew(t *testing.T) {
	client, codecs := broker(t)
	for p := range int32(2) {
		write(t, client, codecs[quotes], p, 1, 10)
	}
	// The log has lost its end: the sink has seen five more of each partition,
	// which their task writes again.
	sink := newMemory()
	for p := range int32(2) {
		at := log.Partition{Topic: quotes, Partition: p}
		sink.positions[at] = 15
		for seq := range int64(15) {
			sink.stored[at] = append(sink.stored[at], seq+1)
		}
	}
	_, stop := run(t, client, codecs, sink)
	for p := range int32(2) {
		write(t, client, codecs[quotes], p, 11, 40)
	}
	sink.holds(t, 40)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestAValueThatIsNoRecordStopsTheFeederWithItsPlace(t *testing.T) {
	client, codecs := broker(t)
	write(t, client, codecs[quotes], 1, 1, 3)
	produce(t, client, 1, []byte("no record"))
	f := NewFeeder(client, codecs, []string{quotes}, newMemory(), time.Millisecond, slog.New(slog.DiscardHandler))
	err := f.Run(t.Context())
	if !errors.Is(err, log.ErrNoRecord) || err.Error() != "reading quotes.nfl/1@3: "+log.ErrNoRecord.Error() {
		t.Errorf("got %v", err)
	}
}

func TestABusyLogMakesFewLargeBatches(t *testing.T) {
	client, codecs := broker(t)
	sink := newMemory()
	f := NewFeeder(client, codecs, []string{quotes}, sink, 300*time.Millisecond, slog.New(slog.DiscardHandler))
	for p := range int32(2) {
		write(t, client, codecs[quotes], p, 1, 200)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	sink.holds(t, 200)
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(sink.batches) > 20 {
		t.Errorf("%d batches for 400 records that were there at once", len(sink.batches))
	}
}

func TestEveryTopicWithASchemaHasARecord(t *testing.T) {
	layout := log.Layout{Partitions: 1, Sources: feed.Sources(), Leagues: []string{"nfl"}, Metrics: map[string]string{"m": `"long"`}}
	f := &Feeder{codecs: map[string]*log.Codec{}}
	for _, topic := range layout.Topics() {
		if topic.Schema == "" || topic.Inner {
			if _, err := f.decode(&kgo.Record{Topic: topic.Name}); err == nil {
				t.Errorf("%s was read", topic.Name)
			}
			continue
		}
		codec, err := log.NewCodec(topic.Schema, 1)
		if err != nil {
			t.Fatal(err)
		}
		f.codecs[topic.Name] = codec
		if _, err := f.decode(&kgo.Record{Topic: topic.Name}); !errors.Is(err, log.ErrNoRecord) {
			t.Errorf("%s: got %v, want that an empty value is no record", topic.Name, err)
		}
	}
}
