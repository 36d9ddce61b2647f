// Package hostile takes from under the program what it stands on: room on the
// disk, the files it has written, its folder for itself. Whatever happens, no row
// is wrong: it goes on, rebuilds, or says what is lost and what to do.
package hostile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/program"
	"github.com/betflow/betflow/test/scenario/synthetic"
)

var betflow program.Binary

func TestMain(m *testing.M) { program.Main(m, &betflow) }

// world is a recording, what an undisturbed run makes of it, and a data folder
// on which a run was killed in the middle.
type world struct {
	file   string
	log    program.Log
	tables program.Tables
	whole  string // the undisturbed run's data folder
	half   string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{whole: t.TempDir(), half: t.TempDir()}
	w.file, _ = recorded(30).Write(t)
	w.start(t, w.whole, "--exit").Succeed(t)
	w.log, w.tables = program.ReadLog(t, w.whole), betflow.Tables(t, w.whole)

	p := w.start(t, w.half, "--exit")
	p.Until(t, "checkpoints to be made", func() bool {
		return size(t, filepath.Join(w.half, "state")) > size(t, filepath.Join(w.whole, "state"))/4
	})
	p.Kill()
	return w
}

// recorded is what is played, in so many rounds.
func recorded(rounds int) synthetic.Recording {
	return synthetic.Recording{Leagues: []string{"nfl", "epl"}, Games: 5, Rounds: rounds, Every: 3 * time.Minute, Spoiled: true}
}

// start plays the recording.
func (w *world) start(t *testing.T, data string, args ...string) *program.Process {
	t.Helper()
	return play(t, w.file, data, args...)
}

// play plays a recording with frequent checkpoints and the smallest segments.
func play(t *testing.T, file, data string, args ...string) *program.Process {
	t.Helper()
	settings := []string{"BETFLOW_LOG_CHECKPOINT=100ms", "BETFLOW_LOG_MAX_BYTES=67108864"}
	return betflow.Start(t, data, settings, append([]string{"up", "--replay", file, "--speed", "max", "--json"}, args...)...)
}

// copyOf is a copy of a data folder.
func copyOf(t *testing.T, data string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	return to
}

// compare fails the test if a data folder differs from the undisturbed run.
func (w *world) compare(t *testing.T, data string) {
	t.Helper()
	d := program.ReadLog(t, data).Compare(w.log)
	d.Add(betflow.Tables(t, data).Compare(w.tables))
	if d.Any() {
		t.Errorf("the data folder differs from the undisturbed run: %s", &d)
	}
}

// completes runs on a data folder to the end and compares.
func (w *world) completes(t *testing.T, data string) (stderr string) {
	t.Helper()
	p := w.start(t, data, "--exit")
	p.Succeed(t)
	w.compare(t, data)
	return p.Stderr()
}

// refuses holds that a run ends with an error that has all the words, and not with
// a trace of the program's insides.
func (w *world) refuses(t *testing.T, p *program.Process, words ...string) {
	t.Helper()
	code, _, stderr := p.Wait(t)
	if code != 1 {
		t.Errorf("the exit code is %d, want 1", code)
	}
	for _, word := range words {
		if !strings.Contains(strings.ToLower(stderr), word) {
			t.Errorf("the error does not say %q:\n%s", word, stderr)
		}
	}
	if strings.Contains(stderr, "goroutine ") {
		t.Errorf("the program panicked:\n%s", stderr)
	}
}

// size is that of all files below a folder but indexes; they may be changing.
func size(t *testing.T, dir string) int64 {
	t.Helper()
	total := int64(0)
	for _, path := range files(t, dir, "") {
		if strings.HasSuffix(path, ".idx") {
			continue // made anew from the records
		}
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	return total
}

// files lists the files below a folder whose path in it holds part.
func files(t *testing.T, dir, part string) []string {
	t.Helper()
	var out []string
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !e.IsDir() && strings.Contains(strings.TrimPrefix(path, dir), part) {
			out = append(out, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHostileSurroundings(t *testing.T) {
	w := newWorld(t)
	t.Run("damaged files", w.damagedFiles)
	t.Run("full disk", w.fullDisk)
	t.Run("two processes", w.twoProcesses)
}

// twoProcesses starts a second program on the folder of a running one.
func (w *world) twoProcesses(t *testing.T) {
	data := copyOf(t, w.whole)
	first := betflow.Start(t, data, []string{"BETFLOW_SOURCES_MODE=none"}, "up")
	at := first.Addresses(t)
	second := betflow.Start(t, data, []string{"BETFLOW_SOURCES_MODE=none"}, "up")
	w.refuses(t, second, "in use by process")
	if again, ready := first.Ready(); !ready || again != at {
		t.Errorf("the first one is at %+v (ready: %v), was at %+v", again, ready, at)
	}
	first.Terminate(t)
	first.Succeed(t)
}
