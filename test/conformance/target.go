// Package conformance holds what the program builds on in a log and in a schema
// registry. The suite runs on the embedded ones with every `go test`, and on
// real ones in test/engines. What an implementation cannot do it declares, and
// the suite holds that it is so.
package conformance

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// Lack is something that an implementation does not do.
type Lack string

// What implementations may lack.
const (
	// TopicRetention: the topic's own retention.ms is ignored.
	TopicRetention Lack = "a topic's own retention"
	// SpellingsShareID: another spelling of a schema, in another subject, gets an
	// id of its own.
	SpellingsShareID Lack = "one id for all spellings of a schema"
)

// Target is an implementation under test.
type Target struct {
	Connection  log.Connection
	Schemas     log.SchemaConnection
	Replication int16
	// CompactSoon are settings of a topic by which the implementation compacts it
	// within seconds. It has to hold more than CompactBytes for that.
	CompactSoon  map[string]string
	CompactBytes int
	Lacks        map[Lack]bool
}

// patience is how long a subtest may take on a machine that is busy.
const patience = 3 * time.Minute

// suite is one run on a target.
type suite struct {
	Target
	t      *testing.T
	ctx    context.Context
	client *kgo.Client
}

// part runs a subtest with a client of its own.
func (target Target) part(t *testing.T, name string, test func(*suite)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		t.Cleanup(cancel)
		s := &suite{Target: target, t: t, ctx: ctx}
		s.client = s.dial()
		test(s)
	})
}

func (s *suite) dial(opts ...kgo.Opt) *kgo.Client {
	s.t.Helper()
	client, err := log.Connect(s.ctx, s.Connection, opts...)
	s.must(err)
	s.t.Cleanup(client.Close)
	return client
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// name makes a name that no earlier run on the same cluster has used.
func name(family string) string { return family + "." + rand.Text()[:10] }

// topic creates a topic as the program creates its own, with settings over
// those.
func (s *suite) topic(partitions int32, compacted bool, settings map[string]string) string {
	s.t.Helper()
	topic := log.Topic{Name: name("conformance"), Partitions: partitions, Compacted: compacted}
	s.must(log.Ensure(s.ctx, s.client, []log.Topic{topic}, s.Replication))
	admin := kadm.NewClient(s.client)
	s.t.Cleanup(func() {
		if _, err := admin.DeleteTopics(context.WithoutCancel(s.ctx), topic.Name); err != nil {
			s.t.Error(err)
		}
	})
	var alter []kadm.AlterConfig
	for key, value := range settings {
		alter = append(alter, kadm.AlterConfig{Op: kadm.SetConfig, Name: key, Value: &value})
	}
	if len(alter) > 0 {
		answers, err := admin.AlterTopicConfigs(s.ctx, alter, topic.Name)
		s.must(err)
		for _, a := range answers {
			s.must(a.Err)
		}
	}
	return topic.Name
}

// produce writes records and waits for their acknowledgement, which fills in
// their offsets.
func (s *suite) produce(records ...*kgo.Record) {
	s.t.Helper()
	s.must(s.client.ProduceSync(s.ctx, records...).FirstErr())
}

// read returns all records that a reader of the isolation level finds between
// the bounds of a topic, by partition.
func (s *suite) read(topic string, level kgo.IsolationLevel) map[int32][]*kgo.Record {
	s.t.Helper()
	starts, ends, err := log.Bounds(s.ctx, s.client, []string{topic})
	s.must(err)
	from, open := map[int32]kgo.Offset{}, map[int32]int64{}
	for p, end := range ends {
		if end > starts[p] {
			from[p.Partition], open[p.Partition] = kgo.NewOffset().At(starts[p]), end
		}
	}
	out := map[int32][]*kgo.Record{}
	if len(open) == 0 {
		return out
	}
	// The last entry of a partition may be the mark of a transaction's end, which
	// a reader does not see unless it asks for that.
	reader := s.dial(kgo.FetchIsolationLevel(level), kgo.KeepControlRecords(),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}))
	for len(open) > 0 {
		fetches := reader.PollFetches(s.ctx)
		s.must(fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				out[r.Partition] = append(out[r.Partition], r)
			}
			if r.Offset+1 >= open[r.Partition] {
				delete(open, r.Partition)
			}
		})
	}
	return out
}

func valuesOf(records []*kgo.Record) []string {
	var values []string
	for _, r := range records {
		values = append(values, string(r.Value))
	}
	return values
}
