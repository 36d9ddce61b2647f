// Package pack writes what is kept of a state into bytes and reads it again:
// whole numbers and counts as varints, texts behind their lengths, floating point
// numbers by their bits.
package pack

import (
	"encoding/binary"
	"math"
)

// AppendInt appends a whole number.
func AppendInt[T ~int | ~int32 | ~int64](dst []byte, v T) []byte {
	return binary.AppendVarint(dst, int64(v))
}

// AppendCount appends the number of things that follow.
func AppendCount(dst []byte, n int) []byte { return binary.AppendUvarint(dst, uint64(n)) }

// AppendText appends a text behind its length.
func AppendText(dst []byte, s string) []byte {
	return append(AppendCount(dst, len(s)), s...)
}

// AppendNumber appends a number's bits.
func AppendNumber(dst []byte, v float64) []byte {
	return AppendBits(dst, math.Float64bits(v))
}

// AppendBits appends eight bytes.
func AppendBits(dst []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(dst, v) }

// AppendFlags appends up to eight of them in a byte.
func AppendFlags(dst []byte, flags ...bool) []byte {
	b := byte(0)
	for i, set := range flags {
		if set {
			b |= 1 << i
		}
	}
	return append(dst, b)
}

// Flags are up to eight of them.
type Flags byte

// Has tells whether the flag at a place is set.
func (f Flags) Has(i int) bool { return f>>i&1 != 0 }

// Reader takes bytes apart. After the first thing that is not there all it reads
// is zero.
type Reader struct {
	Bytes  []byte // what is left
	Failed bool
}

// Whole tells whether everything was there and nothing is left.
func (r *Reader) Whole() bool { return !r.Failed && len(r.Bytes) == 0 }

// Take returns the next n bytes of what it reads from, nil if there are not as
// many.
func (r *Reader) Take(n int) []byte {
	if n < 0 || n > len(r.Bytes) {
		r.fail()
		return nil
	}
	b := r.Bytes[:n:n]
	r.Bytes = r.Bytes[n:]
	return b
}

func (r *Reader) fail() { r.Failed, r.Bytes = true, nil }

// Byte reads a byte.
func (r *Reader) Byte() byte {
	if b := r.Take(1); b != nil {
		return b[0]
	}
	return 0
}

// Flags reads what AppendFlags wrote.
func (r *Reader) Flags() Flags { return Flags(r.Byte()) }

// Int reads a whole number.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.Bytes)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.Bytes = r.Bytes[n:]
	return v
}

// Count reads a number of things that take at least a byte each; it is never
// more than there are bytes left.
func (r *Reader) Count() int {
	v, n := binary.Uvarint(r.Bytes)
	if n <= 0 || v > uint64(len(r.Bytes)-n) {
		r.fail()
		return 0
	}
	r.Bytes = r.Bytes[n:]
	return int(v)
}

// Text reads a text.
func (r *Reader) Text() string { return string(r.Take(r.Count())) }

// Number reads a number.
func (r *Reader) Number() float64 { return math.Float64frombits(r.Bits()) }

// Bits reads eight bytes.
func (r *Reader) Bits() uint64 {
	if b := r.Take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}
