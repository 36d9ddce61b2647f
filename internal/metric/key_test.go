package metric

import (
	"math"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

func allKeys() *Definition {
	d := &Definition{}
	for _, c := range QuoteColumns() {
		d.Keys = append(d.Keys, c.Name)
	}
	return d
}

func TestNegativeZeroIsTheSameLine(t *testing.T) {
	k := NewKeyer(&Definition{Keys: []string{"line"}})
	zero, negative := 0.0, math.Copysign(0, -1)
	a, b := k.Append(nil, &feed.Quote{Line: &zero}), k.Append(nil, &feed.Quote{Line: &negative})
	if string(a) != string(b) {
		t.Errorf("%q and %q", a, b)
	}
}

func BenchmarkKey(b *testing.B) {
	k := NewKeyer(allKeys())
	line := -3.5
	q := &feed.Quote{FixtureID: "nfl.2026.bears-packers", League: "nfl", Market: "spreads", Period: "full", Line: &line, Outcome: "home", Book: "draftkings", Source: "theoddsapi"}
	var key []byte
	b.ReportAllocs()
	for b.Loop() {
		key = k.Append(key[:0], q)
	}
}
