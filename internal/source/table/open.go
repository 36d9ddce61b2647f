package table

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// maxSize is the largest file that is read, unpacked.
const maxSize = 256 << 20

// ErrTooLarge is returned for a file larger than any table of games.
var ErrTooLarge = errors.New("the file has more than 256 MB")

// Load returns the text of a file, unpacked if its name ends in .gz.
func Load(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err // names the file
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("unpacking %s: %w", name, err)
		}
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return text, nil
}

// unify makes the ends of lines those that encoding/csv knows: files saved by
// old spreadsheets end their lines with a carriage return alone.
func unify(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bytes.IndexByte(text, '\n') < 0 {
		return bytes.ReplaceAll(text, []byte{'\r'}, []byte{'\n'})
	}
	return text
}
