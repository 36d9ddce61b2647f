package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
)

// TaskReport is what is known of one task of the processor: its last checkpoint,
// and while it runs also how far it is behind.
type TaskReport struct {
	Task       string                `json:"task"`
	Running    bool                  `json:"running"`
	Elsewhere  bool                  `json:"elsewhere,omitempty"` // another process runs it; what is here is old
	Fetched    *FetchedReport        `json:"fetched,omitempty"`   // while its state is taken over from the log
	Restarts   int64                 `json:"restarts,omitempty"`
	Error      string                `json:"error,omitempty"`    // of its last failure, or why its state cannot be read
	Recovery   *api.Recovery         `json:"recovery,omitempty"` // while it lasts
	Checkpoint CheckpointReport      `json:"checkpoint"`
	Inputs     []InputReport         `json:"inputs"`
	Outputs    []OutputReport        `json:"outputs"`
	Leagues    []process.LeagueState `json:"leagues"`
	Largest    []process.Entry       `json:"largest,omitempty"`
}

// CheckpointReport describes the state on disk.
type CheckpointReport struct {
	Format  string    `json:"format"`  // version; "" before the first checkpoint
	Current bool      `json:"current"` // whether this program can read it; what is not is rebuilt from the log
	Bytes   int64     `json:"bytes"`
	Changed time.Time `json:"changed,omitzero"` // when the files were last written to
	Made    int64     `json:"made,omitempty"`   // checkpoints since the start
	Mean    float64   `json:"mean_seconds,omitempty"`
	Last    time.Time `json:"last,omitzero"`
}

// FetchedReport is how much of a state was read from the log, in offsets.
type FetchedReport struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// InputReport is how far a task has come in one partition that it reads. What
// only the log can tell is absent while nothing runs.
type InputReport struct {
	Topic      string    `json:"topic"`
	Partition  int32     `json:"partition"`
	Position   int64     `json:"position"`              // next offset, as of the last checkpoint
	Taken      *int64    `json:"taken,omitempty"`       // next offset, now
	End        *int64    `json:"end,omitempty"`         // of the partition
	LagRecords *int64    `json:"lag_records,omitempty"` // that are not taken yet
	LagSeconds *float64  `json:"lag_seconds,omitempty"` // of the log's clock between the newest record and what was taken
	Clock      feed.Time `json:"clock,omitzero"`        // the log's time up to which was taken
}

// OutputReport is how many records a task has numbered in one partition.
type OutputReport struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Written   int64  `json:"written"`
}

// fill takes over what a checkpoint holds.
func (r *TaskReport) fill(in *process.Inspection) {
	r.Checkpoint.Format, r.Checkpoint.Current, r.Checkpoint.Bytes, r.Checkpoint.Changed = in.Format, in.Current, in.Bytes, in.Changed
	for p, next := range in.Positions {
		r.Inputs = append(r.Inputs, InputReport{Topic: p.Topic, Partition: p.Partition, Position: next})
	}
	slices.SortFunc(r.Inputs, func(a, b InputReport) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	for p, n := range in.Written {
		r.Outputs = append(r.Outputs, OutputReport{p.Topic, p.Partition, n})
	}
	slices.SortFunc(r.Outputs, func(a, b OutputReport) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	r.Leagues, r.Largest = append(r.Leagues, in.Leagues...), in.Largest
}

func newTaskReport(name string) TaskReport {
	return TaskReport{Task: name, Inputs: []InputReport{}, Outputs: []OutputReport{}, Leagues: []process.LeagueState{}}
}

// UnknownTaskError is a name that no task has.
type UnknownTaskError struct {
	Task  string
	Known []string
}

func (e *UnknownTaskError) Error() string {
	return fmt.Sprintf("there is no task %q; there are %q", e.Task, e.Known)
}

// InspectTasks reads the checkpoints in a data folder on which nothing runs: of
// one task, or of all if the name is empty. Largest is how many entries of each
// to list. Without any it returns an error that is fs.ErrNotExist.
func InspectTasks(data, task string, largest int) ([]TaskReport, error) {
	entries, err := os.ReadDir(stateDir(data))
	if err != nil {
		return nil, fmt.Errorf("listing tasks: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if names, err = chosen(names, task); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("listing tasks of %s: %w", stateDir(data), fs.ErrNotExist)
	}
	var out []TaskReport
	for _, name := range names {
		r := newTaskReport(name)
		switch in, err := process.Inspect(filepath.Join(stateDir(data), name), largest); {
		case err == nil:
			r.fill(in)
		case task != "":
			return nil, err
		default:
			r.Error = err.Error() // the others may still be read
		}
		out = append(out, r)
	}
	return out, nil
}

// stateDir is where the tasks of a data folder keep their state.
func stateDir(data string) string { return filepath.Join(data, "state") }

// chosen is one of the names, or all if none is asked for.
func chosen(names []string, one string) ([]string, error) {
	if one == "" {
		return names, nil
	}
	if !slices.Contains(names, one) {
		return nil, &UnknownTaskError{one, names}
	}
	return []string{one}, nil
}

// inspect reports on the running tasks.
func (s *system) inspect(ctx context.Context, task string, largest int) ([]TaskReport, error) {
	var names []string
	for _, t := range s.tasks() {
		names = append(names, t.Name())
	}
	names, err := chosen(names, task)
	if err != nil {
		return nil, err
	}
	out := []TaskReport{}
	for _, t := range s.tasks() {
		if !slices.Contains(names, t.Name()) {
			continue
		}
		r, p := newTaskReport(t.Name()), t.Progress()
		switch in, err := t.Inspect(largest); {
		case err == nil:
			r.Running = true
			r.fill(in)
		case errors.Is(err, process.ErrNoState):
			// it restores its state, or waits after a failure
		default:
			return nil, err
		}
		r.Elsewhere = s.elsewhere(t)
		if f := p.Fetched; f.Total > 0 {
			r.Fetched = &FetchedReport{f.Done, f.Total}
		}
		var failure error
		if r.Restarts, failure = s.supervisor.health(t.Name()); failure != nil {
			r.Error = failure.Error()
		}
		r.Recovery = s.taskStatus(t).Recovery
		c := p.Checkpoints
		r.Checkpoint.Made, r.Checkpoint.Last = c.Count, c.Last.UTC()
		if c.Count > 0 {
			r.Checkpoint.Mean = c.Took.Seconds() / float64(c.Count)
		}
		out = append(out, r)
	}
	// After the checkpoints, or one of them could be ahead of what was taken.
	lags, err := s.lags(ctx, s.followers())
	if err != nil {
		return nil, err
	}
	for _, r := range out {
		for i := range r.Inputs {
			in := &r.Inputs[i]
			in.behind(lags[place{r.Task, log.Partition{Topic: in.Topic, Partition: in.Partition}}])
		}
	}
	return out, nil
}

func (r *InputReport) behind(l *lag) {
	if l != nil {
		r.Taken, r.End, r.LagRecords, r.LagSeconds, r.Clock = &l.taken, &l.end, &l.records, l.seconds, l.clock
	}
}
