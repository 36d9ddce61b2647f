// Package dirlock makes sure that one process at a time works in a directory.
package dirlock

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// fileName is the file in the directory that carries the lock and the id of
// the process that holds it.
const fileName = "LOCK"

// Lock is a held directory. The kernel releases it when the process ends,
// however it ends.
type Lock struct {
	file *os.File
}

// HeldError says that another process, or another part of this one, already
// works in the directory.
type HeldError struct {
	Dir string
	PID int // process that holds the lock, 0 if it left no id
}

// Error names the directory, its holder and what to do.
func (e *HeldError) Error() string {
	holder := "another process"
	switch e.PID {
	case 0:
	case os.Getpid():
		holder = "this process"
	default:
		holder = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("directory %s is in use by %s: stop that one or choose another directory", e.Dir, holder)
}

// Acquire locks the directory, which is created if it does not exist. It does
// not wait: a directory in use is a *HeldError.
func Acquire(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating directory to lock: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, fileName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening lock file: %w", err)
	}
	if err := lock(file, dir); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Lock{file: file}, nil
}

func lock(file *os.File, dir string) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return &HeldError{Dir: dir, PID: holder(file)}
	}
	if err != nil {
		return fmt.Errorf("locking directory %s: %w", dir, err)
	}
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("clearing lock file: %w", err)
	}
	if _, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0); err != nil {
		return fmt.Errorf("writing lock file: %w", err)
	}
	return nil
}

// holder reads the process id in the lock file. A file that holds none counts
// as an unknown holder: the lock decides, the id only helps the user.
func holder(file *os.File) int {
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}

// Release gives the directory free. The lock file stays: removing it would let
// two processes lock two files of the same name.
func (l *Lock) Release() error {
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("releasing directory lock: %w", err)
	}
	return nil
}
