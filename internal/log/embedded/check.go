package embedded

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// DamagedError says that records in the middle of a partition cannot be read, or
// are gone. The broker would go on without a word, and every reader would miss
// them.
type DamagedError struct {
	Topic     string
	Partition int32
	Path      string // the segment
	Whole     int64  // bytes of it that are in order
	From      int64  // offset of the first record that is lost
	To        int64  // offset of the next one that is there
	Err       error
}

// Error names the place and what to do.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("partition %s/%d is damaged: records from offset %d to %d cannot be read (%s, byte %d: %v): put a copy of the folder %s in its place; without one, `truncate -s %d %s` and remove the segments of higher numbers beside it, which gives up what the partition holds from offset %d on",
		e.Topic, e.Partition, e.From, e.To-1, e.Path, e.Whole, e.Err, filepath.Dir(e.Path), e.Whole, e.Path, e.From)
}

// Unwrap returns what is wrong with the segment.
func (e *DamagedError) Unwrap() error { return e.Err }

var (
	errUnreadable = errors.New("no whole record batch with the right checksum")
	errHole       = errors.New("the record batch has a higher offset than the one before it ends at")
	errBackwards  = errors.New("the record batch has a lower offset than the one before it ends at")
)

// check reads the whole log before kfake does. It cuts what a crash left half
// written off the end of every partition, so that kfake opens with the right log
// end: nothing that was acknowledged before a kill of the process is in such a
// tail. Anything else that is not in order is an error: kfake would cut a segment
// at its first bad batch, wherever that is, and begin a new log beside the old
// one if its lists are gone.
func (s store) check(log *slog.Logger) error {
	ps, err := s.partitions()
	if err != nil {
		return err
	}
	compacted, err := s.compacted(len(ps) > 0)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if err := p.check(compacted[p.topic], log); err != nil {
			return err
		}
	}
	return nil
}

// compacted reads which topics are. The broker's lists have to be there if it
// holds partitions.
func (s store) compacted(needed bool) (map[string]bool, error) {
	var meta any
	var list struct {
		Topics []struct {
			Name    string            `json:"name"`
			Configs map[string]string `json:"configs"`
		} `json:"topics"`
	}
	for name, into := range map[string]any{"meta.json": &meta, "topics.json": &list} {
		path := filepath.Join(s.dir, name)
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && !needed {
			continue
		}
		if err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s, without which the log cannot be opened: %w: put a copy in its place, or move the data folder away to start afresh", path, err)
		}
	}
	out := map[string]bool{}
	for _, t := range list.Topics {
		out[t.Name] = strings.Contains(t.Configs["cleanup.policy"], "compact")
	}
	return out, nil
}

// check goes through all segments of a partition.
func (p partition) check(compacted bool, log *slog.Logger) error {
	next := int64(-1) // offset that the next batch has, unless compaction took some
	for i, seg := range p.segments {
		raw, err := os.ReadFile(seg.path)
		if err != nil {
			return fmt.Errorf("reading segment %d of %s/%d: %w", seg.base, p.topic, p.number, err)
		}
		whole, rest, err := p.walk(seg, raw, next, compacted)
		if err != nil {
			return err
		}
		next = rest
		if whole.bytes < int64(len(raw)) {
			end := max(next, seg.base)
			at, found := later(raw[whole.bytes:], end)
			if !found && i < len(p.segments)-1 {
				at, found = p.segments[i+1].base, true
			}
			if found {
				return p.damaged(seg, whole.bytes, end, at, errUnreadable)
			}
			if err := os.Truncate(seg.path, whole.bytes); err != nil {
				return fmt.Errorf("cutting last segment of %s/%d: %w", p.topic, p.number, err)
			}
			log.Warn("cut a half written end off the log",
				"topic", p.topic, "partition", p.number, "bytes", int64(len(raw))-whole.bytes, "end", end)
		}
		if err := seg.mendIndex(whole.index); err != nil {
			return fmt.Errorf("mending index of segment %d of %s/%d: %w", seg.base, p.topic, p.number, err)
		}
	}
	return nil
}

// readable is what of a segment is in order.
type readable struct {
	bytes int64
	index []byte // what its index has to be
}

// walk goes from batch to batch, up to the first that cannot be read. It returns
// the offset behind the last one.
func (p partition) walk(seg segment, raw []byte, next int64, compacted bool) (whole readable, end int64, err error) {
	for {
		b, ok := batchAt(raw, whole.bytes)
		if !ok {
			return whole, next, nil
		}
		switch {
		case next >= 0 && b.firstOffset < next:
			return whole, next, p.damaged(seg, whole.bytes, b.firstOffset, next, errBackwards)
		case next >= 0 && b.firstOffset > next && !compacted:
			return whole, next, p.damaged(seg, whole.bytes, next, b.firstOffset, errHole)
		}
		// What compaction has left of a transaction is committed, though its mark may
		// be gone.
		whole.index = appendIndexEntry(whole.index, b.epoch, b.transacted && !compacted)
		whole.bytes += b.bytes
		next = b.lastOffset + 1
	}
}

func (p partition) damaged(seg segment, whole, from, to int64, err error) error {
	return &DamagedError{Topic: p.topic, Partition: p.number, Path: seg.path, Whole: whole, From: from, To: to, Err: err}
}

// later looks behind what cannot be read for a batch that can, and that may be of
// this place. If there is one, no crash has left the end half written.
func later(raw []byte, next int64) (offset int64, found bool) {
	for i := int64(1); i+batchHeader <= int64(len(raw)); i++ {
		const version = 2
		skip := bytes.IndexByte(raw[i+batchVersion:], version)
		if skip < 0 {
			break
		}
		i += int64(skip)
		if i+batchHeader > int64(len(raw)) {
			break
		}
		first := int64(binary.BigEndian.Uint64(raw[i:]))
		if first < next || first > next+maxLost {
			continue
		}
		if _, ok := batchAt(raw, i); ok {
			return first, true
		}
	}
	return -1, false
}

// maxLost is more records than a damaged part of a segment can hold.
const maxLost = 1 << 32
