package source

import (
	"errors"
	"sync"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// Waits after rounds that failed. A permanent error waits for a person.
const (
	firstPenalty     = 10 * time.Second
	longestPenalty   = 15 * time.Minute
	permanentPenalty = 10 * time.Minute
)

// task is a job with its history.
type task struct {
	job Job

	mu        sync.Mutex
	last      feed.Time // end of the last round
	notBefore feed.Time // what the last failure asks for
	state     JobStatus
}

func (t *task) cost(now feed.Time) (credits int) {
	for _, r := range t.job.Requests(now) {
		credits += r.Cost
	}
	return credits
}

func (t *task) history() (last, notBefore feed.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last, t.notBefore
}

func (t *task) planned(next feed.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state.Next = next
}

// booked records a round's end. It returns the failures in a row, this one
// included, or after a success how many it ended.
func (t *task) booked(err error, now feed.Time) (failures int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = now
	if err == nil {
		failures = t.state.Failures
		t.state.Failures, t.state.LastError, t.state.LastSuccess, t.notBefore = 0, nil, now, 0
		return failures
	}
	t.state.Failures++
	t.state.LastError = failureOf(err, now)
	t.notBefore = now + feed.Span(penalty(err, t.state.Failures))
	return t.state.Failures
}

func (t *task) status() JobStatus {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.state
	s.Name, s.League = t.job.Name, t.job.League
	return s
}

// penalty is how long a job rests after failures in a row.
func penalty(err error, failures int) time.Duration {
	rest := Backoff{Base: firstPenalty, Max: longestPenalty}.span(failures)
	var e *Error
	if !errors.As(err, &e) {
		return rest
	}
	if e.Class == Permanent {
		rest = max(rest, permanentPenalty)
	}
	return max(rest, e.RetryAfter)
}
