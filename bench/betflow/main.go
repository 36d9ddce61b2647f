// Command betflow is the job of the benchmarks as BetFlow does it: a compute
// task for each partition of the quotes, in one process. Its settings come by the
// environment, as those of every engine's job; bench/README.md lists them.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/books"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/signals"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// settings are what the environment says.
type settings struct {
	brokers    []string
	registry   string
	partitions int32
	metrics    []metric.Definition
	markets    bool   // market states and signals beside the windows
	group      string // as in kafka.group; empty for a process that has the log to itself
	replica    int    // this process does every partition that leaves it as a rest
	replicas   int    // by this
	dir        string // for state
	profile    string // file for a CPU profile; none if empty
}

func run(ctx context.Context) error {
	s, err := read()
	if err != nil {
		return err
	}
	if s.profile != "" {
		f, err := os.Create(s.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	tasks, done, err := s.tasks(ctx)
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(tasks))
	var all sync.WaitGroup
	for i, t := range tasks {
		all.Go(func() {
			if errs[i] = t.Run(ctx); errs[i] != nil {
				cancel() // one that fails ends all
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// tasks connects to the log and makes a task for each partition.
func (s *settings) tasks(ctx context.Context) ([]*process.Task, func(), error) {
	compute, err := s.compute()
	if err != nil {
		return nil, nil, err
	}
	client, err := log.Connect(ctx, log.Connection{Brokers: s.brokers})
	if err != nil {
		return nil, nil, err
	}
	codecs, err := s.codecs(ctx)
	if err != nil {
		client.Close()
		return nil, nil, err
	}
	config := process.Config{
		Client: client, Codecs: codecs, StateDir: filepath.Join(s.dir, "state"), CheckpointEvery: 10 * time.Second,
		Group: s.group, CommitEvery: 100 * time.Millisecond, Now: time.Now, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	var tasks []*process.Task
	for p := range s.partitions {
		if int(p)%s.replicas == s.replica {
			tasks = append(tasks, process.NewCompute(config, compute, p))
		}
	}
	return tasks, client.Close, nil
}

// codecs of the topics that a task reads and writes.
func (s *settings) codecs(ctx context.Context) (map[string]*log.Codec, error) {
	registry, err := log.ConnectSchemas(log.SchemaConnection{URL: s.registry})
	if err != nil {
		return nil, err
	}
	layout := log.Layout{Partitions: s.partitions, Leagues: []string{load.League}, Metrics: map[string]string{}}
	for i := range s.metrics {
		layout.Metrics[s.metrics[i].Name] = s.metrics[i].Schema()
	}
	codecs := map[string]*log.Codec{}
	for _, t := range layout.Topics() {
		if codecs[t.Name], err = log.Register(ctx, registry, t); err != nil {
			return nil, err
		}
	}
	return codecs, nil
}

// compute is what the program computes by default, with the metrics of the
// benchmark.
func (s *settings) compute() (process.ComputeConfig, error) {
	config := process.ComputeConfig{
		Leagues: []string{load.League}, Metrics: s.metrics, WindowsOnly: !s.markets,
		Method: odds.Power, MaxAge: 20 * time.Minute, Average: odds.Mean, HalfLife: 10 * time.Minute, OutlierMADs: 4,
	}
	known, err := leagues.Load()
	if err != nil {
		return config, err
	}
	catalog, err := league.NewCatalog(known)
	if err != nil {
		return config, err
	}
	nba, _ := catalog.League(load.League)
	lines, err := process.NewLineModels(nba)
	if err != nil {
		return config, err
	}
	config.Lines = map[string]process.LineModels{load.League: lines}
	if config.Books, err = books.Load(""); err != nil {
		return config, err
	}
	rules, err := signals.Load("")
	if err != nil {
		return config, err
	}
	config.Signals = rules.Of
	return config, nil
}

// read takes the settings from the environment.
func read() (*settings, error) {
	s := &settings{
		brokers: strings.Split(os.Getenv("BENCH_BROKERS"), ","), registry: os.Getenv("BENCH_REGISTRY"),
		markets: os.Getenv("BENCH_MARKETS") != "", dir: os.Getenv("BENCH_DIR"), profile: os.Getenv("BENCH_PROFILE"),
	}
	partitions, err := strconv.ParseInt(os.Getenv("BENCH_PARTITIONS"), 10, 32)
	if err != nil {
		return nil, fmt.Errorf("reading BENCH_PARTITIONS: %w", err)
	}
	s.partitions = int32(partitions)
	if os.Getenv("BENCH_ALONE") == "" {
		s.group = os.Getenv("BENCH_TUMBLING") // new with every run
	}
	s.replicas = 1
	if of := os.Getenv("BENCH_REPLICA"); of != "" {
		if _, err := fmt.Sscanf(of, "%d/%d", &s.replica, &s.replicas); err != nil || s.replica < 0 || s.replica >= s.replicas {
			return nil, fmt.Errorf("BENCH_REPLICA is %q and no I/N", of)
		}
		s.dir = filepath.Join(s.dir, strconv.Itoa(s.replica))
	}
	s.metrics = []metric.Definition{
		definition(os.Getenv("BENCH_TUMBLING"), metric.Windows{Tumbling: []metric.Span{span(load.Tumbling)}}),
		definition(os.Getenv("BENCH_SLIDING"), metric.Windows{Sliding: []metric.Sliding{{Size: span(load.Sliding), Every: span(load.Every)}}}),
	}
	return s, nil
}

// definition of the metric that goes to a topic.
func definition(topic string, windows metric.Windows) metric.Definition {
	d := metric.Definition{
		Name: strings.TrimPrefix(topic, log.WindowsTopic("")), Source: "quotes", State: string(feed.StateOpen),
		Keys:  []string{"fixture_id", "league", "market", "period", "line", "outcome", "book"},
		Value: "price", Windows: windows, Disorder: span(load.Disorder), Lateness: metric.Span(time.Hour), Emit: metric.EmitClose,
	}
	for _, name := range []string{"count", "first", "last", "min", "max", "mean"} {
		d.Aggregates = append(d.Aggregates, metric.Measure{Name: name, Aggregate: name})
	}
	return d
}

func span(t feed.Time) metric.Span { return metric.Span(t.Sub(0)) }
