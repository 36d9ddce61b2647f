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

// paneKey is a pane's key in a checkpoint:
// panes/<league>/<metric>/<size>/<start>/<series key>.
func paneKey(league string, def int, id metric.PaneID) string {
	return keyPanes + league + "/" + strconv.Itoa(def) + "/" + strconv.Itoa(id.Size) + "/" + strconv.FormatInt(int64(id.Start), 10) + "/" + id.Key
}

func parsePaneKey(key string) (league string, def int, id metric.PaneID, err error) {
	parts := strings.SplitN(key, "/", 5)
	if len(parts) != 5 {
		return "", 0, metric.PaneID{}, fmt.Errorf("key %q is no pane", key)
	}
	def, err1 := strconv.Atoi(parts[1])
	size, err2 := strconv.Atoi(parts[2])
	start, err3 := strconv.ParseInt(parts[3], 10, 64)
	if err1 != nil || err2 != nil || err3 != nil {
		return "", 0, metric.PaneID{}, fmt.Errorf("key %q is no pane", key)
	}
	return parts[0], def, metric.PaneID{Size: size, Start: feed.Time(start), Key: parts[4]}, nil
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
