package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// Operator is the heart of a task. Its outputs depend on the records and their
// order alone: no clock, no randomness, no order of a map.
type Operator interface {
	// Load restores what Save stored. It is called once, before Process.
	Load(s *State) error
	// Process takes the next record of one input. Records of one partition come
	// in order; what is between partitions is for the operator to order.
	Process(r *kgo.Record, e *Emitter) error
	// Clock returns how far the log's time has come in an input, as far as it is
	// in the state; 0 before the first tick.
	Clock(p log.Partition) feed.Time
	// Watermarks returns how far the windows have come.
	Watermarks() []Watermark
	// Done returns the records that were taken in and whose effects are now in
	// the state and the outputs, since the last call.
	Done(yield func(p log.Partition, next int64))
	// Dropped counts repeated input records that were left out.
	Dropped() int64
	// Save adds to the checkpoint what has changed since the last one.
	Save(b *Batch) error
}

// Task runs an operator over its inputs.
type Task struct {
	name     string
	operator func() Operator // a fresh one for each run
	inputs   []log.Partition
	outputs  []string // topics it may write to
	client   *kgo.Client
	codecs   map[string]*log.Codec
	dir      string
	every    time.Duration // between checkpoints
	now      func() time.Time
	logger   *slog.Logger

	mu       sync.Mutex
	progress Progress

	inspecting sync.Mutex // held while the state is read from outside of the run
	state      *State     // of the run, once it is restored
}

// Progress is how far a task has come.
type Progress struct {
	Name      string
	Positions map[log.Partition]int64 // next offset to read, as of the last checkpoint
	Taken     map[log.Partition]int64 // next offset to read, a moment ago
	Records   int64                   // taken in since the start
	Emitted   int64                   // written since the start
	Dropped   int64                   // repeated input records left out, as the state counts them
	Restored  time.Duration           // from start to the first record

	Clocks      map[log.Partition]feed.Time // the log's time up to which each input was taken in, a moment ago
	Watermarks  []Watermark                 // a moment ago
	Checkpoints Checkpoints
}

// Checkpoints are those that a task has made since its start.
type Checkpoints struct {
	Count int64
	Took  time.Duration // all of them, waiting for outputs included
	Last  time.Time     // when the last one was done; zero before the first
}

// Config is what all tasks share.
type Config struct {
	Client          *kgo.Client           // for writing, and for asking the log's bounds
	Codecs          map[string]*log.Codec // by topic
	StateDir        string                // a folder for the tasks' states
	CheckpointEvery time.Duration
	Now             func() time.Time
	Logger          *slog.Logger
}

func newTask(c Config, name string, operator func() Operator, inputs []log.Partition, outputs []string) *Task {
	return &Task{
		name: name, operator: operator, inputs: inputs, outputs: outputs,
		client: c.Client, codecs: c.Codecs,
		dir: filepath.Join(c.StateDir, name), every: c.CheckpointEvery, now: c.Now,
		logger: c.Logger.With("task", name),
	}
}

// Name returns the task's name, such as normalise-0.
func (t *Task) Name() string { return t.name }

// Progress returns how far the task has come.
func (t *Task) Progress() Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.progress
}

// Run works until the context ends, then makes a last checkpoint. Any other
// return is a failure; the task may be run again and goes on from its last
// checkpoint.
func (t *Task) Run(ctx context.Context) (err error) {
	started := t.now()
	if err := os.MkdirAll(filepath.Dir(t.dir), 0o755); err != nil {
		return fmt.Errorf("creating the folder of task state: %w", err)
	}
	state, err := OpenState(t.dir, t.logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, state.Close()) }()

	r, err := t.restore(ctx, state)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("restoring task %s: %w", t.name, err)
	}
	defer r.reader.Close()
	t.show(state)
	defer t.show(nil)
	t.publish(func(p *Progress) { p.Restored = t.now().Sub(started) })

	err = t.loop(ctx, r)
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		// The outputs must outlive the context that asked us to stop, but a log
		// that has gone away must not keep us.
		farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewellTime)
		defer cancel()
		return r.checkpoint(farewell, t)
	}
	// What was handed to the client will still be written. The next run must find
	// it in the log, or it would write it again.
	return errors.Join(err, r.emitter.settle(ctx))
}

// farewellTime is how long the last checkpoint may wait for the log.
const farewellTime = 10 * time.Second

// run is the working memory of one Run.
type run struct {
	operator  Operator
	state     *State
	reader    *kgo.Client
	emitter   *Emitter
	positions map[log.Partition]int64
	records   int64
	dirty     bool // something was taken in since the last checkpoint
}

const (
	// idleCheckpoint is how long the input has to pause for a checkpoint before
	// its time.
	idleCheckpoint = 250 * time.Millisecond
	// publishEvery is how old a task's published progress may be.
	publishEvery = 250 * time.Millisecond
)

// loop takes records in and makes checkpoints.
func (t *Task) loop(ctx context.Context, r *run) error {
	next := t.now().Add(t.every)
	publish := t.now().Add(publishEvery)
	for {
		// With work not yet made durable, a pause in the input is a good moment.
		patience := t.every
		if r.dirty {
			patience = min(patience, idleCheckpoint)
		}
		pollCtx, cancel := context.WithTimeout(ctx, patience)
		fetches := r.reader.PollRecords(pollCtx, 10_000)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var failed error
		fetches.EachError(func(topic string, p int32, err error) {
			if !errors.Is(err, context.DeadlineExceeded) {
				failed = fmt.Errorf("reading %s/%d: %w", topic, p, err)
			}
		})
		if failed != nil {
			return failed
		}
		for it := fetches.RecordIter(); !it.Done(); {
			rec := it.Next()
			if err := r.operator.Process(rec, r.emitter); err != nil {
				return fmt.Errorf("processing %s/%d@%d: %w", rec.Topic, rec.Partition, rec.Offset, err)
			}
			r.records++
			r.dirty = true
		}
		now := t.now()
		if r.dirty && !now.Before(publish) {
			r.publish(t)
			publish = now.Add(publishEvery)
		}
		if r.dirty && (fetches.NumRecords() == 0 || !now.Before(next)) {
			if err := r.checkpoint(ctx, t); err != nil {
				return err
			}
			next = now.Add(t.every)
		}
	}
}

// checkpoint makes everything up to here durable, outputs first: state that is
// ahead of the outputs would lose them, outputs ahead of the state are
// recognised by their numbers.
func (r *run) checkpoint(ctx context.Context, t *Task) error {
	began := t.now()
	if err := r.emitter.flush(ctx); err != nil {
		return err
	}
	r.publish(t) // brings the positions up to date
	b := r.state.Begin()
	if err := errors.Join(
		b.setNumbers(prefixPosition, r.positions),
		b.setNumbers(prefixSequence, r.emitter.seqs),
		r.operator.Save(b),
	); err != nil {
		return fmt.Errorf("gathering checkpoint: %w", err)
	}
	if err := b.Commit(); err != nil {
		return err
	}
	r.dirty = false
	done := t.now()
	t.publish(func(p *Progress) {
		p.Positions = p.Taken
		p.Checkpoints.Count++
		p.Checkpoints.Took += done.Sub(began)
		p.Checkpoints.Last = done
	})
	return nil
}

// publish shows how far the run has come, which is not yet durable.
func (r *run) publish(t *Task) {
	r.operator.Done(func(p log.Partition, next int64) { r.positions[p] = next })
	taken, watermarks := clone(r.positions), r.operator.Watermarks()
	clocks := make(map[log.Partition]feed.Time, len(t.inputs))
	for _, p := range t.inputs {
		clocks[p] = r.operator.Clock(p)
	}
	t.publish(func(p *Progress) {
		p.Taken, p.Records, p.Emitted, p.Dropped = taken, r.records, r.emitter.emitted, r.operator.Dropped()
		p.Clocks, p.Watermarks = clocks, watermarks
	})
}

func (t *Task) publish(change func(*Progress)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.progress)
}

func topicsOf(ps []log.Partition) []string {
	var topics []string
	seen := map[string]bool{}
	for _, p := range ps {
		if !seen[p.Topic] {
			seen[p.Topic] = true
			topics = append(topics, p.Topic)
		}
	}
	return topics
}

func clone(m map[log.Partition]int64) map[log.Partition]int64 {
	out := make(map[log.Partition]int64, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
