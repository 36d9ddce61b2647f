package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
)

// cluster is a broker in memory with the world's topics.
type cluster struct {
	*kfake.Cluster
	t      *testing.T
	w      *world
	client *kgo.Client // for the test's own questions
	logs   bytes.Buffer
}

func newCluster(t *testing.T, w *world) *cluster {
	t.Helper()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	c := &cluster{Cluster: fake, t: t, w: w}
	c.client = c.dial()
	if err := log.Ensure(t.Context(), c.client, w.topics, 1); err != nil {
		t.Fatal(err)
	}
	return c
}

// dial opens a client as the program does.
func (c *cluster) dial(opts ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(0),
		kgo.MetadataMinAge(10 * time.Millisecond), kgo.FetchMaxWait(20 * time.Millisecond),
	}, opts...)...)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(client.Close)
	return client
}

// fill copies a log into the broker, each record a batch of its own.
func (c *cluster) fill(m memoryLog) {
	c.t.Helper()
	for _, at := range partitionsOf(m) {
		for _, r := range m[at] {
			copied := &kgo.Record{Topic: r.Topic, Partition: r.Partition, Key: r.Key, Value: r.Value, Headers: r.Headers}
			if err := c.client.ProduceSync(c.t.Context(), copied).FirstErr(); err != nil {
				c.t.Fatal(err)
			}
		}
	}
}

// read returns what stands in the tasks' output topics and is committed.
func (c *cluster) read(topics []string) memoryLog {
	c.t.Helper()
	starts, ends, err := log.Bounds(c.t.Context(), c.client, topics)
	if err != nil {
		c.t.Fatal(err)
	}
	m := memoryLog{}
	reader, err := log.OpenReader(c.client, log.Offsets(starts))
	if err != nil {
		c.t.Fatal(err)
	}
	defer reader.Close()
	for at, end := range ends {
		for reader.Next(at) < end {
			fetches := reader.PollFetches(c.t.Context())
			if err := fetches.Err(); err != nil {
				c.t.Fatal(err)
			}
			fetches.EachRecord(m.append)
		}
	}
	return m
}

func (c *cluster) config(client *kgo.Client, dir string) Config {
	return Config{Client: client, Codecs: c.w.codecs, StateDir: dir, CheckpointEvery: time.Hour, Now: time.Now,
		Logger: slog.New(slog.NewTextHandler(&c.logs, nil))}
}

func (c *cluster) normalise(client *kgo.Client, dir string, p int32) *Task {
	return NewNormalise(c.config(client, dir), c.w.normaliseConfig(), p)
}

// finish runs a task until it has taken in all there is, then stops it.
func (c *cluster) finish(task *Task) {
	c.t.Helper()
	if err := c.until(task, through); err != nil {
		c.t.Fatal(err)
	}
}

// through tells whether a checkpoint has all there is.
func through(p Progress, ends map[log.Partition]int64) bool {
	for at, next := range p.Positions {
		if next < ends[at] {
			return false
		}
	}
	return len(p.Positions) > 0
}

// until runs a task until its progress is as wanted, then stops it.
func (c *cluster) until(task *Task, enough func(p Progress, ends map[log.Partition]int64) bool) error {
	c.t.Helper()
	_, ends, err := log.Bounds(c.t.Context(), c.client, topicsOf(task.inputs))
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(c.t.Context(), time.Minute)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- task.Run(ctx) }()
	check := time.NewTicker(5 * time.Millisecond)
	defer check.Stop()
	for !enough(task.Progress(), ends) {
		select {
		case err := <-ended:
			if ctx.Err() != nil {
				return fmt.Errorf("%s did not get there in a minute: it has taken %v of %v", task.Name(), task.Progress().Taken, ends)
			}
			return err
		case <-check.C:
		}
	}
	stop()
	return <-ended
}

// killer closes a client once a number of records were handed to it: what is
// under way then may or may not reach the log.
type killer struct {
	left   atomic.Int64
	client *kgo.Client
}

func (k *killer) OnProduceRecordBuffered(*kgo.Record) {
	if k.left.Add(-1) == 0 {
		go k.client.Close()
	}
}

func TestTaskWritesEachOutputOnceThoughKilledAgainAndAgain(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl")
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 2))
			raw := w.rawLog(newScene(w, seed).play(60))
			canonical := w.normalise(t, raw)
			derived := w.compute(t, canonical)
			c := newCluster(t, w)
			c.fill(raw)
			dir := t.TempDir()
			for _, task := range []func(Config) *Task{
				func(cfg Config) *Task { return NewNormalise(cfg, w.normaliseConfig(), 0) },
				func(cfg Config) *Task { return NewCompute(cfg, w.computeConfig(), 0) },
			} {
				kills := 0
				for range 6 {
					k := &killer{}
					k.left.Store(1 + rng.Int64N(120))
					k.client = c.dial(kgo.WithHooks(k), kgo.FetchMaxBytes(1+rng.Int32N(20_000)))
					cfg := c.config(k.client, dir)
					cfg.CheckpointEvery = time.Millisecond * time.Duration(1+rng.IntN(20))
					if err := c.until(task(cfg), through); err == nil {
						break // before it had that many records to write
					}
					kills++
				}
				if kills < 2 {
					t.Errorf("killed %d times only", kills)
				}
				cfg := c.config(c.dial(kgo.FetchMaxBytes(1)), dir)
				cfg.CheckpointEvery = 10 * time.Millisecond
				c.finish(task(cfg))
			}
			got := c.read(outputTopics(w))
			want := memoryLog{}
			for _, m := range []memoryLog{canonical, derived} {
				for at, rs := range m {
					want[at] = rs
				}
			}
			if d := want.diff(got) + got.gap(); d != "" {
				t.Fatal(d)
			}
		})
	}
}

func outputTopics(w *world) []string {
	var topics []string
	for _, topic := range w.topics {
		if topic.Schema != "" {
			topics = append(topics, topic.Name)
		}
	}
	return topics
}

// TestTaskGoesOnFromAnOlderState simulates a restored backup: the state is older
// than the outputs.
func TestTaskGoesOnFromAnOlderState(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	raw := w.rawLog(newScene(w, 5).play(80))
	canonical := w.normalise(t, raw)
	c, dir := newCluster(t, w), t.TempDir()
	c.fill(head(raw, 30))
	c.finish(c.normalise(c.dial(), dir, 0))
	older := t.TempDir()
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	c.fill(tail(raw, 30))
	c.finish(c.normalise(c.dial(), dir, 0))
	c.finish(c.normalise(c.dial(), older, 0))
	if d := canonical.diff(c.read(normaliseOutputs(w))); d != "" {
		t.Fatal(d)
	}
}

func normaliseOutputs(w *world) []string {
	return NewNormalise(w.config(), w.normaliseConfig(), 0).outputs
}

func head(m memoryLog, n int) memoryLog {
	out := memoryLog{}
	for at, rs := range m {
		out[at] = rs[:min(n, len(rs))]
	}
	return out
}

func tail(m memoryLog, n int) memoryLog {
	out := memoryLog{}
	for at, rs := range m {
		out[at] = rs[min(n, len(rs)):]
	}
	return out
}

func TestTaskRebuildsStateThatIsAheadOfTheLog(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	raw := w.rawLog(newScene(w, 6).play(80))
	canonical := w.normalise(t, raw)
	for _, lost := range []struct {
		name        string
		raw, output int // records that are left in each partition
	}{
		{"of the inputs", 30, 1 << 30},
		{"of the outputs", 1 << 30, 20},
		{"of both", 30, 3},
		{"outputs whole", 1 << 30, 0},
	} {
		t.Run(lost.name, func(t *testing.T) {
			before, dir := newCluster(t, w), t.TempDir()
			before.fill(raw)
			before.finish(before.normalise(before.dial(), dir, 0))

			after := newCluster(t, w)
			after.fill(head(raw, lost.raw))
			after.fill(head(canonical, lost.output))
			after.finish(after.normalise(after.dial(), dir, 0))
			after.fill(tail(raw, lost.raw))
			after.finish(after.normalise(after.dial(), dir, 0))
			if !strings.Contains(after.logs.String(), "ahead of the log") {
				t.Errorf("the log of the program does not say that state was rebuilt: %s", &after.logs)
			}
			if d := canonical.diff(after.read(normaliseOutputs(w))); d != "" {
				t.Fatal(d)
			}
		})
	}
}

func TestTaskRefusesInputThatWasRemovedBeforeItWasRead(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	raw := w.rawLog(newScene(w, 7).play(60))
	c, dir := newCluster(t, w), t.TempDir()
	c.fill(head(raw, 20))
	c.finish(c.normalise(c.dial(), dir, 0))
	c.fill(tail(raw, 20))
	c.trim(log.RawTopic(feed.SourceOdds), 40)
	err := c.normalise(c.dial(), dir, 0).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "raw.theoddsapi/0 begins at offset 40, the state has come to 20") {
		t.Fatalf("got %v, want an error that names the records that are gone", err)
	}
}

func (c *cluster) trim(topic string, before int64) {
	c.t.Helper()
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: topic, Partition: 0, At: before})
	if _, err := kadm.NewClient(c.client).DeleteRecords(c.t.Context(), offsets); err != nil {
		c.t.Fatal(err)
	}
}

// TestTaskWithoutStateOnATrimmedLogLosesNothingNew: the numbers of the outputs
// cannot be what they were, and an output that was never written must not be
// taken for one that was.
func TestTaskWithoutStateOnATrimmedLogLosesNothingNew(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	raw := w.rawLog(newScene(w, 8).play(100))
	c := newCluster(t, w)
	c.fill(head(raw, 60))
	c.finish(c.normalise(c.dial(), t.TempDir(), 0))
	before := c.read(normaliseOutputs(w))
	for _, s := range feed.Sources() {
		c.trim(log.RawTopic(s), 50)
	}
	dir := t.TempDir()
	c.finish(c.normalise(c.dial(), dir, 0))
	c.fill(tail(raw, 60))
	c.finish(c.normalise(c.dial(), dir, 0))
	after := c.read(normaliseOutputs(w))
	if gap := after.gap(); gap != "" {
		t.Error(gap)
	}
	quotes := log.Partition{Topic: log.QuotesTopic("nhl")}
	if d := only(before, quotes).diff(only(head(after, len(before[quotes])), quotes)); d != "" {
		t.Errorf("what stood in the log has changed: %s", d)
	}
	last := raw[log.Partition{Topic: log.RawTopic(feed.SourceOdds)}]
	end, err := log.DecodeRaw(last[len(last)-1])
	if err != nil {
		t.Fatal(err)
	}
	var tick feed.Quote
	records := after[quotes]
	if err := w.codecs[quotes.Topic].Decode(records[len(records)-1].Value, &tick); err != nil {
		t.Fatal(err)
	}
	if tick.Kind != feed.KindTick || tick.SeenTime != end.Time.Truncate(feed.Second) {
		t.Errorf("the quotes end with %s at %s, want a tick at %s", tick.Kind, tick.SeenTime, end.Time)
	}
	if !strings.Contains(c.logs.String(), "starts over from what is left") {
		t.Errorf("the log of the program does not say so: %s", &c.logs)
	}
}

func only(m memoryLog, at log.Partition) memoryLog { return memoryLog{at: m[at]} }

func TestTaskFailsWhenItsInputIsRemovedUnderIt(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	c := newCluster(t, w)
	c.fill(w.rawLog(newScene(w, 9).play(20)))
	c.trim(log.RawTopic(feed.SourceOdds), 10)
	reader, err := c.normalise(c.dial(), t.TempDir(), 0).read(map[log.Partition]int64{})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for {
		fetches := reader.PollFetches(t.Context())
		if err := fetches.Err(); errors.Is(err, kerr.OffsetOutOfRange) {
			return
		} else if err != nil {
			t.Fatalf("got %v, want offset out of range", err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if r.Topic == log.RawTopic(feed.SourceOdds) {
				t.Fatalf("read %s@%d instead of failing", r.Topic, r.Offset)
			}
		})
	}
}

func TestTaskFailsWhenAnOutputIsRefused(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	c, dir := newCluster(t, w), t.TempDir()
	raw := w.rawLog(newScene(w, 10).play(40))
	c.fill(raw)
	var refused atomic.Bool
	c.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		if refused.Swap(true) {
			return nil, nil, false
		}
		return embedded.Refusal(req.(*kmsg.ProduceRequest), kerr.TopicAuthorizationFailed), nil, true
	})
	err := c.until(c.normalise(c.dial(), dir, 0), func(Progress, map[log.Partition]int64) bool { return false })
	if !errors.Is(err, kerr.TopicAuthorizationFailed) {
		t.Fatalf("got %v, want the refusal", err)
	}
}

func TestTaskRebuildsStateThatItCannotRead(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	raw := w.rawLog(newScene(w, 11).play(60))
	canonical := w.normalise(t, raw)
	spoil := map[string]func(t *testing.T, dir string){
		"of another format": func(t *testing.T, dir string) { setRaw(t, dir, keyFormat, "0") },
		"with a position that is none": func(t *testing.T, dir string) {
			setRaw(t, dir, prefixPosition+"raw.espn/0", "far")
		},
		"with an entry that is not JSON": func(t *testing.T, dir string) {
			setRaw(t, dir, prefixOperator+keyLeague+"nhl/"+keyRequests, "{")
		},
		"with an entry that is not known": func(t *testing.T, dir string) {
			setRaw(t, dir, prefixOperator+keyLeague+"nhl/moon/1", "{}")
		},
		"with a damaged manifest": func(t *testing.T, dir string) { damage(t, dir, "MANIFEST-*") },
		"with damaged tables":     func(t *testing.T, dir string) { damage(t, dir, "*.sst") },
		"without its tables":      func(t *testing.T, dir string) { remove(t, dir, "*.sst") },
		"without its manifest":    func(t *testing.T, dir string) { remove(t, dir, "MANIFEST-*") },
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			c, dir := newCluster(t, w), t.TempDir()
			c.fill(head(raw, 30))
			for range 2 { // opening the state again turns its log into a table
				c.finish(c.normalise(c.dial(), dir, 0))
			}
			spoil(t, filepath.Join(dir, "normalise-0"))
			c.fill(tail(raw, 30))
			c.finish(c.normalise(c.dial(), dir, 0))
			if !strings.Contains(c.logs.String(), "rebuilt from the log") {
				t.Errorf("the log of the program does not say that state was rebuilt: %s", &c.logs)
			}
			if d := canonical.diff(c.read(normaliseOutputs(w))); d != "" {
				t.Fatal(d)
			}
		})
	}
}

func setRaw(t *testing.T, dir, key, value string) {
	t.Helper()
	s := &State{dir: dir}
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	b := s.Begin()
	if err := errors.Join(b.b.Set([]byte(key), []byte(value), nil), b.Commit(), s.Close()); err != nil {
		t.Fatal(err)
	}
}

func matching(t *testing.T, dir, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no file %s in %s: %v", pattern, dir, err)
	}
	return names
}

// damage turns over the bits in the middle of files.
func damage(t *testing.T, dir, pattern string) {
	t.Helper()
	for _, name := range matching(t, dir, pattern) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := len(b) / 4; i < len(b)*3/4; i++ {
			b[i] ^= 0xff
		}
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(t *testing.T, dir, pattern string) {
	t.Helper()
	for _, name := range matching(t, dir, pattern) {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}
