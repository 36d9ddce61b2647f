package recording

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Format is how a recording is compressed.
type Format string

// The formats.
const (
	Plain Format = "plain"
	Gzip  Format = "gzip"
	Zstd  Format = "zstd"
)

// FormatOf tells a new recording's format by its name: .gz, .zst or anything
// else.
func FormatOf(name string) Format {
	switch {
	case strings.HasSuffix(name, ".gz"):
		return Gzip
	case strings.HasSuffix(name, ".zst"):
		return Zstd
	default:
		return Plain
	}
}

// formatIn tells the format by the first bytes, whatever the file is called.
func formatIn(r *bufio.Reader) (Format, error) {
	head, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return Gzip, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return Zstd, nil
	default:
		return Plain, nil
	}
}

// decompress undoes a format. The file's members follow each other as one text.
func decompress(r *bufio.Reader) (io.Reader, func(), error) {
	format, err := formatIn(r)
	if err != nil {
		return nil, nil, err
	}
	switch format {
	case Gzip:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, fmt.Errorf("opening gzip: %w", err)
		}
		return z, func() { _ = z.Close() }, nil
	case Zstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, fmt.Errorf("opening zstd: %w", err)
		}
		return z, z.Close, nil
	default:
		return r, func() {}, nil
	}
}
