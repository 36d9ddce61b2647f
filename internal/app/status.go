package app

import (
	"context"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/source"
)

// status describes the whole system.
func (s *system) status() *api.Status {
	st := &api.Status{
		Started: s.started.UTC(), Now: s.board.Now(), Version: Version, Mode: s.mode,
		Sources: []api.SourceStatus{}, Topics: []api.TopicStatus{}, Tasks: []api.TaskStatus{}, Feeders: []api.FeederStatus{},
		Counters:  api.StatusCounters{Counters: s.board.Counters()},
		Watermark: s.board.Now(),
		Parity:    parityStatus(s.parity.Summary()),
	}
	if s.poller != nil {
		for _, p := range s.poller.Status() {
			st.Sources = append(st.Sources, sourceStatus(p))
		}
	}
	if !s.ready.Load() {
		return st
	}
	for _, t := range s.tasks() {
		st.Tasks = append(st.Tasks, s.taskStatus(t))
		st.Counters.DuplicatesDropped += t.Progress().Dropped
	}
	ctx, cancel := context.WithTimeout(context.Background(), statusTimeout)
	defer cancel()
	st.Feeders = s.feederStatus(ctx)
	st.Topics = s.topicStatus(ctx)
	return st
}

// statusTimeout is how long the log may take to say how far it goes.
const statusTimeout = 2 * time.Second

func (s *system) tasks() []*process.Task {
	return slices.Concat(s.normalisers, s.computers, s.joiners)
}

// here lists the tasks that this process runs.
func (s *system) here() []*process.Task {
	return slices.DeleteFunc(s.tasks(), s.elsewhere)
}

// elsewhere tells whether another process is to run a task.
func (s *system) elsewhere(t *process.Task) bool { return s.replica != nil && !s.replica.owns(t) }

func (s *system) taskStatus(t *process.Task) api.TaskStatus {
	p := t.Progress()
	restarts, err := s.supervisor.health(t.Name())
	out := api.TaskStatus{Task: t.Name(), Records: p.Records, Emitted: p.Emitted, Restarts: restarts, Restored: p.Restored.Seconds()}
	out.Elsewhere = s.elsewhere(t)
	if err != nil {
		out.Error = err.Error()
	}
	if r := p.Recovery; !r.Over && r.Records > 0 {
		out.Recovery = &api.Recovery{Reason: r.Reason, Records: r.Records, Done: r.Done, Seconds: r.Took.Seconds()}
	}
	return out
}

func (s *system) feederStatus(ctx context.Context) []api.FeederStatus {
	feeders := s.feeders()
	lags, err := s.lags(ctx, feeders)
	if err != nil {
		s.deps.Logger.Warn("asking the log how far the store and the board are behind", "error", err)
		return []api.FeederStatus{}
	}
	out := make([]api.FeederStatus, 0, len(feeders))
	for _, f := range feeders {
		st := api.FeederStatus{Feeder: f.name}
		st.Lag, st.LagSeconds = worst(lags, func(p place) bool { return p.follower == f.name })
		var failure error
		if st.Restarts, failure = s.supervisor.health(f.name); failure != nil {
			st.Error = failure.Error()
		}
		out = append(out, st)
	}
	return out
}

func sourceStatus(p source.Status) api.SourceStatus {
	out := api.SourceStatus{
		Source: p.Source, State: "idle", LastSuccess: p.LastSuccess, NextFetch: p.Next,
		Requests: p.Counts.Requests, Retries: p.Counts.Retries,
		Errors: p.Counts.TooMany + p.Counts.ServerErrors + p.Counts.Refused + p.Counts.Timeouts + p.Counts.Broken,
	}
	failing := 0
	for _, j := range p.Jobs {
		if j.Failures > 0 {
			failing++
		}
	}
	switch {
	case failing == len(p.Jobs):
		out.State = "down"
	case failing > 0:
		out.State = "degraded"
	case p.LastSuccess != 0:
		out.State = "ok"
	}
	if p.LastError != nil {
		out.LastError, out.Hint = p.LastError.Message, p.LastError.Hint
	}
	if p.Quota.Known {
		out.Quota = &api.QuotaStatus{Remaining: p.Quota.Remaining, Used: p.Quota.Used, Last: p.Quota.Last}
	}
	return out
}

// topicStatus asks the log for the ends of all topics and compares them with
// how far the slowest reader of each has come.
func (s *system) topicStatus(ctx context.Context) []api.TopicStatus {
	var names []string
	for _, t := range s.layout.Topics() {
		names = append(names, t.Name)
	}
	starts, ends, err := log.Bounds(ctx, s.client, names)
	if err != nil {
		s.deps.Logger.Warn("asking the log for its ends", "error", err)
		return []api.TopicStatus{}
	}
	read, _ := s.read(current)
	out := make([]api.TopicStatus, 0, len(names))
	for _, name := range names {
		t := api.TopicStatus{Topic: name}
		for p := range s.cfg.Log.Partitions {
			at := log.Partition{Topic: name, Partition: p}
			t.Records += ends[at] - starts[at]
			if next, ok := read[name][p]; ok {
				t.Lag += max(0, ends[at]-next)
			}
		}
		out = append(out, t)
	}
	return out
}
