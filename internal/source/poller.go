package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/betflow/betflow/internal/feed"
)

// recheck bounds how long a job sleeps without looking whether a game has
// started or a start has moved.
const recheck = 5 * time.Second

// Job is one thing to keep asking: a league's odds, its scoreboard, the weather
// at its venues.
type Job struct {
	Name     string // such as odds, scoreboard, weather
	League   string
	Client   *Client
	Schedule Schedule
	// Last is when the job was last done, as the log tells, so that a restart
	// does not buy again what was just bought. Zero: ask at once.
	Last feed.Time
	// Requests are what to send in a round that begins now. It is also called
	// to foresee what a round costs, so it must not change anything.
	Requests func(now feed.Time) []Request
}

// PollerConfig is what a poller works with.
type PollerConfig struct {
	Jobs  []Job
	Games func(league string) []Game // what is known of a league's games; safe for concurrent use
	Sink  Sink                       // takes every response
	Clock Clock                      // zero: SystemClock
	Log   *slog.Logger               // told when a job starts to fail and when it works again
}

// Poller runs jobs by their schedules. Each job waits for its own answers only,
// so a slow provider holds up nobody else.
type Poller struct {
	cfg   PollerConfig
	clock Clock
	tasks []*task
}

// NewPoller returns a poller that does nothing until Run. The error names a job
// whose schedule cannot be.
func NewPoller(cfg PollerConfig) (*Poller, error) {
	if cfg.Clock.Now == nil {
		cfg.Clock = SystemClock()
	}
	p := &Poller{cfg: cfg, clock: cfg.Clock}
	for _, job := range cfg.Jobs {
		if err := job.Schedule.check(); err != nil {
			return nil, fmt.Errorf("schedule of %s of %s: %w", job.Name, job.League, err)
		}
		p.tasks = append(p.tasks, &task{job: job, last: job.Last})
	}
	return p, nil
}

// Run asks until the context ends, which is no error, or the sink fails:
// answers that cannot be kept must not be bought.
func (p *Poller) Run(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	for _, t := range p.tasks {
		group.Go(func() error { return p.work(inner, t) })
	}
	err := group.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// work runs one job's rounds.
func (p *Poller) work(ctx context.Context, t *task) error {
	for {
		now := p.clock.instant()
		if due := p.plan(t, now); due > now {
			if err := p.clock.Sleep(ctx, min(due.Sub(now), recheck)); err != nil {
				return err
			}
			continue
		}
		err := p.round(ctx, t)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, ErrCapture) {
			return err
		}
		p.finish(t, err)
	}
}

// round sends a job's requests. One that fails does not hold up the others; the
// last error is returned.
func (p *Poller) round(ctx context.Context, t *task) error {
	var failed error
	for _, req := range t.job.Requests(p.clock.instant()) {
		_, err := t.job.Client.Fetch(ctx, req, p.cfg.Sink)
		if ctx.Err() != nil || errors.Is(err, ErrCapture) {
			return err
		}
		if err != nil {
			failed = err
		}
	}
	return failed
}

// plan decides and publishes when a job's next round begins.
func (p *Poller) plan(t *task, now feed.Time) feed.Time {
	last, notBefore := t.history()
	due := now
	if !last.IsZero() {
		due = t.job.Schedule.Next(last, p.cfg.Games(t.job.League))
		if cost := t.cost(now); cost > 0 {
			due = p.affordable(t.job.Client, cost, last, due, now)
		}
	}
	due = max(due, notBefore)
	t.planned(due)
	return due
}

// affordable moves a paid round to when the credits allow it.
func (p *Poller) affordable(c *Client, cost int, last, due, now feed.Time) feed.Time {
	q := c.Quota()
	factor := p.stretch(c, now)
	if factor == 0 || !q.Allows(cost) {
		return max(due, q.Renews, now+feed.Span(recheck))
	}
	later := last + feed.Time(float64(due-last)*factor)
	if factor > 1 && q.Renews > now {
		later = min(later, max(due, q.Renews))
	}
	return later
}

// stretch is the factor on a provider's paid cadences.
func (p *Poller) stretch(c *Client, now feed.Time) float64 {
	q := c.Quota()
	if !q.Known || q.Renews.IsZero() {
		return 1
	}
	var demands []Demand
	for _, t := range p.tasks {
		if t.job.Client == c {
			every := t.job.Schedule.Every(now, p.cfg.Games(t.job.League))
			demands = append(demands, Demand{Cost: t.cost(now), Every: every})
		}
	}
	return Stretch(demands, q.Available(), q.Renews.Sub(now))
}

// finish books a round and tells the log when the job's health changes.
func (p *Poller) finish(t *task, err error) {
	now := p.clock.instant()
	switch failures := t.booked(err, now); {
	case p.cfg.Log == nil:
	case err != nil && failures == 1:
		p.cfg.Log.Warn("asking begins to fail", "source", t.job.Client.Source(), "league", t.job.League,
			"job", t.job.Name, "error", err, "hint", HintOf(err))
	case err == nil && failures > 0:
		p.cfg.Log.Info("asking works again", "source", t.job.Client.Source(), "league", t.job.League,
			"job", t.job.Name, "failures", failures)
	}
}
