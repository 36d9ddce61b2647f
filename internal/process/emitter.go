package process

import (
	"context"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log"
)

// Sequenced is a record that carries its position among those its task wrote to
// a partition.
type Sequenced interface{ SetSeq(int64) }

// Emitter writes a task's outputs. It numbers them per output partition and
// leaves out those that stand in the log already.
//
// It is used by one goroutine.
type Emitter struct {
	ctx     context.Context
	write   func(context.Context, *kgo.Record, func(*kgo.Record, error)) // the client's Produce
	done    func(*kgo.Record, error)                                     // acked, made into a value once
	codecs  map[string]*log.Codec
	outlets map[log.Partition]*outlet
	recent  *outlet // that took the last record
	bytes   arena
	records []kgo.Record // room for the next ones
	emitted int64
	take    func(topic string, record Sequenced) error // if set, takes the records as they are and nothing is written

	mu      sync.Mutex
	waiting int           // writes that are not acknowledged yet
	enough  int           // how few of them somebody waits for
	settled chan struct{} // closed when there are no more than that, if somebody waits
	err     error         // the first failed write; the task cannot go on after it
}

// outlet is a partition that a task writes to.
type outlet struct {
	at      log.Partition
	codec   *log.Codec // nil if the topic is not in the layout
	seq     int64      // last number given
	written int64      // last number that stood in the log at the start
}

// newEmitter returns an emitter that goes on behind the last numbers given, and
// knows the last ones that stand in the log.
func newEmitter(ctx context.Context, write func(context.Context, *kgo.Record, func(*kgo.Record, error)), codecs map[string]*log.Codec, seqs, written map[log.Partition]int64) *Emitter {
	e := &Emitter{ctx: ctx, write: write, codecs: codecs, outlets: map[log.Partition]*outlet{}}
	e.done = e.acked
	for at, seq := range seqs {
		e.outlet(at).seq = seq
	}
	for at, seq := range written {
		e.outlet(at).written = seq
	}
	return e
}

// outlet finds a partition. Records mostly go where the one before went.
func (e *Emitter) outlet(at log.Partition) *outlet {
	if e.recent != nil && e.recent.at == at {
		return e.recent
	}
	to := e.outlets[at]
	if to == nil {
		to = &outlet{at: at, codec: e.codecs[at.Topic]}
		e.outlets[at] = to
	}
	e.recent = to
	return to
}

// seqs returns the last number given in each partition.
func (e *Emitter) seqs() map[log.Partition]int64 {
	seqs := make(map[log.Partition]int64, len(e.outlets))
	for at, to := range e.outlets {
		if to.seq > 0 {
			seqs[at] = to.seq
		}
	}
	return seqs
}

// Emit writes one record. An error means the record cannot be encoded, which is
// a fault of the program; failed writes show at the next flush.
func (e *Emitter) Emit(topic string, partition int32, key string, record Sequenced) error {
	return e.EmitKeyed(topic, partition, func(dst []byte) []byte { return append(dst, key...) }, record)
}

// EmitKeyed is Emit with a key that is written behind what it is given, where it
// is needed.
func (e *Emitter) EmitKeyed(topic string, partition int32, key func(dst []byte) []byte, record Sequenced) error {
	to := e.outlet(log.Partition{Topic: topic, Partition: partition})
	to.seq++
	if to.seq <= to.written {
		return nil
	}
	record.SetSeq(to.seq)
	if e.take != nil {
		e.emitted++
		return e.take(topic, record)
	}
	if to.codec == nil {
		return fmt.Errorf("emitting to topic %s: not in the layout", topic)
	}
	value, err := e.bytes.append(func(dst []byte) ([]byte, error) { return to.codec.Append(dst, record) })
	if err != nil {
		return fmt.Errorf("emitting to topic %s: %w", topic, err)
	}
	r := e.record()
	r.Topic, r.Partition, r.Value = topic, partition, value
	r.Key, _ = e.bytes.append(func(dst []byte) ([]byte, error) { return key(dst), nil })
	e.emitted++
	e.send(r)
	return nil
}

// recordsAtOnce is how many records are allocated together. They are written,
// and freed, nearly together, too.
const recordsAtOnce = 32

func (e *Emitter) record() *kgo.Record {
	if len(e.records) == 0 {
		e.records = make([]kgo.Record, recordsAtOnce)
	}
	r := &e.records[0]
	e.records = e.records[1:]
	return r
}

// send writes a record as it is.
func (e *Emitter) send(r *kgo.Record) {
	e.mu.Lock()
	e.waiting++
	e.mu.Unlock()
	e.write(e.ctx, r, e.done)
}

func (e *Emitter) acked(r *kgo.Record, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.waiting--
	if e.settled != nil && e.waiting <= e.enough {
		close(e.settled)
		e.settled = nil
	}
	if err != nil && e.err == nil {
		e.err = fmt.Errorf("writing to %s/%d: %w", r.Topic, r.Partition, err)
	}
}

// unwrittenMax is how many writes of a task may be under way when it takes the
// next record. It is a tenth of what the client that all tasks share holds, so
// that a partition which takes nothing stops the tasks that write there first.
const unwrittenMax = 10_000

// room waits until the log has taken enough of what was emitted for the next
// record. What one record makes is never split by it.
func (e *Emitter) room(ctx context.Context) error { return e.down(ctx, unwrittenMax) }

// settle waits until every write of the task has succeeded or failed. It does
// not ask the client to flush: that waits for the writes of every task, and
// under load one of them always has some under way.
func (e *Emitter) settle(ctx context.Context) error { return e.down(ctx, 0) }

// down waits until no more than n writes are under way.
func (e *Emitter) down(ctx context.Context, n int) error {
	e.mu.Lock()
	if e.waiting <= n {
		e.mu.Unlock()
		return nil
	}
	settled := make(chan struct{})
	e.enough, e.settled = n, settled
	e.mu.Unlock()
	select {
	case <-settled:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for outputs to be acknowledged: %w", ctx.Err())
	}
}

// flush waits until all outputs are acknowledged.
func (e *Emitter) flush(ctx context.Context) error {
	if err := e.settle(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// arena hands out parts of large blocks, so that a record does not cost an
// allocation of its own. A block is freed when all records in it are.
type arena struct{ block []byte }

const arenaBlock = 256 << 10

func (a *arena) append(fill func([]byte) ([]byte, error)) ([]byte, error) {
	if cap(a.block)-len(a.block) < 4<<10 {
		a.block = make([]byte, 0, arenaBlock)
	}
	start := len(a.block)
	filled, err := fill(a.block)
	if err != nil {
		return nil, err
	}
	if cap(filled) == cap(a.block) { // still in the block: keep what was used
		a.block = filled
	}
	return filled[start:len(filled):len(filled)], nil
}
