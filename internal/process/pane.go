package process

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

// A pane is called "<metric>/<size>/<start>/<series>" within its league's part of
// a checkpoint. Metric and size stand in it by name: with another set of
// definitions their positions would mean others. Starts are in the order of
// time, so that what is closed for good is removed by one range.
func appendPaneName(dst []byte, name string, id *metric.PaneID) []byte {
	dst = append(append(append(append(dst, name...), '/'), id.Size...), '/')
	dst = append(appendStart(dst, id.Start), '/')
	return append(dst, id.Key...)
}

// appendStart writes a time in 16 hexadecimal digits.
func appendStart(dst []byte, t feed.Time) []byte {
	bits := binary.BigEndian.AppendUint64(nil, uint64(t)^1<<63)
	return hex.AppendEncode(dst, bits)
}

// startText is a start as it stands in names of panes.
func startText(t feed.Time) string { return string(appendStart(nil, t)) }

// parsePaneName reads what appendPaneName prints.
func parsePaneName(text string) (name string, id metric.PaneID, err error) {
	parts := strings.SplitN(text, "/", 4)
	if len(parts) != 4 {
		return "", id, fmt.Errorf("key %q is no pane", text)
	}
	start, err := parseStart(parts[2])
	if err != nil {
		return "", id, fmt.Errorf("key %q is no pane: %w", text, err)
	}
	return parts[0], metric.PaneID{Size: parts[1], Start: start, Key: parts[3]}, nil
}

// parseStart reads what startText prints.
func parseStart(text string) (feed.Time, error) {
	start, err := hex.DecodeString(text)
	if err != nil || len(start) != 8 {
		return 0, fmt.Errorf("start %q is not 16 hexadecimal digits", text)
	}
	return feed.Time(binary.BigEndian.Uint64(start) ^ 1<<63), nil
}

// storedPanes are the panes of one metric in one league that stand in the last
// checkpoint and were not loaded from it.
type storedPanes struct {
	state  *State
	prefix string // of their keys, up to the metric
	metric string
	key    []byte
}

// Pane implements metric.Backing.
func (s *storedPanes) Pane(id metric.PaneID, read func(pane []byte) error) error {
	s.key = appendPaneName(append(s.key[:0], s.prefix...), s.metric, &id)
	return s.state.Read(s.key, read)
}

// Starts implements metric.Backing.
func (s *storedPanes) Starts(size string, from feed.Time, yield func(feed.Time)) error {
	prefix := s.prefix + s.metric + "/" + size + "/"
	return s.state.heads(prefix, startText(from), func(text string) error {
		start, err := parseStart(text)
		if err == nil {
			yield(start)
		}
		return err
	})
}

// Window implements metric.Backing.
func (s *storedPanes) Window(size string, start feed.Time, yield func(key string, pane []byte) error) error {
	err := s.state.each(s.prefix+s.metric+"/"+size+"/"+startText(start)+"/", yield)
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}
