package feed

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrAvro is returned for bytes that do not follow the schema.
var ErrAvro = errors.New("the bytes do not follow the schema")

// QuoteParser reads quotes as QuoteSchema writes them. Quotes are what most of
// the log consists of, and reading them by reflection would cost more than all
// that is computed of them.
//
// What it hands out is shared among the quotes it reads: numbers behind pointers
// are not to be changed. It is used by one goroutine.
type QuoteParser struct {
	texts texts
	lines numbers
}

// Parse reads all fields of a quote; it is fastest into the quote that the last
// was read into. Bytes behind the fields mean nothing, as in Avro. After an error
// the quote is of no use.
func (p *QuoteParser) Parse(avro []byte, q *Quote) error {
	r := avroReader{left: avro}
	q.Kind = Kind(p.text(&r, string(q.Kind)))
	q.Seq = r.long()
	q.FixtureID = p.text(&r, q.FixtureID)
	q.League = p.text(&r, q.League)
	q.Market = p.text(&r, q.Market)
	q.Period = p.text(&r, q.Period)
	q.Line = p.optional(&r)
	q.Outcome = p.text(&r, q.Outcome)
	q.Book = p.text(&r, q.Book)
	q.Price = r.double()
	q.PriceOriginal = p.text(&r, q.PriceOriginal)
	q.PriceFormat = p.text(&r, q.PriceFormat)
	q.Limit = p.optional(&r)
	q.State = State(p.text(&r, string(q.State)))
	q.EventTime = Time(r.long())
	q.SeenTime = Time(r.long())
	q.Source = p.text(&r, q.Source)
	q.RawPartition = r.int()
	q.RawOffset = r.long()
	q.Last = r.boolean()
	if r.failed {
		return ErrAvro
	}
	return nil
}

// text reads a string. Most are those of the last quote.
func (p *QuoteParser) text(r *avroReader, last string) string {
	b := r.text()
	if string(b) == last {
		return last
	}
	return p.texts.of(b)
}

// optional reads a union of null and double.
func (p *QuoteParser) optional(r *avroReader) *float64 {
	if !r.present() {
		return nil
	}
	return p.lines.of(r.double())
}

// avroReader takes Avro's binary encoding apart. After the first thing that is
// not there all it reads is zero.
type avroReader struct {
	left   []byte
	failed bool
}

func (r *avroReader) fail() { r.failed, r.left = true, nil }

func (r *avroReader) long() int64 {
	v, n := binary.Varint(r.left) // a zigzag varint, as Go's
	if n <= 0 {
		r.fail()
		return 0
	}
	r.left = r.left[n:]
	return v
}

func (r *avroReader) int() int32 {
	v := r.long()
	if v != int64(int32(v)) {
		r.fail()
		return 0
	}
	return int32(v)
}

// text reads a string or bytes; they are those that it reads from.
func (r *avroReader) text() []byte {
	n := r.long()
	if n < 0 || n > int64(len(r.left)) {
		r.fail()
		return nil
	}
	b := r.left[:n]
	r.left = r.left[n:]
	return b
}

func (r *avroReader) double() float64 {
	if len(r.left) < 8 {
		r.fail()
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.left))
	r.left = r.left[8:]
	return v
}

func (r *avroReader) boolean() bool {
	if len(r.left) == 0 {
		r.fail()
		return false
	}
	v := r.left[0] == 1
	r.left = r.left[1:]
	return v
}

// present reads which of null and something it is.
func (r *avroReader) present() bool {
	i := r.long()
	if i != 0 && i != 1 {
		r.fail()
	}
	return i == 1
}
