package metric

import (
	"encoding/binary"
	"math"
	"strconv"
)

// Encoder writes the rows of one definition in Avro, by its Schema. A window row
// is written for every few quotes: this is a path as hot as reading them.
type Encoder struct {
	metric  string
	columns []Column
	counts  []bool // by measure
}

// NewEncoder returns the encoder of a valid definition.
func NewEncoder(d *Definition) *Encoder {
	e := &Encoder{metric: d.Name, columns: d.KeyColumns()}
	for _, m := range d.Aggregates {
		e.counts = append(e.counts, m.Counts())
	}
	return e
}

// Append writes a row behind dst. Seq is the record's position among those its
// task wrote to a partition.
func (e *Encoder) Append(dst []byte, seq int64, r *Row) []byte {
	dst = appendString(dst, "window")
	dst = binary.AppendVarint(dst, seq) // Avro's long is a zigzag varint, as Go's
	dst = appendString(dst, e.metric)
	dst = appendString(dst, r.Size)
	dst = binary.AppendVarint(dst, int64(r.Start))
	dst = binary.AppendVarint(dst, int64(r.End))
	dst = binary.AppendVarint(dst, int64(r.Revision))
	key := r.Key
	for _, c := range e.columns {
		var part string
		part, key = cutPart(key)
		if c.Number {
			dst = appendNumber(dst, number(part))
		} else {
			dst = appendString(dst, part)
		}
	}
	for i, counts := range e.counts {
		if counts {
			dst = binary.AppendVarint(dst, int64(r.Values[i]))
		} else {
			dst = appendNumber(dst, r.Values[i])
		}
	}
	return dst
}

// number reads a number of a key; NaN if there is none.
func number(part string) float64 {
	if part != "" {
		if v, err := strconv.ParseFloat(part, 64); err == nil {
			return v
		}
	}
	return math.NaN()
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendVarint(dst, int64(len(s))), s...)
}

// appendNumber writes a union of null and double: NaN is null.
func appendNumber(dst []byte, v float64) []byte {
	if math.IsNaN(v) {
		return append(dst, 0)
	}
	return binary.LittleEndian.AppendUint64(append(dst, 1<<1), math.Float64bits(v))
}
