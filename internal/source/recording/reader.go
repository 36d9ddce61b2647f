package recording

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/betflow/betflow/internal/feed"
)

// maxLine is the longest line that is read, in bytes.
const maxLine = 128 << 20

// Entry is one line of a recording: a response, or a defect if the line could
// not be read.
type Entry struct {
	Line   int // counted from 1
	Raw    feed.Raw
	Defect *feed.Defect
}

// Reader reads a recording line by line.
type Reader struct {
	lines    *bufio.Reader
	leagueOf func(source, path string) string
	line     int
	ended    bool
	close    func()
}

// Open opens a recording; the format is told by its first bytes. LeagueOf tells
// the league of a response by its source and path; where it does not know, the
// line's own word counts. See source.LeagueOf.
func Open(name string, leagueOf func(source, path string) string) (*Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening recording: %w", err)
	}
	r, err := NewReader(f, leagueOf)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("opening recording %s: %w", name, err)
	}
	undo := r.close
	r.close = func() { undo(); _ = f.Close() }
	return r, nil
}

// NewReader reads a recording from any reader, as Open does.
func NewReader(in io.Reader, leagueOf func(source, path string) string) (*Reader, error) {
	text, undo, err := decompress(bufio.NewReaderSize(in, 1<<16))
	if err != nil {
		return nil, err
	}
	return &Reader{lines: bufio.NewReaderSize(text, 1<<16), leagueOf: leagueOf, close: undo}, nil
}

// Close releases the file.
func (r *Reader) Close() { r.close() }

// Next returns the next line's entry, and io.EOF after the last. A line that
// cannot be read is an entry with a defect. A file that breaks off, because its
// writer was killed or the disk lies, ends with such an entry too.
func (r *Reader) Next() (Entry, error) {
	for !r.ended {
		r.line++
		text, err := r.readLine()
		if err != nil && !errors.Is(err, errLong) {
			r.ended = true
			if !errors.Is(err, io.EOF) {
				return r.bad(text, "the recording breaks off: "+err.Error()), nil
			}
		}
		if errors.Is(err, errLong) {
			return r.bad(nil, "the line is longer than "+strconv.Itoa(maxLine)+" bytes"), nil
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			return r.entry(text), nil
		}
	}
	return Entry{}, io.EOF
}

func (r *Reader) entry(text []byte) Entry {
	raw, err := Decode(text)
	if err != nil {
		return r.bad(text, err.Error())
	}
	if l := r.leagueOf(raw.Source, raw.Path); l != "" {
		raw.League = l
	}
	switch {
	case !slices.Contains(feed.Sources(), raw.Source):
		return r.bad(text, "source "+strconv.Quote(raw.Source)+" is not known")
	case raw.League == "":
		return r.bad(text, "no league has the key in path "+strconv.Quote(raw.Path))
	}
	return Entry{Line: r.line, Raw: raw}
}

func (r *Reader) bad(text []byte, reason string) Entry {
	return Entry{Line: r.line, Defect: &feed.Defect{Place: "line " + strconv.Itoa(r.line), Reason: reason, Body: text}}
}

var errLong = errors.New("line too long")

// readLine returns a line of its own memory. After errLong the reader stands
// before the next line.
func (r *Reader) readLine() ([]byte, error) {
	var whole []byte
	long := false
	for {
		part, err := r.lines.ReadSlice('\n')
		if long = long || len(whole)+len(part) > maxLine; !long {
			whole = append(whole, part...)
		} else {
			whole = nil
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == nil && long {
			err = errLong
		}
		return whole, err
	}
}
