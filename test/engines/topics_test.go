//go:build engines

package engines

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
)

// partitions of every topic.
const partitions = 4

// sharedLog is the real cluster that the replicas share.
type sharedLog struct {
	t        *testing.T
	client   *kgo.Client
	registry *sr.Client
	settings []string
	schemas  map[uint32]*avro.Schema
}

func newSharedLog(t *testing.T) *sharedLog {
	t.Helper()
	brokers, registry := kafka(t)["KAFKA_PLAIN"], schemas(t)["REGISTRY_URL"]
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	toRegistry, err := sr.NewClient(sr.URLs(registry))
	if err != nil {
		t.Fatal(err)
	}
	return &sharedLog{t: t, client: client, registry: toRegistry, schemas: map[uint32]*avro.Schema{}, settings: []string{
		"BETFLOW_KAFKA_BROKERS=" + brokers, "BETFLOW_KAFKA_REGISTRY=" + registry, "BETFLOW_KAFKA_SESSION=" + session.String(),
		"BETFLOW_LOG_CHECKPOINT=1s", fmt.Sprint("BETFLOW_LOG_PARTITIONS=", partitions),
	}}
}

// in is the same log for another test.
func (c *sharedLog) in(t *testing.T) *sharedLog {
	another := *c
	another.t = t
	return &another
}

// clear removes all topics and waits until they are gone.
func (c *sharedLog) clear() {
	c.t.Helper()
	adm := kadm.NewClient(c.client)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		topics, err := adm.ListTopics(context.Background())
		if err != nil {
			c.t.Fatal(err)
		}
		if len(topics) == 0 {
			return
		}
		if _, err := adm.DeleteTopics(context.Background(), topics.Names()...); err != nil {
			c.t.Fatal(err)
		}
	}
	c.t.Fatal("topics cannot be removed")
}

// truth is what stands in the log, in files: one a partition.
type truth struct {
	dir                  string
	topics               []string
	raw, derived, quotes int
}

func (tr *truth) file(topic string, partition int32) string {
	return filepath.Join(tr.dir, fmt.Sprint(topic, "@", partition))
}

// record copies the log's records.
func (c *sharedLog) record() *truth {
	c.t.Helper()
	tr := &truth{dir: c.t.TempDir(), topics: c.topics()}
	places := rawPlaces{}
	for _, topic := range tr.topics {
		files := map[int32]*os.File{}
		out := map[int32]*bufio.Writer{}
		c.read(topic, func(r *kgo.Record, ordinal int) {
			if out[r.Partition] == nil {
				f, err := os.Create(tr.file(topic, r.Partition))
				c.must(err)
				files[r.Partition], out[r.Partition] = f, bufio.NewWriter(f)
			}
			record := c.canonical(r, ordinal, places)
			_, err := out[r.Partition].Write(append(binary.AppendUvarint(nil, uint64(len(record))), record...))
			c.must(err)
			switch {
			case isRaw(topic):
				tr.raw++
			case strings.HasPrefix(topic, "quotes."):
				tr.quotes++
				fallthrough
			default:
				tr.derived++
			}
		})
		for p, f := range files {
			c.must(out[p].Flush())
			c.must(f.Close())
		}
	}
	return tr
}

// compare holds that the log's records are the truth: raw topics first, for the
// others follow from them.
func (c *sharedLog) compare(tr *truth) {
	c.t.Helper()
	if topics := c.topics(); !slices.Equal(topics, tr.topics) {
		c.t.Fatalf("the log has the topics %q, want %q", topics, tr.topics)
	}
	places := rawPlaces{}
	var missing, wrong, extra int
	for _, topic := range tr.topics {
		files := map[int32]*bufio.Reader{}
		next := func(p int32) []byte {
			if files[p] == nil {
				f, err := os.Open(tr.file(topic, p))
				if os.IsNotExist(err) {
					return nil
				}
				c.must(err)
				c.t.Cleanup(func() { _ = f.Close() }) // it was read only
				files[p] = bufio.NewReader(f)
			}
			n, err := binary.ReadUvarint(files[p])
			if err == io.EOF {
				return nil
			}
			c.must(err)
			record := make([]byte, n)
			_, err = io.ReadFull(files[p], record)
			c.must(err)
			return record
		}
		first := map[int32]bool{}
		c.read(topic, func(r *kgo.Record, ordinal int) {
			got, want := c.canonical(r, ordinal, places), next(r.Partition)
			switch {
			case want == nil:
				extra++
			case !bytes.Equal(got, want):
				wrong++
			default:
				return
			}
			if !first[r.Partition] {
				first[r.Partition] = true
				c.t.Errorf("%s/%d differs from record %d at offset %d on:\n got %q\nwant %q", topic, r.Partition, ordinal, r.Offset, short(got), short(want))
			}
		})
		for p := range int32(partitions) {
			left := 0
			for next(p) != nil {
				left++
			}
			if left > 0 {
				c.t.Errorf("%s/%d lacks its last %d records", topic, p, left)
				missing += left
			}
		}
	}
	c.t.Logf("compared with %d raw and %d derived records: missing %d, wrong %d, extra %d", tr.raw, tr.derived, missing, wrong, extra)
}

func short(b []byte) []byte { return b[:min(len(b), 600)] }

func isRaw(topic string) bool { return strings.HasPrefix(topic, "raw.") }

func (c *sharedLog) must(err error) {
	if err != nil {
		c.t.Helper()
		c.t.Fatal(err)
	}
}

// topics lists the topics with records for others, raw ones first. States of
// tasks are not: when a checkpoint is made depends on the clock.
func (c *sharedLog) topics() []string {
	c.t.Helper()
	all, err := kadm.NewClient(c.client).ListTopics(context.Background())
	c.must(err)
	names := slices.DeleteFunc(all.Names(), func(name string) bool {
		return strings.HasPrefix(name, "state.") || name == "tasks" || name == "ingest"
	})
	slices.SortFunc(names, func(a, b string) int {
		if isRaw(a) != isRaw(b) {
			return map[bool]int{true: -1, false: 1}[isRaw(a)]
		}
		return strings.Compare(a, b)
	})
	return names
}

// read yields the committed records of a topic, with how many stand before each
// in its partition. Nothing may be left that is not committed.
func (c *sharedLog) read(topic string, yield func(r *kgo.Record, ordinal int)) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	adm := kadm.NewClient(c.client)
	ends, err := adm.ListCommittedOffsets(ctx, topic)
	c.must(err)
	c.must(ends.Error())
	all, err := adm.ListEndOffsets(ctx, topic)
	c.must(err)
	c.must(all.Error())
	from, left := map[int32]kgo.Offset{}, map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if end, _ := all.Lookup(topic, o.Partition); end.Offset != o.Offset {
			c.t.Errorf("%s/%d is committed to %d and ends at %d", topic, o.Partition, o.Offset, end.Offset)
		}
		if o.Offset > 0 {
			from[o.Partition], left[o.Partition] = kgo.NewOffset().AtStart(), o.Offset
		}
	})
	reader, err := kgo.NewClient(append(c.client.Opts(), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())...)
	c.must(err)
	defer reader.Close()
	seen := map[int32]int{}
	for len(left) > 0 {
		fetches := reader.PollFetches(ctx)
		c.must(fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				yield(r, seen[r.Partition])
				seen[r.Partition]++
			}
			if r.Offset >= left[r.Partition]-1 {
				delete(left, r.Partition)
			}
		})
	}
}

// rawPlaces are the offsets of raw records, in order, by topic and partition.
type rawPlaces map[string][]int64

// canonical is what of a record has to be the same in every run: all but the
// time at which it was appended. Where in the log a raw record stands depends on
// the marks of transactions before it: which one it is does not, so an offset
// becomes the number of the record.
func (c *sharedLog) canonical(r *kgo.Record, ordinal int, places rawPlaces) []byte {
	c.t.Helper()
	var headers []string
	for _, h := range r.Headers {
		headers = append(headers, h.Key, string(h.Value))
	}
	if isRaw(r.Topic) {
		at := fmt.Sprint(r.Topic, "/", r.Partition)
		places[at] = append(places[at], r.Offset)
		return fmt.Appendf(nil, "%q %q %q", headers, r.Key, r.Value)
	}
	if seq := sequence(r.Value); seq != int64(ordinal+1) {
		c.explain(r.Topic, r.Partition)
		c.t.Fatalf("%s/%d@%d has number %d, want %d", r.Topic, r.Partition, r.Offset, seq, ordinal+1)
	}
	id := binary.BigEndian.Uint32(r.Value[1:])
	schema, seen := c.schemas[id]
	if !seen {
		text, err := c.registry.SchemaByID(context.Background(), int(id))
		c.must(err)
		if strings.Contains(text.Schema, `"raw_offset"`) {
			schema, err = avro.Parse(text.Schema)
			c.must(err)
		}
		c.schemas[id] = schema
	}
	if schema == nil {
		return fmt.Appendf(nil, "%q %q %q", headers, r.Key, r.Value)
	}
	var fields map[string]any
	_, err := schema.Decode(r.Value[5:], &fields)
	c.must(err)
	if fields["kind"] != "tick" {
		at := fmt.Sprint("raw.", fields["source"], "/", fields["raw_partition"])
		n, found := slices.BinarySearch(places[at], fields["raw_offset"].(int64))
		if !found {
			c.t.Fatalf("%s/%d@%d comes from %s@%d, where no record stands", r.Topic, r.Partition, r.Offset, at, fields["raw_offset"])
		}
		fields["raw_offset"] = n
	}
	text, err := json.Marshal(fields)
	c.must(err)
	return fmt.Appendf(nil, "%q %q %s", headers, r.Key, text)
}

// sequence reads the number that follows the kind at the beginning of a value.
func sequence(value []byte) int64 {
	n, w := binary.Varint(value[5:])
	seq, _ := binary.Varint(value[5+w+int(n):])
	return seq
}

// explain lists what stands in a partition, committed or not, by the writers and
// the transactions it comes from.
func (c *sharedLog) explain(topic string, partition int32) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ends, err := kadm.NewClient(c.client).ListEndOffsets(ctx, topic)
	c.must(err)
	end, _ := ends.Lookup(topic, partition)
	reader, err := kgo.NewClient(append(c.client.Opts(), kgo.KeepControlRecords(),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {partition: kgo.NewOffset().AtStart()}}))...)
	c.must(err)
	defer reader.Close()
	var lines []string
	writer := ""
	for next := int64(0); next < end.Offset; {
		fetches := reader.PollFetches(ctx)
		c.must(fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			next = r.Offset + 1
			switch by := fmt.Sprintf("writer %d epoch %d", r.ProducerID, r.ProducerEpoch); {
			case r.Attrs.IsControl():
				lines, writer = append(lines, fmt.Sprintf("%d: mark of %s, commit %t", r.Offset, by, r.Key[3] == 1)), ""
			case by != writer:
				lines, writer = append(lines, fmt.Sprintf("%d: from number %d by %s at %s", r.Offset, sequence(r.Value), by, r.Timestamp.Format(time.TimeOnly))), by
			}
		})
	}
	c.t.Logf("%s/%d holds, up to %d:\n%s", topic, partition, end.Offset, strings.Join(lines, "\n"))
}
