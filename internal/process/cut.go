package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cockroachdb/pebble/v2"

	"github.com/betflow/betflow/internal/log"
)

// Cut is a moment in the work of a task: how far it had read, and the number of
// the last record that it had written to each output partition by then.
type Cut struct {
	Positions map[log.Partition]int64
	Written   map[log.Partition]int64
}

// Cut returns that of the running task's last checkpoint. While the task restores
// its state there is none to be read: ErrNoState.
func (t *Task) Cut() (Cut, error) {
	t.inspecting.Lock()
	defer t.inspecting.Unlock()
	if t.state == nil {
		return Cut{}, fmt.Errorf("reading positions of %s: %w", t.name, ErrNoState)
	}
	return t.state.cut()
}

// ReadCut returns that of a task that does not run, without changing its state.
// The folder is that of the task; without state it is ErrNoState.
func ReadCut(dir string) (Cut, error) {
	s, err := peek(dir)
	if err != nil {
		return Cut{}, err
	}
	c, err := s.cut()
	return c, errors.Join(err, s.Close())
}

// peek opens state to read it beside nobody, without changing it.
func peek(dir string) (*State, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("inspecting %s: %w", dir, ErrNoState)
	}
	db, err := pebble.Open(dir, &pebble.Options{
		ReadOnly: true, Logger: quietLogger{},
		EventListener: &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}},
	})
	if errors.Is(err, pebble.ErrDBDoesNotExist) {
		return nil, fmt.Errorf("inspecting %s: %w", dir, ErrNoState)
	}
	if err != nil {
		return nil, fmt.Errorf("opening task state %s to inspect it: %w", dir, err)
	}
	return &State{dir: dir, db: db}, nil
}

// cut reads what was written first: a checkpoint that is made meanwhile then
// leaves too much to be read again, and never too little.
func (s *State) cut() (c Cut, err error) {
	if format, err := s.get(keyFormat); err != nil || format != stateFormat {
		return Cut{}, err
	}
	if c.Written, err = s.numbers(prefixSequence); err != nil {
		return Cut{}, err
	}
	c.Positions, err = s.numbers(prefixPosition)
	return c, err
}
