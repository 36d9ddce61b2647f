package load

import (
	"maps"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

var small = Load{Seed: 1, Quotes: 5_000, Series: 300, Rate: 50, Partitions: 3, Start: 1_700_000_000 * feed.Second}

type entry struct {
	partition int32
	quote     feed.Quote
}

func all(t *testing.T, l Load) (out []entry) {
	t.Helper()
	if err := l.Each(func(p int32, q *feed.Quote) error { out = append(out, entry{p, *q}); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestALoadIsTheSameEveryTime(t *testing.T) {
	a, b := all(t, small), all(t, small)
	if len(a) != len(b) {
		t.Fatalf("%d records, then %d", len(a), len(b))
	}
	for i := range a {
		same := a[i].partition == b[i].partition && a[i].quote.Key() == b[i].quote.Key() &&
			a[i].quote.Price == b[i].quote.Price && a[i].quote.EventTime == b[i].quote.EventTime
		if !same {
			t.Fatalf("record %d: %+v, then %+v", i, a[i], b[i])
		}
	}
	other := small
	other.Seed = 2
	if c := all(t, other); c[0].quote.Price == a[0].quote.Price && c[0].quote.Key() == a[0].quote.Key() {
		t.Error("another seed gives the same quotes")
	}
}

// TestNoQuoteIsLate: engines differ in what they do with late ones, and ticks
// have to close the last window.
func TestNoQuoteIsLate(t *testing.T) {
	seqs, ticks := map[int32]int64{}, map[int32]feed.Time{}
	quotes, series := 0, map[feed.QuoteKey]bool{}
	var last feed.Time
	for _, e := range all(t, small) {
		q := &e.quote
		if seqs[e.partition]++; q.Seq != seqs[e.partition] {
			t.Fatalf("partition %d: number %d after %d", e.partition, q.Seq, seqs[e.partition]-1)
		}
		if q.Kind == feed.KindTick {
			if q.EventTime != ticks[e.partition]+feed.Second && ticks[e.partition] != 0 {
				t.Fatalf("partition %d: a tick of %s after %s", e.partition, q.EventTime, ticks[e.partition])
			}
			ticks[e.partition] = q.EventTime
			continue
		}
		quotes++
		series[q.Key()] = true
		last = max(last, q.EventTime)
		if e.partition != log.PartitionOf(q.FixtureID, small.Partitions) {
			t.Fatalf("%s is in partition %d", q.FixtureID, e.partition)
		}
		if q.EventTime > q.SeenTime || q.EventTime <= ticks[e.partition]-Disorder {
			t.Fatalf("a quote of %s, seen %s, after a tick of %s", q.EventTime, q.SeenTime, ticks[e.partition])
		}
	}
	if quotes != small.Quotes || len(series) < small.Series/2 || len(series) > small.Series {
		t.Errorf("%d quotes of %d series", quotes, len(series))
	}
	if len(ticks) != int(small.Partitions) {
		t.Errorf("ticks in %d partitions", len(ticks))
	}
	for at := range maps.Values(ticks) {
		if end := last - last%Every + Sliding + Every; at < end+Disorder {
			t.Errorf("the last tick is of %s, the last window ends at %s", at, end)
		}
	}
}
