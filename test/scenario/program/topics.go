package program

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log/embedded"
)

// Record is what of a record has to be the same in every run: all but the time
// at which it was appended.
type Record struct{ Key, Value []byte }

// Topics holds the records of topics by "topic/partition".
type Topics map[string][]Record

// Derived reads every topic but the raw ones from a data folder on which no
// betflow runs, through a broker of its own.
func Derived(t testing.TB, data string) Topics {
	t.Helper()
	broker, err := embedded.Start(embedded.Config{Dir: filepath.Join(data, "log")})
	if err != nil {
		t.Fatalf("opening the log: %v", err)
	}
	defer func() {
		if err := broker.Close(); err != nil {
			t.Errorf("closing the log: %v", err)
		}
	}()
	return Consume(t, broker.Addr())
}

// Consume reads every topic but the raw ones from a broker, to their ends as
// they are now.
func Consume(t testing.TB, broker string) Topics {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker))
	if err != nil {
		t.Fatalf("connecting to the log: %v", err)
	}
	defer client.Close()
	topics, missing, from := contents(t, ctx, client)
	client.AddConsumePartitions(from)
	for missing > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("reading the log, %d records are missing: %v", missing, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			name := fmt.Sprintf("%s/%d", r.Topic, r.Partition)
			if at := int(r.Offset); at < cap(topics[name]) && at == len(topics[name]) {
				topics[name] = append(topics[name], Record{r.Key, r.Value})
				missing--
			}
		})
	}
	return topics
}

// contents prepares a slice for each partition, with room for what it holds.
func contents(t testing.TB, ctx context.Context, client *kgo.Client) (Topics, int64, map[string]map[int32]kgo.Offset) {
	t.Helper()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx)
	if err != nil {
		t.Fatalf("listing the log's ends: %v", err)
	}
	topics, missing, from := Topics{}, int64(0), map[string]map[int32]kgo.Offset{}
	ends.Each(func(o kadm.ListedOffset) {
		if o.Err != nil {
			t.Fatalf("listing the end of %s/%d: %v", o.Topic, o.Partition, o.Err)
		}
		if strings.HasPrefix(o.Topic, "raw.") {
			return
		}
		topics[fmt.Sprintf("%s/%d", o.Topic, o.Partition)] = make([]Record, 0, o.Offset)
		missing += o.Offset
		if from[o.Topic] == nil {
			from[o.Topic] = map[int32]kgo.Offset{}
		}
		from[o.Topic][o.Partition] = kgo.NewOffset().AtStart()
	})
	return topics, missing, from
}

// Records counts all records.
func (ts Topics) Records() int {
	n := 0
	for _, records := range ts {
		n += len(records)
	}
	return n
}

// Compare fails the test for every partition in which got differs from want.
func Compare(t testing.TB, got, want Topics) {
	t.Helper()
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("partition %s is there in one run only", name)
		}
	}
	for name, w := range want {
		g := got[name]
		if len(g) != len(w) {
			t.Errorf("%s has %d records, want %d", name, len(g), len(w))
		}
		for i := range min(len(g), len(w)) {
			if !bytes.Equal(g[i].Key, w[i].Key) || !bytes.Equal(g[i].Value, w[i].Value) {
				t.Errorf("%s differs from record %d on:\n got %q %x\nwant %q %x", name, i, g[i].Key, g[i].Value, w[i].Key, w[i].Value)
				break
			}
		}
	}
}
