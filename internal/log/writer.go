package log

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

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

	mu     sync.Mutex
	open   bool  // a transaction has begun
	failed error // the first that went wrong
	id     int64 // the log's name of the writer when the transaction began
	epoch  int16
}

// OpenWriter returns the writer of a name, with the connection settings of a
// client. Any other writer of the name can write no more when it returns, and
// what that has begun is committed or aborted for good. So who reads how far the
// last writer has come must do it after this.
func OpenWriter(ctx context.Context, client *kgo.Client, name string) (*Writer, error) {
	c, err := kgo.NewClient(append(client.Opts(),
		kgo.ProducerBatchCompression(kgo.ZstdCompression()), // its own list: see OpenReader
		kgo.TransactionalID(name),
		kgo.TransactionTimeout(transactionTimeout),
	)...)
	if err != nil {
		return nil, fmt.Errorf("opening writer %s: %w", name, err)
	}
	if _, _, err := c.ProducerID(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("opening writer %s: %w", name, err)
	}
	w := &Writer{client: c, name: name}
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w, nil
}

// Produce hands over a record of the present transaction, or of a new one. Done
// is called when the log has it, which does not mean that it is committed, or
// with an error.
func (w *Writer) Produce(ctx context.Context, r *kgo.Record, done func(*kgo.Record, error)) {
	if err := w.begin(ctx); err != nil {
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
func (w *Writer) begin(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil || w.open {
		return w.failed
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
