package process

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// paneName is what a pane is called within its league's part of a checkpoint.
// Metric and size stand in it by name: with another set of definitions their
// positions would mean others.
type paneName struct {
	metric, size string
	start        feed.Time
	series       string // the series key
}

// String prints the name as "<metric>/<size>/<start>/<series>".
func (n paneName) String() string {
	return n.metric + "/" + n.size + "/" + strconv.FormatInt(int64(n.start), 10) + "/" + n.series
}

// parsePaneName reads what String prints.
func parsePaneName(text string) (paneName, error) {
	parts := strings.SplitN(text, "/", 4)
	if len(parts) != 4 {
		return paneName{}, fmt.Errorf("key %q is no pane", text)
	}
	start, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return paneName{}, fmt.Errorf("key %q is no pane: %w", text, err)
	}
	return paneName{parts[0], parts[1], feed.Time(start), parts[3]}, nil
}

// paneLen is the length of a stored pane: 13 fields of eight bytes.
const paneLen = 13 * 8

// appendPane writes the pane's state in a fixed form, several times faster than
// text: panes are most of what a checkpoint holds.
func appendPane(dst []byte, p metric.Pane) []byte {
	u := func(v uint64) { dst = binary.BigEndian.AppendUint64(dst, v) }
	f := func(v float64) { u(math.Float64bits(v)) }
	a := &p.Acc
	u(uint64(a.Count))
	f(a.Mean)
	f(a.M2)
	f(a.Sum)
	f(a.Min)
	f(a.Max)
	f(a.First)
	f(a.Last)
	u(uint64(a.FirstAt.Time))
	u(uint64(a.FirstAt.Seq))
	u(uint64(a.LastAt.Time))
	u(uint64(a.LastAt.Seq))
	dirty := uint64(0)
	if p.Dirty {
		dirty = 1
	}
	u(uint64(uint32(p.Revision))<<1 | dirty)
	return dst
}

func parsePane(id metric.PaneID, b []byte) (metric.Pane, error) {
	if len(b) != paneLen {
		return metric.Pane{}, fmt.Errorf("pane has %d bytes instead of %d", len(b), paneLen)
	}
	u := func() uint64 {
		v := binary.BigEndian.Uint64(b)
		b = b[8:]
		return v
	}
	f := func() float64 { return math.Float64frombits(u()) }
	p := metric.Pane{ID: id}
	a := &p.Acc
	a.Count = int64(u())
	a.Mean, a.M2, a.Sum, a.Min, a.Max, a.First, a.Last = f(), f(), f(), f(), f(), f(), f()
	a.FirstAt = metric.Order{Time: feed.Time(u()), Seq: int64(u())}
	a.LastAt = metric.Order{Time: feed.Time(u()), Seq: int64(u())}
	last := u()
	p.Revision, p.Dirty = int32(uint32(last>>1)), last&1 == 1
	return p, nil
}
