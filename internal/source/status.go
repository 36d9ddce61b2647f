package source

import (
	"errors"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// Status is how asking one provider goes.
type Status struct {
	Source      string      `json:"source"`
	LastSuccess feed.Time   `json:"last_success"` // zero if there was none
	LastError   *Failure    `json:"last_error"`   // nil if there was none since the last success of its job
	Next        feed.Time   `json:"next"`         // the next request of any job
	Stretch     float64     `json:"stretch"`      // factor on paid cadences to save credits; 0: none are sent
	Quota       Quota       `json:"quota"`
	Counts      Counts      `json:"counts"`
	Jobs        []JobStatus `json:"jobs"`
}

// JobStatus is how one job goes.
type JobStatus struct {
	Name        string    `json:"name"`
	League      string    `json:"league"`
	LastSuccess feed.Time `json:"last_success"`
	LastError   *Failure  `json:"last_error"`
	Failures    int       `json:"failures"` // rounds without success in a row
	Next        feed.Time `json:"next"`
}

// Failure is an error for people.
type Failure struct {
	At      feed.Time `json:"at"`
	Message string    `json:"message"`
	Hint    string    `json:"hint"`
	Class   Class     `json:"class"`
}

func failureOf(err error, at feed.Time) *Failure {
	f := &Failure{At: at, Message: err.Error(), Hint: HintOf(err)}
	var e *Error
	if errors.As(err, &e) {
		f.Class = e.Class
	}
	return f
}

// Status is a snapshot, one for each provider in the order of their first jobs.
// It is safe to call while the poller runs.
func (p *Poller) Status() []Status {
	now := p.clock.instant()
	var all []Status
	for _, t := range p.tasks {
		i := slices.IndexFunc(all, func(s Status) bool { return s.Source == t.job.Client.Source() })
		if i < 0 {
			i = len(all)
			c := t.job.Client
			all = append(all, Status{Source: c.Source(), Quota: c.Quota(), Counts: c.Counts(), Stretch: p.stretch(c, now)})
		}
		all[i].add(t.status())
	}
	return all
}

// add counts a job's status into its provider's.
func (s *Status) add(j JobStatus) {
	s.Jobs = append(s.Jobs, j)
	s.LastSuccess = max(s.LastSuccess, j.LastSuccess)
	if s.Next.IsZero() || j.Next < s.Next {
		s.Next = j.Next
	}
	if j.LastError != nil && (s.LastError == nil || j.LastError.At > s.LastError.At) {
		s.LastError = j.LastError
	}
}
