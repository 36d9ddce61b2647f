package backtest

import (
	"context"
	"testing"
)

// BenchmarkRun plays prices that move, each of them a decision, to a strategy.
func BenchmarkRun(b *testing.B) {
	tape := wandering(1, 10_000)
	list := strategies(b, value)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Run(context.Background(), tape, list, options()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(tape.entries))/b.Elapsed().Seconds(), "records/s")
}
