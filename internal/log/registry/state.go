package registry

import (
	"fmt"
	"maps"
	"slices"
)

// version is one schema under a subject.
type version struct {
	number  int
	id      int
	deleted bool // softly: hidden, but its number is taken
}

// state is everything the registry knows: the sum of its events.
type state struct {
	schemas  map[int]schema       // by id
	ids      map[string]int       // normal form -> id
	subjects map[string][]version // by number, including softly deleted ones
	levels   map[string]Level     // by subject, "" for the global one
	lastID   int
}

func newState() *state {
	return &state{
		schemas:  make(map[int]schema),
		ids:      make(map[string]int),
		subjects: make(map[string][]version),
		levels:   make(map[string]Level),
	}
}

// event is one change, as the journal holds it.
type event struct {
	Op        op     `json:"op"`
	Subject   string `json:"subject,omitempty"`
	Version   int    `json:"version,omitempty"`  // of register
	ID        int    `json:"id,omitempty"`       // of register
	Schema    string `json:"schema,omitempty"`   // of register, if the id is new
	Versions  []int  `json:"versions,omitempty"` // of delete
	Permanent bool   `json:"permanent,omitempty"`
	Level     Level  `json:"level,omitempty"` // of level, "" takes it back
}

type op string

const (
	opRegister op = "register"
	opDelete   op = "delete"
	opLevel    op = "level"
)

// apply makes the change. An error says that the event does not follow from
// the state, and leaves the state as it was.
func (s *state) apply(e event) error {
	switch e.Op {
	case opRegister:
		return s.register(e)
	case opDelete:
		return s.delete(e)
	case opLevel:
		return s.setLevel(e)
	}
	return fmt.Errorf("unknown change %q", e.Op)
}

func (s *state) register(e event) error {
	if last := s.lastVersion(e.Subject); e.Version != last+1 {
		return fmt.Errorf("subject %s goes from version %d to %d", e.Subject, last, e.Version)
	}
	if e.Schema != "" {
		if e.ID != s.lastID+1 {
			return fmt.Errorf("schema id goes from %d to %d", s.lastID, e.ID)
		}
		parsed, err := parseSchema(e.Schema)
		if err != nil {
			return fmt.Errorf("reading schema %d: %w", e.ID, err)
		}
		s.schemas[e.ID] = parsed
		s.ids[parsed.form] = e.ID
		s.lastID = e.ID
	}
	if _, ok := s.schemas[e.ID]; !ok {
		return fmt.Errorf("subject %s uses unknown schema %d", e.Subject, e.ID)
	}
	s.subjects[e.Subject] = append(s.subjects[e.Subject], version{number: e.Version, id: e.ID})
	return nil
}

func (s *state) delete(e event) error {
	vs := slices.Clone(s.subjects[e.Subject])
	for _, number := range e.Versions {
		i := slices.IndexFunc(vs, func(v version) bool { return v.number == number })
		if i < 0 {
			return fmt.Errorf("subject %s has no version %d to delete", e.Subject, number)
		}
		if e.Permanent {
			vs = slices.Delete(vs, i, i+1)
		} else {
			vs[i].deleted = true
		}
	}
	s.subjects[e.Subject] = vs
	if len(vs) == 0 {
		delete(s.subjects, e.Subject)
	}
	return nil
}

func (s *state) setLevel(e event) error {
	switch {
	case e.Level == "":
		delete(s.levels, e.Subject)
	case e.Level.valid():
		s.levels[e.Subject] = e.Level
	default:
		return fmt.Errorf("unknown compatibility level %q", e.Level)
	}
	return nil
}

func (s *state) lastVersion(subject string) int {
	vs := s.subjects[subject]
	if len(vs) == 0 {
		return 0
	}
	return vs[len(vs)-1].number
}

// level is the one that holds for the subject.
func (s *state) level(subject string) Level {
	if l, ok := s.levels[subject]; ok {
		return l
	}
	if l, ok := s.levels[""]; ok {
		return l
	}
	return DefaultLevel
}

// which versions, or subjects, a reader wants.
type which int

const (
	live        which = iota
	all               // with softly deleted ones
	onlyDeleted       // softly deleted ones
)

func (w which) wants(v version) bool {
	return w == all || v.deleted == (w == onlyDeleted)
}

// versions lists those of a subject, by number.
func (s *state) versions(subject string, w which) []version {
	var vs []version
	for _, v := range s.subjects[subject] {
		if w.wants(v) {
			vs = append(vs, v)
		}
	}
	return vs
}

// subjectNames lists subjects with at least one wanted version, by name. A
// subject is deleted when all of its versions are.
func (s *state) subjectNames(w which) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.subjects)) {
		hasLive := len(s.versions(name, live)) > 0
		if w == all || hasLive == (w == live) {
			names = append(names, name)
		}
	}
	return names
}

// conflicts says why the schema may not follow the given versions at the level.
func (s *state) conflicts(level Level, vs []version, next schema) []string {
	if !level.transitive() && len(vs) > 0 {
		vs = vs[len(vs)-1:]
	}
	var why []string
	for _, v := range slices.Backward(vs) {
		for _, reason := range level.conflicts(s.schemas[v.id].parsed, next.parsed) {
			why = append(why, fmt.Sprintf("version %d: %s", v.number, reason))
		}
	}
	return why
}
