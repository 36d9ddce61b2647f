package clocks

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/program"
)

var betflow program.Binary

func TestMain(m *testing.M) { program.MainWith(m, &betflow, steerable) }

// wheelVariable names the file of the wheel to a betflow that is built here.
const wheelVariable = "STEERED_CLOCK"

// wheelSource adds to the wall clock of a program what stands in the file of its
// wheel, in seconds. The stopwatch that the runtime keeps beside it goes on: that is
// what setting a machine's clock does.
const wheelSource = `package time

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

var steering = steeringWheel()

func steeringWheel() *atomic.Int64 {
	still := new(atomic.Int64)
	path, set := syscall.Getenv("STEERED_CLOCK")
	if !set {
		return still
	}
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		panic("time: opening the steered clock: " + err.Error())
	}
	page, err := syscall.Mmap(fd, 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic("time: mapping the steered clock: " + err.Error())
	}
	return (*atomic.Int64)(unsafe.Pointer(&page[0]))
}

func steered() int64 { return steering.Load() }
`

// steerable makes the flags of a build of the real program whose wall clock a test
// can set. The machine's own is not the test's to set, and a library that is loaded
// before the program does not reach it, for Go asks the kernel without one.
func steerable(dir string) (flags []string, err error) {
	if runtime.GOOS != "linux" {
		return nil, nil // the test is skipped
	}
	original := filepath.Join(runtime.GOROOT(), "src", "time", "time.go")
	text, err := os.ReadFile(original)
	if err != nil {
		return nil, err
	}
	const reading = "sec, nsec, mono := runtimeNow()"
	if strings.Count(string(text), reading) != 1 {
		return nil, errors.New("this Go reads the clock in another way: the build of a steered one has to follow")
	}
	overlay := map[string]map[string]string{"Replace": {}}
	for name, text := range map[string]string{
		"time.go":    strings.Replace(string(text), reading, reading+"\n\tsec += steered()", 1),
		"steered.go": wheelSource,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
		overlay["Replace"][filepath.Join(filepath.Dir(original), name)] = path
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "overlay.json")
	return []string{"-overlay", file}, os.WriteFile(file, list, 0o600)
}

// wheel sets the clock of the programs that were started with its setting.
type wheel struct{ file *os.File }

func newWheel(t *testing.T) *wheel {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "wheel"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	w := &wheel{file}
	w.set(t, 0)
	return w
}

func (w *wheel) setting() string { return wheelVariable + "=" + w.file.Name() }

// set lets the clock be ahead of the machine's.
func (w *wheel) set(t *testing.T, by time.Duration) {
	t.Helper()
	if _, err := w.file.WriteAt(binary.NativeEndian.AppendUint64(nil, uint64(by/time.Second)), 0); err != nil {
		t.Fatal(err)
	}
}
