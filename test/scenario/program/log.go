package program

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
)

// Log is what a log holds, by "topic/partition": of each record its number and a
// digest of all that has to be the same in every run. That is everything but its
// offset and the time at which it was appended. Digests of one process can be
// compared, those of two cannot.
type Log map[string]*Records

// Records are the records of a partition in their order.
type Records struct {
	Numbers []int64
	Digests []uint64
	Keys    []uint64 // digests of the keys, if the topic is compacted; otherwise nil
}

// ReadLog reads the log of a data folder on which no betflow runs, through a
// broker of its own.
func ReadLog(t testing.TB, data string) Log {
	t.Helper()
	broker, err := embedded.Start(embedded.Config{Dir: filepath.Join(data, "log"), MaxBytes: 1 << 40})
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

// Consume reads the committed records of every topic from a broker, to their
// ends as they are now. What is not betflow's is left out.
func Consume(t testing.TB, broker string) Log {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.FetchMaxPartitionBytes(4<<20))
	if err != nil {
		t.Fatalf("connecting to the log: %v", err)
	}
	defer client.Close()
	out, from, ends := contents(t, ctx, client)
	reader, err := log.OpenReader(client, log.Offsets(from), kgo.KeepControlRecords())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for left := len(from); left > 0; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("reading the log, %d partitions are not at their end: %v", left, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			at := log.Partition{Topic: r.Topic, Partition: r.Partition}
			if r.Offset >= ends[at] {
				return // came since
			}
			if r.Offset == ends[at]-1 {
				left--
			}
			if r.Attrs.IsControl() {
				return
			}
			if err := out[name(at)].add(r); err != nil {
				t.Fatalf("reading %s@%d: %v", name(at), r.Offset, err)
			}
		})
	}
	return out
}

func name(p log.Partition) string { return fmt.Sprintf("%s/%d", p.Topic, p.Partition) }

// contents prepares every partition and finds out where those that hold
// something begin and end.
func contents(t testing.TB, ctx context.Context, client *kgo.Client) (out Log, from, ends map[log.Partition]int64) {
	t.Helper()
	adm := kadm.NewClient(client)
	listed, err := adm.ListTopics(ctx)
	if err != nil {
		t.Fatalf("listing topics: %v", err)
	}
	configs, err := adm.DescribeTopicConfigs(ctx, listed.Names()...)
	if err != nil {
		t.Fatalf("asking for the settings of topics: %v", err)
	}
	compacted := map[string]bool{}
	for _, c := range configs {
		for _, entry := range c.Configs {
			compacted[c.Name] = compacted[c.Name] || entry.Key == "cleanup.policy" && strings.Contains(entry.MaybeValue(), "compact")
		}
	}
	starts, last, err := log.Bounds(ctx, client, listed.Names())
	if err != nil {
		t.Fatal(err)
	}
	out, from, ends = Log{}, map[log.Partition]int64{}, map[log.Partition]int64{}
	for at, end := range last {
		records := &Records{}
		if compacted[at.Topic] {
			records.Keys = []uint64{}
		}
		out[name(at)] = records
		if end > starts[at] {
			from[at], ends[at] = starts[at], end
		}
	}
	return out, from, ends
}

var seed = maphash.MakeSeed()

func (rs *Records) add(r *kgo.Record) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var h maphash.Hash
	h.SetSeed(seed)
	write := func(part []byte) {
		var length [8]byte
		binary.LittleEndian.PutUint64(length[:], uint64(len(part)))
		_, _ = h.Write(length[:]) // never fails
		_, _ = h.Write(part)
	}
	write(r.Key)
	write(r.Value)
	for _, header := range r.Headers {
		write([]byte(header.Key))
		write(header.Value)
	}
	rs.Numbers = append(rs.Numbers, number)
	rs.Digests = append(rs.Digests, h.Sum64())
	if rs.Keys != nil {
		rs.Keys = append(rs.Keys, maphash.Bytes(seed, r.Key))
	}
	return nil
}

// numberOf is the number that the writer gave the record: among what a task
// wrote to the partition, or of the entry in its recording; what was captured
// live has its log time, which ascends as well.
func numberOf(r *kgo.Record) (int64, error) {
	if !strings.HasPrefix(r.Topic, log.RawTopic("")) {
		_, number, err := log.KindSeq(r.Value)
		return number, err
	}
	number := int64(0)
	for _, h := range r.Headers {
		if h.Key == "entry" || h.Key == "time" && number == 0 {
			var err error
			if number, err = strconv.ParseInt(string(h.Value), 10, 64); err != nil {
				return 0, fmt.Errorf("reading header %s: %w", h.Key, err)
			}
		}
	}
	return number, nil
}

// Head returns the first n records, or all if there are fewer.
func (rs *Records) Head(n int) *Records {
	n = min(n, len(rs.Numbers))
	head := &Records{Numbers: rs.Numbers[:n], Digests: rs.Digests[:n]}
	if rs.Keys != nil {
		head.Keys = rs.Keys[:n]
	}
	return head
}

// Count counts all records.
func (l Log) Count() int {
	n := 0
	for _, records := range l {
		n += len(records.Numbers)
	}
	return n
}
