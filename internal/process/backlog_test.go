package process

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// TestTheInputThatOthersWaitForHoldsNothing holds what keeps paused inputs from
// waiting for each other for ever: whatever the order in which records come, one
// input has no backlog, and in the end none has.
func TestTheInputThatOthersWaitForHoldsNothing(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl")
	raw := w.rawLog(newScene(w, 3).play(60))
	canonical := w.normalise(t, raw)
	normaliser := NewNormalise(w.config(), w.normaliseConfig(), 0)
	computer := NewCompute(w.config(), w.computeConfig(), 0)
	joiner := NewJoin(w.config(), w.joinConfig(), 0)
	for _, c := range []struct {
		name   string
		inputs []log.Partition
		op     func() Operator
		in     memoryLog
	}{
		{"normalise", normaliser.inputs, normaliser.operator, raw},
		{"compute", computer.inputs, computer.operator, canonical},
		{"join", joiner.inputs, joiner.operator, together(canonical, w.compute(t, canonical))},
	} {
		t.Run(c.name, func(t *testing.T) {
			most := 0
			checkN(t, 5, func(t *rapid.T) {
				op, e := c.op(), w.emitter(memoryLog{}.write)
				backlog := func() (least, sum int) {
					least = 1 << 62
					for _, p := range c.inputs {
						b := op.Backlog(p)
						least, sum = min(least, b), sum+b
					}
					return least, sum
				}
				left := map[log.Partition][]*kgo.Record{}
				for _, p := range c.inputs {
					left[p] = c.in[p]
				}
				for {
					more := slices.DeleteFunc(slices.Clone(c.inputs), func(p log.Partition) bool { return len(left[p]) == 0 })
					if len(more) == 0 {
						break
					}
					p := rapid.SampledFrom(more).Draw(t, "input")
					n := min(len(left[p]), rapid.IntRange(1, 200).Draw(t, "records"))
					for _, r := range left[p][:n] {
						if err := op.Process(r, e); err != nil {
							t.Fatal(err)
						}
					}
					left[p] = left[p][n:]
					least, sum := backlog()
					if least != 0 {
						t.Fatalf("every input waits, with %d bytes", sum)
					}
					most = max(most, sum)
				}
				if _, sum := backlog(); sum != 0 {
					t.Fatalf("%d bytes wait when all is read", sum)
				}
			})
			if most == 0 {
				t.Error("nothing ever waited")
			}
		})
	}
}

// watched notes the largest backlog of an operator.
type watched struct {
	Operator
	inputs []log.Partition
	most   *atomic.Int64
}

func (w watched) Process(r *kgo.Record, e *Emitter) error {
	err := w.Operator.Process(r, e)
	for _, p := range w.inputs {
		if n := int64(w.Backlog(p)); n > w.most.Load() {
			w.most.Store(n)
		}
	}
	return err
}

// TestAnInputFarAheadIsReadNoFurther lets 48 MiB of answers of one source come
// before a word of the others.
func TestAnInputFarAheadIsReadNoFurther(t *testing.T) {
	const answers, body = 48, 1 << 20
	w := newWorld(t, 1, "nhl")
	random := rand.NewChaCha8([32]byte{}) // does not compress
	var entries []entry
	for i := range answers {
		raw := feed.Raw{Source: feed.SourceOdds, League: "nhl", Status: 500, FetchedAt: epoch + feed.Time(i)*feed.Second, Path: "/" + strconv.Itoa(i), Body: make([]byte, body)}
		if _, err := random.Read(raw.Body); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry{raw.FetchedAt, &raw})
	}
	all := w.rawLog(entries)
	odds := log.Partition{Topic: log.RawTopic(feed.SourceOdds)}
	first, others := memoryLog{odds: all[odds]}, memoryLog{}
	for at, rs := range all {
		if at != odds {
			others[at] = rs
		}
	}
	c, dir := newCluster(t, w), t.TempDir()
	c.client = c.dial(kgo.ProducerBatchMaxBytes(log.MaxRecordBytes))
	c.fill(first)
	var most atomic.Int64
	task := func() *Task {
		t := c.normalise(c.dial(), dir, 0)
		operator := t.operator
		t.operator = func() Operator { return watched{operator(), t.inputs, &most} }
		return t
	}
	// A checkpoint before its time says that nothing more comes.
	dry := func(p Progress, _ map[log.Partition]int64) bool { return p.Checkpoints.Count > 0 }
	if err := c.until(task(), dry); err != nil {
		t.Fatal(err)
	}
	share := int64(backlogMax / len(task().inputs))
	if n := most.Load(); n <= share || n > share+8<<20 {
		t.Errorf("%d bytes were held, want a little more than %d", n, share)
	}
	c.fill(others)
	c.finish(task())
	if d := w.normalise(t, all).diff(c.read(normaliseOutputs(w))); d != "" {
		t.Error(d)
	}
}

// TestATaskTakesNothingWhileTheLogHasTooMuchToWrite stands for a partition that
// does not acknowledge: the task waits, between two records, and goes on when
// enough was written.
func TestATaskTakesNothingWhileTheLogHasTooMuchToWrite(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	synctest.Test(t, func(t *testing.T) {
		var acks []func()
		e := w.emitter(func(_ context.Context, r *kgo.Record, done func(*kgo.Record, error)) {
			acks = append(acks, func() { done(r, nil) })
		})
		emit := func() {
			t.Helper()
			if err := e.Emit(log.TopicQuarantine, 0, "k", &feed.Quarantine{Kind: feed.KindQuarantine}); err != nil {
				t.Fatal(err)
			}
		}
		for range unwrittenMax {
			emit()
		}
		if err := e.room(t.Context()); err != nil {
			t.Fatal(err)
		}
		emit()
		ctx, cancel := context.WithCancel(t.Context())
		waited := make(chan error, 1)
		wait := func() { waited <- e.room(ctx) }
		blocked := func() {
			t.Helper()
			synctest.Wait()
			if len(waited) > 0 {
				t.Fatalf("there is room (%v) though %d writes are under way", <-waited, e.waiting)
			}
		}
		go wait()
		blocked()
		acks[0]()
		if err := <-waited; err != nil {
			t.Fatal(err)
		}
		emit()
		go wait()
		blocked()
		cancel()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		for _, ack := range acks[1:] {
			ack()
		}
		if err := e.flush(t.Context()); err != nil || e.waiting != 0 {
			t.Errorf("%d writes are left (%v)", e.waiting, err)
		}
	})
}

// TestAMergersQueueIsAsLongAsWhatWaitsInIt feeds two inputs of which one is
// always one entry ahead.
func TestAMergersQueueIsAsLongAsWhatWaitsInIt(t *testing.T) {
	m := newMerger([]log.Partition{{Topic: "a"}, {Topic: "b"}})
	add := func(topic string, at feed.Time) {
		m.add(log.RawEntry{Time: at, Place: feed.Place{Topic: topic}, Raw: feed.Raw{Body: bytes.Repeat([]byte("x"), 10)}})
	}
	add("a", 1)
	for at := range feed.Time(10_000) {
		add("a", at+2)
		add("b", at+1)
		for range 2 {
			if e, ok := m.next(); !ok || e.Time != at+1 {
				t.Fatalf("got %v, %v", e.Time, ok)
			}
		}
		if in := &m.inputs[0]; len(in.queue) > 4 || in.bytes != 10+entryBytes {
			t.Fatalf("one entry waits in a queue of %d with %d bytes", len(in.queue), in.bytes)
		}
	}
}
