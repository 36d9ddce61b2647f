package process

import (
	"context"
	"errors"
	"fmt"

	"github.com/betflow/betflow/internal/log"
)

// memory is what a checkpoint holds.
type memory struct {
	operator  Operator
	positions map[log.Partition]int64 // next offset of each input
	seqs      map[log.Partition]int64 // last number given in each output partition
}

// restore loads the checkpoint and finds out what of the outputs is written. A
// writer, where there is one, must have been opened before.
func (t *Task) restore(ctx, grace context.Context, state *State, writer *log.Writer) (*run, error) {
	r := &run{state: state, writer: writer, paused: map[log.Partition]bool{}}
	if writer != nil {
		r.mirror = newMirror(t.StatePartition(), t.logger)
		progress := func(done, total int64) { t.publish(func(p *Progress) { p.Fetched = Fetched{done, total} }) }
		if err := r.mirror.adopt(ctx, t.client, state, progress); err != nil {
			return nil, err
		}
	}
	m, err := t.recall(state)
	if err != nil {
		t.logger.Warn("task state cannot be read and is rebuilt from the log", "error", err)
		if m, err = t.startOver(ctx, r, "it could not be read"); err != nil {
			return nil, err
		}
	}
	starts, ends, err := log.Bounds(ctx, t.client, append(topicsOf(t.inputs), t.outputs...))
	if err != nil {
		return nil, err
	}
	written, err := t.writtenSeqs(ctx)
	if err != nil {
		return nil, err
	}
	if p, ahead := t.ahead(m, ends, written); ahead {
		// The log lost its unsynced end in a power failure, the state did not: it
		// has seen records that never were, or made some that are gone. What
		// stands in the outputs is recognised by its numbers.
		t.logger.Warn("task state is ahead of the log and is rebuilt", "topic", p.Topic, "partition", p.Partition)
		if m, err = t.startOver(ctx, r, "it was ahead of the log"); err != nil {
			return nil, err
		}
	}
	if len(m.positions) == 0 && len(written) > 0 && state.lost == "" {
		state.lost = "it was missing"
	}
	repeats, err := t.begin(m, starts, written)
	if err != nil {
		return nil, err
	}
	write := t.client.Produce
	if writer != nil {
		write = writer.Produce
	}
	r.operator, r.positions = m.operator, m.positions
	r.emitter = newEmitter(grace, write, t.codecs, m.seqs, written)
	if repeats {
		if err := r.first(ctx); err != nil {
			return nil, err
		}
	}
	if r.reader, err = t.read(m.positions); err != nil {
		return nil, err
	}
	r.recovery = t.newRecovery(state.lost, m.positions, ends)
	t.publish(func(p *Progress) {
		*p = Progress{Name: t.name, Positions: clone(m.positions), Taken: clone(m.positions), Recovery: r.recovery.Recovery}
	})
	return r, nil
}

// recall reads the checkpoint.
func (t *Task) recall(state *State) (*memory, error) {
	m := &memory{operator: t.operator()}
	var err error
	if m.positions, err = state.numbers(prefixPosition); err != nil {
		return nil, err
	}
	if m.seqs, err = state.numbers(prefixSequence); err != nil {
		return nil, err
	}
	if err := m.operator.Load(state); err != nil {
		return nil, fmt.Errorf("loading state: %w", err)
	}
	return m, nil
}

// startOver empties the state, for a reason.
func (t *Task) startOver(ctx context.Context, r *run, reason string) (*memory, error) {
	empty := r.state.Reset
	if r.mirror != nil {
		empty = func(reason string) error { return r.mirror.startOver(ctx, t.client, r.state, reason) }
	}
	if err := empty(reason); err != nil {
		return nil, err
	}
	return t.recall(r.state)
}

// ahead finds a partition that ends before what the checkpoint knows of it. Of
// an output that retention has emptied nothing is known, and nothing is wrong.
func (t *Task) ahead(m *memory, ends, written map[log.Partition]int64) (log.Partition, bool) {
	for _, p := range t.inputs {
		if m.positions[p] > ends[p] {
			return p, true
		}
	}
	for p, seq := range m.seqs {
		last, ok := written[p]
		end, exists := ends[p] // not of a topic that is no output any more
		if exists && last < seq && (ok || end == 0) {
			return p, true
		}
	}
	return log.Partition{}, false
}

// begin checks that the inputs still hold what comes next, and places a task
// without a checkpoint. It tells whether such a task repeats outputs.
func (t *Task) begin(m *memory, starts, written map[log.Partition]int64) (repeats bool, err error) {
	fresh, trimmed := len(m.positions) == 0, false
	for _, p := range t.inputs {
		at, ok := m.positions[p]
		if ok && at < starts[p] {
			return false, fmt.Errorf("input %s/%d begins at offset %d, the state has come to %d: records between were removed before they were read; remove %s to start over from what is left", p.Topic, p.Partition, starts[p], at, t.dir)
		}
		if !ok {
			m.positions[p] = starts[p]
			trimmed = trimmed || starts[p] > 0
		}
	}
	if !fresh || !trimmed || len(written) == 0 {
		return false, nil
	}
	// The beginning of the input is gone, so the outputs of what is left cannot
	// get the numbers they had. They are numbered on from what is written: some
	// are repeated, but none is taken for another one that stands there already.
	t.logger.Warn("task starts over from what is left of its input and repeats some outputs")
	m.seqs = clone(written)
	return true, nil
}

// first makes the checkpoint of a task that has done nothing yet, so that
// another start goes on with the same numbers.
func (r *run) first(ctx context.Context) error {
	b := r.state.Begin()
	if err := errors.Join(b.setNumbers(prefixPosition, r.positions), b.setNumbers(prefixSequence, r.emitter.seqs())); err != nil {
		return fmt.Errorf("gathering first checkpoint: %w", err)
	}
	return r.keep(ctx, b)
}

// read opens a reader at the positions. Should what it reads be removed from
// under it, it is to say so instead of going on elsewhere.
func (t *Task) read(positions map[log.Partition]int64) (*log.Reader, error) {
	from := map[log.Partition]int64{}
	for _, p := range t.inputs {
		from[p] = positions[p]
	}
	return log.OpenReader(t.client, log.Offsets(from))
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
