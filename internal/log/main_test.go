package log

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// startCluster runs a broker in memory and returns a client of it.
func startCluster(t testing.TB, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return dial(t, c.ListenAddrs(), opts...)
}

func dial(t testing.TB, addrs []string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(addrs...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(0),
		kgo.MetadataMinAge(10 * time.Millisecond), kgo.FetchMaxWait(20 * time.Millisecond),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// rawTopics creates the raw topics of sources.
func rawTopics(t testing.TB, client *kgo.Client, partitions int32, sources ...string) {
	t.Helper()
	if err := Ensure(t.Context(), client, Layout{Partitions: partitions, Sources: sources}.Topics(), 1); err != nil {
		t.Fatal(err)
	}
}

// readAll returns all records of topics, by partition.
func readAll(t testing.TB, client *kgo.Client, topics ...string) map[Partition][]*kgo.Record {
	t.Helper()
	starts, ends, err := Bounds(t.Context(), client, topics)
	if err != nil {
		t.Fatal(err)
	}
	left := int64(0)
	for p, end := range ends {
		left += end - starts[p]
	}
	reader, err := kgo.NewClient(append(client.Opts(), kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	out := map[Partition][]*kgo.Record{}
	for left > 0 {
		fetches := reader.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			p := Partition{r.Topic, r.Partition}
			out[p] = append(out[p], r)
			left--
		})
	}
	return out
}
