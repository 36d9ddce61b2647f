package hostile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// fullDisk takes the room away from the whole data folder, and from parts of it.
// A small file system of its own needs the right to mount one; where that lacks,
// a limit on the size of files stands in for all of them.
func (w *world) fullDisk(t *testing.T) {
	t.Run("limited files", w.limitedFiles)
	t.Run("whole folder", func(t *testing.T) {
		data := small(t, size(t, w.whole)/2)
		w.refuses(t, w.start(t, data, "--exit"), "no space left")
		roomier(t, data)
		w.completes(t, data)
	})
	for _, part := range []string{"log", "state"} {
		t.Run(part, func(t *testing.T) {
			data, disk := t.TempDir(), small(t, size(t, filepath.Join(w.whole, part))/3)
			if err := os.Symlink(disk, filepath.Join(data, part)); err != nil {
				t.Fatal(err)
			}
			w.refuses(t, w.start(t, data, "--exit"), "no space left", part)
			roomier(t, disk)
			w.completes(t, data)
		})
	}
	t.Run("hot store", w.storeWithoutRoom)
}

// storeWithoutRoom holds that the rest goes on without the store, and that the
// program says what it lacks.
func (w *world) storeWithoutRoom(t *testing.T) {
	data, big := small(t, 1<<20), t.TempDir()
	for _, part := range []string{"log", "state", "registry"} {
		if err := os.Mkdir(filepath.Join(big, part), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(big, part), filepath.Join(data, part)); err != nil {
			t.Fatal(err)
		}
	}
	p := w.start(t, data)
	at := p.Addresses(t)
	p.Until(t, "the store to be without room", func() bool { return strings.Contains(p.Stderr(), "No space left") })
	if text := body(t, at.HTTP+"/readyz"); !strings.Contains(text, "the hot store could not be written") {
		t.Errorf("readyz says %q, want the store to have failed", text)
	}
	p.Until(t, "the tasks to go on", func() bool { return processed(t, at) })
	roomier(t, data)
	p.Terminate(t)
	p.Succeed(t)
	w.completes(t, data)
}

// limitedFiles lets no file grow beyond a size.
func (w *world) limitedFiles(t *testing.T) {
	data := t.TempDir()
	p := w.start(t, data, "--exit")
	limit := syscall.Rlimit{Cur: 256 << 10, Max: 256 << 10}
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.Pid()), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0); errno != 0 {
		t.Fatal(errno)
	}
	w.refuses(t, p, "file too large")
	w.completes(t, data)
}

// small mounts a file system of a size, or skips the test.
func small(t *testing.T, bytes int64) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprint("size=", bytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("no right to mount a small file system: the limit on the size of files stands in for it")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmounting %s: %v", dir, err)
		}
	})
	return dir
}

// roomier makes a small file system large.
func roomier(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=1g"); err != nil {
		t.Fatal(err)
	}
}
