package process

import (
	"time"

	"github.com/betflow/betflow/internal/log"
)

// Recovery is how a task catches up after its start with what its inputs held
// then. What they get meanwhile does not count.
type Recovery struct {
	Reason  string        // why its state is made anew from the log; empty if it goes on from its checkpoint
	Records int64         // that it had to take in, by their offsets
	Done    int64         // of them
	Took    time.Duration // until now, or until all was done
	Over    bool          // all is done
}

// Share returns how much is done, from 0 to 1.
func (r *Recovery) Share() float64 {
	if r.Over || r.Records == 0 {
		return 1
	}
	return float64(r.Done) / float64(r.Records)
}

// Rebuilding tells whether state is being made anew.
func (r *Recovery) Rebuilding() bool { return r.Reason != "" && !r.Over }

const (
	// recoverySaid is how many records are worth a word in the program's log,
	// though the state is there.
	recoverySaid = 100_000
	// recoveryEvery is how long passes between such words.
	recoveryEvery = 10 * time.Second
)

// recovery follows a run until it has caught up.
type recovery struct {
	Recovery
	from, to map[log.Partition]int64 // positions and ends of the inputs at the start
	began    time.Time
	said     time.Time
}

func (t *Task) newRecovery(reason string, positions, ends map[log.Partition]int64) *recovery {
	r := &recovery{Recovery: Recovery{Reason: reason}, from: clone(positions), to: map[log.Partition]int64{}, began: t.now()}
	for _, p := range t.inputs {
		r.to[p] = max(ends[p], positions[p])
		r.Records += r.to[p] - positions[p]
	}
	r.said, r.Over = r.began, r.Records == 0
	if r.loud() {
		t.logger.Info("task catches up with the log", "records", r.Records, "because", reason)
	}
	return r
}

// loud tells whether the program's log is to hear of it.
func (r *recovery) loud() bool {
	return r.Reason != "" || r.Records >= recoverySaid
}

// follow notes how far a run has read.
func (t *Task) follow(r *run) {
	v := r.recovery
	if v.Over {
		return
	}
	v.Done = 0
	for p, to := range v.to {
		v.Done += min(r.reader.Next(p), to) - v.from[p]
	}
	now := t.now()
	v.Took, v.Over = now.Sub(v.began), v.Done == v.Records
	switch {
	case v.loud() && v.Over:
		t.logger.Info("task has caught up with the log", "records", v.Records, "took", v.Took.Round(time.Millisecond))
	case v.loud() && now.Sub(v.said) >= recoveryEvery:
		v.said = now
		t.logger.Info("task catches up with the log", "done", v.Done, "records", v.Records)
	}
	t.publish(func(p *Progress) { p.Recovery = v.Recovery })
}
