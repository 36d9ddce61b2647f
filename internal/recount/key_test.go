package recount

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

var keyed = &metric.Definition{Name: "keyed", Keys: []string{"fixture_id", "line", "outcome"}, Value: "price", Aggregates: []metric.Measure{{Aggregate: "count"}}}

// TestAQuoteAndItsRowHaveOneKey: also where names hold the separator, and where
// the decoder gives a pointer.
func TestAQuoteAndItsRowHaveOneKey(t *testing.T) {
	name := rapid.StringOf(rapid.SampledFrom([]rune{'a', '|', '"', '\\', 'é'}))
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.Ptr(rapid.SampledFrom([]float64{0, math.Copysign(0, -1), -3.5, 1e21, 0.1}), true)
		draw := func() (q feed.Quote, row map[string]any) {
			q = feed.Quote{FixtureID: name.Draw(t, "fixture"), Line: line.Draw(t, "line"), Outcome: name.Draw(t, "outcome")}
			row = map[string]any{"fixture_id": q.FixtureID, "line": any(q.Line), "outcome": q.Outcome}
			if q.Line != nil && rapid.Bool().Draw(t, "plain") {
				row["line"] = *q.Line
			}
			return q, row
		}
		a, row := draw()
		b, _ := draw()
		if got, ok := RowKey(keyed, row); !ok || got != Key(keyed, &a) {
			t.Fatalf("the row is of %q (%v), the quote of %q", got, ok, Key(keyed, &a))
		}
		same := a.FixtureID == b.FixtureID && a.Outcome == b.Outcome && feed.LineOf(a.Line) == feed.LineOf(b.Line)
		if got := Key(keyed, &a) == Key(keyed, &b); got != same {
			t.Fatalf("%q and %q are one: %v", Key(keyed, &a), Key(keyed, &b), got)
		}
	})
}

func TestARowOfAnotherShapeHasNoKey(t *testing.T) {
	for _, row := range []map[string]any{{}, {"fixture_id": "a", "line": nil}, {"fixture_id": 7, "line": nil, "outcome": "home"}} {
		if key, ok := RowKey(keyed, row); ok {
			t.Errorf("%v is of %q", row, key)
		}
	}
}

func TestAnAggregateThatIsNotKnownIsAnError(t *testing.T) {
	for _, m := range []metric.Measure{{Aggregate: "median", Value: "price"}, {Aggregate: "mean", Value: "colour"}} {
		d := *keyed
		d.Aggregates = []metric.Measure{m}
		if _, err := New(&d); err == nil {
			t.Errorf("%+v is no error", m)
		}
	}
}
