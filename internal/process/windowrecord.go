package process

import "github.com/betflow/betflow/internal/metric"

// WindowRecord is a value of a windows topic: a row of a metric. It is written
// again and again: who gets one may not keep it.
type WindowRecord struct {
	Seq int64
	Row metric.Row

	encoder *metric.Encoder
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (w *WindowRecord) SetSeq(n int64) { w.Seq = n }

// AppendAvro implements log.Appender.
func (w *WindowRecord) AppendAvro(dst []byte) []byte { return w.encoder.Append(dst, w.Seq, &w.Row) }
