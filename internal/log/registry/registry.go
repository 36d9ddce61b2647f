package registry

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/betflow/betflow/internal/log/embedded/dirlock"
)

// Config says where the registry keeps its file.
type Config struct {
	Dir    string       // one registry at a time may use it
	Logger *slog.Logger // nil discards
}

// Registry is the schema registry. It serves HTTP, and is safe for use by many
// goroutines.
type Registry struct {
	log  *slog.Logger
	mux  *http.ServeMux
	lock *dirlock.Lock

	mu      sync.RWMutex
	state   *state
	journal *journal
	close   func() error
}

// New opens the registry in cfg.Dir, or creates it. A directory in use is a
// *dirlock.HeldError, a damaged file a *CorruptError.
func New(cfg Config) (*Registry, error) {
	if cfg.Dir == "" {
		return nil, errors.New("schema registry has no directory: set one")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	lock, err := dirlock.Acquire(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening schema registry: %w", err)
	}
	state := newState()
	journal, cut, err := openJournal(cfg.Dir, state.apply)
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	if cut > 0 {
		cfg.Logger.Warn("cut a half written change off the schema registry", "bytes", cut)
	}
	r := &Registry{log: cfg.Logger, lock: lock, state: state, journal: journal}
	r.mux = r.routes()
	r.close = sync.OnceValue(r.shutDown)
	return r, nil
}

// Close gives the directory free. Changes asked for afterwards fail. Further
// calls return the result of the first.
func (r *Registry) Close() error { return r.close() }

func (r *Registry) shutDown() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.journal.close(), r.lock.Release())
}

// commit writes the change down, then makes it. The caller holds mu.
func (r *Registry) commit(e event) error {
	if err := r.journal.append(e); err != nil {
		r.log.Error("changing the schema registry", "error", err)
		return storeFault()
	}
	return r.state.apply(e)
}

// register puts the schema under the subject, unless it is there, and returns
// its version.
func (r *Registry) register(subject string, next schema) (version, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	vs := r.state.versions(subject, live)
	if v, ok := r.state.find(vs, next); ok {
		return v, nil
	}
	if why := r.state.conflicts(r.state.level(subject), vs, next); len(why) > 0 {
		return version{}, incompatible(subject, why)
	}
	e := event{Op: opRegister, Subject: subject, Version: r.state.lastVersion(subject) + 1}
	if id, ok := r.state.ids[next.form]; ok {
		e.ID = id
	} else {
		e.ID, e.Schema = r.state.lastID+1, next.text
	}
	return version{number: e.Version, id: e.ID}, r.commit(e)
}

// find returns the newest of the versions that has the schema.
func (s *state) find(vs []version, wanted schema) (version, bool) {
	id, ok := s.ids[wanted.form]
	for i := len(vs) - 1; ok && i >= 0; i-- {
		if vs[i].id == id {
			return vs[i], true
		}
	}
	return version{}, false
}

// deleteSubject deletes all versions of the subject and returns their numbers.
func (r *Registry) deleteSubject(subject string, permanent bool) ([]int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	every, alive := r.state.versions(subject, all), r.state.versions(subject, live)
	switch {
	case len(every) == 0:
		return nil, subjectNotFound(subject)
	case permanent && len(alive) > 0:
		return nil, subjectNotSoftDeleted(subject)
	case !permanent && len(alive) == 0:
		return nil, subjectSoftDeleted(subject)
	}
	gone := alive
	if permanent {
		gone = every
	}
	numbers := numbersOf(gone)
	return numbers, r.commit(event{Op: opDelete, Subject: subject, Versions: numbers, Permanent: permanent})
}

// deleteVersion deletes one version and returns its number.
func (r *Registry) deleteVersion(subject string, ref versionRef, permanent bool) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := live
	if permanent || ref != latest {
		w = all // a version that is gone already gets its own answer
	}
	v, err := r.state.resolve(subject, ref, w)
	switch {
	case err != nil:
		return 0, err
	case permanent && !v.deleted:
		return 0, versionNotSoftDeleted(subject, v.number)
	case !permanent && v.deleted:
		return 0, versionSoftDeleted(subject, v.number)
	}
	return v.number, r.commit(event{Op: opDelete, Subject: subject, Versions: []int{v.number}, Permanent: permanent})
}

// setLevel sets the level of the subject, or the global one of subject "".
func (r *Registry) setLevel(subject, name string) (Level, error) {
	level := Level(strings.ToUpper(name))
	if !level.valid() {
		return "", invalidLevel(name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return level, r.commit(event{Op: opLevel, Subject: subject, Level: level})
}

// clearLevel takes a level back and returns it. The global one goes back to the
// default.
func (r *Registry) clearLevel(subject string) (Level, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	level, ok := r.state.levels[subject]
	if !ok && subject != "" {
		return "", subjectNotFound(subject)
	}
	if !ok {
		return DefaultLevel, nil
	}
	return level, r.commit(event{Op: opLevel, Subject: subject})
}
