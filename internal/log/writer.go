package log

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// transactionTimeout is after how long the log itself aborts the transaction of
// a writer that is gone. Until then, or until the next writer of the name comes,
// readers of the partitions it has written to do not get past it.
const transactionTimeout = time.Minute

// Writer writes records in transactions, one after the other, under a name that
// only one process can write under at a time.
//
// A writer that has failed is not used again, for nobody can know then what of
// it stands in the log. Whoever goes on opens a new one under the same name,
// which settles that, and looks.
//
// Produce may be called by several goroutines, but not while Commit works.
type Writer struct {
	client *kgo.Client
	name   string
	ctx    context.Context // ends with Close
	stop   context.CancelFunc

	mu      sync.Mutex
	open    bool  // a transaction has begun
	failed  error // the first that went wrong
	id      int64 // the log's name of the writer when the transaction began
	epoch   int16
	written kadm.TopicsSet // partitions, since marks were last seen in all of them
}

// Left says what becomes of records that an earlier writer of a name has left
// without a mark, in topics that only this name writes to.
type Left struct {
	Keep []string // topics in which they are committed
	Drop []string // topics in which they are aborted
}

// openTries is how often what is left open is ended before somebody else has to
// look: a broker may lose marks again.
const openTries = 5

// OpenWriter returns the writer of a name, with the connection settings of a
// client and options over them. Any other writer of the name can write no more
// when it returns, and what that has begun is committed or aborted for good. So
// who reads how far the last writer has come must do it after this.
func OpenWriter(ctx context.Context, client *kgo.Client, name string, left Left, opts ...kgo.Opt) (*Writer, error) {
	for try := 1; ; try++ {
		w, err := fence(ctx, client, name, opts)
		if err != nil {
			return nil, fmt.Errorf("opening writer %s: %w", name, err)
		}
		clean, err := w.clean(ctx, client, left)
		if clean && err == nil {
			return w, nil
		}
		w.Close()
		if err == nil && try == openTries {
			err = errLostMarks
		}
		if err != nil {
			return nil, fmt.Errorf("opening writer %s: %w", name, err)
		}
	}
}

// fence takes the name.
func fence(ctx context.Context, client *kgo.Client, name string, opts []kgo.Opt) (*Writer, error) {
	c, err := Derive(client, append([]kgo.Opt{
		compressWell(),
		kgo.TransactionalID(name),
		kgo.TransactionTimeout(transactionTimeout),
	}, opts...)...)
	if err != nil {
		return nil, err
	}
	w := &Writer{client: c, name: name, written: kadm.TopicsSet{}}
	if w.id, w.epoch, err = c.ProducerID(ctx); err != nil {
		c.Close()
		return nil, err
	}
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w, nil
}

// clean tells whether nothing of the name is open. What was is ended, and the
// name has to be taken once more then.
func (w *Writer) clean(ctx context.Context, client *kgo.Client, left Left) (bool, error) {
	keep, err := w.openIn(ctx, client, left.Keep)
	if err != nil {
		return false, err
	}
	drop, err := w.openIn(ctx, client, left.Drop)
	if err != nil {
		return false, err
	}
	if err := endLeftOpen(ctx, client, w.name, w.id, w.epoch, keep, true); err != nil {
		return false, err
	}
	return len(keep)+len(drop) == 0, endLeftOpen(ctx, client, w.name, w.id, w.epoch, drop, false)
}

// openIn lists the partitions of topics in which a transaction of the writer's
// name is open.
func (w *Writer) openIn(ctx context.Context, client *kgo.Client, topics []string) ([]Partition, error) {
	if len(topics) == 0 {
		return nil, nil
	}
	details, err := kadm.NewClient(client).ListTopics(ctx, topics...)
	if err == nil {
		err = details.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("listing partitions: %w", err)
	}
	open, err := leftOpen(ctx, client, w.id, details.TopicsSet())
	return slices.Collect(maps.Keys(open)), err
}

// Produce hands over a record of the present transaction, or of a new one. Done
// is called when the log has it, which does not mean that it is committed, or
// with an error.
func (w *Writer) Produce(ctx context.Context, r *kgo.Record, done func(*kgo.Record, error)) {
	if err := w.begin(ctx, r); err != nil {
		done(r, err)
		return
	}
	w.client.Produce(ctx, r, func(r *kgo.Record, err error) {
		if err != nil {
			w.fail(err)
		}
		done(r, err)
	})
}

// begin begins a transaction where none is open.
func (w *Writer) begin(ctx context.Context, r *kgo.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed
	}
	w.written.Add(r.Topic, r.Partition)
	if w.open {
		return nil
	}
	var err error
	if err = w.client.BeginTransaction(); err == nil {
		w.id, w.epoch, err = w.client.ProducerID(ctx)
	}
	if err != nil {
		w.failed = fmt.Errorf("beginning a transaction of %s: %w", w.name, err)
		return w.failed
	}
	w.open = true
	return nil
}

func (w *Writer) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		w.failed = err
	}
}

// Open tells whether something was written that is not committed.
func (w *Writer) Open() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

// Commit makes everything written since the last commit visible at once. With
// ErrUnknownOutcome it may be visible or not; with another error it never will
// be.
func (w *Writer) Commit(ctx context.Context) error {
	if !w.Open() {
		return nil
	}
	err := w.client.Flush(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		err = w.failed
	}
	if err == nil {
		err = w.same(ctx)
	}
	if err == nil {
		if err = w.client.EndTransaction(ctx, kgo.TryCommit); err != nil {
			err = errors.Join(ErrUnknownOutcome, err)
		}
	}
	if err != nil {
		w.failed = fmt.Errorf("committing a transaction of %s: %w", w.name, err)
		return w.failed
	}
	w.open = false
	return nil
}

// Settle commits and waits until everything committed can be read: until the
// marks stand, which come a little later than the commit, or not at all.
func (w *Writer) Settle(ctx context.Context) error {
	if err := w.Commit(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		if err := awaitMarks(ctx, w.client, w.id, w.written); err != nil {
			w.failed = fmt.Errorf("committing a transaction of %s: %w", w.name, err)
		}
		w.written = kadm.TopicsSet{}
	}
	return w.failed
}

// errRenamed is for a client that has given itself a new id to get over an
// error: the log has then aborted what was written under the old one, and a
// commit would hold the rest only.
var errRenamed = errors.New("the log has forgotten the beginning of the transaction")

// same holds that the transaction is the one that was begun.
func (w *Writer) same(ctx context.Context) error {
	id, epoch, err := w.client.ProducerID(ctx)
	if err == nil && (id != w.id || epoch != w.epoch) {
		err = errRenamed
	}
	return err
}

// Close ends the writer. What is not committed is aborted by the next writer of
// the name, or by the log itself after a while.
func (w *Writer) Close() {
	w.stop()
	w.client.Close()
}
