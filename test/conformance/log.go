package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/betflow/betflow/internal/log"
)

// Log holds a log to all that the program builds on.
func Log(t *testing.T, target Target) {
	target.part(t, "layout", layout)
	target.part(t, "missing topic", missingTopic)
	target.part(t, "order", order)
	target.part(t, "content", content)
	target.part(t, "large record", largeRecord)
	target.part(t, "retention", retention)
	target.part(t, "bounds and tails", boundsAndTails)
	target.part(t, "offsets", offsets)
	target.part(t, "compaction", compaction)
	target.part(t, "transactions", transactions)
	target.part(t, "tails of transactions", transactionTails)
	target.part(t, "fencing", fencing)
	target.part(t, "group", group)
}

// layout: topics are as they were asked for, whoever creates them first, and
// nobody changes their partitions by accident.
func layout(s *suite) {
	id := strings.ToLower(name("l")[2:])
	topics := log.Layout{Partitions: 3, Sources: []string{id}, Leagues: []string{id}, Metrics: map[string]string{id: ""}}.Topics()
	topics = slices.DeleteFunc(topics, func(t log.Topic) bool { return !strings.HasSuffix(t.Name, "."+id) })
	s.t.Cleanup(func() {
		for _, topic := range topics {
			if _, err := kadm.NewClient(s.client).DeleteTopics(context.WithoutCancel(s.ctx), topic.Name); err != nil {
				s.t.Error(err)
			}
		}
	})
	others := make(chan error, 2)
	for range cap(others) {
		client := s.dial()
		go func() { others <- log.Ensure(s.ctx, client, topics, s.Replication) }()
	}
	for range cap(others) {
		s.must(<-others)
	}
	admin := kadm.NewClient(s.client)
	var names []string
	for _, topic := range topics {
		names = append(names, topic.Name)
	}
	listed, err := admin.ListTopics(s.ctx, names...)
	s.must(err)
	configs, err := admin.DescribeTopicConfigs(s.ctx, names...)
	s.must(err)
	for _, topic := range topics {
		if n := len(listed[topic.Name].Partitions); n != 3 {
			s.t.Errorf("topic %s has %d partitions, want 3", topic.Name, n)
		}
		config, err := configs.On(topic.Name, nil)
		s.must(err)
		for _, c := range config.Configs {
			switch {
			case c.Key == "cleanup.policy" && strings.Contains(c.MaybeValue(), "compact") != topic.Compacted:
				s.t.Errorf("topic %s has the policy %s", topic.Name, c.MaybeValue())
			case c.Key == "min.compaction.lag.ms" && (c.MaybeValue() != "0") != (topic.Compacted && !topic.State):
				s.t.Errorf("topic %s keeps superseded records for %s ms", topic.Name, c.MaybeValue())
			case c.Key == "max.message.bytes" && c.MaybeValue() != fmt.Sprint(log.MaxRecordBytes):
				s.t.Errorf("topic %s takes records of up to %s bytes", topic.Name, c.MaybeValue())
			}
		}
	}
	topics[0].Partitions = 4
	if err := log.Ensure(s.ctx, s.client, topics, s.Replication); err == nil || !strings.Contains(err.Error(), "has 3 partitions") {
		s.t.Errorf("another number of partitions: %v", err)
	}
}

// missingTopic: writing to a topic that nobody created is an error.
func missingTopic(s *suite) {
	client := s.dial(kgo.UnknownTopicRetries(1))
	err := client.ProduceSync(s.ctx, &kgo.Record{Topic: name("nowhere"), Value: []byte("x")}).FirstErr()
	if !errors.Is(err, kerr.UnknownTopicOrPartition) {
		s.t.Errorf("got %v, want an unknown topic", err)
	}
}

// order: records that are written without waiting are acknowledged with
// ascending offsets without gaps, and read as they were written.
func order(s *suite) {
	const records, partitions = 20_000, 4
	topic := s.topic(partitions, false, nil)
	acked := make([][]int64, partitions)
	done := make(chan *kgo.Record, records)
	for i := range records {
		key := fmt.Sprint("fixture-", i%97)
		r := &kgo.Record{Topic: topic, Partition: log.PartitionOf(key, partitions), Key: []byte(key), Value: fmt.Append(nil, i)}
		s.client.Produce(s.ctx, r, func(r *kgo.Record, err error) {
			if err != nil {
				s.t.Error(err)
			}
			done <- r
		})
	}
	for range records {
		r := <-done
		acked[r.Partition] = append(acked[r.Partition], r.Offset)
	}
	last, n := map[string]int{}, 0
	for p, rs := range s.read(topic, kgo.ReadUncommitted()) {
		for i, r := range rs {
			if r.Offset != int64(i) || acked[p][i] != int64(i) {
				s.t.Fatalf("partition %d: record %d has offset %d and was acknowledged at %d", p, i, r.Offset, acked[p][i])
			}
			var number int
			if _, err := fmt.Sscan(string(r.Value), &number); err != nil {
				s.t.Fatal(err)
			}
			if before, ok := last[string(r.Key)]; ok && number != before+97 {
				s.t.Fatalf("key %s: %d came after %d", r.Key, number, before)
			}
			last[string(r.Key)] = number
			n++
		}
	}
	if n != records {
		s.t.Errorf("%d records are there, want %d", n, records)
	}
}

// content: key, value and headers come back as they were, a missing value is
// not an empty one, and the timestamp is the time of writing.
func content(s *suite) {
	topic := s.topic(1, false, nil)
	before := time.Now().Truncate(time.Millisecond)
	headers := []kgo.RecordHeader{{Key: "b", Value: []byte("1")}, {Key: "a", Value: []byte{0, 255}}, {Key: "b", Value: []byte{}}}
	written := []*kgo.Record{
		{Topic: topic, Key: []byte("k"), Value: []byte("v"), Headers: headers},
		{Topic: topic, Key: []byte("k"), Value: []byte{}},
		{Topic: topic, Key: []byte("k"), Value: nil},
	}
	s.produce(written...)
	after := time.Now()
	read := s.read(topic, kgo.ReadUncommitted())[0]
	if len(read) != len(written) {
		s.t.Fatalf("read %d records, want %d", len(read), len(written))
	}
	for i, r := range read {
		w := written[i]
		if !bytes.Equal(r.Key, w.Key) || !bytes.Equal(r.Value, w.Value) || (r.Value == nil) != (w.Value == nil) {
			s.t.Errorf("record %d: key %q value %q (nil: %v), want %q %q (nil: %v)", i, r.Key, r.Value, r.Value == nil, w.Key, w.Value, w.Value == nil)
		}
		if r.Timestamp.Before(before) || r.Timestamp.After(after) {
			s.t.Errorf("record %d has the timestamp %s, and was written from %s to %s", i, r.Timestamp, before, after)
		}
	}
	if len(read[0].Headers) != len(headers) {
		s.t.Fatalf("got headers %v", read[0].Headers)
	}
	for i, h := range read[0].Headers {
		if h.Key != headers[i].Key || !bytes.Equal(h.Value, headers[i].Value) {
			s.t.Errorf("header %d is %s=%q", i, h.Key, h.Value)
		}
	}
}

// largeRecord: a scoreboard of a college Saturday fits.
func largeRecord(s *suite) {
	topic := s.topic(1, false, nil)
	value := make([]byte, 8<<20)
	for i, x := 0, uint32(1); i < len(value); i++ {
		x = x*1664525 + 1013904223 // does not compress
		value[i] = byte(x >> 24)
	}
	s.produce(&kgo.Record{Topic: topic, Key: []byte("k"), Value: value})
	read := s.read(topic, kgo.ReadUncommitted())[0]
	if len(read) != 1 || !bytes.Equal(read[0].Value, value) {
		s.t.Errorf("a record of %d bytes came back as %d records", len(value), len(read))
	}
}

// retention: a topic keeps what it is told to keep.
func retention(s *suite) {
	topic := s.topic(1, false, map[string]string{"retention.ms": "-1"})
	took := s.takes(topic, "retention.ms", "-1")
	for looks := 0; !took && !s.Lacks[TopicRetention] && looks < 100; looks++ {
		<-time.After(100 * time.Millisecond) // a cluster's brokers hear of settings one after the other
		took = s.takes(topic, "retention.ms", "-1")
	}
	if took == s.Lacks[TopicRetention] {
		s.t.Errorf("the topic takes retention.ms: %v; declared as lacking: %v", took, s.Lacks[TopicRetention])
	}
	// What is declared or not, a record from long ago stays.
	s.produce(&kgo.Record{Topic: topic, Value: []byte("old"), Timestamp: time.Unix(1_600_000_000, 0)})
	if read := s.read(topic, kgo.ReadUncommitted())[0]; len(read) != 1 {
		s.t.Errorf("%d records are there, want 1", len(read))
	}
}

// takes tells whether a topic has a setting of its own with the value.
func (s *suite) takes(topic, key, value string) bool {
	s.t.Helper()
	configs, err := kadm.NewClient(s.client).DescribeTopicConfigs(s.ctx, topic)
	s.must(err)
	config, err := configs.On(topic, nil)
	s.must(err)
	return slices.ContainsFunc(config.Configs, func(c kadm.Config) bool {
		return c.Key == key && c.MaybeValue() == value && c.Source == kmsg.ConfigSourceDynamicTopicConfig
	})
}
