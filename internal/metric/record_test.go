package metric

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/twmb/avro"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// TestRowsAreWhatTheirSchemaSays: an Avro library reads back what the encoder
// wrote, for any definition, key and values.
func TestRowsAreWhatTheirSchemaSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := definition(time.Hour, time.Minute)
		d.Name = rapid.StringMatching(`[a-z]{1,9}`).Draw(t, "name")
		d.Keys = rapid.Permutation(allKeys().Keys).Draw(t, "keys")
		d.Keys = d.Keys[:rapid.IntRange(1, len(d.Keys)).Draw(t, "columns")]
		d.Aggregates = plainly("mean", "count", "stddev", "last")
		schema, err := avro.Parse(d.Schema())
		if err != nil {
			t.Fatal(err)
		}
		text := rapid.StringOf(rapid.SampledFrom([]rune(`ab|\é `)))
		q := &feed.Quote{
			FixtureID: text.Draw(t, "fixture"), League: text.Draw(t, "league"), Market: text.Draw(t, "market"),
			Period: text.Draw(t, "period"), Outcome: text.Draw(t, "outcome"), Book: text.Draw(t, "book"), Source: text.Draw(t, "source"),
		}
		if rapid.Bool().Draw(t, "has a line") {
			line := rapid.Float64Range(-1e6, 1e6).Draw(t, "line")
			q.Line = &line
		}
		number := rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()))
		in := Row{
			Size: "10m by 1m", Start: feed.Time(rapid.Int64().Draw(t, "start")), End: feed.Time(rapid.Int64().Draw(t, "end")),
			Revision: rapid.Int32().Draw(t, "revision"), Key: string(NewKeyer(d).Append(nil, q)),
			Values: []float64{number.Draw(t, "mean"), float64(rapid.IntRange(0, 1<<40).Draw(t, "count")), number.Draw(t, "stddev"), number.Draw(t, "last")},
		}
		seq := rapid.Int64().Draw(t, "seq")

		var out map[string]any
		rest, err := schema.Decode(NewEncoder(d).Append(nil, seq, &in), &out)
		if err != nil || len(rest) != 0 {
			t.Fatalf("%d bytes left over, %v", len(rest), err)
		}
		want := map[string]any{
			"kind": "window", "seq": seq, "metric": d.Name, "window_size": in.Size, "revision": in.Revision,
			"mean": absent(in.Values[0]), "count": int64(in.Values[1]), "stddev": absent(in.Values[2]), "last": absent(in.Values[3]),
		}
		columns := map[string]any{
			"fixture_id": q.FixtureID, "league": q.League, "market": q.Market, "period": q.Period, "line": nil,
			"outcome": q.Outcome, "book": q.Book, "source": q.Source,
		}
		if q.Line != nil {
			columns["line"] = *q.Line
		}
		for _, name := range d.Keys {
			want[name] = columns[name]
		}
		for name, value := range want {
			if out[name] != value {
				t.Errorf("%s is %v, want %v", name, out[name], value)
			}
		}
		if len(out) != len(want)+2 {
			t.Errorf("%d fields, want %d", len(out), len(want)+2)
		}
	})
}

// TestTimesOfRows: a library reads them as instants.
func TestTimesOfRows(t *testing.T) {
	d := definition(time.Hour, time.Minute)
	schema, err := avro.Parse(strings.ReplaceAll(d.Schema(), "timestamp-micros", "none"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	row := Row{Start: 60e6, End: 120e6, Key: string(NewKeyer(d).Append(nil, &feed.Quote{})), Values: make([]float64, len(d.Aggregates))}
	if _, err := schema.Decode(NewEncoder(d).Append(nil, 1, &row), &out); err != nil {
		t.Fatal(err)
	}
	if out["window_start"] != int64(60e6) || out["window_end"] != int64(120e6) {
		t.Errorf("read back %v", out)
	}
}

func absent(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}
