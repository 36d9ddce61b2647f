package embedded

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// store reads kfake's data directory: a directory partitions/<topic>-<number>
// for each partition, in it a <base offset>.dat with record batches and a .idx
// beside it for each segment.
type store struct {
	dir string
}

// partition is what the store holds of one partition.
type partition struct {
	topic    string
	number   int32
	dir      string
	segments []segment // by base offset
}

// bytes is the size of the partition on disk.
func (p partition) bytes() int64 {
	var n int64
	for _, s := range p.segments {
		n += s.bytes
	}
	return n
}

// segment is one file of record batches with its index.
type segment struct {
	path  string // of the .dat file
	base  int64  // offset of its first record
	bytes int64  // of both files
}

func (s segment) indexPath() string { return strings.TrimSuffix(s.path, dataExt) + indexExt }

const (
	dataExt  = ".dat"
	indexExt = ".idx"
)

func (s store) partitionsDir() string { return filepath.Join(s.dir, "partitions") }

// partitions lists everything in the store, by topic and number. Files that go
// while it looks, because the broker runs, are left out.
func (s store) partitions() ([]partition, error) {
	entries, err := os.ReadDir(s.partitionsDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing partitions: %w", err)
	}
	var ps []partition
	for _, e := range entries {
		p, ok := parsePartition(e.Name())
		if !ok {
			continue
		}
		p.dir = filepath.Join(s.partitionsDir(), e.Name())
		if p.segments, err = segments(p.dir); err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	slices.SortFunc(ps, func(a, b partition) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.number, b.number))
	})
	return ps, nil
}

// parsePartition reads a directory name, <escaped topic>-<number>.
func parsePartition(name string) (partition, bool) {
	dash := strings.LastIndexByte(name, '-')
	if dash < 1 {
		return partition{}, false
	}
	topic, err := url.PathUnescape(name[:dash])
	if err != nil {
		return partition{}, false
	}
	number, err := strconv.ParseInt(name[dash+1:], 10, 32)
	if err != nil || number < 0 {
		return partition{}, false
	}
	return partition{topic: topic, number: int32(number)}, true
}

func segments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing segments: %w", err)
	}
	sizes := make(map[string]int64, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading size of a segment: %w", err)
		}
		sizes[e.Name()] = info.Size()
	}
	var segs []segment
	for name, size := range sizes {
		stem, ok := strings.CutSuffix(name, dataExt)
		if !ok {
			continue
		}
		base, err := strconv.ParseInt(stem, 10, 64)
		if err != nil {
			continue
		}
		segs = append(segs, segment{path: filepath.Join(dir, name), base: base, bytes: size + sizes[stem+indexExt]})
	}
	slices.SortFunc(segs, func(a, b segment) int { return cmp.Compare(a.base, b.base) })
	return segs, nil
}
