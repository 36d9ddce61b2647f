package embedded

import (
	"fmt"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	benchPartitions = 8
	benchValueBytes = 300
)

// benchProduce produces n records of benchValueBytes spread over the topic's
// partitions and waits for them.
func benchProduce(b *testing.B, cl *kgo.Client, topic string, n int) {
	b.Helper()
	ctx := b.Context()
	value := make([]byte, benchValueBytes)
	for i := range value {
		value[i] = byte(i*i*7 + i>>3)
	}
	var wg sync.WaitGroup
	wg.Add(n)
	for i := range n {
		cl.Produce(ctx, &kgo.Record{Topic: topic, Partition: int32(i % benchPartitions), Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				b.Errorf("producing: %v", err)
			}
			wg.Done()
		})
	}
	wg.Wait()
}

func benchBroker(b *testing.B) (*Broker, *kgo.Client) {
	b.Helper()
	br := startBroker(b, Config{Dir: b.TempDir()})
	cl := newClient(b, br.Addr(), noCompression())
	if err := createTopic(b.Context(), cl, "t", benchPartitions, nil); err != nil {
		b.Fatal(err)
	}
	return br, cl
}

// BenchmarkProduce reports the time for one record of 300 bytes.
func BenchmarkProduce(b *testing.B) {
	_, cl := benchBroker(b)
	const chunk = 100_000
	b.ReportAllocs()
	b.SetBytes(chunk * benchValueBytes)
	for b.Loop() {
		benchProduce(b, cl, "t", chunk)
	}
	b.ReportMetric(float64(b.N)*chunk/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkConsume reads the same 500,000 records again and again.
func BenchmarkConsume(b *testing.B) {
	br, cl := benchBroker(b)
	const n = 500_000
	benchProduce(b, cl, "t", n)
	b.ReportAllocs()
	b.SetBytes(n * benchValueBytes)
	for b.Loop() {
		c := newClient(b, br.Addr(), kgo.ConsumeTopics("t"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
		for got := 0; got < n; {
			got += c.PollFetches(b.Context()).NumRecords()
		}
		c.Close()
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkStart measures a start and a clean stop with logs of several sizes.
func BenchmarkStart(b *testing.B) {
	for _, megabytes := range []int{50, 500} {
		b.Run(fmt.Sprintf("%dMB", megabytes), func(b *testing.B) {
			dir := b.TempDir()
			br, err := Start(Config{Dir: dir})
			if err != nil {
				b.Fatal(err)
			}
			cl := newClient(b, br.Addr(), noCompression(), kgo.ProducerBatchMaxBytes(64<<10))
			if err := createTopic(b.Context(), cl, "t", benchPartitions, nil); err != nil {
				b.Fatal(err)
			}
			benchProduce(b, cl, "t", megabytes<<20/benchValueBytes)
			cl.Close()
			if err := br.Close(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				br, err := Start(Config{Dir: dir})
				if err != nil {
					b.Fatal(err)
				}
				if err := br.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompact measures how long the broker answers nobody while it
// compacts 223,696 records of 300 bytes, 64 MiB before compression, to 5,000.
func BenchmarkCompact(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		br := startBroker(b, Config{Dir: b.TempDir()})
		cl := newClient(b, br.Addr())
		policy := map[string]*string{"cleanup.policy": kadm.StringPtr("compact")}
		if err := createTopic(b.Context(), cl, "t", 1, policy); err != nil {
			b.Fatal(err)
		}
		value := make([]byte, benchValueBytes)
		for i := range 64 << 20 / benchValueBytes {
			cl.Produce(b.Context(), &kgo.Record{Topic: "t", Key: encodeID(uint64(i % 5000)), Value: value}, nil)
		}
		if err := cl.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
		br.janitor.compactor.atLeast = 0
		b.StartTimer()
		if err := br.janitor.compactor.compact(); err != nil {
			b.Fatal(err)
		}
	}
}
