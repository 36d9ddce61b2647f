package feed

// KindQuarantine marks records of bad input.
const KindQuarantine Kind = "quarantine"

// Defect is a part of a payload that could not be read. Parsers return defects
// beside what they could read: one bad game never stops its league.
type Defect struct {
	Place  string // where in the payload, such as "events[3].competitions[0]"
	Reason string // what is wrong with it, in a sentence's words
	Body   []byte // the part's own bytes
}

// Quarantine is bad input kept whole: what, where from, why.
type Quarantine struct {
	Kind         Kind   `avro:"kind"`
	Seq          int64  `avro:"seq"`
	Source       string `avro:"source"`
	League       string `avro:"league"`
	SeenTime     Time   `avro:"seen_time"`
	Path         string `avro:"path"`
	Place        string `avro:"place"`
	Reason       string `avro:"reason"`
	Body         []byte `avro:"body"`
	RawPartition int32  `avro:"raw_partition"`
	RawOffset    int64  `avro:"raw_offset"`
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (q *Quarantine) SetSeq(n int64) { q.Seq = n }

// Sequence returns that position.
func (q *Quarantine) Sequence() int64 { return q.Seq }

// Seen returns when the log got to know what the record tells.
func (q *Quarantine) Seen() Time { return q.SeenTime }
