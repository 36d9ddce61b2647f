package feed

// KindDimension marks records of things that change slowly.
const KindDimension Kind = "dimension"

// The dimensions.
const (
	DimensionTeam = "team"
	DimensionBook = "book"
)

// Dimension is what one source calls a thing that prices and games refer to: a
// team or a book. Together these records are the crosswalk of names.
type Dimension struct {
	Kind       Kind    `avro:"kind"`
	Seq        int64   `avro:"seq"`
	Dimension  string  `avro:"dimension"` // DimensionTeam or DimensionBook
	ID         string  `avro:"id"`        // ours
	League     string  `avro:"league"`
	Name       string  `avro:"name"` // as the source writes it
	Source     string  `avro:"source"`
	SourceID   string  `avro:"source_id"` // the source's id, or its name where it has none
	Confidence float64 `avro:"confidence"`
	SeenTime   Time    `avro:"seen_time"`
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (d *Dimension) SetSeq(n int64) { d.Seq = n }

// Sequence returns that position.
func (d *Dimension) Sequence() int64 { return d.Seq }

// Seen returns when the log got to know what the record tells.
func (d *Dimension) Seen() Time { return d.SeenTime }
