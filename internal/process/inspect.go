package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/pack"
	"github.com/betflow/betflow/internal/signal"
)

// Inspection is what the last checkpoint of a task holds.
type Inspection struct {
	Format    string                  // of the state; only the present one can be read further
	Current   bool                    // whether it is the present one
	Bytes     int64                   // on disk
	Changed   time.Time               // when its files were last written to
	Positions map[log.Partition]int64 // next offset of each input
	Written   map[log.Partition]int64 // last number given in each output partition
	Leagues   []LeagueState           // by name
	Largest   []Entry                 // the largest first
}

// LeagueState is what a checkpoint holds of one league.
type LeagueState struct {
	League     string               `json:"league"`
	Tick       feed.Time            `json:"tick,omitzero"`        // newest
	Watermarks map[string]feed.Time `json:"watermarks,omitempty"` // by metric; of joins by that word
	Fixtures   int                  `json:"fixtures"`             // with prices
	Markets    int                  `json:"markets"`              // lines of markets
	Panes      map[string]int       `json:"panes,omitempty"`      // of windows, by metric
	Signals    int                  `json:"signals"`              // that are open
	Waiting    int                  `json:"waiting"`              // window rows and late records that wait for other leagues; records that wait to be joined
	Late       int64                `json:"late,omitempty"`       // records joined later than at their event time
	Oldest     feed.Time            `json:"oldest,omitzero"`      // when the fixture without news for longest had its last
	Entries    int                  `json:"entries"`              // all of the league's
	Bytes      int64                `json:"bytes"`                // of them, before compression
}

// Entry is one entry of a task's state.
type Entry struct {
	Key   string `json:"key"`
	Bytes int    `json:"bytes"`
}

// ErrNoState is returned where a task has no state yet.
var ErrNoState = errors.New("the task has no state")

// Inspect reads the state of a task that does not run, without changing it. The
// folder is that of the task; largest is how many entries to list.
func Inspect(dir string, largest int) (*Inspection, error) {
	s, err := peek(dir)
	if err != nil {
		return nil, err
	}
	in, err := s.inspect(largest)
	return in, errors.Join(err, s.Close())
}

// Inspect reads the last checkpoint of the running task, beside its work. While
// the task restores its state there is none to be read: ErrNoState.
func (t *Task) Inspect(largest int) (*Inspection, error) {
	t.inspecting.Lock()
	defer t.inspecting.Unlock()
	if t.state == nil {
		return nil, fmt.Errorf("inspecting %s: %w", t.name, ErrNoState)
	}
	return t.state.inspect(largest)
}

// show hands the state to Inspect, or takes it away before it closes.
func (t *Task) show(s *State) {
	t.inspecting.Lock()
	defer t.inspecting.Unlock()
	t.state = s
}

// inspect goes through all that is stored.
func (s *State) inspect(largest int) (*Inspection, error) {
	in := &Inspection{}
	var err error
	if in.Bytes, in.Changed, err = sizeOf(s.dir); err != nil {
		return nil, err
	}
	if in.Format, err = s.get(keyFormat); err != nil {
		return nil, err
	}
	if in.Current = in.Format == stateFormat; !in.Current {
		return in, nil
	}
	if in.Positions, err = s.numbers(prefixPosition); err != nil {
		return nil, err
	}
	if in.Written, err = s.numbers(prefixSequence); err != nil {
		return nil, err
	}
	c := census{leagues: map[string]*LeagueState{}}
	err = s.Each("", func(key string, value []byte) error {
		in.note(Entry{key, len(key) + len(value)}, largest)
		return c.count(key, value)
	})
	if err != nil {
		return nil, err
	}
	in.Leagues = c.sorted()
	return in, nil
}

// note keeps the largest entries; of equals the first.
func (in *Inspection) note(e Entry, most int) {
	at, _ := slices.BinarySearchFunc(in.Largest, e, func(a, b Entry) int {
		if a.Bytes >= b.Bytes {
			return -1
		}
		return 1
	})
	if at >= most {
		return
	}
	if in.Largest = slices.Insert(in.Largest, at, e); len(in.Largest) > most {
		in.Largest = in.Largest[:most]
	}
}

// census counts entries by league. Keys are "<kind>/<league>/..." of compute and
// join tasks and "league/<league>/<kind>..." of normalise tasks.
type census struct {
	leagues map[string]*LeagueState
	tick    feed.Time // of a normalise task, which has one for all leagues
}

func (c *census) league(id string) *LeagueState {
	if c.leagues[id] == nil {
		c.leagues[id] = &LeagueState{League: id}
	}
	return c.leagues[id]
}

func (c *census) count(key string, value []byte) error {
	kind, rest, _ := strings.Cut(key, "/")
	id, rest, _ := strings.Cut(rest, "/")
	if kind+"/" == keyMeta && id == metaAll {
		var m normaliseMeta
		err := json.Unmarshal(value, &m)
		c.tick = m.Tick
		return err
	}
	l := c.league(id)
	l.Entries++
	l.Bytes += int64(len(key) + len(value))
	switch kind + "/" {
	case keyMeta:
		var m struct {
			Tick       feed.Time
			Watermarks map[string]feed.Time
			Late       int64
			Missed     []json.RawMessage
		}
		err := json.Unmarshal(value, &m)
		l.Tick, l.Watermarks, l.Late = m.Tick, m.Watermarks, m.Late
		l.Waiting += len(m.Missed)
		return err
	case keyQueue:
		if rest != "" { // of a compute task, which stores each row by itself
			l.Waiting++
			return nil
		}
		var q struct{ Queue []json.RawMessage }
		err := json.Unmarshal(value, &q)
		l.Waiting = len(q.Queue)
		return err
	case keyMarkets:
		r := marketReader{pack.Reader{Bytes: value}}
		touched, _, markets := r.head()
		if r.Failed {
			return errMarkets
		}
		l.Fixtures++
		l.Markets += markets
		if l.Oldest == 0 || touched < l.Oldest {
			l.Oldest = touched
		}
	case keyPanes, keyHot:
		metric, _, _ := strings.Cut(rest, "/")
		if l.Panes == nil {
			l.Panes = map[string]int{}
		}
		l.Panes[metric]++
	case keyJoin:
		var f joinFixture
		if err := json.Unmarshal(value, &f); err != nil {
			return err
		}
		l.Fixtures++
		l.Markets += len(f.Lines)
		if l.Oldest == 0 || f.Touched < l.Oldest {
			l.Oldest = f.Touched
		}
	case keySignals:
		open, err := signal.OpenIn(value)
		l.Signals += open
		return err
	case keyLeague:
		if strings.HasPrefix(rest, keyQuotes) {
			l.Fixtures++
		}
	}
	return nil
}

func (c *census) sorted() (out []LeagueState) {
	for _, l := range c.leagues {
		if l.Tick == 0 {
			l.Tick = c.tick
		}
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b LeagueState) int { return strings.Compare(a.League, b.League) })
	return out
}

// sizeOf adds up the files of a folder. A file that goes meanwhile does not
// count.
func sizeOf(dir string) (size int64, changed time.Time, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				size += info.Size()
				if info.ModTime().After(changed) {
					changed = info.ModTime()
				}
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("measuring task state %s: %w", dir, err)
	}
	return size, changed.UTC(), nil
}
