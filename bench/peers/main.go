// Command peers runs one job of windows on BetFlow, Kafka Streams, Flink and
// Spark, over the same topic of one real Kafka, and compares. bench/README.md
// says what is measured and how.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/internal/feed"
)

// windowSchema is what the peers write; BetFlow writes the schema of its metric,
// which has more fields.
//
//go:embed window.avsc
var windowSchema string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// bench is one run of the command.
type bench struct {
	root    string // of the repository
	dir     string // for what the run leaves behind
	cores   int
	cluster *cluster
	runs    int // so far; each has topics of its own
}

// options are the command line.
type options struct {
	engines string
	measure string
	load    load.Load
	pace    pace
	out     string
	keep    bool
}

func (o *options) measures() []string { return strings.Split(o.measure, ",") }

// start of event time: the same for every run, so that it is the same log.
var start = feed.At(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))

func parse(args []string) (options, error) {
	var o options
	partitions := 0
	f := flag.NewFlagSet("peers", flag.ContinueOnError)
	f.StringVar(&o.engines, "engines", "betflow,betflow-alone,betflow-whole,kafka-streams,kafka-streams-alo,flink,flink-alo,spark", "engines to run, in this order")
	f.StringVar(&o.measure, "measure", "throughput,latency", "what to measure, of throughput, latency, scale")
	f.IntVar(&o.load.Quotes, "quotes", 3_000_000, "quotes in the topic")
	f.IntVar(&o.load.Series, "series", 10_000, "series of quotes")
	f.IntVar(&o.load.Rate, "rate", 1000, "quotes per second of event time")
	f.IntVar(&partitions, "partitions", 4, "partitions of every topic")
	f.Uint64Var(&o.load.Seed, "seed", 1, "of the quotes")
	f.IntVar(&o.pace.Rate, "pace", 5000, "latency: quotes per second")
	f.IntVar(&o.pace.Speed, "speed", 10, "latency: seconds of event time per second")
	f.IntVar(&o.pace.Series, "pace-series", 2000, "latency: series of quotes")
	f.DurationVar(&o.pace.Warm, "warm", time.Minute, "latency: time before the first row counts")
	f.DurationVar(&o.pace.Time, "time", time.Minute, "latency: time in which rows count")
	f.StringVar(&o.out, "out", "", "file for the results, JSON")
	f.BoolVar(&o.keep, "keep", false, "leave logs and state of the engines behind")
	err := f.Parse(args)
	o.load.Partitions, o.load.Start = int32(partitions), start
	for _, what := range o.measures() {
		if !slices.Contains([]string{"throughput", "latency", "scale"}, what) {
			return o, fmt.Errorf("-measure: %q is none of throughput, latency, scale", what)
		}
	}
	return o, err
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	var chosen []engine
	for _, name := range strings.Split(o.engines, ",") {
		e, err := engineOf(name)
		if err != nil {
			return err
		}
		chosen = append(chosen, e)
	}
	b := &bench{cores: runtime.NumCPU()}
	if b.root, err = os.Getwd(); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "betflow-bench-"); err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(b.dir)
	}
	for _, e := range append(chosen, engines[0]) { // the scale curve is that of the first
		if err := b.fetch(ctx, e); err != nil {
			return err
		}
	}
	results := &results{Machine: thisMachine(b.cores), Load: o.load, Pace: o.pace}
	if b.cluster, err = startCluster(ctx, b.root, b.dir); err != nil {
		return err
	}
	err = b.measure(ctx, o, chosen, results)
	return errors.Join(err, b.cluster.stop(), results.write(o.out))
}

func (b *bench) measure(ctx context.Context, o options, chosen []engine, to *results) error {
	var failed error
	for _, what := range o.measures() {
		switch what {
		case "throughput":
			failed = errors.Join(failed, b.measureThroughput(ctx, o, chosen, to))
		case "latency":
			failed = errors.Join(failed, b.measureLatency(ctx, o, chosen, to))
		case "scale":
			failed = errors.Join(failed, b.measureScale(ctx, o, to))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// schema registers a schema and returns its id.
func (b *bench) schema(ctx context.Context, subject, text string) (int, error) {
	registered, err := b.cluster.registry.CreateSchema(ctx, subject, sr.Schema{Schema: text})
	if err != nil {
		return 0, fmt.Errorf("registering the schema of %s: %w", subject, err)
	}
	return registered.ID, nil
}

// say tells what is going on.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
