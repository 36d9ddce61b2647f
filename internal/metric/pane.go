package metric

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// A stored pane is
//
//	format, flags, version of the plan (4 bytes), revision + 1,
//	earliest, latest and shown times,
//	the words (8 bytes each), and each bag: its points, its texts
//
// with counts and times as varints. It holds no words if the pane has no state.
const paneFormat = 1

const (
	flagDirty = 1 << iota
	flagAbsorbed
	flagState
)

// errPane is the reason for bytes that are no pane.
var errPane = errors.New("pane is damaged")

func (p *plan) appendPane(dst []byte, x *pane) []byte {
	flags := byte(0)
	if x.dirty {
		flags |= flagDirty
	}
	if x.absorbed {
		flags |= flagAbsorbed
	}
	if !x.state.empty() {
		flags |= flagState
	}
	dst = append(dst, paneFormat, flags)
	dst = binary.BigEndian.AppendUint32(dst, p.version)
	dst = binary.AppendUvarint(dst, uint64(x.revision+1))
	for _, t := range []feed.Time{x.earliest, x.latest, x.shown} {
		dst = binary.AppendVarint(dst, int64(t))
	}
	for _, w := range x.state.words {
		dst = binary.BigEndian.AppendUint64(dst, w)
	}
	for i := range x.state.bags {
		b := &x.state.bags[i]
		dst = binary.AppendUvarint(dst, uint64(len(b.points)))
		for _, pt := range b.points {
			dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(pt.value))
			dst = binary.AppendVarint(dst, int64(pt.at.Time))
			dst = binary.AppendVarint(dst, pt.at.Seq)
		}
		dst = binary.AppendUvarint(dst, uint64(len(b.texts)))
		for _, text := range b.texts {
			dst = binary.AppendUvarint(dst, uint64(len(text)))
			dst = append(dst, text...)
		}
	}
	return dst
}

// readPane reads what appendPane wrote into a pane that is empty.
func (p *planner) readPane(bytes []byte, x *pane) error {
	r := &reader{bytes: bytes}
	if format := r.byte(); format != paneFormat {
		return fmt.Errorf("pane has format %d: %w", format, ErrOutdated)
	}
	flags := r.byte()
	if version := r.fixed(4); !r.failed && uint32(version) != p.version {
		return ErrOutdated
	}
	x.dirty, x.absorbed = flags&flagDirty != 0, flags&flagAbsorbed != 0
	x.revision = int32(r.uvarint()) - 1
	x.earliest, x.latest, x.shown = feed.Time(r.varint()), feed.Time(r.varint()), feed.Time(r.varint())
	if flags&flagState != 0 {
		x.state = p.newState()
		for i := range x.state.words {
			x.state.words[i] = r.fixed(8)
		}
		for i := range x.state.bags {
			r.bag(&x.state.bags[i])
		}
	}
	if r.failed || len(r.bytes) > 0 {
		return errPane
	}
	return nil
}

// reader takes a pane apart. After the first failure all it reads is zero.
type reader struct {
	bytes  []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.bytes) || n < 0 {
		r.failed, r.bytes = true, nil
		return make([]byte, 8)
	}
	b := r.bytes[:n]
	r.bytes = r.bytes[n:]
	return b
}

func (r *reader) byte() byte { return r.take(1)[0] }

// fixed reads a number of four or eight bytes.
func (r *reader) fixed(n int) uint64 {
	b := r.take(n)
	if n == 4 {
		return uint64(binary.BigEndian.Uint32(b))
	}
	return binary.BigEndian.Uint64(b)
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.bytes)
	r.skip(n)
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.bytes)
	r.skip(n)
	return v
}

func (r *reader) skip(n int) {
	if n <= 0 {
		r.failed, r.bytes = true, nil
		return
	}
	r.bytes = r.bytes[n:]
}

func (r *reader) bag(b *bag) {
	for n := r.uvarint(); n > 0 && !r.failed; n-- {
		v := math.Float64frombits(r.fixed(8))
		b.points = append(b.points, point{v, Order{feed.Time(r.varint()), r.varint()}})
	}
	for n := r.uvarint(); n > 0 && !r.failed; n-- {
		b.texts = append(b.texts, string(r.take(int(min(r.uvarint(), math.MaxInt32)))))
	}
}
