package duckdb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	driverdb "github.com/duckdb/duckdb-go/v2"
)

// ErrDamaged says that the store's files are not what they were when they were
// written. Its rows are in the log: see SetAside.
var ErrDamaged = errors.New("the hot store is damaged")

// damageWords are what DuckDB says of files whose checksums are wrong or that are
// too short. The driver tells of such an error at opening in words only.
var damageWords = []string{
	"Corrupt database file", "Corrupt WAL file", "Could not read enough bytes", "not a valid DuckDB database file",
	"Failure while replaying WAL",
}

// noted returns err, as ErrDamaged if that is what it tells of. Damage that shows
// only now, in a block that was not read at opening, is written down beside the
// file: the next start will know.
func (s *Store) noted(err error) error {
	var typed *driverdb.Error
	if !errors.As(err, &typed) || typed.Type != driverdb.ErrorTypeIO && typed.Type != driverdb.ErrorTypeFatal || !tellsOfDamage(err) {
		return err // the words alone may also be those of a question
	}
	damaged := fmt.Errorf("%w (the next start builds %s anew from the log): %w", ErrDamaged, s.path, err)
	return errors.Join(damaged, os.WriteFile(noteOf(s.path), []byte(err.Error()+"\n"), 0o644))
}

func tellsOfDamage(err error) bool {
	text := err.Error()
	for _, words := range damageWords {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// noteOf is where damage is written down.
func noteOf(path string) string { return path + ".damage" }

func walOf(path string) string { return path + ".wal" }

// intact returns ErrDamaged if it is known without opening the file that it is
// damaged: there is a note, or the log of changes without the file they belong
// to, which DuckDB would take for all there is.
func intact(path string) error {
	if note, err := os.ReadFile(noteOf(path)); err == nil {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.TrimSpace(string(note)))
	}
	_, missing := os.Stat(path)
	if _, err := os.Stat(walOf(path)); err == nil && errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s is gone, %s is there", ErrDamaged, path, walOf(path))
	}
	return nil
}

// SetAside gives the files of a damaged store other names, so that a new one can
// be opened in their place, and returns the name of the first of them.
func SetAside(path string, at time.Time) (aside string, err error) {
	aside = path + ".damaged-" + at.UTC().Format("20060102T150405")
	for _, file := range []string{path, walOf(path)} {
		to := aside + strings.TrimPrefix(file, path)
		if err := os.Rename(file, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("setting the damaged hot store aside: %w", err)
		}
	}
	if err := os.Remove(noteOf(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("setting the damaged hot store aside: %w", err)
	}
	return aside, nil
}
