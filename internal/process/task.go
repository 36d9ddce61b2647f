package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
	// Backlog returns about how many bytes the operator holds of an input, or of
	// what it has made of it, until other inputs have come as far. It is 0 for the
	// one that all others wait for.
	Backlog(p log.Partition) int
	// Dropped counts repeated input records that were left out.
	Dropped() int64
	// Save adds to the checkpoint what has changed since the last one.
	Save(b *Batch) error
}

// Task runs an operator over its inputs.
type Task struct {
	kind      string // such as normalise
	partition int32
	name      string
	operator  func() Operator // a fresh one for each run
	inputs    []log.Partition
	outputs   []string // topics it may write to
	client    *kgo.Client
	codecs    map[string]*log.Codec
	dir       string
	cache     *Cache
	every     time.Duration // between checkpoints
	group     string        // begins the names of writers; empty where one process has the log to itself
	commit    time.Duration // between commits of a writer
	now       func() time.Time
	logger    *slog.Logger

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
	Fetched   Fetched                 // while state is taken over from the log
	Recovery  Recovery                // from there to the end that the inputs had

	Clocks      map[log.Partition]feed.Time // the log's time up to which each input was taken in, a moment ago
	Watermarks  []Watermark                 // a moment ago
	Checkpoints Checkpoints
}

// Fetched is how much of a state in the log was read, in offsets.
type Fetched struct{ Done, Total int64 }

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
	Cache           *Cache                // of those states
	Memory          int                   // bytes that a task may hold of state it can read again
	CheckpointEvery time.Duration
	Now             func() time.Time
	Logger          *slog.Logger

	// Group is set where several processes share the log. Tasks then write in
	// transactions, under names that begin with it, commit at least CommitEvery,
	// and hand their state over through the log.
	Group       string
	CommitEvery time.Duration
}

// Kinds of tasks. There is one of each for every partition.
const (
	KindNormalise = "normalise"
	KindCompute   = "compute"
	KindJoin      = "join"
)

// Kinds lists the kinds of tasks.
func Kinds() []string { return []string{KindNormalise, KindCompute, KindJoin} }

func newTask(c Config, kind string, partition int32, operator func() Operator, inputs []log.Partition, outputs []string) *Task {
	name := kind + "-" + strconv.Itoa(int(partition))
	return &Task{
		kind: kind, partition: partition, name: name, operator: operator, inputs: inputs, outputs: outputs,
		client: c.Client, codecs: c.Codecs,
		dir: filepath.Join(c.StateDir, name), cache: c.Cache, every: c.CheckpointEvery, group: c.Group, commit: c.CommitEvery, now: c.Now,
		logger: c.Logger.With("task", name),
	}
}

// Name returns the task's name, such as normalise-0.
func (t *Task) Name() string { return t.name }

// Partition returns the task's number: which partition of its inputs it reads.
func (t *Task) Partition() int32 { return t.partition }

// Inputs returns the partitions that the task reads.
func (t *Task) Inputs() []log.Partition { return t.inputs }

// StatePartition returns the partition of the log that holds the task's state,
// where several processes share the log.
func (t *Task) StatePartition() log.Partition {
	return log.Partition{Topic: log.StateTopic(t.kind), Partition: t.partition}
}

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
	grace, release := farewell(ctx)
	defer release()
	writer, err := t.fence(ctx)
	if err != nil {
		return unlessStopped(ctx, fmt.Errorf("starting task %s: %w", t.name, err))
	}
	if writer != nil {
		defer writer.Close()
	}
	if err := os.MkdirAll(filepath.Dir(t.dir), 0o755); err != nil {
		return fmt.Errorf("creating the folder of task state: %w", err)
	}
	state, err := OpenState(t.dir, t.cache, t.logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, state.Close()) }()

	r, err := t.restore(ctx, grace, state, writer)
	if err != nil {
		return unlessStopped(ctx, fmt.Errorf("restoring task %s: %w", t.name, err))
	}
	defer r.reader.Close()
	t.show(state)
	defer t.show(nil)
	t.publish(func(p *Progress) { p.Restored, p.Fetched = t.now().Sub(started), Fetched{} })

	if err = t.loop(ctx, grace, r); err == nil {
		err = r.checkpoint(grace, t)
	} else if writer == nil { // else what is not committed never will be
		// What was handed to the client will still be written. The next run must
		// find it in the log, or it would write it again.
		err = errors.Join(err, r.emitter.settle(ctx))
	}
	if errors.Is(err, errDamaged) {
		t.logger.Warn("task state cannot be read and is rebuilt from the log", "error", err)
		err = errors.Join(err, state.Reset("it was damaged"))
	}
	return err
}

// fence opens the task's writer, where it needs one. From then on no other
// replica can write what this task writes.
func (t *Task) fence(ctx context.Context) (*log.Writer, error) {
	if t.group == "" {
		return nil, nil
	}
	// Records of outputs are what the next run would write again, so those that
	// have lost their mark may stay. Of a state only what is whole may, which the
	// last checkpoint with a mark is.
	left := log.Left{Keep: t.outputs, Drop: []string{t.StatePartition().Topic}}
	return log.OpenWriter(ctx, t.client, t.group+"."+t.name, left, log.CompressSwiftly())
}

// farewell returns a context that outlives another by farewellTime: the outputs
// of a task must outlive what asks it to stop, but a log that has gone away must
// not keep us.
func farewell(ctx context.Context) (grace context.Context, release func()) {
	grace, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(farewellTime, cancel) })
	return grace, func() { stop(); cancel() }
}

// unlessStopped returns the error, unless it comes from being told to stop.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// farewellTime is how long the last checkpoint may wait for the log.
const farewellTime = 10 * time.Second

// run is the working memory of one Run.
type run struct {
	operator  Operator
	state     *State
	reader    *log.Reader
	emitter   *Emitter
	writer    *log.Writer // nil where outputs need no transactions
	mirror    *mirror     // nil where the state stays here
	positions map[log.Partition]int64
	paused    map[log.Partition]bool // inputs that are ahead of the others
	records   int64
	dirty     bool // something was taken in since the last checkpoint
	recovery  *recovery
}

const (
	// idleCheckpoint is how long the input has to pause for a checkpoint before
	// its time.
	idleCheckpoint = 250 * time.Millisecond
	// publishEvery is how old a task's published progress may be.
	publishEvery = 250 * time.Millisecond
)

// loop takes records in and makes checkpoints until the context ends. What one
// checkpoint has begun no other one can go on with: every error is the run's end.
func (t *Task) loop(ctx, grace context.Context, r *run) error {
	next := t.now().Add(t.phase())
	publish := t.now().Add(publishEvery)
	commit, busy := t.now().Add(t.commit), t.now()
	for {
		// With work not yet made durable, a pause in the input is a good moment.
		patience := t.every
		if r.dirty {
			patience = min(patience, idleCheckpoint)
		}
		if r.uncommitted() {
			patience = min(patience, max(0, commit.Sub(t.now())))
		}
		pollCtx, cancel := context.WithTimeout(ctx, patience)
		fetches := r.reader.PollRecords(pollCtx, 10_000)
		cancel()
		if ctx.Err() != nil {
			return nil
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
			if err := r.emitter.room(ctx); err != nil {
				return unlessStopped(ctx, err)
			}
			if err := r.operator.Process(rec, r.emitter); err != nil {
				return fmt.Errorf("processing %s/%d@%d: %w", rec.Topic, rec.Partition, rec.Offset, err)
			}
			r.records++
			r.dirty = true
		}
		r.balance(t.inputs)
		now := t.now()
		t.follow(r)
		if fetches.NumRecords() > 0 {
			busy = now
		}
		r.dirty = r.dirty || r.passed(t.inputs)
		if r.dirty && !now.Before(publish) {
			r.publish(t)
			publish = now.Add(publishEvery)
		}
		switch {
		case r.dirty && (now.Sub(busy) >= idleCheckpoint || !now.Before(next)):
			if err := r.checkpoint(grace, t); err != nil {
				return err
			}
			next, commit = now.Add(t.every), now.Add(t.commit)
		case r.uncommitted() && !now.Before(commit):
			if err := r.writer.Commit(grace); err != nil {
				return err
			}
			commit = now.Add(t.commit)
		}
	}
}

// phase is when the first checkpoint of a run is due: at another part of the
// interval for each task. They start together, and together their checkpoints
// would take every core from what is on its way. Multiples of the golden ratio
// lie far apart, however many there are.
func (t *Task) phase() time.Duration {
	kinds := Kinds()
	part := float64(t.partition+1)*math.Phi + float64(slices.Index(kinds, t.kind))/float64(len(kinds))
	return time.Duration((part - math.Floor(part)) * float64(t.every))
}

// uncommitted tells whether outputs were written that nobody can see yet.
func (r *run) uncommitted() bool { return r.writer != nil && r.writer.Open() }

// passed tells whether there were marks of transactions behind all that was
// taken in: nothing is to be done about them, but the positions are other ones.
func (r *run) passed(inputs []log.Partition) bool {
	return slices.ContainsFunc(inputs, func(p log.Partition) bool { return r.reader.Past(p, r.positions[p]) > r.positions[p] })
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
		b.setNumbers(prefixSequence, r.emitter.seqs()),
		r.operator.Save(b),
	); err != nil {
		return fmt.Errorf("gathering checkpoint: %w", err)
	}
	if err := r.keep(ctx, b); err != nil {
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

// keep makes a checkpoint durable: in the log with the outputs up to it, where
// other replicas may need it, and then here.
func (r *run) keep(ctx context.Context, b *Batch) error {
	if r.mirror != nil {
		if err := r.mirror.put(b, r.positions, r.emitter.send); err != nil {
			return err
		}
		if err := r.writer.Settle(ctx); err != nil {
			return err
		}
	}
	return b.Commit()
}

// publish shows how far the run has come, which is not yet durable.
func (r *run) publish(t *Task) {
	// A position that lies behind marks does not go back to the last record.
	r.operator.Done(func(p log.Partition, next int64) { r.positions[p] = max(r.positions[p], next) })
	for _, p := range t.inputs {
		r.positions[p] = r.reader.Past(p, r.positions[p])
	}
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
