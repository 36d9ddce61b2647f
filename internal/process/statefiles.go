package process

import (
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// stateFiles are the files of a state. Once it is open a write that fails ends
// the program: whatever Pebble does with such an error, from waiting to a panic
// under its locks, it gives none of them back.
type stateFiles struct {
	vfs.FS
	open   *atomic.Bool
	faults stateFaults
}

func newStateFiles(faults stateFaults) stateFiles {
	return stateFiles{FS: vfs.Default, open: new(atomic.Bool), faults: faults}
}

// stop ends the program if the state is open and there is an error.
func (s stateFiles) stop(err error) error {
	if err != nil && s.open.Load() {
		s.faults.end(err.Error())
	}
	return err
}

// Create implements vfs.FS.
func (s stateFiles) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return s.written(s.FS.Create(name, category))
}

// OpenReadWrite implements vfs.FS.
func (s stateFiles) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return s.written(s.FS.OpenReadWrite(name, category, opts...))
}

// ReuseForWrite implements vfs.FS.
func (s stateFiles) ReuseForWrite(from, to string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return s.written(s.FS.ReuseForWrite(from, to, category))
}

func (s stateFiles) written(f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, s.stop(err)
	}
	return stateFile{f, s}, nil
}

// stateFile is a file that is written.
type stateFile struct {
	vfs.File
	files stateFiles
}

// Write implements vfs.File.
func (f stateFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, f.files.stop(err)
}

// WriteAt implements vfs.File.
func (f stateFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.File.WriteAt(b, at)
	return n, f.files.stop(err)
}

// Sync implements vfs.File.
func (f stateFile) Sync() error { return f.files.stop(f.File.Sync()) }

// SyncData implements vfs.File.
func (f stateFile) SyncData() error { return f.files.stop(f.File.SyncData()) }
