package log

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/betflow/betflow/internal/feed"
)

// broker runs a broker in memory with one topic of one partition.
func broker(t *testing.T) (*kfake.Cluster, *kgo.Client) {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "a"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, dial(t, c.ListenAddrs())
}

func openNamed(t *testing.T, client *kgo.Client, name string) *Writer {
	t.Helper()
	w, err := OpenWriter(t.Context(), client, name, Left{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// put writes values and waits until the log has them.
func put(t *testing.T, w *Writer, values ...string) error {
	t.Helper()
	written := make(chan error, len(values))
	for _, v := range values {
		w.Produce(t.Context(), &kgo.Record{Topic: "a", Value: []byte(v)}, func(_ *kgo.Record, err error) { written <- err })
	}
	var all error
	for range values {
		all = errors.Join(all, <-written)
	}
	return all
}

// visible returns the committed values up to the end of the partition, and
// where a reader stands behind them.
func visible(t *testing.T, client *kgo.Client) (values string, next int64) {
	t.Helper()
	_, ends, err := Bounds(t.Context(), client, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	at := Partition{Topic: "a"}
	reader, err := OpenReader(client, Offsets(map[Partition]int64{at: 0}))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var all []string
	for reader.Next(at) < ends[at] {
		fetches := reader.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) { all = append(all, string(r.Value)) })
	}
	return strings.Join(all, " "), reader.Next(at)
}

func TestAReplacedWriterWritesNothingMore(t *testing.T) {
	_, client := broker(t)
	zombie := openNamed(t, client, "x")
	if err := errors.Join(put(t, zombie, "1", "2"), zombie.Commit(t.Context()), put(t, zombie, "lost")); err != nil {
		t.Fatal(err)
	}
	heir := openNamed(t, client, "x")
	// The heir finds everything settled: what was committed, and nothing else.
	tails, err := Tails(t.Context(), client, []string{"a"})
	if err != nil || string(tails[Partition{Topic: "a"}].Value) != "2" {
		t.Fatalf("the heir finds %v (%v), want the last committed record", tails, err)
	}
	if err := errors.Join(put(t, heir, "3"), heir.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	_ = put(t, zombie, "late") // refused now or with the commit
	if err := zombie.Commit(t.Context()); ClassOf(err) != Fenced {
		t.Errorf("the zombie's commit ends with %v, want it fenced", err)
	}
	if err := put(t, zombie, "later"); err == nil {
		t.Error("a writer that has failed goes on")
	}
	if err := errors.Join(put(t, heir, "4"), heir.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got, _ := visible(t, client); got != "1 2 3 4" {
		t.Errorf("the log shows %q", got)
	}
}

func TestACommitWithoutAnswerIsUnknownAndEndsTheWriter(t *testing.T) {
	c, client := broker(t)
	w := openNamed(t, client, "x")
	if err := put(t, w, "1"); err != nil {
		t.Fatal(err)
	}
	c.ControlKey(int16(kmsg.EndTxn), func(req kmsg.Request) (kmsg.Response, error, bool) {
		resp := req.ResponseKind().(*kmsg.EndTxnResponse)
		resp.ErrorCode = kerr.UnknownServerError.Code
		return resp, nil, true
	})
	if err := w.Commit(t.Context()); !errors.Is(err, ErrUnknownOutcome) || ClassOf(err) != Ambiguous {
		t.Fatalf("the commit ends with %v", err)
	}
	if err := w.Commit(t.Context()); err == nil {
		t.Error("an unknown commit was tried again")
	}
	if err := put(t, w, "2"); err == nil {
		t.Error("a writer that has failed goes on")
	}
	heir := openNamed(t, client, "x")
	if err := errors.Join(put(t, heir, "3"), heir.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got, _ := visible(t, client); got != "3" {
		t.Errorf("the log shows %q, want what was committed", got)
	}
}

// TestAWriterThatHasGotAnotherIDDoesNotCommit: a client may give itself a new id
// in the middle of a transaction. What was written before is aborted by that.
func TestAWriterThatHasGotAnotherIDDoesNotCommit(t *testing.T) {
	_, client := broker(t)
	w := openNamed(t, client, "x")
	if err := put(t, w, "1"); err != nil {
		t.Fatal(err)
	}
	w.epoch--
	if err := w.Commit(t.Context()); !errors.Is(err, errRenamed) || errors.Is(err, ErrUnknownOutcome) {
		t.Errorf("the commit ends with %v", err)
	}
}

func TestReadersStandBehindMarks(t *testing.T) {
	_, client := broker(t)
	at := Partition{Topic: "a"}
	w := openNamed(t, client, "x")
	if err := errors.Join(put(t, w, "1", "2"), w.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got, next := visible(t, client); got != "1 2" || next != 3 {
		t.Errorf("a reader sees %q and stands at %d, want 3: behind the mark", got, next)
	}
	if err := put(t, w, "3"); err != nil {
		t.Fatal(err)
	}
	openNamed(t, client, "x") // aborts it
	if got, next := visible(t, client); got != "1 2" || next != 5 {
		t.Errorf("a reader sees %q and stands at %d, want 5: behind what was aborted", got, next)
	}
	reader, err := OpenReader(client, Offsets(map[Partition]int64{at: 0}))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for reader.Next(at) < 5 {
		if err := reader.PollFetches(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for offset, want := range map[int64]int64{0: 0, 1: 1, 2: 5, 5: 5} {
		if got := reader.Past(at, offset); got != want {
			t.Errorf("who has handled all before %d stands at %d, want %d", offset, got, want)
		}
	}
}

// TestAnEndThatIsNotKnownYetIsAskedForAgain: a broker that has just become the
// leader says so (KIP-207).
func TestAnEndThatIsNotKnownYetIsAskedForAgain(t *testing.T) {
	c, client := broker(t)
	w := openNamed(t, client, "x")
	if err := errors.Join(put(t, w, "1"), w.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	refused := 0
	refuse := func(req kmsg.Request) (kmsg.Response, error, bool) {
		resp := req.ResponseKind().(*kmsg.ListOffsetsResponse)
		for _, topic := range req.(*kmsg.ListOffsetsRequest).Topics {
			answer := kmsg.NewListOffsetsResponseTopic()
			answer.Topic = topic.Topic
			for _, p := range topic.Partitions {
				one := kmsg.NewListOffsetsResponseTopicPartition()
				one.Partition, one.Offset, one.ErrorCode = p.Partition, 0, kerr.OffsetNotAvailable.Code
				answer.Partitions = append(answer.Partitions, one)
			}
			resp.Topics = append(resp.Topics, answer)
		}
		refused++
		return resp, nil, true
	}
	for range 2 {
		c.ControlKey(int16(kmsg.ListOffsets), refuse)
	}
	at := Partition{Topic: "a"}
	if _, ends, err := Bounds(t.Context(), client, []string{"a"}); err != nil || ends[at] != 2 || refused != 2 {
		t.Errorf("after %d refusals the end is %v (%v), want 2", refused, ends, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Bounds(ctx, client, []string{"a"}); err == nil {
		t.Error("an end was found though nobody could be asked")
	}
}

func TestClasses(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want Class
	}{
		{kerr.ProducerFenced, Fenced},
		{kerr.InvalidProducerEpoch, Fenced},
		{errors.Join(ErrUnknownOutcome, kerr.ProducerFenced), Fenced},
		{errors.Join(ErrUnknownOutcome, kerr.NotCoordinator), Ambiguous},
		{kerr.OffsetNotAvailable, Retryable},
		{kerr.CoordinatorLoadInProgress, Retryable},
		{context.DeadlineExceeded, Retryable},
		{kgo.ErrClientClosed, Retryable},
		{kerr.TopicAuthorizationFailed, Permanent},
		{kerr.TransactionalIDAuthorizationFailed, Permanent},
		{kerr.GroupAuthorizationFailed, Permanent},
		{ErrUnknownSchema, Permanent},
		{&net.DNSError{Err: "no such host", Name: "kafka"}, Retryable},
		{&fs.PathError{Op: "mkdir", Path: "state", Err: syscall.ENOTDIR}, Permanent}, // a syscall.Errno looks like a net.Error
		{&fs.PathError{Op: "write", Path: "state", Err: syscall.ENOSPC}, Permanent},
	} {
		if got := ClassOf(fmt.Errorf("doing something: %w", tc.err)); got != tc.want {
			t.Errorf("%v is of class %d, want %d", tc.err, got, tc.want)
		}
	}
	dead := dialNowhere(t)
	_, _, err := Bounds(t.Context(), dead, []string{"a"})
	if err == nil || ClassOf(err) != Retryable {
		t.Errorf("a broker that is away is %v, class %d", err, ClassOf(err))
	}
}

// dialNowhere returns a client of a broker that has gone.
func dialNowhere(t *testing.T) *kgo.Client {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	addrs := c.ListenAddrs()
	c.Close()
	return dial(t, addrs, kgo.RequestRetries(0))
}

func openShared(t *testing.T, client *kgo.Client, recording string) *RawWriter {
	t.Helper()
	w, err := OpenSharedRawWriter(t.Context(), client, "g.ingest", feed.Sources(), 2, recording)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestSharedEntriesStandInAllPartitionsOrInNone: whoever takes the place of a
// writer finds whole entries, and the time of the log goes on behind them.
func TestSharedEntriesStandInAllPartitionsOrInNone(t *testing.T) {
	client := startCluster(t)
	rawTopics(t, client, 2, feed.Sources()...)
	told := make(chan error, 10)
	capture := func(w *RawWriter, i int) error {
		return w.Capture(t.Context(), response(feed.SourceOdds, "nhl", testEpoch+feed.Time(i), fmt.Sprint("body ", i)), func(err error) { told <- err })
	}
	first := openShared(t, client, "")
	if err := errors.Join(capture(first, 1), <-told, capture(first, 2), <-told); err != nil {
		t.Fatal(err)
	}
	second := openShared(t, client, "")
	defer second.Close()
	if got := second.Last(); got != testEpoch+2 {
		t.Errorf("the next writer goes on behind %d, want %d", got-testEpoch, 2)
	}
	if err := capture(first, 3); err == nil {
		err = <-told
		if err == nil || ClassOf(err) == Permanent {
			t.Errorf("an entry of a replaced writer ends with %v, want it fenced", err)
		}
	}
	first.Close()
	if err := capture(first, 4); err == nil {
		t.Error("a closed writer takes entries")
	}
	// The clock of the next one is behind: time goes on nevertheless.
	if err := errors.Join(capture(second, 0), second.Flush(t.Context()), <-told); err != nil {
		t.Fatal(err)
	}
	tails, err := Tails(t.Context(), client, rawTopicNames())
	if err != nil || len(tails) != 6 {
		t.Fatalf("%d tails (%v), want one in every partition", len(tails), err)
	}
	for p, r := range tails {
		e, err := DecodeRaw(r)
		if err != nil || e.Time != testEpoch+3 {
			t.Errorf("%v ends with %+v (%v)", p, e.Time-testEpoch, err)
		}
	}
}

func TestASharedRecordingGoesOnWithAnotherWriter(t *testing.T) {
	client := startCluster(t)
	rawTopics(t, client, 2, feed.Sources()...)
	const name, entries = "recording", 9
	var stands []int64
	play := func(stop int) error {
		w := openShared(t, client, name)
		defer w.Close()
		stands = append(stands, w.Stands())
		for i := range entries {
			if i == stop {
				openShared(t, client, name).Close() // throws it out
			}
			if err := w.Capture(t.Context(), response(feed.Sources()[i%3], "nhl", testEpoch+feed.Time(i), fmt.Sprint("body ", i)), nil); err != nil {
				return err
			}
			if i == stop-2 {
				if err := w.Flush(t.Context()); err != nil {
					return err
				}
			}
		}
		return w.Flush(t.Context())
	}
	for _, stop := range []int{3, 6, 8} {
		if err := play(stop); err == nil || ClassOf(err) == Permanent {
			t.Fatalf("a writer that was replaced ends with %v", err)
		}
	}
	if err := play(-1); err != nil {
		t.Fatal(err)
	}
	for i, flushed := range []int64{0, 2, 5, 7} {
		if stands[i] < flushed {
			t.Errorf("writers find %v entries, but %d were flushed before writer %d", stands, flushed, i)
		}
	}
	if n, err := Played(t.Context(), client, feed.Sources(), name); err != nil || n != entries {
		t.Errorf("%d entries were played (%v), want %d", n, err, entries)
	}
	if n, err := Played(t.Context(), client, feed.Sources(), "another"); err != nil || n != 0 {
		t.Errorf("%d entries of another recording were played (%v)", n, err)
	}
	for p, n := range committedRaw(t, client) {
		if n != entries {
			t.Errorf("%v has %d entries, want %d", p, n, entries)
		}
	}
}

// committedRaw counts the entries of each raw partition, which must be in order.
func committedRaw(t *testing.T, client *kgo.Client) map[Partition]int {
	t.Helper()
	starts, ends, err := Bounds(t.Context(), client, rawTopicNames())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := OpenReader(client, Offsets(starts))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	counts, last := map[Partition]int{}, map[Partition]int64{}
	for p := range ends {
		for reader.Next(p) < ends[p] {
			reader.PollFetches(t.Context()).EachRecord(func(r *kgo.Record) {
				at := Partition{r.Topic, r.Partition}
				n, ok, err := entryOf(r, "recording")
				if err != nil || !ok || n != last[at]+1 {
					t.Errorf("%v@%d is entry %d (%v, %v), want %d", at, r.Offset, n, ok, err, last[at]+1)
				}
				last[at] = n
				counts[at]++
			})
		}
	}
	return counts
}

func TestWhoMayShareTheWork(t *testing.T) {
	c, client := broker(t)
	if err := MayShare(t.Context(), client, "g"); err != nil {
		t.Errorf("a broker without rules says %v", err)
	}
	for key, refusal := range map[int16]*kerr.Error{
		int16(kmsg.Heartbeat): kerr.GroupAuthorizationFailed, int16(kmsg.InitProducerID): kerr.TransactionalIDAuthorizationFailed,
	} {
		c.ControlKey(key, func(req kmsg.Request) (kmsg.Response, error, bool) {
			switch resp := req.ResponseKind().(type) {
			case *kmsg.HeartbeatResponse:
				resp.ErrorCode = refusal.Code
				return resp, nil, true
			case *kmsg.InitProducerIDResponse:
				resp.ErrorCode = refusal.Code
				return resp, nil, true
			}
			return nil, nil, false
		})
		if err := MayShare(t.Context(), client, "g"); !errors.Is(err, refusal) || ClassOf(err) != Permanent {
			t.Errorf("got %v, want %v", err, refusal)
		}
	}
}

// TestWhatLostItsMarkIsEnded: a broker may end a transaction without a mark in
// some partitions. Whoever opens the next writer of the name ends it there.
func TestWhatLostItsMarkIsEnded(t *testing.T) {
	for _, tc := range []struct {
		left Left
		want string
	}{{Left{Keep: []string{"a"}}, "1 2"}, {Left{Drop: []string{"a"}}, ""}} {
		c, client := broker(t)
		w := openNamed(t, client, "x")
		if err := put(t, w, "1", "2"); err != nil {
			t.Fatal(err)
		}
		// In place of a broker that has lost the mark: the fence comes too late, and
		// the transaction is open as long as the first look takes.
		c.ControlKey(int16(kmsg.InitProducerID), func(req kmsg.Request) (kmsg.Response, error, bool) {
			resp := req.ResponseKind().(*kmsg.InitProducerIDResponse)
			resp.ProducerID, resp.ProducerEpoch = w.id, w.epoch
			return resp, nil, true
		})
		next, err := OpenWriter(t.Context(), client, "x", tc.left)
		if err != nil {
			t.Fatal(err)
		}
		next.Close()
		if got, _ := visible(t, client); got != tc.want {
			t.Errorf("with %+v the log shows %q, want %q", tc.left, got, tc.want)
		}
	}
}

// TestMarksThatDoNotComeFailAWriter: what was committed and cannot be read must
// not be taken for done.
func TestMarksThatDoNotComeFailAWriter(t *testing.T) {
	c, client := broker(t)
	w := openNamed(t, client, "x")
	if err := errors.Join(put(t, w, "1"), w.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	looks := 0
	c.ControlKey(int16(kmsg.DescribeProducers), func(req kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		looks++
		resp := req.ResponseKind().(*kmsg.DescribeProducersResponse)
		topic, p, producer := kmsg.NewDescribeProducersResponseTopic(), kmsg.NewDescribeProducersResponseTopicPartition(), kmsg.NewDescribeProducersResponseTopicPartitionActiveProducer()
		producer.ProducerID, producer.CurrentTxnStartOffset = w.id, 2
		p.ActiveProducers = append(p.ActiveProducers, producer)
		topic.Topic, topic.Partitions = "a", append(topic.Partitions, p)
		resp.Topics = append(resp.Topics, topic)
		return resp, nil, true
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := put(t, w, "2"); err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(ctx); !errors.Is(err, errLostMarks) || ClassOf(err) != Retryable {
		t.Errorf("after %d looks the writer ends with %v", looks, err)
	}
	if err := put(t, w, "3"); err == nil {
		t.Error("a writer that has failed goes on")
	}
}
