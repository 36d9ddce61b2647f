package recount

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/metric"
)

func spans(seconds ...int) (out []metric.Span) {
	for _, s := range seconds {
		out = append(out, metric.Span(time.Duration(s)*time.Second))
	}
	return out
}

// windowsOf are the windows of the tests, of each kind.
var windowsOf = map[metric.Kind]metric.Windows{
	metric.KindTumbling: {Tumbling: spans(3, 10)},
	metric.KindSliding: {Sliding: []metric.Sliding{
		{Size: metric.Span(6 * time.Second), Every: metric.Span(2 * time.Second)},
		{Size: metric.Span(20 * time.Second), Every: metric.Span(5 * time.Second)},
	}},
	metric.KindSession:   {Session: spans(2, 9)},
	metric.KindSinceOpen: {SinceOpen: spans(3, 10)},
}

// everyMeasure aggregates each value in each way that a definition may.
func everyMeasure() (out []metric.Measure) {
	out = []metric.Measure{{Name: "count", Aggregate: "count"}}
	for _, a := range metric.Aggregates() {
		for _, v := range metric.QuoteValues() {
			m := metric.Measure{Name: a.Name + "_of_" + v.Name, Aggregate: a.Name, Value: v.Name}
			switch a.Name {
			case "vwap":
				continue // quotes tell no volume, so no definition has it
			case "ewma":
				m.HalfLife = metric.Span(20 * time.Second)
			case "distinct":
				m = metric.Measure{Name: "books_" + v.Name, Aggregate: "distinct", Column: "book"}
			}
			out = append(out, m)
		}
	}
	return out
}

func drawDefinition(t *rapid.T, kind metric.Kind) *metric.Definition {
	d := &metric.Definition{
		Name: "test", Source: "quotes", State: "open", Keys: []string{"fixture_id", "line"}, Value: "price", Windows: windowsOf[kind],
		Aggregates: everyMeasure(),
		Lateness:   metric.Span(time.Duration(rapid.IntRange(0, 30).Draw(t, "lateness")) * time.Second),
		Disorder:   metric.Span(time.Duration(rapid.IntRange(0, 5).Draw(t, "disorder")) * time.Second),
	}
	if kind == metric.KindSinceOpen {
		d.TTL = d.Lateness + metric.Span(time.Duration(rapid.IntRange(10, 60).Draw(t, "ttl"))*time.Second)
	}
	if rapid.Bool().Draw(t, "early") {
		d.Emit = metric.EmitChange
	}
	if rapid.Bool().Draw(t, "no names") { // then a quote may have nothing to bring
		d.Aggregates = slices.DeleteFunc(d.Aggregates, func(m metric.Measure) bool { return m.Aggregate == "distinct" })
	}
	if field, err := d.Validate(); err != nil {
		t.Fatal(field, err)
	}
	return d
}

// drawQuotes draws quotes and ticks whose times are close together, so that they
// tie, come late and come too late, with a gap now and then.
func drawQuotes(t *rapid.T) (out []feed.Quote) {
	now := feed.Time(rapid.Int64Range(0, 60).Draw(t, "begin")) * feed.Second
	price := rapid.OneOf(rapid.Float64Range(1.01, 20), rapid.SampledFrom([]float64{1, 0.5, 2, 2, math.NaN(), math.Inf(1)}))
	number := rapid.Ptr(rapid.SampledFrom([]float64{-3.5, 0, math.Copysign(0, -1), 50, 1000, math.NaN()}), true)
	for i := range rapid.IntRange(1, 80).Draw(t, "records") {
		now += feed.Time(rapid.SampledFrom([]int64{0, 0, 1, 2, 5, 300}).Draw(t, "pass")) * feed.Second
		q := feed.Quote{Kind: feed.KindTick, Seq: int64(i + 1), EventTime: now}
		if rapid.IntRange(0, 3).Draw(t, "kind") > 0 {
			q.Kind, q.State = feed.KindQuote, rapid.SampledFrom([]feed.State{feed.StateOpen, feed.StateOpen, feed.StateOpen, feed.StateWithdrawn}).Draw(t, "state")
			q.FixtureID, q.Book = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "fixture"), rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "book")
			q.Price, q.Limit = price.Draw(t, "price"), number.Draw(t, "limit")
			q.Line = rapid.Ptr(rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 2.5}), true).Draw(t, "line")
			q.EventTime = now - feed.Time(rapid.Int64Range(-2, 90).Draw(t, "old"))*feed.Second/2
		}
		out = append(out, q)
	}
	return append(out, feed.Quote{Kind: feed.KindTick, EventTime: now + feed.Hour})
}

func identity(size, key string, at feed.Time) string {
	return strings.Join([]string{size, key, fmt.Sprint(int64(at))}, " ")
}

// TestTheRecountAgreesWithTheOperators: the last rows that the operators write
// of a window and what the recount hands out are the same, of every kind of
// windows, wherever the recount is asked.
func TestTheRecountAgreesWithTheOperators(t *testing.T) {
	for kind := range windowsOf {
		t.Run(string(kind), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				d := drawDefinition(t, kind)
				w, r := metric.New(d), must(New(d))
				rows, finals := map[string]metric.Row{}, map[string]Window{}
				gather := func() {
					for _, f := range r.Final() {
						id := identity(f.Size, f.Key, f.At(kind))
						if _, twice := finals[id]; twice {
							t.Fatalf("%s is handed out twice", id)
						}
						finals[id] = f
					}
				}
				for i, q := range drawQuotes(t) {
					if q.Kind == feed.KindTick {
						r.Tick(q.EventTime)
						w.Advance(q.EventTime-d.Disorder.Time(), func(row metric.Row) {
							at := row.End
							if kind == metric.KindSession {
								at = row.Start
							}
							id := identity(row.Size, row.Key, at)
							if f, known := finals[id]; known {
								t.Fatalf("%s gets another row after it was final: %+v", id, f)
							}
							if rows[id] = row; kind == metric.KindSession && row.Values[0] == 0 && d.Aggregates[0].Name == "count" && !holds(row) {
								delete(rows, id)
							}
						})
					} else {
						if q.State == feed.StateOpen {
							w.Add([]byte(Key(d, &q)), &q)
						}
						r.Add(&q, int64(i), 0)
					}
					if rapid.IntRange(0, 9).Draw(t, "ask") == 0 {
						gather()
					}
				}
				gather()
				compareWindows(t, d, rows, finals)
				if r.Held() != 0 || len(r.series) != 0 {
					t.Fatalf("an hour later %d values and %d series are held", r.Held(), len(r.series))
				}
			})
		})
	}
}

// holds tells whether a row holds anything: a session of quotes whose price is no
// number has a count of 0 and is none that was joined into another.
func holds(row metric.Row) bool {
	return slices.ContainsFunc(row.Values, func(v float64) bool { return v != 0 && !math.IsNaN(v) })
}

func must(r *Recount, err error) *Recount {
	if err != nil {
		panic(err)
	}
	return r
}

func compareWindows(t *rapid.T, d *metric.Definition, rows map[string]metric.Row, finals map[string]Window) {
	for id, row := range rows {
		f, ok := finals[id]
		if !ok {
			t.Fatalf("%s is missing: %+v", id, row)
		}
		if f.Start != row.Start || f.End != row.End {
			t.Fatalf("%s is from %d to %d, want %d to %d", id, f.Start, f.End, row.Start, row.End)
		}
		for i, m := range d.Aggregates {
			if !Same(Exact(d, m), row.Values[i], f.Values[i]) {
				t.Fatalf("%s of %s: %v, the operator has %v", m.Name, id, f.Values[i], row.Values[i])
			}
		}
	}
	for id, f := range finals {
		if _, ok := rows[id]; !ok && slices.ContainsFunc(f.Values, func(v float64) bool { return v != 0 && !math.IsNaN(v) }) {
			t.Fatalf("%s is too much: %+v", id, f)
		}
	}
}
