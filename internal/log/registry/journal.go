package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
)

// journalName is the file that holds all events.
const journalName = "journal.jsonl"

// journal is an append-only file of events. A line is the CRC-32C of the event
// in eight hexadecimal digits, a space, the event as JSON, and a newline.
type journal struct {
	file *os.File
	size int64 // of the whole lines
	err  error // set when the file's end is unknown: no more writes then
}

// CorruptError says that the registry's file was changed or damaged.
type CorruptError struct {
	Path string
	Line int // counted from 1
	Err  error
}

// Error names the place and what to do.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("schema registry file %s is damaged at line %d: %v: restore the file from a copy, or cut it before that line, which loses the schemas registered since", e.Path, e.Line, e.Err)
}

// Unwrap returns what is wrong with the line.
func (e *CorruptError) Unwrap() error { return e.Err }

// openJournal opens the journal in dir, or creates it, and hands its events to
// apply. It cuts a last line without a newline off and reports its bytes.
func openJournal(dir string, apply func(event) error) (j *journal, cut int64, err error) {
	path := filepath.Join(dir, journalName)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, 0, fmt.Errorf("opening schema registry file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, fmt.Errorf("reading schema registry file: %w", err)
	}
	j = &journal{file: file}
	for n := 1; ; n++ {
		line, rest, whole := bytes.Cut(raw[j.size:], []byte{'\n'})
		if !whole {
			cut = int64(len(line))
			break
		}
		e, err := decodeLine(line)
		if err == nil {
			err = apply(e)
		}
		if err != nil {
			return nil, 0, &CorruptError{Path: path, Line: n, Err: err}
		}
		j.size = int64(len(raw) - len(rest))
	}
	if err := file.Truncate(j.size); err != nil {
		return nil, 0, fmt.Errorf("cutting schema registry file: %w", err)
	}
	return j, cut, syncDir(dir)
}

// syncDir makes the file's name in its directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("opening schema registry directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing schema registry directory: %w", err)
	}
	return nil
}

// append writes the event and syncs it. After an error the event is not in the
// journal.
func (j *journal) append(e event) error {
	if j.err != nil {
		return j.err
	}
	line, err := encodeLine(e)
	if err != nil {
		return err
	}
	_, err = j.file.WriteAt(line, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		err = fmt.Errorf("writing schema registry file: %w", err)
		if undo := j.file.Truncate(j.size); undo != nil {
			j.err = fmt.Errorf("%w: it takes no more changes until a restart: %w", err, undo)
		}
		return err
	}
	j.size += int64(len(line))
	return nil
}

func (j *journal) close() error {
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("closing schema registry file: %w", err)
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const crcDigits = 8

func encodeLine(e event) ([]byte, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encoding change: %w", err)
	}
	return fmt.Appendf(nil, "%0*x %s\n", crcDigits, crc32.Checksum(text, castagnoli), text), nil
}

// decodeLine reads a line without its newline.
func decodeLine(line []byte) (event, error) {
	if len(line) <= crcDigits || line[crcDigits] != ' ' {
		return event{}, errors.New("no checksum")
	}
	sum, err := strconv.ParseUint(string(line[:crcDigits]), 16, 32)
	if err != nil {
		return event{}, fmt.Errorf("reading checksum: %w", err)
	}
	text := line[crcDigits+1:]
	if crc32.Checksum(text, castagnoli) != uint32(sum) {
		return event{}, errors.New("wrong checksum")
	}
	var e event
	if err := json.Unmarshal(text, &e); err != nil {
		return event{}, fmt.Errorf("reading change: %w", err)
	}
	return e, nil
}
