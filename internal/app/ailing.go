package app

import (
	"errors"
	"fmt"
	"time"
)

// ailingFor is how long after its last failure a part is said to be ill. It is
// longer than any wait between two starts.
const ailingFor = 30 * time.Second

// ailing joins the failures of parts that have failed a moment ago, nil if none
// has.
func (s *supervisor) ailing() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []error
	for _, name := range sortedKeys(s.parts) {
		if h := s.parts[name]; h.err != nil && s.clock.Now().Sub(h.failed) < ailingFor {
			all = append(all, fmt.Errorf("part %s has failed: %w", name, h.err))
		}
	}
	return errors.Join(all...)
}

// errStarting says that not everything runs yet.
var errStarting = errors.New("still starting")

// unready returns why the system does not do its work as it should, nil if it
// does.
func (s *system) unready() error {
	if !s.ready.Load() {
		return errStarting
	}
	err := s.supervisor.ailing()
	if s.broker != nil {
		err = errors.Join(err, s.broker.WriteError())
	}
	return err
}
