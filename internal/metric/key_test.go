package metric

import (
	"math"
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

func TestAKeySplitsIntoTheValuesItWasMadeOf(t *testing.T) {
	k := NewKeyer(allKeys())
	text := rapid.StringOf(rapid.SampledFrom([]rune(`ab|\é `)))
	rapid.Check(t, func(t *rapid.T) {
		q := feed.Quote{
			FixtureID: text.Draw(t, "fixture"), League: text.Draw(t, "league"), Market: text.Draw(t, "market"),
			Period: text.Draw(t, "period"), Outcome: text.Draw(t, "outcome"), Book: text.Draw(t, "book"), Source: text.Draw(t, "source"),
		}
		var line any
		if rapid.Bool().Draw(t, "has a line") {
			v := rapid.Float64Range(-1e6, 1e6).Draw(t, "line")
			q.Line, line = &v, v
		}
		got := k.Split(string(k.Append(nil, &q)))
		want := []any{q.FixtureID, q.League, q.Market, q.Period, line, q.Outcome, q.Book, q.Source}
		if len(got) != len(want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("value %d: got %q, want %q", i, got, want)
			}
		}
	})
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
