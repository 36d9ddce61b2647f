package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cockroachdb/pebble/v2"
)

// stateFaults takes what Pebble cannot give back from a call: a write that has
// failed, after which the database must not be used, and errors of its own
// threads, which it meets again and again while commits wait for ever. Both end
// the program, as a kill would: the next start goes on from the last checkpoint.
// Damage that its threads find is noted.
type stateFaults struct {
	quietLogger
	dir string
}

// errNoted says that damage was found in the state while it was in use.
var errNoted = errors.New("damage was found in the task state")

// damageNote is the file in a state's folder that says that it has to be rebuilt:
// Pebble opens a damaged database whose bad blocks it does not need at once.
const damageNote = "DAMAGED"

func (f stateFaults) listener() *pebble.EventListener {
	return &pebble.EventListener{
		// Without it Pebble ends the program over a damaged file that it reads for us.
		DataCorruption: func(pebble.DataCorruptionInfo) {},
		BackgroundError: func(err error) {
			if !damaged(err) {
				f.end(err.Error())
			}
			// What we read ourselves comes back from the call. What only compaction
			// meets can wait for the next start.
			if err := os.WriteFile(filepath.Join(f.dir, damageNote), []byte(err.Error()+"\n"), 0o644); err != nil {
				f.end(err.Error())
			}
		},
	}
}

// noted tells whether damage was found in the state while it was in use.
func (f stateFaults) noted() error {
	note, err := os.ReadFile(filepath.Join(f.dir, damageNote))
	if err != nil {
		return nil // there is no folder yet, or no note
	}
	return fmt.Errorf("%w: %s", errNoted, strings.TrimSpace(string(note)))
}

// Fatalf ends the program.
func (f stateFaults) Fatalf(format string, args ...any) { f.end(fmt.Sprintf(format, args...)) }

func (f stateFaults) end(why string) {
	fmt.Fprintf(os.Stderr, "betflow: task state %s cannot be written: %s: nothing is lost, a new start goes on from the last checkpoint\n", f.dir, why)
	os.Exit(1)
}
