package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/betflow/betflow/bench/load"
	"github.com/betflow/betflow/bench/truth"
)

func (b *bench) measureThroughput(ctx context.Context, o options, chosen []engine, to *results) error {
	want, err := b.filled(ctx, o.load)
	if err != nil {
		return err
	}
	return each(ctx, chosen, func(e engine) error {
		r, err := b.verified(ctx, e, o.load, want)
		if err == nil {
			to.Throughput = append(to.Throughput, r)
		}
		return err
	})
}

func (b *bench) measureLatency(ctx context.Context, o options, chosen []engine, to *results) error {
	return each(ctx, chosen, func(e engine) error {
		say("%s at %d quotes/s", e.Name, o.pace.Rate)
		r, err := b.latency(ctx, e, o.pace, o.load)
		if err != nil {
			return err
		}
		if !r.Difference.None() {
			return fmt.Errorf("%s gave other rows: %s", e.Name, r.Difference)
		}
		to.Latency = append(to.Latency, r)
		say("%s: p50 %.1f ms, p99 %.1f ms", e.Name, r.P50, r.P99)
		return nil
	})
}

// each measures one engine after the other. One that fails does not keep the
// next ones from being measured.
func each(ctx context.Context, engines []engine, measure func(engine) error) error {
	var failed error
	for _, e := range engines {
		if err := measure(e); err != nil {
			say("%s: %v", e.Name, err)
			failed = errors.Join(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// scale is one point of the scale curve.
type scale struct {
	Partitions int32 `json:"partitions"` // and tasks
	Replicas   int   `json:"replicas"`   // processes
	Series     int   `json:"series"`
	throughput
}

// measureScale runs BetFlow on more and more partitions, replicas and series.
func (b *bench) measureScale(ctx context.Context, o options, to *results) error {
	sizes := []int{1, 2, 4, 8}
	for _, partitions := range sizes {
		l := o.load
		l.Partitions = int32(partitions)
		replicas := []int{1}
		if partitions == sizes[len(sizes)-1] {
			replicas = sizes
		}
		if err := b.measurePoint(ctx, l, replicas, to); err != nil {
			return err
		}
	}
	for _, series := range []int{1_000, 10_000, 100_000, 1_000_000} {
		l := o.load
		l.Series = series
		if err := b.measurePoint(ctx, l, []int{1}, to); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) measurePoint(ctx context.Context, l load.Load, replicas []int, to *results) error {
	want, err := b.filled(ctx, l)
	if err != nil {
		return err
	}
	for _, n := range replicas {
		e := engines[0]
		e.Env = append(e.Env, "BENCH_REPLICAS="+strconv.Itoa(n))
		say("%d partitions, %d replicas, %d series", l.Partitions, n, l.Series)
		r, err := b.verified(ctx, e, l, want)
		if err != nil {
			return err
		}
		to.Scale = append(to.Scale, scale{l.Partitions, n, l.Series, *r})
	}
	return nil
}

// filled makes the topic and says what has to come of it.
func (b *bench) filled(ctx context.Context, l load.Load) (*truth.Truth, error) {
	say("filling %s with %d quotes of %d series", quotesTopic(l.Partitions).Name, l.Quotes, l.Series)
	want, err := b.fill(ctx, l)
	if err == nil {
		say("%d rows have to come of it", want.Rows())
	}
	return want, err
}

// verified measures an engine's throughput. There is no figure if its rows are
// not the right ones.
func (b *bench) verified(ctx context.Context, e engine, l load.Load, want *truth.Truth) (*throughput, error) {
	say("%s", e.Name)
	r, err := b.throughput(ctx, e, l, want)
	if err != nil {
		return nil, err
	}
	if !r.Difference.None() {
		return nil, fmt.Errorf("%s gave other rows: %s", e.Name, r.Difference)
	}
	say("%s: %.0f quotes/s, %.0f per CPU second, warm %.0f", e.Name, r.Rate, r.PerCPU, r.WarmPerCPU)
	return r, nil
}
