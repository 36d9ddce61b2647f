package process

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// paneName is what a pane is called within its league's part of a checkpoint,
// "<metric>/<size>/<start>/<series>". Metric and size stand in it by name: with
// another set of definitions their positions would mean others.
func paneName(name string, id metric.PaneID) string {
	return name + "/" + id.Size + "/" + strconv.FormatInt(int64(id.Start), 10) + "/" + id.Key
}

// parsePaneName reads what paneName prints.
func parsePaneName(text string) (name string, id metric.PaneID, err error) {
	parts := strings.SplitN(text, "/", 4)
	if len(parts) != 4 {
		return "", id, fmt.Errorf("key %q is no pane", text)
	}
	start, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return "", id, fmt.Errorf("key %q is no pane: %w", text, err)
	}
	return parts[0], metric.PaneID{Size: parts[1], Start: feed.Time(start), Key: parts[3]}, nil
}

// windowValues are the aggregates of a row that waits. They are stored by their
// bits: an absent one is NaN, which JSON does not have.
type windowValues []float64

// MarshalText writes the values' bits.
func (v windowValues) MarshalText() ([]byte, error) {
	var bits []byte
	for _, x := range v {
		bits = binary.BigEndian.AppendUint64(bits, math.Float64bits(x))
	}
	return base64.StdEncoding.AppendEncode(nil, bits), nil
}

// UnmarshalText reads what MarshalText writes.
func (v *windowValues) UnmarshalText(text []byte) error {
	bits, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil || len(bits)%8 != 0 {
		return fmt.Errorf("values of a window are damaged: %q", text)
	}
	*v = nil
	for ; len(bits) > 0; bits = bits[8:] {
		*v = append(*v, math.Float64frombits(binary.BigEndian.Uint64(bits)))
	}
	return nil
}
