package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/parity"
	"github.com/betflow/betflow/internal/process"
)

// Bounds of the background check: what one look reads of a league's partition,
// and how many values and rows it keeps of a partition, some 200 bytes each.
const (
	parityRecords = 20_000
	parityValues  = 100_000
)

// parityRest is how many times as long as a look took the next one waits that has
// work at once: a fifth of one core is the most that checking takes.
const parityRest = 4

// checkParity checks finished windows beside the work, partition by partition,
// until the context ends. A look that fails is no failure of the stream: it is
// logged, and the partition is begun anew.
func (s *system) checkParity(ctx context.Context) error {
	cfg := s.parityConfig(s.cfg.Parity.Sample, s.parity)
	checkers := map[string]*parity.Checker{}
	for {
		began, busy := s.deps.Now(), false
		for p, t := range s.computers {
			more, err := s.lookAt(ctx, cfg, int32(p), t, checkers)
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				cfg.Logger.Warn("checking finished windows", "task", t.Name(), "error", err)
				delete(checkers, t.Name())
			}
			busy = busy || more
		}
		wait := s.cfg.Parity.Every
		if busy {
			wait = min(wait, parityRest*s.deps.Now().Sub(began))
		}
		if s.supervisor.clock.Sleep(ctx, wait) != nil {
			return nil
		}
	}
}

// lookAt looks at what a task has finished. The first look at it begins with its
// checkpoint at the time: what windows hold that are open then is not known here,
// but to betflow parity.
func (s *system) lookAt(ctx context.Context, cfg parity.Config, p int32, t *process.Task, checkers map[string]*parity.Checker) (more bool, err error) {
	cut, err := t.Cut()
	if errors.Is(err, process.ErrNoState) { // it restores its state, or runs elsewhere
		delete(checkers, t.Name())
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if checkers[t.Name()] == nil {
		since := map[string]parity.Cut{}
		for i := range s.metrics {
			since[s.metrics[i].Name] = parity.Cut(cut)
		}
		if checkers[t.Name()], err = parity.NewChecker(cfg, p, since); err != nil {
			return false, err
		}
	}
	return checkers[t.Name()].Look(ctx, cut.Positions)
}

// parityConfig is what checkers of all windows share.
func (s *system) parityConfig(sample float64, journal *parity.Journal) parity.Config {
	return parity.Config{
		Client: s.client, Codecs: s.codecs, Leagues: s.leagues, Metrics: s.metrics, Sample: sample,
		Records: parityRecords, Values: parityValues, Journal: journal,
		Logger: s.deps.Logger.With("part", "parity"), Now: s.deps.Now,
	}
}

// stoppedCut reads the checkpoints of the compute tasks, of which none runs. A task
// without a checkpoint, or with one that cannot be read and will be rebuilt from
// the log, is at its beginning.
func (s *system) stoppedCut() parity.Cut {
	all := parity.Cut{Positions: map[log.Partition]int64{}, Written: map[log.Partition]int64{}}
	for _, t := range s.computers {
		c, err := process.ReadCut(filepath.Join(stateDir(s.cfg.Data), t.Name()))
		if err != nil {
			continue
		}
		maps.Copy(all.Positions, c.Positions)
		maps.Copy(all.Written, c.Written)
	}
	return all
}

// parityStatus is what the status page shows.
func parityStatus(found parity.Summary) api.ParityStatus {
	out := api.ParityStatus{Checked: found.Checked, Mismatches: found.Mismatches, Last: found.Last.UTC()}
	for _, n := range found.Unchecked {
		out.Unchecked += n
	}
	return out
}

// ParityQuery says what is to be checked.
type ParityQuery struct {
	Metric   string // one of those that are defined; empty for all
	Sample   float64
	Filter   parity.Filter
	Progress func(done, total int) // in quotes; nil for none
}

// ErrNoMetric is returned for a metric that is not defined, or that has no
// fixtures to choose from.
var ErrNoMetric = errors.New("no such metric")

// CheckStopped checks what stands in a data folder on which nothing runs.
func CheckStopped(ctx context.Context, cfg Config, q ParityQuery, deps Deps) (_ parity.Summary, err error) {
	if _, err := os.Stat(stateDir(cfg.Data)); err != nil {
		return parity.Summary{}, fmt.Errorf("looking for finished windows: %w", err)
	}
	cfg.HTTP.Listen, cfg.Kafka.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s, err := open(ctx, cfg, deps, api.Mode{Source: ModeNone, Speed: 1})
	if err != nil {
		return parity.Summary{}, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return s.checkAll(ctx, q, s.stoppedCut().Positions)
}

// CheckRunning checks what a running betflow has finished. Settled are the
// positions of its compute tasks' checkpoints; the configuration has to be its.
func CheckRunning(ctx context.Context, cfg Config, a Addresses, settled map[log.Partition]int64, q ParityQuery, deps Deps) (_ parity.Summary, err error) {
	if len(cfg.Kafka.Brokers) == 0 {
		cfg.Kafka = Kafka{Brokers: []string{a.Kafka}, Registry: a.Registry}
	}
	cfg.Roles = nil
	s := &system{cfg: cfg, deps: deps}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.definitions(); err != nil {
		return parity.Summary{}, err
	}
	if err := s.openLog(ctx); err != nil {
		return parity.Summary{}, err
	}
	return s.checkAll(ctx, q, settled)
}

// checkAll checks one partition after the other.
func (s *system) checkAll(ctx context.Context, q ParityQuery, settled map[log.Partition]int64) (parity.Summary, error) {
	cfg := s.parityConfig(q.Sample, parity.NewJournal())
	cfg.Filter, cfg.Values = q.Filter, math.MaxInt
	if err := q.narrow(&cfg); err != nil {
		return parity.Summary{}, err
	}
	since, err := readSince(s.cfg.Data, s.metrics)
	if err != nil {
		return parity.Summary{}, err
	}
	total, done := int64(0), int64(0)
	for _, end := range settled {
		total += end
	}
	for p := range s.cfg.Log.Partitions {
		c, err := parity.NewChecker(cfg, p, since)
		if err != nil {
			return parity.Summary{}, err
		}
		before := done
		for more := true; more; {
			if more, err = c.Look(ctx, settled); err != nil {
				return parity.Summary{}, err
			}
			done = before
			for _, id := range s.leagues {
				done += c.Position(id)
			}
			if q.Progress != nil {
				q.Progress(int(done), int(total))
			}
		}
	}
	return cfg.Journal.Summary(), nil
}

// narrow leaves the metrics that are asked for and can be.
func (q *ParityQuery) narrow(cfg *parity.Config) error {
	cfg.Metrics = slices.DeleteFunc(slices.Clone(cfg.Metrics), func(d metric.Definition) bool {
		return q.Metric != "" && d.Name != q.Metric || q.Filter.Fixture != "" && !slices.Contains(d.Keys, "fixture_id")
	})
	if len(cfg.Metrics) == 0 {
		return fmt.Errorf("metric %q with fixture %q: %w", q.Metric, q.Filter.Fixture, ErrNoMetric)
	}
	return nil
}
