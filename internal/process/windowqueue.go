package process

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/pack"
)

// windowOutput is a row of a windows topic, or a late record, tagged with the
// tick at which it became due.
type windowOutput struct {
	Tick     feed.Time
	Metric   string
	Version  uint32 // of the metric
	Size     string
	Start    feed.Time
	End      feed.Time
	Revision int32
	Key      string
	Values   []float64
	Late     *feed.Late // instead of all but the tick
}

// windowQueue holds what one league has made due and others have not come to. What
// goes in gets the next number, by which it is stored: a league that is far ahead
// has a long queue, and a checkpoint writes no row that the last one wrote.
type windowQueue struct {
	rows  []windowOutput
	head  int   // of rows; what is before it has left
	first int64 // number of the row at the head

	from, to int64 // numbers of what the last checkpoint has
}

// len counts what is in the queue.
func (q *windowQueue) len() int { return len(q.rows) - q.head }

func (q *windowQueue) push(w windowOutput) { q.rows = append(q.rows, w) }

// next returns the head of the queue, nil if it is empty.
func (q *windowQueue) next() *windowOutput {
	if q.head == len(q.rows) {
		return nil
	}
	return &q.rows[q.head]
}

// pop removes the head. The space is used again now and then: moving a long queue
// each time would cost more than all else.
func (q *windowQueue) pop() {
	q.rows[q.head] = windowOutput{} // free what it holds
	q.head++
	q.first++
	if q.head*2 >= len(q.rows) {
		kept := copy(q.rows, q.rows[q.head:])
		clear(q.rows[kept:])
		q.rows, q.head = q.rows[:kept], 0
	}
}

// save adds to a checkpoint what has come, and removes what has left.
func (q *windowQueue) save(b *Batch, prefix string) error {
	if left := min(q.first, q.to); left > q.from {
		if err := b.deleteRange(prefix+numberText(q.from), prefix+numberText(left)); err != nil {
			return err
		}
	}
	q.from = q.first
	for q.to = max(q.to, q.first); q.to < q.first+int64(q.len()); q.to++ {
		w := &q.rows[q.head+int(q.to-q.first)]
		value, err := w.append(nil)
		if err == nil {
			err = b.Set(prefix+numberText(q.to), value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// load restores what the last checkpoint has.
func (q *windowQueue) load(s *State, prefix string) error {
	*q = windowQueue{}
	return s.Each(prefix, func(key string, value []byte) error {
		n, err := hex.DecodeString(key)
		if err != nil || len(n) != 8 {
			return fmt.Errorf("key %q is no number", key)
		}
		if len(q.rows) == 0 {
			q.first = int64(binary.BigEndian.Uint64(n))
			q.from, q.to = q.first, q.first
		}
		if int64(binary.BigEndian.Uint64(n)) != q.to {
			return fmt.Errorf("%w: %s is missing", errWaiting, numberText(q.to))
		}
		q.to++
		w, err := readWindowOutput(value)
		q.push(w)
		return err
	})
}

// numberText is the number of a row as it stands in keys, in their order.
func numberText(n int64) string {
	return hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

var errWaiting = errors.New("rows that wait for other leagues are damaged")

func (w *windowOutput) append(dst []byte) ([]byte, error) {
	dst = pack.AppendFlags(dst, w.Late != nil)
	dst = pack.AppendInt(dst, w.Tick)
	if w.Late != nil {
		text, err := json.Marshal(w.Late)
		if err != nil {
			return nil, fmt.Errorf("encoding a late record that waits: %w", err)
		}
		return append(dst, text...), nil
	}
	dst = pack.AppendInt(pack.AppendText(dst, w.Metric), int64(w.Version))
	dst = pack.AppendText(dst, w.Size)
	dst = pack.AppendInt(pack.AppendInt(pack.AppendInt(dst, w.Start), w.End), w.Revision)
	dst = pack.AppendCount(pack.AppendText(dst, w.Key), len(w.Values))
	for _, v := range w.Values {
		dst = pack.AppendNumber(dst, v)
	}
	return dst, nil
}

func readWindowOutput(value []byte) (w windowOutput, err error) {
	r := pack.Reader{Bytes: value}
	late := r.Flags().Has(0)
	w.Tick = feed.Time(r.Int())
	if late {
		if err := json.Unmarshal(r.Bytes, &w.Late); err != nil || r.Failed {
			return w, errors.Join(errWaiting, err)
		}
		return w, nil
	}
	w.Metric, w.Version, w.Size = r.Text(), uint32(r.Int()), r.Text()
	w.Start, w.End, w.Revision = feed.Time(r.Int()), feed.Time(r.Int()), int32(r.Int())
	w.Key = r.Text()
	w.Values = make([]float64, r.Count())
	for i := range w.Values {
		w.Values[i] = r.Number()
	}
	if !r.Whole() {
		return w, errWaiting
	}
	return w, nil
}
