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
}

// Progress is how far a task has come.
type Progress struct {
	Name      string
	Positions map[log.Partition]int64 // next offset to read, as of the last checkpoint
	Records   int64                   // taken in since the start
	Emitted   int64                   // written since the start
	Dropped   int64                   // repeated input records left out, as the state counts them
	Restored  time.Duration           // from start to the first record
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
	t.publish(func(p *Progress) { p.Restored = t.now().Sub(started) })

	err = t.loop(ctx, r)
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		// The outputs must outlive the context that asked us to stop.
		return r.checkpoint(context.WithoutCancel(ctx), t)
	}
	return err
}

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

// restore loads the checkpoint and finds out what of the outputs is written.
func (t *Task) restore(ctx context.Context, state *State) (*run, error) {
	positions, err := state.numbers(prefixPosition)
	if err != nil {
		return nil, err
	}
	starts, ends, err := log.Bounds(ctx, t.client, topicsOf(t.inputs))
	if err != nil {
		return nil, err
	}
	for _, p := range t.inputs {
		switch at, ok := positions[p]; {
		case ok && at > ends[p]:
			// The log lost its unsynced end in a power failure, the state did
			// not. The state has seen records that never were: start over. What
			// stands in the outputs is recognised by its numbers.
			t.logger.Warn("task state is ahead of the log and is rebuilt", "topic", p.Topic, "partition", p.Partition, "state", at, "log_end", ends[p])
			if err := state.Reset(); err != nil {
				return nil, err
			}
			positions = map[log.Partition]int64{}
		case ok && at < starts[p]:
			return nil, fmt.Errorf("input %s/%d begins at offset %d, the state has come to %d: records between were removed before they were read; remove %s to start over from what is left", p.Topic, p.Partition, starts[p], at, t.dir)
		}
	}
	seqs, err := state.numbers(prefixSequence)
	if err != nil {
		return nil, err
	}
	operator := t.operator()
	if err := operator.Load(state); err != nil {
		return nil, fmt.Errorf("loading state: %w", err)
	}
	written, err := t.writtenSeqs(ctx)
	if err != nil {
		return nil, err
	}
	from := map[string]map[int32]kgo.Offset{}
	for _, p := range t.inputs {
		at, ok := positions[p]
		if !ok {
			at = starts[p]
			positions[p] = at
		}
		if from[p.Topic] == nil {
			from[p.Topic] = map[int32]kgo.Offset{}
		}
		from[p.Topic][p.Partition] = kgo.NewOffset().At(at)
	}
	reader, err := kgo.NewClient(append(t.client.Opts(), kgo.ConsumePartitions(from))...)
	if err != nil {
		return nil, fmt.Errorf("opening reader: %w", err)
	}
	r := &run{operator: operator, state: state, reader: reader, positions: positions, emitter: &Emitter{
		ctx: context.WithoutCancel(ctx), client: t.client, codecs: t.codecs, seqs: seqs, written: written,
	}}
	t.publish(func(p *Progress) { *p = Progress{Name: t.name, Positions: clone(positions)} })
	return r, nil
}

// writtenSeqs reads the last sequence number of each output partition.
func (t *Task) writtenSeqs(ctx context.Context) (map[log.Partition]int64, error) {
	tails, err := log.Tails(ctx, t.client, t.outputs)
	if err != nil {
		return nil, err
	}
	seqs := map[log.Partition]int64{}
	for p, rec := range tails {
		_, seq, err := log.KindSeq(rec.Value)
		if err != nil {
			return nil, fmt.Errorf("reading the last record of %s/%d: %w", p.Topic, p.Partition, err)
		}
		seqs[p] = seq
	}
	return seqs, nil
}

// idleCheckpoint is how long the input has to pause for a checkpoint before its
// time.
const idleCheckpoint = 50 * time.Millisecond

// loop takes records in and makes checkpoints.
func (t *Task) loop(ctx context.Context, r *run) error {
	next := t.now().Add(t.every)
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
		if now := t.now(); r.dirty && (fetches.NumRecords() == 0 || !now.Before(next)) {
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
	if err := r.emitter.flush(ctx); err != nil {
		return err
	}
	r.operator.Done(func(p log.Partition, next int64) { r.positions[p] = next })
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
	t.publish(func(p *Progress) {
		p.Positions, p.Records, p.Emitted, p.Dropped = clone(r.positions), r.records, r.emitter.emitted, r.operator.Dropped()
	})
	return nil
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
