package log

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
)

// RawWriter is the only writer of the raw topics. Each entry, a response or the
// passing of time, puts one record in every raw partition, all with the entry's
// log time: the response where its league belongs, ticks elsewhere.
//
// Where several processes share the log it writes in transactions, each of whole
// entries: an entry stands in all partitions or in none, and a writer that has
// been replaced cannot put the time of the log out of order.
//
// It is safe for concurrent use; entries are ordered by the lock.
type RawWriter struct {
	client     *kgo.Client
	writer     *Writer // nil where no transactions are needed
	sources    []string
	partitions int32

	mu     sync.Mutex
	closed sync.Once
	last   feed.Time // of the newest entry

	// While a recording is played: which one, how many entries of it were
	// written, and per partition the last entry that stands in the log. After a
	// crash the partitions may have got to different entries; each goes on
	// behind its own last one.
	recording string
	entry     int64
	done      map[Partition]int64

	// Of the present transaction.
	began   chan struct{} // told when it has its first entry
	pending []*acks
	err     error // of the first transaction that failed; nothing is written after it
}

// OpenRawWriter reads the ends of the raw partitions, so that time goes on from
// there. If recording is not empty, entries are numbered and those that stand
// in the log already are not written again.
func OpenRawWriter(ctx context.Context, client *kgo.Client, sources []string, partitions int32, recording string) (*RawWriter, error) {
	w := &RawWriter{client: client, sources: sources, partitions: partitions, recording: recording, done: map[Partition]int64{}}
	return w, w.resume(ctx)
}

// OpenSharedRawWriter is OpenRawWriter where several processes share the log.
// Only the last one that was opened under a name can write. It works until it is
// closed; one that has failed reports the same error from then on.
func OpenSharedRawWriter(ctx context.Context, client *kgo.Client, name string, sources []string, partitions int32, recording string) (*RawWriter, error) {
	// An entry that stands in a few partitions only says what it says; one that
	// was acknowledged must not be lost.
	writer, err := OpenWriter(ctx, client, name, Left{Keep: topicsOf(sources)})
	if err != nil {
		return nil, err
	}
	w := &RawWriter{
		client: client, writer: writer, sources: sources, partitions: partitions, recording: recording,
		done: map[Partition]int64{}, began: make(chan struct{}, 1),
	}
	if err := w.resume(ctx); err != nil {
		writer.Close()
		return nil, err
	}
	go w.commit()
	return w, nil
}

// resume finds out what stands in the log.
func (w *RawWriter) resume(ctx context.Context) error {
	tails, err := Tails(ctx, w.client, topicsOf(w.sources))
	if err != nil {
		return fmt.Errorf("reading the ends of the raw topics: %w", err)
	}
	for _, r := range tails {
		e, err := DecodeRaw(r)
		if err != nil {
			return err
		}
		w.last = max(w.last, e.Time)
		n, ok, err := entryOf(r, w.recording)
		if err != nil {
			return err
		}
		if ok {
			w.done[Partition{r.Topic, r.Partition}] = n
		}
	}
	return nil
}

// Played returns how many entries of a recording stand in every raw partition.
func Played(ctx context.Context, client *kgo.Client, sources []string, recording string) (int64, error) {
	tails, err := Tails(ctx, client, topicsOf(sources))
	if err != nil {
		return 0, fmt.Errorf("reading the ends of the raw topics: %w", err)
	}
	least := int64(math.MaxInt64)
	for _, r := range tails {
		n, _, err := entryOf(r, recording)
		if err != nil {
			return 0, err
		}
		least = min(least, n)
	}
	if len(tails) == 0 {
		return 0, nil
	}
	return least, nil
}

// entryOf returns the number of the entry in a recording that a raw record
// belongs to; ok is false if it belongs to none.
func entryOf(r *kgo.Record, recording string) (n int64, ok bool, err error) {
	if recording == "" || headerOf(r, headerRecording) != recording {
		return 0, false, nil
	}
	if n, err = strconv.ParseInt(headerOf(r, headerEntry), 10, 64); err != nil {
		return 0, false, fmt.Errorf("reading header %s of %s/%d@%d: %w", headerEntry, r.Topic, r.Partition, r.Offset, err)
	}
	return n, true, nil
}

// Newest returns the log time of the newest entry in the raw topics, 0 in an empty
// log.
func Newest(ctx context.Context, client *kgo.Client, sources []string) (feed.Time, error) {
	tails, err := Tails(ctx, client, topicsOf(sources))
	if err != nil {
		return 0, fmt.Errorf("reading the ends of the raw topics: %w", err)
	}
	newest := feed.Time(0)
	for _, r := range tails {
		e, err := DecodeRaw(r)
		if err != nil {
			return 0, err
		}
		newest = max(newest, e.Time)
	}
	return newest, nil
}

func topicsOf(sources []string) []string {
	var topics []string
	for _, s := range sources {
		topics = append(topics, RawTopic(s))
	}
	return topics
}

// Last returns the log time of the newest entry, 0 in an empty log.
func (w *RawWriter) Last() feed.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// Shared tells whether the writer works in transactions.
func (w *RawWriter) Shared() bool { return w.writer != nil }

// Resumes tells whether part of the recording stands in the log already.
func (w *RawWriter) Resumes() bool { return len(w.done) > 0 }

// Stands returns how many entries of the recording stand in every partition
// already.
func (w *RawWriter) Stands() int64 {
	if len(w.done) < len(w.sources)*int(w.partitions) {
		return 0
	}
	return slices.Min(slices.Collect(maps.Values(w.done)))
}

// Capture writes a response. Written is called once all of its records are
// acknowledged, or committed where there are transactions, or with the error; it
// may be nil.
func (w *RawWriter) Capture(ctx context.Context, raw feed.Raw, written func(error)) error {
	rec, err := encodeRaw(raw)
	if err != nil {
		return err
	}
	rec.Topic, rec.Partition = RawTopic(raw.Source), PartitionOf(raw.League, w.partitions)
	return w.write(ctx, raw.FetchedAt, rec, written)
}

// Tick writes that time has come to t without a response. A tick that is not
// after the newest entry says nothing and is dropped.
func (w *RawWriter) Tick(ctx context.Context, t feed.Time) error {
	return w.write(ctx, t, nil, nil)
}

func (w *RawWriter) write(ctx context.Context, t feed.Time, response *kgo.Record, written func(error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	playing := w.recording != ""
	if response == nil && t <= w.last && !playing {
		return nil
	}
	w.entry++
	// Log time strictly increases, or two entries could not be told apart when
	// partitions are merged. While skipping what stands in the log, the same
	// times come out as before because they follow from the entries alone.
	if playing && w.entry == 1 && w.Resumes() {
		w.last = 0
	}
	w.last = max(t, w.last+1)

	acks, produce := newAcks(written), w.client.Produce
	if w.writer != nil {
		produce = w.writer.Produce
		acks.expect() // the commit
		w.pending = append(w.pending, acks)
	}
	for _, s := range w.sources {
		for p := range w.partitions {
			at := Partition{RawTopic(s), p}
			if playing && w.entry <= w.done[at] {
				continue
			}
			r := response
			if r == nil || r.Topic != at.Topic || r.Partition != at.Partition {
				r = &kgo.Record{Topic: at.Topic, Partition: at.Partition, Key: []byte(feed.TickKey),
					Headers: []kgo.RecordHeader{{Key: headerKind, Value: []byte(feed.KindTick)}}}
			}
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: headerTime, Value: strconv.AppendInt(nil, int64(w.last), 10)})
			if playing {
				r.Headers = append(r.Headers,
					kgo.RecordHeader{Key: headerRecording, Value: []byte(w.recording)},
					kgo.RecordHeader{Key: headerEntry, Value: strconv.AppendInt(nil, w.entry, 10)})
			}
			acks.expect()
			produce(ctx, r, acks.done)
		}
	}
	acks.sent()
	if w.writer != nil {
		select {
		case w.began <- struct{}{}:
		default:
		}
	}
	return ctx.Err()
}

// Flush waits until everything written is acknowledged and committed.
func (w *RawWriter) Flush(ctx context.Context) error {
	if w.writer != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if err := w.commitNow(ctx); err != nil {
			return err
		}
		if err := w.writer.Settle(ctx); err != nil {
			w.err = fmt.Errorf("writing raw topics: %w", err)
		}
		return w.err
	}
	if err := w.client.Flush(ctx); err != nil {
		return fmt.Errorf("flushing raw topics: %w", err)
	}
	return nil
}

// rawCommit is how long entries are gathered for a transaction. A commit costs
// the log a mark in each partition, and a reader waits for it.
const rawCommit = 20 * time.Millisecond

// commit ends transactions until the writer is closed.
func (w *RawWriter) commit() {
	for range w.began {
		time.Sleep(rawCommit)
		w.mu.Lock()
		_ = w.commitNow(w.writer.ctx) // whoever writes next hears of it
		w.mu.Unlock()
	}
}

// commitNow ends the present transaction and tells those who wait for it.
func (w *RawWriter) commitNow(ctx context.Context) error {
	if w.err == nil {
		if err := w.writer.Commit(ctx); err != nil {
			w.err = fmt.Errorf("writing raw topics: %w", err)
		}
	}
	for _, a := range w.pending {
		a.settle(w.err)
	}
	w.pending = nil
	return w.err
}

// Close ends a shared writer, also one that waits for the log. What is not
// flushed is lost.
func (w *RawWriter) Close() {
	if w.writer != nil {
		w.closed.Do(w.shut)
	}
}

func (w *RawWriter) shut() {
	w.writer.Close() // whoever waits for the log with the lock gives up
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = errClosed
	}
	_ = w.commitNow(context.Background()) // tells who still waits
	close(w.began)
}

var errClosed = errors.New("the writer of raw topics is closed")

// noLeague is the key of responses about no league, such as a list of sports:
// keys are never empty.
const noLeague = "none"

func encodeRaw(raw feed.Raw) (*kgo.Record, error) {
	query, err := json.Marshal(raw.Query)
	if err != nil {
		return nil, fmt.Errorf("encoding query of %s: %w", raw.Path, err)
	}
	sum := sha256.Sum256(raw.Body)
	header := func(k, v string) kgo.RecordHeader { return kgo.RecordHeader{Key: k, Value: []byte(v)} }
	key := cmp.Or(raw.League, noLeague)
	r := &kgo.Record{Key: []byte(key), Value: raw.Body, Headers: []kgo.RecordHeader{
		header(headerFetched, raw.FetchedAt.String()),
		header(headerPath, raw.Path),
		header(headerQuery, string(query)),
		header(headerStatus, strconv.Itoa(raw.Status)),
		header(headerHash, hex.EncodeToString(sum[:16])),
	}}
	if raw.Cost != 0 {
		r.Headers = append(r.Headers, header(headerCost, strconv.Itoa(raw.Cost)))
	}
	if len(raw.Headers) > 0 {
		hs, err := json.Marshal(raw.Headers)
		if err != nil {
			return nil, fmt.Errorf("encoding headers of %s: %w", raw.Path, err)
		}
		r.Headers = append(r.Headers, header(headerHeaders, string(hs)))
	}
	return r, nil
}

// acks counts the acknowledgements of one entry's records and reports once,
// when the last has come, with the first error if there was one.
type acks struct {
	mu      sync.Mutex
	waiting int
	err     error
	report  func(error)
}

func newAcks(report func(error)) *acks { return &acks{waiting: 1, report: report} }

func (a *acks) expect() {
	a.mu.Lock()
	a.waiting++
	a.mu.Unlock()
}

func (a *acks) done(_ *kgo.Record, err error) { a.settle(err) }

// sent ends the counting up; with nothing to wait for it reports at once.
func (a *acks) sent() { a.settle(nil) }

func (a *acks) settle(err error) {
	a.mu.Lock()
	if a.err == nil {
		a.err = err
	}
	a.waiting--
	last := a.waiting == 0
	err = a.err
	a.mu.Unlock()
	if last && a.report != nil {
		a.report(err)
	}
}
