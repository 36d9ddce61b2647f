package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// fill writes n records to a partition.
func (s *suite) fill(topic string, partition int32, n int) {
	s.t.Helper()
	for i := range n {
		s.produce(&kgo.Record{Topic: topic, Partition: partition, Key: []byte("k"), Value: fmt.Append(nil, i)})
	}
}

// trim removes the records of a partition before an offset.
func (s *suite) trim(topic string, partition int32, at int64) {
	s.t.Helper()
	to := kadm.Offsets{}
	to.Add(kadm.Offset{Topic: topic, Partition: partition, At: at})
	answers, err := kadm.NewClient(s.client).DeleteRecords(s.ctx, to)
	s.must(err)
	s.must(answers.Error())
}

// boundsAndTails: of empty, filled, trimmed and emptied partitions.
func boundsAndTails(s *suite) {
	topic := s.topic(4, false, nil)
	s.fill(topic, 1, 1)
	s.fill(topic, 2, 5)
	s.fill(topic, 3, 5)
	s.trim(topic, 2, 4)
	s.trim(topic, 3, 5)
	starts, ends, err := log.Bounds(s.ctx, s.client, []string{topic})
	s.must(err)
	for p, want := range map[int32][2]int64{0: {0, 0}, 1: {0, 1}, 2: {4, 5}, 3: {5, 5}} {
		at := log.Partition{Topic: topic, Partition: p}
		if got := [2]int64{starts[at], ends[at]}; got != want {
			s.t.Errorf("partition %d reaches from %d to %d, want %v", p, got[0], got[1], want)
		}
	}
	tails, err := log.Tails(s.ctx, s.client, []string{topic})
	s.must(err)
	got := map[int32]string{}
	for at, r := range tails {
		got[at.Partition] = fmt.Sprintf("%s@%d", r.Value, r.Offset)
	}
	if fmt.Sprint(got) != "map[1:0@0 2:4@4]" {
		s.t.Errorf("the tails are %v", got)
	}
	if _, _, err := log.Bounds(s.ctx, s.client, []string{name("nowhere")}); err == nil {
		s.t.Error("the bounds of a topic that is not there are no error")
	}
}

// offsets: a reader begins where it is told, waits at the end for what comes,
// and does not go on elsewhere when the log does not hold what it wants.
func offsets(s *suite) {
	topic := s.topic(1, false, nil)
	s.fill(topic, 0, 10)
	s.trim(topic, 0, 3)
	first := func(at int64) (*kgo.Record, error) {
		reader, err := log.OpenReader(s.client, map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().At(at)}})
		s.must(err)
		defer reader.Close()
		for {
			fetches := reader.PollFetches(s.ctx)
			if err := fetches.Err(); err != nil {
				return nil, err
			}
			if rs := fetches.Records(); len(rs) > 0 {
				return rs[0], nil
			}
		}
	}
	for _, at := range []int64{3, 7, 9} {
		r, err := first(at)
		s.must(err)
		if r.Offset != at || string(r.Value) != fmt.Sprint(at) {
			s.t.Errorf("a reader from %d on begins with %s@%d", at, r.Value, r.Offset)
		}
	}
	for _, at := range []int64{2, 99} {
		if r, err := first(at); !errors.Is(err, kerr.OffsetOutOfRange) {
			s.t.Errorf("a reader from %d on, which is not there, got %v and %v", at, r, err)
		}
	}
	next := make(chan int64, 1)
	go func() {
		r, err := first(10)
		if err != nil {
			s.t.Error(err)
			next <- -1
			return
		}
		next <- r.Offset
	}()
	s.fill(topic, 0, 1)
	if at := <-next; at != 10 {
		s.t.Errorf("a reader that waited at the end got offset %d, want 10", at)
	}
}

// compaction: superseded records go, and the last of every key stays where it
// was, the last record of the partition among them.
func compaction(s *suite) {
	const keys = 20
	topic := s.topic(1, true, s.CompactSoon)
	padding := strings.Repeat("x", 4<<10)
	plain := s.dial(kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.ProducerBatchMaxBytes(256<<10))
	last, written := map[string]int64{}, int64(0)
	write := func(n int) {
		var batch []*kgo.Record
		for i := range n {
			value := []byte(fmt.Sprint(written+int64(i), padding))
			batch = append(batch, &kgo.Record{Topic: topic, Key: fmt.Append(nil, "k", i%keys), Value: value})
		}
		s.must(plain.ProduceSync(s.ctx, batch...).FirstErr())
		for _, r := range batch {
			last[string(r.Key)] = r.Offset
		}
		written += int64(n)
	}
	write(s.CompactBytes / len(padding))
	for {
		write(keys) // makes the segment before this one ready
		read := s.read(topic, kgo.ReadUncommitted())[0]
		for key, offset := range last {
			if !slices.ContainsFunc(read, func(r *kgo.Record) bool { return string(r.Key) == key && r.Offset == offset }) {
				s.t.Fatalf("the last record of %s, at offset %d, is gone", key, offset)
			}
		}
		tails, err := log.Tails(s.ctx, s.client, []string{topic})
		s.must(err)
		if tail := tails[log.Partition{Topic: topic}]; tail == nil || tail.Offset != written-1 {
			s.t.Fatalf("the tail is %v, want offset %d", tail, written-1)
		}
		if int64(len(read)) < written/2 {
			return
		}
		select {
		case <-s.ctx.Done():
			s.t.Fatalf("nothing was compacted: %d of %d records are there", len(read), written)
		case <-time.After(200 * time.Millisecond): // between two looks
		}
	}
}

// group: the members of a consumer group share the partitions, and one that
// leaves hands its own over.
func group(s *suite) {
	topic := s.topic(4, false, nil)
	id := name("group")
	type news struct {
		member string
		owned  int
	}
	changes := make(chan news, 100)
	join := func(member string) (leave func()) {
		owned := 0
		client := s.dial(kgo.ConsumerGroup(id), kgo.ConsumeTopics(topic), kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.DisableAutoCommit(),
			kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, got map[string][]int32) {
				owned += len(got[topic])
				changes <- news{member, owned}
			}),
			kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
				owned -= len(lost[topic])
				changes <- news{member, owned}
			}))
		ctx, stop := context.WithCancel(s.ctx)
		polled := make(chan struct{})
		go func() {
			defer close(polled)
			for ctx.Err() == nil {
				client.PollFetches(ctx)
			}
		}()
		return func() {
			stop()
			<-polled
			client.Close()
		}
	}
	await := func(want string) {
		s.t.Helper()
		owned := map[string]int{}
		for fmt.Sprint(owned) != want {
			select {
			case n := <-changes:
				owned[n.member] = n.owned
			case <-s.ctx.Done():
				s.t.Fatalf("the members own %v, want %s", owned, want)
			}
		}
	}
	leaveA := join("a")
	await("map[a:4]")
	leaveB := join("b")
	await("map[a:2 b:2]")
	leaveA()
	await("map[a:0 b:4]")
	leaveB()
}
