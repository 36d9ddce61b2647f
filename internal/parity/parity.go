// Package parity holds the stream to its own input: it reads the quotes of
// finished windows back from the log, recomputes the windows with package
// recount, and compares them with the last rows that the stream wrote.
//
// A checker reads one partition behind the compute task that owns it, never
// beyond what the task has made durable, and holds nothing up: it only reads.
package parity

import (
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
)

// Cut is a moment in the work of a compute task: how far it had read, and what
// it had written by then.
type Cut struct {
	Positions map[log.Partition]int64 // next offset of each input
	Written   map[log.Partition]int64 // number of the last record in each output
}

// Config is what checkers share.
type Config struct {
	Client  *kgo.Client
	Codecs  map[string]*log.Codec
	Leagues []string            // all whose rows stand in the windows topics
	Metrics []metric.Definition // that are checked
	Sample  float64             // share of the series that are checked, up to 1
	Filter  Filter
	Records int64 // most quotes of a league that one look reads
	Values  int   // most values kept for one partition; the sample shrinks to stay below
	Journal *Journal
	Logger  *slog.Logger
	Now     func() time.Time
}

// Filter narrows down what is checked; empty fields do not.
type Filter struct {
	Fixture  string    // of a metric that has it among its keys
	From, To feed.Time // windows that end at From or after, and before To
}

// takes tells whether a window that ends at a time is to be checked.
func (f *Filter) takes(end feed.Time) bool {
	return end >= f.From && (f.To == 0 || end < f.To)
}

// Reasons why a window that the stream has finished is not checked.
const (
	ReasonBefore  = "before"  // it began before the checker, or its metric, did
	ReasonTrimmed = "trimmed" // its quotes, or its rows, are not in the log any more
	ReasonBudget  = "budget"  // it was given up to stay within the memory
)

// Reasons lists them.
func Reasons() []string { return []string{ReasonBefore, ReasonBudget, ReasonTrimmed} }

// ahead is how far a provider's clock may be ahead of the log's: a value of a
// window may have come this long before the window began.
const ahead = feed.Hour
