// Package metamorphic holds what must not matter: how records are batched, when
// checkpoints are made, over how many partitions the work is spread, in which
// order quotes arrive within the lateness, what is delivered twice, how time
// passes between answers, and where in the world the program runs.
//
// Each test runs the tasks of the processor on an embedded log, in two ways, and
// compares what stands in the topics. What is compared depends on what the
// difference may change: see the tests.
package metamorphic

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/source/recording"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/metrics"
	"github.com/betflow/betflow/signals"
)

// variant is a way to run the processor.
type variant struct {
	partitions int32
	single     bool          // each record is a batch of its own, and is fetched alone
	checkpoint time.Duration // between checkpoints while the input does not pause
	eager      bool          // whenever a task looks at the clock, a checkpoint is due
	ticks      feed.Time     // how far ticks between answers are apart; 0 for none
	lateness   metric.Span   // of every metric instead of its own; 0 keeps them
}

// plain is what others are compared with.
var plain = variant{partitions: 2, checkpoint: time.Hour}

// run is one run of the processor and its log.
type run struct {
	t       *testing.T
	v       variant
	leagues []string
	metrics []metric.Definition
	layout  log.Layout
	codecs  map[string]*log.Codec
	client  *kgo.Client
	dir     string

	records, checkpoints int64 // of all tasks
}

// newRun opens an empty log.
func newRun(t *testing.T, v variant, leagues ...string) *run {
	t.Helper()
	r := &run{t: t, v: v, leagues: leagues, codecs: map[string]*log.Codec{}, dir: t.TempDir()}
	r.define()
	for i, topic := range r.layout.Topics() {
		if topic.Schema == "" {
			continue
		}
		codec, err := log.NewCodec(topic.Schema, 100+i)
		r.must(err)
		r.codecs[topic.Name] = codec
	}
	broker, err := embedded.Start(embedded.Config{Dir: filepath.Join(r.dir, "log")})
	r.must(err)
	t.Cleanup(func() {
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
	})
	opts := []kgo.Opt{kgo.FetchMaxWait(20 * time.Millisecond)}
	if v.single {
		// Each record waits for the one before it, so it is a batch of its own, and
		// a fetch brings at least one batch.
		opts = append(opts, kgo.MaxBufferedRecords(1), kgo.FetchMaxBytes(1), kgo.FetchMaxPartitionBytes(1))
	}
	r.client, err = log.Connect(t.Context(), log.Connection{Brokers: []string{broker.Addr()}}, opts...)
	r.must(err)
	t.Cleanup(r.client.Close)
	r.must(log.Ensure(t.Context(), r.client, r.layout.Topics(), 1))
	return r
}

// define has the metrics that are delivered and those of the examples, so that
// there are windows of every kind.
func (r *run) define() {
	r.t.Helper()
	var err error
	r.metrics, err = metrics.Load(filepath.Join("..", "..", "docs", "metrics-examples"))
	r.must(err)
	r.layout = log.Layout{Partitions: r.v.partitions, Sources: feed.Sources(), Leagues: r.leagues, Metrics: map[string]string{}}
	for i := range r.metrics {
		d := &r.metrics[i]
		if r.v.lateness > 0 {
			d.Lateness = r.v.lateness
			if d.TTL > 0 {
				d.TTL = max(d.TTL, 10*r.v.lateness)
			}
		}
		if field, err := d.Validate(); err != nil {
			r.t.Fatal(d.Name, field, err)
		}
		r.layout.Metrics[d.Name] = d.Schema()
	}
}

func (r *run) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// read reads the responses of a recording, up to a number of them.
func read(t *testing.T, file string, most int) (out []feed.Raw) {
	t.Helper()
	catalog := catalogOf(t)
	reader, err := recording.Open(file, func(source, path string) string {
		if l, ok := catalog.ByPath(source, path); ok {
			return l.ID
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for len(out) < most {
		e, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Defect == nil {
			out = append(out, e.Raw)
		}
	}
	return out
}

func catalogOf(t *testing.T) *league.Catalog {
	t.Helper()
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := league.NewCatalog(all)
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// capture writes responses to the raw topics, and time behind the last one until
// every window has closed for good.
func (r *run) capture(raws []feed.Raw) {
	r.t.Helper()
	ctx := r.t.Context()
	writer, err := log.OpenRawWriter(ctx, r.client, r.layout.Sources, r.v.partitions, "")
	r.must(err)
	for _, raw := range raws {
		if last := writer.Last(); r.v.ticks > 0 && last > 0 {
			for at := last + r.v.ticks; at < raw.FetchedAt; at += r.v.ticks {
				r.must(writer.Tick(ctx, at))
			}
		}
		r.must(writer.Capture(ctx, raw, func(err error) {
			if err != nil {
				r.t.Error(err)
			}
		}))
	}
	r.must(writer.Tick(ctx, writer.Last()+72*feed.Hour))
	r.must(writer.Flush(ctx))
}

// process runs all tasks, first those that make canonical records, then those
// that compute.
func (r *run) process() {
	r.normalise()
	r.compute()
}

func (r *run) normalise() {
	r.t.Helper()
	nc := process.NormaliseConfig{Catalog: catalogOf(r.t), Leagues: r.leagues, Sources: r.layout.Sources, Partitions: r.v.partitions}
	r.finish(func(p int32) *process.Task { return process.NewNormalise(r.config(), nc, p) })
}

func (r *run) compute() {
	r.t.Helper()
	rules, err := signals.Load("")
	r.must(err)
	cc := process.ComputeConfig{
		Leagues: r.leagues, Metrics: r.metrics, Method: odds.Power, MaxAge: 20 * time.Minute, Average: odds.Mean, HalfLife: 10 * time.Minute,
		OutlierMADs: 4, Lines: map[string]process.LineModels{}, Signals: rules.Of,
	}
	for _, id := range r.leagues {
		l, _ := catalogOf(r.t).League(id)
		cc.Lines[id], err = process.NewLineModels(l)
		r.must(err)
	}
	r.finish(func(p int32) *process.Task { return process.NewCompute(r.config(), cc, p) })
}

func (r *run) config() process.Config {
	c := process.Config{
		Client: r.client, Codecs: r.codecs, StateDir: filepath.Join(r.dir, "state"), CheckpointEvery: r.v.checkpoint,
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	}
	if r.v.eager {
		var looks atomic.Int64
		c.Now = func() time.Time { return time.Unix(0, 0).Add(time.Duration(looks.Add(1)) * r.v.checkpoint) }
	}
	return c
}

// finish runs a task for each partition until all have taken in what there is.
func (r *run) finish(task func(p int32) *process.Task) {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.t.Context())
	var tasks []*process.Task
	ended := make(chan error, r.v.partitions)
	for p := range r.v.partitions {
		t := task(p)
		tasks = append(tasks, t)
		go func() { ended <- t.Run(ctx) }()
	}
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !r.done(tasks) {
		select {
		case err := <-ended:
			r.t.Fatalf("a task has ended: %v", err)
		case <-look.C:
		}
	}
	stop()
	for range tasks {
		r.must(<-ended)
	}
	for _, t := range tasks {
		r.records += t.Progress().Records
		r.checkpoints += t.Progress().Checkpoints.Count
	}
}

// done tells whether the checkpoints of the tasks are at the ends of their
// inputs.
func (r *run) done(tasks []*process.Task) bool {
	r.t.Helper()
	var topics []string
	positions := map[log.Partition]int64{}
	for _, t := range tasks {
		at := t.Progress().Positions
		if len(at) == 0 {
			return false
		}
		for p, next := range at {
			positions[p] = next
			topics = append(topics, p.Topic)
		}
	}
	_, ends, err := log.Bounds(r.t.Context(), r.client, topics)
	r.must(err)
	for p, end := range ends {
		if positions[p] < end {
			return false
		}
	}
	return true
}
