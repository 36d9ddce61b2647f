// Package store is the port to the hot store: where days to weeks of canonical
// and derived records wait to be asked. The Feeder brings the log's records to
// a Sink; a Reader answers named questions and SQL.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// ErrReadOnly is returned for SQL that would change something or reach outside
// the store.
var ErrReadOnly = errors.New("only a single statement that reads is allowed")

// Change is one record of the log on its way into the store.
type Change struct {
	Partition log.Partition
	Offset    int64
	Record    any // *feed.Quote, *feed.MarketState, ..., or Window
}

// Window is a record of a windows topic, by field.
type Window map[string]any

// Sequence returns the record's position among those its task wrote to a
// partition.
func (w Window) Sequence() int64 {
	seq, _ := w["seq"].(int64)
	return seq
}

// Seen returns the window's end, which stands for the time that it does not
// tell.
func (w Window) Seen() feed.Time {
	end, _ := w["window_end"].(time.Time)
	return feed.At(end)
}

// Sink takes changes. What it has stored and the position it has come to are
// one: after a crash it names the position that belongs to its rows.
type Sink interface {
	// Positions returns the next offset of each partition it has rows of.
	Positions(ctx context.Context) (map[log.Partition]int64, error)
	// Apply stores the changes and their positions in one transaction.
	Apply(ctx context.Context, changes []Change) error
}

// Reader answers questions on what is stored.
type Reader interface {
	// Query runs one statement that reads. It stops after limit rows, if limit
	// is not 0, and says so.
	Query(ctx context.Context, sql string, limit int) (*Result, error)
	// Movement returns how the books' prices of one outcome moved.
	Movement(ctx context.Context, s Selection) (*Movement, error)
	// Windows returns the last revisions of one book's windows.
	Windows(ctx context.Context, s Selection, book, size string) ([]WindowRow, error)
	// History returns every quote of a fixture and when it began. It returns
	// ErrNoFixture if there is no such fixture.
	History(ctx context.Context, fixtureID string) (*History, error)
	// Signals returns the last word about each signal, newest first.
	Signals(ctx context.Context, f SignalFilter) ([]feed.Signal, error)
	// Quarantine returns the newest bad input, at most limit of it.
	Quarantine(ctx context.Context, limit int) ([]feed.Quarantine, error)
	// Reviews returns the newest doubtful matches, at most limit of them.
	Reviews(ctx context.Context, limit int) ([]feed.Review, error)
}

// Result is the answer to SQL.
type Result struct {
	Columns   []string
	Rows      [][]any // JSON-ready: nil, bool, numbers, strings, times as RFC 3339
	Truncated bool
	Elapsed   time.Duration
}

// SignalFilter says which signals are asked for; what is empty is all.
type SignalFilter struct {
	Leagues   []string
	Rules     []string
	States    []feed.SignalState
	FixtureID string
	Since     feed.Time // seen at that time or later
	Limit     int       // most of them; 0 is none
}

// Selection names one outcome of one market of a fixture.
type Selection struct {
	FixtureID string
	Market    string
	Period    string
	Line      *float64
	Outcome   string
}

// Movement is the course of an outcome's prices.
type Movement struct {
	Series    []Series
	Consensus []Point // fair probabilities
	Best      []Point // best prices
}

// Series is one book's prices.
type Series struct {
	Book   string
	Points []Point
}

// Point is a value from a time on; nil where there was none any more.
type Point struct {
	At    feed.Time
	Value *float64
}

// WindowRow is one window of line_movement.
type WindowRow struct {
	Start    feed.Time `json:"window_start"`
	End      feed.Time `json:"window_end"`
	Revision int32     `json:"revision"`
	Count    int64     `json:"count"`
	First    float64   `json:"first"`
	Last     float64   `json:"last"`
	Min      float64   `json:"min"`
	Max      float64   `json:"max"`
	Mean     float64   `json:"mean"`
	StdDev   *float64  `json:"stddev"`
}
