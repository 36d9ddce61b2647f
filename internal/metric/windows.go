package metric

import (
	"errors"
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// Operator computes one definition's windows for one partition's records.
//
// A window holds the values from its start to before its end. It fires when the
// watermark reaches its end, as revision 0. A value that comes later, within the
// allowed lateness, makes the next revision at the next Advance; several such
// values make one. Once the lateness is over the window is closed for good, and
// what comes for it then is reported as missed. A definition that emits changes
// also has revisions, at each Advance, while a window is open.
//
// What is kept may leave memory for the last checkpoint, and comes back with a
// value for it; rows do not depend on that. What rows are to come of stays, but
// for windows of one pane: their rows are written from where the panes are.
//
// The operator is used by one goroutine.
type Operator interface {
	// Add puts a quote into its windows. The key is copied when it is new. It
	// returns the windows that could not take it any more, by span. An error says
	// that a pane could not be read from the last checkpoint.
	Add(key []byte, q *feed.Quote) ([]Missed, error)
	// Advance moves the watermark and yields the rows that are due, ordered by
	// window end, span, key and start. A watermark that does not move yields
	// what has changed. An error says that a pane could not be read from the last
	// checkpoint.
	Advance(watermark feed.Time, yield func(Row)) error
	// Watermark returns the event time up to which windows have fired.
	Watermark() feed.Time
	// Changes yields what the next checkpoint has to store or to remove, since the
	// last call.
	Changes(yield func(Change))
	// Closed yields for each span the start before which panes are closed for good
	// and to be removed with the next checkpoint, if it has moved since the last
	// call. Panes that are removed one by one are not among them.
	Closed(yield func(size string, before feed.Time))
	// Restore sets the watermark of a checkpoint and where its panes are read
	// from; Load then puts the hot ones back, in any order. A pane that means
	// nothing to this definition is ErrOutdated.
	Restore(watermark feed.Time, from Backing) error
	Load(id PaneID, pane []byte) error
	// Held returns how many bytes of memory the panes of the last checkpoint take,
	// about.
	Held() int
	// Evict makes room once a checkpoint is made: panes leave memory, the oldest
	// first, until no more than so many bytes are held or only hot ones are left.
	Evict(most int)
	// Stale tells whether a pane that is stored and not in memory means nothing
	// any more.
	Stale(id PaneID, pane []byte) bool
}

// Backing is the last checkpoint, as far as it is not in memory.
type Backing interface {
	// Pane calls read with the bytes of a pane, or not at all if there is none.
	Pane(id PaneID, read func(pane []byte) error) error
	// Starts yields the starts of a span's cold panes from one on, each once.
	Starts(size string, from feed.Time, yield func(feed.Time)) error
	// Window yields the cold panes of a span with a start, in the order of their
	// keys. The bytes are valid during the call.
	Window(size string, start feed.Time, yield func(key string, pane []byte) error) error
}

// New returns the windows of a valid definition, empty.
func New(d *Definition) Operator {
	if d.Windows.Kind() == KindSession {
		return newSessions(d)
	}
	return newGrid(d)
}

// Row is one revision of one window of one series. It belongs to the one it was
// yielded to.
type Row struct {
	Size     string // the span's name
	Start    feed.Time
	End      feed.Time
	Revision int32
	Key      string    // as handed to Add
	Values   []float64 // by measure; NaN where an aggregate is not defined
}

// Missed is a window that was closed for good when a value for it came. Of
// several sliding windows it is the newest; those before it have missed the
// value, too. Of sessions it is the one that the value alone would have made.
type Missed struct {
	Size  string
	Start feed.Time
}

// PaneID names a part of the state: one series in one window, or in one step of
// a sliding one; with Whole as its start what a series has beside its steps, or
// all of its sessions.
type PaneID struct {
	Size  string
	Start feed.Time
	Key   string
}

// Change is a part of the state that a checkpoint has to store or to remove.
type Change struct {
	PaneID
	Pane []byte // nil to remove it; valid during the call
	Hot  bool   // it is to be loaded at a restart; the others are read when a value comes for them
	Was  Place  // where the last checkpoint has it
}

// Place is where a checkpoint has a pane.
type Place uint8

// The places of a pane.
const (
	Nowhere Place = iota
	AmongCold
	AmongHot
)

// ErrOutdated is returned for a pane that another version of the definition has
// written: its windows begin anew.
var ErrOutdated = errors.New("pane of another version of the metric")

// Whole is the start of a pane that belongs to no step: what is older than the
// lateness in a window since the opening, or all sessions of a series.
const Whole = feed.Time(math.MinInt64)
