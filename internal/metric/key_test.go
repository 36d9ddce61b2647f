package metric

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

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

// TestLinesInKeysAreInTheFewestDigits, as strconv finds them: stored series and
// rows that were written go by them.
func TestLinesInKeysAreInTheFewestDigits(t *testing.T) {
	k := NewKeyer(&Definition{Keys: []string{"line"}})
	check := func(t interface{ Errorf(string, ...any) }, v float64) {
		if got, want := string(k.Append(nil, &feed.Quote{Line: &v})), strconv.FormatFloat(v, 'f', -1, 64); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, v := range []float64{0.25, -0.25, 0.5, -0.75, 1, -3.5, 221.5, 0.1, 1e15 + 0.25, 1 << 18, 1<<18 - 0.25, -1 << 18, 1e300, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN()} {
		check(t, v)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, float64(rapid.IntRange(-4000, 4000).Draw(t, "quarters"))/4) })
	rapid.Check(t, func(t *rapid.T) {
		if v := rapid.Float64().Draw(t, "line"); v != 0 {
			check(t, v)
		}
	})
}

func TestKeyersAreTheSameByTheirColumns(t *testing.T) {
	keyer := func(keys ...string) Keyer { return NewKeyer(&Definition{Keys: keys}) }
	if !keyer("league", "line").Same(keyer("league", "line")) {
		t.Error("the same columns are not the same")
	}
	for _, other := range []Keyer{keyer("line", "league"), keyer("league"), keyer("league", "line", "book")} {
		if keyer("league", "line").Same(other) {
			t.Errorf("%v is the same", other)
		}
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
