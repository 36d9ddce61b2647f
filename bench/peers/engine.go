package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The guarantees of an engine's sink.
const (
	exactlyOnce = "exactly-once"
	atLeastOnce = "at-least-once"
)

// engine is one way of doing the job.
type engine struct {
	Name      string
	Dir       string // below bench, with the script "job"
	Guarantee string
	Env       []string // beside what every job gets
	How       string   // what a reader has to know of its settings
}

// engines are all that can be measured, in the order of the table.
var engines = []engine{
	{"betflow", "betflow", exactlyOnce, nil,
		"as one of the replicas on a cluster: a compute task a partition, windows alone; outputs in transactions, commit every 100 ms (default), checkpoint every 10 s (Pebble, synced, and in the log)"},
	{"betflow-alone", "betflow", exactlyOnce, []string{"BENCH_ALONE=1"},
		"as the one process of its log: outputs numbered and acknowledged instead of transactions"},
	{"betflow-whole", "betflow", exactlyOnce, []string{"BENCH_MARKETS=1"},
		"as a replica, with market states and signals beside the windows, as the program runs"},
	{"kafka-streams", "kafka-streams", exactlyOnce, nil,
		"4.3.1, exactly_once_v2, state in RocksDB (default), windows emitted on close, commit every 100 ms (default), a thread a core, no repartition topic"},
	{"kafka-streams-alo", "kafka-streams", atLeastOnce, nil,
		"4.3.1, at_least_once, commit every 30 s (default), the rest as before"},
	{"kafka-streams-memory", "kafka-streams", exactlyOnce, []string{"BENCH_STORE=in_memory"},
		"4.3.1, exactly_once_v2, state in memory"},
	{"flink", "flink", exactlyOnce, nil,
		"SQL 2.3.0, state in the heap (hashmap), object reuse, parallelism = cores, checkpoint every 10 s (latency: 1 s), transactional sink"},
	{"flink-alo", "flink", atLeastOnce, nil,
		"SQL 2.3.0, the same with a sink that writes at least once"},
	{"spark", "spark", atLeastOnce, nil,
		"Structured Streaming 4.1.3, two queries, state in the heap (default), local[cores], shuffle partitions = cores, micro-batches of at most 500,000; its Kafka sink knows at least once only"},
}

func engineOf(name string) (engine, error) {
	var names []string
	for _, e := range engines {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return engine{}, fmt.Errorf("engine %q is none of %s", name, strings.Join(names, ", "))
}

// task is what an engine is to do.
type task struct {
	quotes            string // topic
	tumbling, sliding string // topics
	partitions        int32
	cores             int
	latency           bool // settings for latency instead of throughput
	quoteID, windowID int  // of the schemas
	env               []string
}

func (t *task) outputs() []string { return []string{t.tumbling, t.sliding} }

// job is an engine at work: a process group.
type job struct {
	cmd  *exec.Cmd
	dir  string
	done chan struct{} // closed when it has ended
	err  error
}

// fetch makes an engine ready: programs are fetched and compiled.
func (b *bench) fetch(ctx context.Context, e engine) error {
	cmd := exec.CommandContext(ctx, filepath.Join(b.root, "bench", e.Dir, "job"), "fetch")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetching %s: %w\n%s", e.Name, err, out)
	}
	return nil
}

// start sets an engine to work.
func (b *bench) start(e engine, t *task) (*job, error) {
	dir, err := os.MkdirTemp(b.dir, e.Name+"-")
	if err != nil {
		return nil, err
	}
	output, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer output.Close()
	mode := "throughput"
	if t.latency {
		mode = "latency"
	}
	j := &job{cmd: exec.Command(filepath.Join(b.root, "bench", e.Dir, "job")), dir: dir, done: make(chan struct{})}
	j.cmd.Env = append(os.Environ(),
		"BENCH_BROKERS="+strings.Join(b.cluster.brokers, ","), "BENCH_REGISTRY="+b.cluster.url,
		"BENCH_QUOTES="+t.quotes, "BENCH_TUMBLING="+t.tumbling, "BENCH_SLIDING="+t.sliding,
		"BENCH_PARTITIONS="+strconv.Itoa(int(t.partitions)), "BENCH_CORES="+strconv.Itoa(t.cores),
		"BENCH_GUARANTEE="+e.Guarantee, "BENCH_MODE="+mode, "BENCH_DIR="+dir,
		"BENCH_QUOTE_ID="+strconv.Itoa(t.quoteID), "BENCH_WINDOW_ID="+strconv.Itoa(t.windowID),
		"BENCH_QUOTE_SCHEMA="+filepath.Join(b.root, "internal", "feed", "schema", "quote.avsc"),
		"BENCH_WINDOW_SCHEMA="+filepath.Join(b.root, "bench", "peers", "window.avsc"),
	)
	j.cmd.Env = append(append(j.cmd.Env, e.Env...), t.env...)
	j.cmd.Stdout, j.cmd.Stderr = output, output
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := j.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", e.Name, err)
	}
	go func() {
		defer close(j.done)
		j.err = j.cmd.Wait()
	}()
	return j, nil
}

func (j *job) group() int { return j.cmd.Process.Pid }

// failure tells why a job has ended that should not have.
func (j *job) failure() error {
	text, err := os.ReadFile(filepath.Join(j.dir, "log"))
	if err != nil {
		return err
	}
	const tail = 4000
	return fmt.Errorf("the job has ended: %w\n%s", errors.Join(j.err, errors.New("its last words")), text[max(0, len(text)-tail):])
}

// patience is how long a job may take to end.
const patience = 30 * time.Second

// stop asks the job to end, and ends it if it does not.
func (j *job) stop() {
	_ = syscall.Kill(-j.group(), syscall.SIGTERM) // it may have ended
	select {
	case <-j.done:
	case <-time.After(patience):
		_ = syscall.Kill(-j.group(), syscall.SIGKILL)
		<-j.done
	}
}
