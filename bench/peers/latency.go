package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/bench/truth"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// latency is how long an engine's rows take while quotes come at a steady rate.
//
// A row's latency runs from the moment before the tick that closes its window is
// written to the moment a reader of committed records has the row.
type latency struct {
	Engine    string `json:"engine"`
	Guarantee string `json:"guarantee"`
	How       string `json:"how"`

	Rate   float64 `json:"quotes_per_second"` // reached
	Rows   int     `json:"rows"`              // measured
	P50    float64 `json:"p50_ms"`
	P99    float64 `json:"p99_ms"`
	Max    float64 `json:"max_ms"`
	CPU    float64 `json:"cores"` // used, while it was measured
	Memory float64 `json:"peak_mib"`

	Difference truth.Difference `json:"difference"`
}

// pace is how quotes come when latency is measured.
type pace struct {
	Rate   int           `json:"quotes_per_second"`
	Speed  int           `json:"speed"` // of event time against the clock: windows close that much more often
	Series int           `json:"series"`
	Warm   time.Duration `json:"warm_ns"` // before the first row counts
	Time   time.Duration `json:"time_ns"` // in which rows count
}

// load of the pace.
func (p pace) load(l load.Load) load.Load {
	l.Rate, l.Series = p.Rate/p.Speed, p.Series
	l.Quotes = int((p.Warm + p.Time).Seconds()) * p.Rate
	return l
}

// closings says when the ticks that close windows were written.
type closings struct {
	mu sync.Mutex
	at map[feed.Time]time.Time // by the end of the windows
}

func (c *closings) closed(end feed.Time, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at[end].IsZero() { // the first of the partitions
		c.at[end] = at
	}
}

func (c *closings) of(end feed.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.at[end]
	return at, ok
}

// latency lets quotes come at a pace while an engine works.
func (b *bench) latency(ctx context.Context, e engine, p pace, l load.Load) (*latency, error) {
	l = p.load(l)
	ctx, cancel := context.WithTimeout(ctx, p.Warm+p.Time+10*time.Minute)
	defer cancel()
	want := truth.New()
	if err := l.Each(func(_ int32, q *feed.Quote) error { want.Add(q); return nil }); err != nil {
		return nil, err
	}
	t, err := b.prepare(ctx, e, l)
	if err != nil {
		return nil, err
	}
	t.latency = true
	if err := b.cluster.renew(ctx, []log.Topic{quotesTopic(l.Partitions)}); err != nil {
		return nil, err
	}
	reader, err := b.rows(ctx, t.outputs())
	if err != nil {
		return nil, err
	}
	defer reader.client.Close()
	closed := &closings{at: map[feed.Time]time.Time{}}
	var seen samples
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	watched := make(chan error, 1)
	go func() {
		watched <- reader.watch(watching, func(row *truth.Row, at time.Time) { seen.add(row, at, closed) })
	}()
	j, err := b.start(e, t)
	if err != nil {
		return nil, err
	}
	defer j.stop()

	r := &latency{Engine: e.Name, Guarantee: e.Guarantee, How: e.How}
	course, err := b.drive(ctx, p, l, closed, j)
	if err != nil {
		return nil, err
	}
	progress := &progress{rows: reader, all: int64(want.Rows())}
	if err := progress.follow(ctx, j, watched); err != nil {
		return nil, fmt.Errorf("%s after %d of %d rows: %w", e.Name, reader.count.Load(), want.Rows(), err)
	}
	j.stop()
	stopWatching()
	<-watched
	r.Rate, r.CPU, r.Memory = course.rate, course.cores, float64(max(course.memory, progress.peak))/(1<<20)
	r.Rows, r.P50, r.P99, r.Max = seen.quantiles(course.from, course.to)
	r.Difference, err = b.check(ctx, t.outputs(), want)
	return r, err
}

// course is what became of a drive.
type course struct {
	from, to time.Time // rows of ticks between them count
	rate     float64   // quotes per second, reached
	cores    float64
	memory   int64
}

// drive writes the quotes at their pace. The ticks behind the last quote, which
// close what is open, come at once.
func (b *bench) drive(ctx context.Context, p pace, l load.Load, closed *closings, j *job) (course, error) {
	w, err := b.writer(ctx, quotesTopic(l.Partitions), 0)
	if err != nil {
		return course{}, err
	}
	var c course
	var before usage
	began, written := time.Now(), 0
	err = l.Each(func(partition int32, q *feed.Quote) error {
		if written < l.Quotes {
			due := began.Add(q.SeenTime.Sub(l.Start) / time.Duration(p.Speed))
			if wait := time.Until(due); wait > time.Millisecond {
				if err := pause(ctx, wait); err != nil {
					return err
				}
			}
		}
		now := time.Now()
		if q.Kind == feed.KindQuote {
			if written++; c.from.IsZero() && now.Sub(began) >= p.Warm {
				c.from, before = now, usageOf(j.group())
			}
			if written == l.Quotes {
				c.to, c.rate = now, float64(written)/now.Sub(began).Seconds()
				u := usageOf(j.group())
				c.cores, c.memory = (u.cpu-before.cpu).Seconds()/u.at.Sub(before.at).Seconds(), u.memory
			}
		} else if end := q.EventTime - load.Disorder; end%load.Every == 0 {
			closed.closed(end, now)
		}
		select {
		case <-j.done:
			return j.failure()
		default:
			return w.write(ctx, partition, q)
		}
	})
	if closing := w.close(ctx); err == nil {
		err = closing
	}
	return c, err
}

// samples are the latencies of rows.
type samples struct {
	closed []time.Time
	took   []time.Duration
}

func (s *samples) add(row *truth.Row, at time.Time, closed *closings) {
	if tick, ok := closed.of(feed.Time(row.End)); ok {
		s.closed, s.took = append(s.closed, tick), append(s.took, at.Sub(tick))
	}
}

// quantiles of the rows whose windows were closed between two moments, in
// milliseconds.
func (s *samples) quantiles(from, to time.Time) (n int, p50, p99, highest float64) {
	var took []float64
	for i, d := range s.took {
		if s.closed[i].After(from) && s.closed[i].Before(to) {
			took = append(took, float64(d)/float64(time.Millisecond))
		}
	}
	if len(took) == 0 {
		return 0, 0, 0, 0
	}
	slices.Sort(took)
	return len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
}
