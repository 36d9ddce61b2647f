package metric

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/pack"
)

// A stored pane is
//
//	format, flags, version of the plan (4 bytes), revision,
//	earliest, latest and shown times,
//	the words (8 bytes each), and each bag: its points, its texts
//
// with counts and times as varints. It holds no words if the pane has no state.
const paneFormat = 2

// errPane is the reason for bytes that are no pane.
var errPane = errors.New("pane is damaged")

func (p *plan) appendPane(dst []byte, x *pane) []byte {
	dst = append(dst, paneFormat)
	dst = pack.AppendFlags(dst, x.dirty, x.absorbed, !x.state.empty())
	dst = binary.BigEndian.AppendUint32(dst, p.version)
	dst = pack.AppendInt(dst, x.revision)
	for _, t := range []feed.Time{x.earliest, x.latest, x.shown} {
		dst = pack.AppendInt(dst, t)
	}
	for _, w := range x.state.words {
		dst = pack.AppendBits(dst, w)
	}
	for i := range x.state.bags {
		b := &x.state.bags[i]
		dst = pack.AppendCount(dst, len(b.points))
		for _, pt := range b.points {
			dst = pack.AppendNumber(dst, pt.value)
			dst = pack.AppendInt(dst, pt.at.Time)
			dst = pack.AppendInt(dst, pt.at.Seq)
		}
		dst = pack.AppendCount(dst, len(b.texts))
		for _, text := range b.texts {
			dst = pack.AppendText(dst, text)
		}
	}
	return dst
}

// readPane reads what appendPane wrote into a pane that is empty.
func (p *planner) readPane(bytes []byte, x *pane) error {
	r, state, err := p.readHead(bytes, x)
	if err != nil {
		return err
	}
	if state {
		x.state = p.newState(x.span)
		for i := range x.state.words {
			x.state.words[i] = r.Bits()
		}
		for i := range x.state.bags {
			readBag(&r, &x.state.bags[i])
		}
	}
	if !r.Whole() {
		return errPane
	}
	return nil
}

// readHead reads all but the state, which is next in the reader if there is one.
func (p *planner) readHead(bytes []byte, x *pane) (r pack.Reader, state bool, err error) {
	r = pack.Reader{Bytes: bytes}
	if format := r.Byte(); format != paneFormat {
		return r, false, fmt.Errorf("pane has format %d: %w", format, ErrOutdated)
	}
	flags := r.Flags()
	if version := r.Take(4); version != nil && binary.BigEndian.Uint32(version) != p.version {
		return r, false, ErrOutdated
	}
	x.dirty, x.absorbed, state = flags.Has(0), flags.Has(1), flags.Has(2)
	x.revision = int32(r.Int())
	x.earliest, x.latest, x.shown = feed.Time(r.Int()), feed.Time(r.Int()), feed.Time(r.Int())
	if r.Failed {
		return r, false, errPane
	}
	return r, state, nil
}

func readBag(r *pack.Reader, b *bag) {
	for range r.Count() {
		b.points = append(b.points, point{r.Number(), Order{feed.Time(r.Int()), r.Int()}})
	}
	for range r.Count() {
		b.texts = append(b.texts, r.Text())
	}
}
