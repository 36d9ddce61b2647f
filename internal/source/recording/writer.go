package recording

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/betflow/betflow/internal/feed"
)

// Writer appends responses to a recording. It is a source.Sink, and safe for
// concurrent use.
//
// Every line is a compressed member of its own and is written at once, so a
// killed writer leaves a file that is readable to its last line.
type Writer struct {
	mu     sync.Mutex
	file   *os.File
	format Format
	apart  bool // the next line begins behind what may be no whole line
	gzip   *gzip.Writer
	zstd   *zstd.Encoder
	buffer buffer
}

// Create opens a recording for appending and makes it if there is none. The
// format is that of the file, or of its name if it is new. A compressed member
// that a killed writer left unfinished at the end is cut off.
func Create(name string) (*Writer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening recording: %w", err)
	}
	w := &Writer{file: f}
	if err := w.begin(name); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("opening recording %s: %w", name, err)
	}
	return w, nil
}

// begin finds out the format and where to go on.
func (w *Writer) begin(name string) error {
	info, err := w.file.Stat()
	if err != nil {
		return err
	}
	w.format = FormatOf(name)
	end := info.Size()
	if end > 0 {
		if w.format, err = formatIn(bufio.NewReader(w.file)); err != nil {
			return err
		}
		w.apart = true
		if end, err = w.cut(end); err != nil {
			return err
		}
	}
	if _, err := w.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	w.gzip = gzip.NewWriter(io.Discard)
	w.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	return err
}

// cut removes the unfinished member at the end of a compressed file, behind
// which nothing could be read, and returns where the file ends now. The
// unfinished line of a plain file stays: it reads as a defect.
func (w *Writer) cut(size int64) (end int64, err error) {
	if w.format == Plain {
		return size, nil
	}
	if _, err := w.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	if end, err = wholeMembers(w.file, w.format); err != nil {
		return 0, err
	}
	if end == 0 {
		return 0, errors.New("the file holds nothing that can be read: choose another name or remove it")
	}
	return end, w.file.Truncate(end)
}

// Capture appends a response. When it returns, the line has been handed to the
// operating system.
func (w *Writer) Capture(_ context.Context, r feed.Raw) error {
	text, err := Encode(r)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.apart {
		text = append([]byte{'\n'}, text...)
	}
	member, err := w.member(text)
	if err != nil {
		return fmt.Errorf("compressing line: %w", err)
	}
	if _, err := w.file.Write(member); err != nil {
		return fmt.Errorf("writing recording: %w", err)
	}
	w.apart = false
	return nil
}

// member compresses one line. The result is valid until the next call.
func (w *Writer) member(text []byte) ([]byte, error) {
	w.buffer = w.buffer[:0]
	switch w.format {
	case Gzip:
		w.gzip.Reset(&w.buffer)
		if _, err := w.gzip.Write(text); err != nil {
			return nil, err
		}
		return w.buffer, w.gzip.Close()
	case Zstd:
		w.buffer = w.zstd.EncodeAll(text, w.buffer)
		return w.buffer, nil
	default:
		return text, nil
	}
}

// Close makes the recording durable and closes it.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.zstd.Close()
	if err := w.file.Sync(); err != nil {
		_ = w.file.Close()
		return fmt.Errorf("closing recording: %w", err)
	}
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("closing recording: %w", err)
	}
	return nil
}

// buffer keeps its memory between members.
type buffer []byte

// Write appends.
func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
