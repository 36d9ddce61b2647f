package metric

import (
	"strconv"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// benchWindows are windows of each kind, the tumbling ones those of
// line_movement.
func benchDefinition(kind Kind) *Definition {
	d := definition(time.Hour)
	d.Aggregates = plainly("count", "first", "last", "min", "max", "mean", "stddev")
	switch kind {
	case KindTumbling:
		d.Windows.Tumbling = spansOf(3*time.Minute, 5*time.Minute, 10*time.Minute, 20*time.Minute)
	case KindSliding:
		d.Windows.Sliding = []Sliding{{Span(30 * time.Minute), Span(5 * time.Minute)}}
	case KindSession:
		d.Windows.Session = spansOf(10 * time.Minute)
	case KindSinceOpen:
		d.Windows.SinceOpen, d.TTL = spansOf(5*time.Minute), Span(48*time.Hour)
	}
	return d
}

func benchKeys(n int) [][]byte {
	keys := make([][]byte, n)
	for i := range keys {
		keys[i] = []byte("nfl.2026.bears-packers|nfl|spreads|full|-3.5|home|book-" + strconv.Itoa(i))
	}
	return keys
}

// load puts quotes into windows, a second after each so many of them, and
// reports quotes a second.
func load(b *testing.B, d *Definition, keys [][]byte, perSecond int) {
	w := New(d)
	now := feed.Time(1_790_000_000) * feed.Second
	limit := 500.0
	q := feed.Quote{Price: 1.9, Limit: &limit, Book: "pinnacle", EventTime: now}
	for _, k := range keys {
		mustAdd(b, w, k, &q)
	}
	w.Changes(func(Change) {})
	rows, i := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		q.EventTime, q.Seq, q.Price = now, int64(i), 1.9+float64(i%7)/100
		mustAdd(b, w, keys[i%len(keys)], &q)
		if i++; i%perSecond == 0 {
			now += feed.Second
			w.Advance(now-30*feed.Second, func(Row) { rows++ })
			w.Changes(func(Change) {})
		}
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "quotes/s")
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func mustAdd(b *testing.B, w Operator, key []byte, q *feed.Quote) {
	if _, err := w.Add(key, q); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWindows is the load of one league, 2,000 series, in windows of each
// kind.
func BenchmarkWindows(b *testing.B) {
	for _, kind := range []Kind{KindTumbling, KindSliding, KindSession, KindSinceOpen} {
		b.Run(string(kind), func(b *testing.B) { load(b, benchDefinition(kind), benchKeys(2000), 1000) })
	}
}

// BenchmarkKeys tells what a value costs as the series grow in number, each with
// a price every ten seconds.
func BenchmarkKeys(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			d := benchDefinition(KindTumbling)
			d.Windows.Tumbling = spansOf(5 * time.Minute)
			load(b, d, benchKeys(n), n/10)
		})
	}
}

// BenchmarkAggregate tells what each aggregate costs, beside the window that
// holds it.
func BenchmarkAggregate(b *testing.B) {
	for _, a := range Aggregates() {
		m := Measure{Name: a.Name, Aggregate: a.Name}
		if a.column {
			m.Column = "book"
		}
		if a.halfLife {
			m.HalfLife = Span(5 * time.Minute)
		}
		if a.Weight == "volume" {
			continue // no stream has one
		}
		b.Run(a.Name, func(b *testing.B) {
			d := definition(0, 3*time.Minute)
			d.Aggregates = []Measure{m}
			load(b, d, benchKeys(2000), 1000)
		})
	}
}
