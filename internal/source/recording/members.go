package recording

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// wholeMembers tells how many of a compressed file's bytes are finished
// members. The rest was left by a writer that died.
func wholeMembers(file io.Reader, format Format) (end int64, err error) {
	counted := &counter{r: file}
	buffered := bufio.NewReaderSize(counted, 1<<16)
	member := wholeGzip
	if format == Zstd {
		member = wholeZstd
	}
	for {
		switch err := member(buffered); {
		case err == nil:
			end = counted.n - int64(buffered.Buffered())
		case counted.failed != nil:
			return 0, counted.failed
		default:
			return end, nil // what follows is no whole member
		}
	}
}

// counter counts the bytes that were read and keeps an error that is not the
// end.
type counter struct {
	r      io.Reader
	n      int64
	failed error
}

// Read reads and counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.failed = err
	}
	return n, err
}

// wholeGzip reads one member. It takes no byte beyond it, for a bufio.Reader
// reads byte by byte.
func wholeGzip(r *bufio.Reader) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	z.Multistream(false)
	_, err = io.Copy(io.Discard, z)
	return err
}

// wholeZstd reads one frame by the lengths of its blocks, RFC 8878 section
// 3.1.1.
func wholeZstd(r *bufio.Reader) error {
	head, err := r.Peek(zstd.HeaderMaxSize)
	if len(head) == 0 {
		return err
	}
	var h zstd.Header
	if err := h.Decode(head); err != nil {
		return err
	}
	if h.Skippable {
		return discard(r, h.HeaderSize+int(h.SkippableSize))
	}
	if err := discard(r, h.HeaderSize); err != nil {
		return err
	}
	for last := false; !last; {
		head, err := r.Peek(3)
		if err != nil {
			return err
		}
		block := binary.LittleEndian.Uint32(append(bytes.Clone(head), 0))
		last = block&1 == 1
		size := int(block >> 3)
		if kind := block >> 1 & 3; kind == 1 { // one byte repeated size times
			size = 1
		}
		if err := discard(r, 3+size); err != nil {
			return err
		}
	}
	if h.HasCheckSum {
		return discard(r, 4)
	}
	return nil
}

func discard(r *bufio.Reader, n int) error {
	_, err := r.Discard(n)
	return err
}
