package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/bench/truth"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/process"
)

// throughput is how an engine took a topic from its start to its end.
type throughput struct {
	Engine    string `json:"engine"`
	Guarantee string `json:"guarantee"`
	How       string `json:"how"`

	Quotes int `json:"quotes"`
	Rows   int `json:"rows"`

	// From the start of the engine's processes to the last row that a reader sees.
	Seconds    float64 `json:"seconds"`
	CPU        float64 `json:"cpu_seconds"`
	Rate       float64 `json:"quotes_per_second"`
	PerCPU     float64 `json:"quotes_per_cpu_second"`
	BrokerCPU  float64 `json:"broker_cpu_seconds"`
	PeakMemory float64 `json:"peak_mib"`
	FirstRow   float64 `json:"first_row_seconds"`

	// Of the quotes' second half: started, compiled and warm.
	Warm       float64 `json:"warm_quotes_per_second"`
	WarmPerCPU float64 `json:"warm_quotes_per_cpu_second"`

	Difference truth.Difference `json:"difference"` // from the truth; the figures count only if there is none
}

// deadline of one engine's run.
const deadline = 20 * time.Minute

// sampling is how often an engine's use of the machine is looked at.
const sampling = 200 * time.Millisecond

// throughput lets an engine read the topic that fill has made.
func (b *bench) throughput(ctx context.Context, e engine, l load.Load, want *truth.Truth) (*throughput, error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	t, err := b.prepare(ctx, e, l)
	if err != nil {
		return nil, err
	}
	reader, err := b.rows(ctx, t.outputs())
	if err != nil {
		return nil, err
	}
	defer reader.client.Close()
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	watched := make(chan error, 1)
	go func() { watched <- reader.watch(watching, nil) }()

	broker := usageOf(b.cluster.group)
	began := time.Now()
	j, err := b.start(e, t)
	if err != nil {
		return nil, err
	}
	defer j.stop()
	p := &progress{
		rows: reader, all: int64(want.Rows()),
		half: int64(want.Due(l.Start + feed.Time(l.Quotes/2/l.Rate)*feed.Second)),
	}
	if err := p.follow(ctx, j, watched); err != nil {
		return nil, fmt.Errorf("%s after %d of %d rows: %w", e.Name, reader.count.Load(), want.Rows(), err)
	}
	end := time.Unix(0, reader.newest.Load())
	brokerCPU := usageOf(b.cluster.group).cpu - broker.cpu
	j.stop()
	stopWatching()

	r := &throughput{Engine: e.Name, Guarantee: e.Guarantee, How: e.How, Quotes: l.Quotes, Rows: want.Rows()}
	r.Seconds, r.CPU, r.BrokerCPU = end.Sub(began).Seconds(), p.last.cpu.Seconds(), brokerCPU.Seconds()
	r.Rate, r.PerCPU = float64(l.Quotes)/r.Seconds, float64(l.Quotes)/r.CPU
	r.PeakMemory, r.FirstRow = float64(p.peak)/(1<<20), p.first.Sub(began).Seconds()
	warm := float64(l.Quotes - l.Quotes/2)
	r.Warm, r.WarmPerCPU = warm/end.Sub(p.middle.at).Seconds(), warm/(p.last.cpu-p.middle.cpu).Seconds()
	r.Difference, err = b.check(ctx, t.outputs(), want)
	return r, err
}

// progress of a run: what was used when the first, the middle and the last row
// were there.
type progress struct {
	rows      *rows
	half, all int64 // rows
	first     time.Time
	middle    usage
	last      usage
	peak      int64
}

func (p *progress) follow(ctx context.Context, j *job, watched <-chan error) error {
	every := time.NewTicker(sampling)
	defer every.Stop()
	for {
		count := p.rows.count.Load() // before the usage: what is counted was paid for
		u := usageOf(j.group())
		p.peak = max(p.peak, u.memory)
		if count > 0 && p.first.IsZero() {
			p.first = u.at
		}
		if count >= p.half && p.middle.at.IsZero() {
			p.middle = u
		}
		if count >= p.all {
			p.last = u
			return nil
		}
		select {
		case <-every.C:
		case err := <-watched:
			return err
		case <-j.done:
			return j.failure()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// prepare makes the topics that an engine writes to.
func (b *bench) prepare(ctx context.Context, e engine, l load.Load) (*task, error) {
	b.runs++
	run := fmt.Sprintf("%d_%s", b.runs, strings.ReplaceAll(e.Name, "-", "_"))
	t := &task{
		quotes: log.QuotesTopic(load.League), tumbling: log.WindowsTopic("tumbling_" + run), sliding: log.WindowsTopic("sliding_" + run),
		partitions: l.Partitions, cores: b.cores,
	}
	if err := b.cluster.create(ctx, l.Partitions, t.outputs()...); err != nil {
		return nil, err
	}
	if err := b.cluster.renew(ctx, ownTopics(l.Partitions)); err != nil {
		return nil, err
	}
	var err error
	if t.quoteID, err = b.schema(ctx, quotesTopic(l.Partitions).Subject(), feed.QuoteSchema); err != nil {
		return nil, err
	}
	t.windowID, err = b.schema(ctx, "window-value", windowSchema)
	return t, err
}

// ownTopics are what BetFlow's tasks have beside quotes and windows. They go on
// behind what stands there, so that each run needs them empty.
func ownTopics(partitions int32) (topics []log.Topic) {
	for _, t := range (log.Layout{Partitions: partitions, Leagues: []string{load.League}}).Topics() {
		if t.Name != log.QuotesTopic(load.League) {
			topics = append(topics, t)
		}
	}
	return append(topics, log.SharedTopics(process.Kinds(), partitions)...)
}
