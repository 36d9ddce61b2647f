package api

import (
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
)

// Status is the state of the whole system.
type Status struct {
	Started   time.Time      `json:"started"`
	Now       feed.Time      `json:"now"` // the log's clock
	Version   string         `json:"version"`
	Mode      Mode           `json:"mode"`
	Sources   []SourceStatus `json:"sources"`
	Topics    []TopicStatus  `json:"topics"`
	Tasks     []TaskStatus   `json:"tasks"`
	Feeders   []FeederStatus `json:"feeders"`
	Counters  StatusCounters `json:"counters"`
	Watermark feed.Time      `json:"watermark"`
	Parity    ParityStatus   `json:"parity"`
}

// ParityStatus counts finished windows that were recomputed from the log since
// the start.
type ParityStatus struct {
	Checked    int64     `json:"checked"`
	Mismatches int64     `json:"mismatches"` // of which the stream had said something else
	Unchecked  int64     `json:"unchecked"`  // that could not be recomputed
	Last       time.Time `json:"last_look,omitzero"`
}

// SourceStatus is how one provider is doing.
type SourceStatus struct {
	Source      string       `json:"source"`
	State       string       `json:"state"` // ok, degraded, down or idle
	LastSuccess feed.Time    `json:"last_success,omitzero"`
	LastError   string       `json:"last_error,omitempty"`
	Hint        string       `json:"hint,omitempty"`
	NextFetch   feed.Time    `json:"next_fetch,omitzero"`
	Requests    int64        `json:"requests"`
	Retries     int64        `json:"retries"`
	Errors      int64        `json:"errors"`
	Quota       *QuotaStatus `json:"quota"`
}

// QuotaStatus is what a provider says is left.
type QuotaStatus struct {
	Remaining int `json:"remaining"`
	Used      int `json:"used"`
	Last      int `json:"last"`
}

// TopicStatus is how much one topic holds and how far behind its slowest reader
// is.
type TopicStatus struct {
	Topic   string `json:"topic"`
	Records int64  `json:"records"`
	Lag     int64  `json:"lag"` // records
}

// TaskStatus is how one task of the processor is doing.
type TaskStatus struct {
	Task      string    `json:"task"`
	Elsewhere bool      `json:"elsewhere,omitempty"` // another process runs it
	Records   int64     `json:"records"`
	Emitted   int64     `json:"emitted"`
	Restarts  int64     `json:"restarts"`
	Restored  float64   `json:"restored_seconds"`
	Recovery  *Recovery `json:"recovery,omitempty"` // while it lasts
	Error     string    `json:"error,omitempty"`
}

// Recovery is how a task catches up with what its inputs held at its start.
type Recovery struct {
	Reason  string  `json:"reason,omitempty"` // why its state is made anew from the log
	Records int64   `json:"records"`          // to take in
	Done    int64   `json:"done"`
	Seconds float64 `json:"seconds"` // so far
}

// FeederStatus is how far the store or the board is behind the log. One that
// stands still holds up neither the other nor the tasks.
type FeederStatus struct {
	Feeder     string   `json:"feeder"` // store or board
	Lag        int64    `json:"lag"`    // records
	LagSeconds *float64 `json:"lag_seconds"`
	Restarts   int64    `json:"restarts"`
	Error      string   `json:"error,omitempty"`
}

// StatusCounters are the board's counters and the processor's.
type StatusCounters struct {
	board.Counters
	DuplicatesDropped int64 `json:"duplicates_dropped"`
}
