package process

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// arrival is one record or tick of a partition.
type arrival struct {
	tick  feed.Time // 0 for a record
	key   string
	event feed.Time
	seen  feed.Time
	name  string
}

// draw plays the partitions: time goes on, records are a little or much older than
// when they are seen, and now and then from the future.
func drawArrivals(t *rapid.T, inputs int, disorder feed.Time) [][]arrival {
	out := make([][]arrival, inputs)
	for i := range out {
		now := epoch
		for n := range rapid.IntRange(0, 25).Draw(t, "records") {
			now += feed.Time(rapid.IntRange(0, 3).Draw(t, "step")) * feed.Second / 2
			if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
				out[i] = append(out[i], arrival{tick: now.Truncate(feed.Second)})
				continue
			}
			behind := feed.Time(rapid.IntRange(-4, 12).Draw(t, "behind")) * disorder / 8
			out[i] = append(out[i], arrival{key: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key"), event: now - behind, seen: now, name: fmt.Sprint(i, "-", n)})
		}
		out[i] = append(out[i], arrival{tick: epoch + feed.Hour}) // nothing is left over
	}
	return out
}

// naive sorts the records of all partitions at once.
func naive(partitions [][]arrival, disorder feed.Time) (names []string, late int) {
	type placed struct {
		at    feed.Time
		input int
		n     int
		name  string
	}
	var all []placed
	for i, records := range partitions {
		tick := feed.Time(0)
		last := map[string]feed.Time{}
		for n, h := range records {
			if h.tick != 0 {
				tick = max(tick, h.tick)
				continue
			}
			at := min(h.event, h.seen)
			if tick != 0 && at < tick-disorder {
				late++
				at = tick - disorder
			}
			at = max(at, last[h.key])
			last[h.key] = at
			all = append(all, placed{at, i, n, h.name})
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.input, b.input), cmp.Compare(a.n, b.n))
	})
	for _, p := range all {
		names = append(names, p.name)
	}
	return names, late
}

// TestTheOrderAtEventTimeDoesNotDependOnArrival holds the merger to a sort of
// everything, whatever way the partitions interleave.
func TestTheOrderAtEventTimeDoesNotDependOnArrival(t *testing.T) {
	const disorder = 4 * feed.Second
	rapid.Check(t, func(t *rapid.T) {
		partitions := drawArrivals(t, 3, disorder)
		want, wantLate := naive(partitions, disorder)
		m := newEventMerger[string](len(partitions), 4*time.Second)
		var got []string
		late := 0
		next := make([]int, len(partitions))
		for {
			var left []int
			for i := range partitions {
				if next[i] < len(partitions[i]) {
					left = append(left, i)
				}
			}
			if len(left) == 0 {
				break
			}
			i := rapid.SampledFrom(left).Draw(t, "input")
			h := partitions[i][next[i]]
			next[i]++
			if h.tick != 0 {
				m.advance(i, h.tick)
			} else if m.add(i, h.key, h.event, h.seen, h.name) {
				late++
			}
			last := feed.Time(0)
			for e, ok := m.next(); ok; e, ok = m.next() {
				if e.At < last || e.At >= m.watermark() {
					t.Fatalf("%s at %v comes behind %v, watermark %v", e.Record, e.At, last, m.watermark())
				}
				last = e.At
				got = append(got, e.Record)
			}
		}
		if !slices.Equal(got, want) || late != wantLate {
			t.Errorf("got %v, %d late, want %v, %d", got, late, want, wantLate)
		}
		for i := range m.inputs {
			if len(m.inputs[i].queue)+len(m.inputs[i].newest) > 0 {
				t.Errorf("input %d keeps %v and %v", i, m.inputs[i].queue, m.inputs[i].newest)
			}
		}
	})
}

// TestAnInputThatIsIdleHoldsNobodyUp: ticks alone move the watermark; without
// them nothing is known.
func TestAnInputThatIsIdleHoldsNobodyUp(t *testing.T) {
	m := newEventMerger[string](2, time.Second)
	m.advance(0, epoch+10*feed.Second)
	m.add(0, "a", epoch, epoch, "first")
	if e, ok := m.next(); ok {
		t.Errorf("%v came though the other input had said nothing", e)
	}
	m.advance(1, epoch+10*feed.Second)
	if e, ok := m.next(); ok {
		t.Errorf("%v came though another of its moment may follow", e)
	}
	m.advance(0, epoch+11*feed.Second)
	m.advance(1, epoch+11*feed.Second)
	if e, ok := m.next(); !ok || e.Record != "first" || e.At != epoch+9*feed.Second {
		t.Errorf("got %v, %v, want the late one at the watermark of when it came", e, ok)
	}
	if e, ok := m.next(); ok {
		t.Errorf("got %v twice", e)
	}
}
