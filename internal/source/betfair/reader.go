package betfair

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"github.com/betflow/betflow/internal/exchange"
	"github.com/betflow/betflow/internal/feed"
)

// maxLine is the longest line that is read, in bytes.
const maxLine = 64 << 20

// Entry is one line of a file: a message, or none if the line could not be read.
// It is valid until the next one is asked for.
type Entry struct {
	Line    int               // counted from 1
	Message *exchange.Message // nil if the line is no message
	Defects []feed.Defect     // places begin with the line
}

// Reader reads a historic file line by line.
type Reader struct {
	lines  *bufio.Reader
	parser Parser
	text   []byte
	line   int
	ended  bool
	closer io.Closer // the file; nil if there is none of ours
}

// Open opens a file; how it is compressed is told by its first bytes.
func Open(name string) (*Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening exchange file: %w", err)
	}
	r, err := NewReader(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening exchange file %s: %w", name, err), f.Close())
	}
	r.closer = f
	return r, nil
}

// NewReader reads the text of a file from any reader, as Open does.
func NewReader(in io.Reader) (*Reader, error) {
	text, err := decompress(bufio.NewReaderSize(in, 1<<16))
	if err != nil {
		return nil, err
	}
	return &Reader{lines: bufio.NewReaderSize(text, 1<<16)}, nil
}

// decompress undoes gzip and bzip2.
func decompress(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("opening gzip: %w", err)
		}
		return z, nil
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(r), nil
	default:
		return r, nil
	}
}

// Close closes the file.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}

// Next returns the next line's entry, and io.EOF after the last. Empty lines are
// passed over. A file that breaks off ends with an entry that says so.
func (r *Reader) Next() (Entry, error) {
	for !r.ended {
		r.line++
		err := r.readLine()
		if err != nil && !errors.Is(err, errLong) {
			r.ended = true
			if !errors.Is(err, io.EOF) {
				return r.bad("the file breaks off: " + err.Error()), nil
			}
		}
		if errors.Is(err, errLong) {
			return r.bad("the line is longer than " + strconv.Itoa(maxLine) + " bytes"), nil
		}
		if text := bytes.TrimSpace(r.text); len(text) > 0 {
			return r.entry(text), nil
		}
	}
	return Entry{}, io.EOF
}

func (r *Reader) entry(text []byte) Entry {
	m, defects, err := r.parser.Parse(text)
	if err != nil {
		return r.bad(err.Error())
	}
	for i := range defects {
		defects[i].Place = r.place() + ": " + defects[i].Place
	}
	return Entry{Line: r.line, Message: m, Defects: defects}
}

func (r *Reader) place() string { return "line " + strconv.Itoa(r.line) }

func (r *Reader) bad(reason string) Entry {
	return Entry{Line: r.line, Defects: []feed.Defect{{Place: r.place(), Reason: reason, Body: r.text}}}
}

var errLong = errors.New("line too long")

// readLine reads a line into the reader's memory. After errLong it is empty and
// the reader stands before the next line.
func (r *Reader) readLine() error {
	r.text = r.text[:0]
	long := false
	for {
		part, err := r.lines.ReadSlice('\n')
		if long = long || len(r.text)+len(part) > maxLine; long {
			r.text = r.text[:0]
		} else {
			r.text = append(r.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil && long {
			err = errLong
		}
		return err
	}
}
