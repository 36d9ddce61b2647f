package feed

// KindLate marks records that came after their window was closed for good.
const KindLate Kind = "late"

// Late is a record that no window could take any more: it came later than the
// metric's allowed lateness. It is kept and counted, and no window contains it.
type Late struct {
	Kind        Kind    `avro:"kind"`
	Seq         int64   `avro:"seq"`
	Metric      string  `avro:"metric"`
	WindowSize  string  `avro:"window_size"`
	WindowStart Time    `avro:"window_start"`
	Key         string  `avro:"key"` // the metric's key columns, separated by |
	League      string  `avro:"league"`
	Value       float64 `avro:"value"` // the quote's price
	EventTime   Time    `avro:"event_time"`
	SeenTime    Time    `avro:"seen_time"`
	Watermark   Time    `avro:"watermark"` // of its partition when it came
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (l *Late) SetSeq(n int64) { l.Seq = n }

// Sequence returns that position.
func (l *Late) Sequence() int64 { return l.Seq }

// Seen returns when the log got to know what the record tells.
func (l *Late) Seen() Time { return l.SeenTime }
