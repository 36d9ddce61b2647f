package process

import (
	"errors"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// inline writes what comes out of an Inline as a log of one partition would
// hold it.
func (w *world) inline(t rapid.TB, entries []entry) memoryLog {
	t.Helper()
	out := memoryLog{}
	in := NewInline(w.normaliseConfig(), w.computeConfig(), w.joinConfig(), func(topic string, record Sequenced) error {
		value, err := w.codecs[topic].Append(nil, record)
		out.append(&kgo.Record{Topic: topic, Value: value})
		return err
	})
	for _, e := range entries {
		var err error
		if e.raw == nil {
			err = in.Tick(e.time)
		} else {
			err = in.Capture(*e.raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// keyless is a log without its records' keys, which Inline does not tell.
func keyless(logs ...memoryLog) memoryLog {
	out := memoryLog{}
	for _, m := range logs {
		for at, records := range m {
			for _, r := range records {
				out[at] = append(out[at], &kgo.Record{Topic: r.Topic, Value: r.Value})
			}
		}
	}
	return out
}

// outside leaves out what passes between tasks, which Inline does not hand out.
func (m memoryLog) outside(w *world) memoryLog {
	out := memoryLog{}
	for _, topic := range w.topics {
		for p := range w.partitions {
			at := log.Partition{Topic: topic.Name, Partition: p}
			if records, ok := m[at]; ok && !topic.Inner {
				out[at] = records
			}
		}
	}
	return out
}

// TestInlineIsTheLogOfOnePartition holds Inline to the tasks' own outputs, byte
// by byte.
func TestInlineIsTheLogOfOnePartition(t *testing.T) {
	w := newWorld(t, 1, "nhl", "nfl", "epl")
	checkN(t, 20, func(rt *rapid.T) {
		entries := newScene(w, rapid.Uint64().Draw(rt, "scene")).play(rapid.IntRange(20, 150).Draw(rt, "entries"))
		canonical := w.normalise(rt, w.rawLog(entries))
		derived := w.compute(rt, canonical)
		joined := w.join(rt, canonical, derived)
		if d := keyless(canonical, derived, joined).outside(w).diff(w.inline(rt, entries)); d != "" {
			rt.Fatal(d)
		}
		if len(derived) == 0 {
			rt.Fatal("the scene derives nothing: the comparison says nothing")
		}
	})
}

// TestInlineSaysWhatManyPartitionsSay compares the content of every topic with
// that of a log of three partitions, where only numbers and places differ.
func TestInlineSaysWhatManyPartitionsSay(t *testing.T) {
	one, three := newWorld(t, 1, "nhl", "nfl", "epl"), newWorld(t, 3, "nhl", "nfl", "epl")
	// A metric that is not keyed by fixture has one row for each partition.
	one.metrics, three.metrics = one.metrics[1:], three.metrics[1:]
	content := func(w *world, m memoryLog) []string {
		var out []string
		for _, topic := range w.topics {
			for _, r := range decode[map[string]any](t, w, m, topic.Name) {
				delete(r, "seq")
				delete(r, "raw_partition")
				delete(r, "raw_offset")
				out = append(out, topic.Name+" "+jsonOf(r))
			}
		}
		slices.Sort(out)
		return out
	}
	for seed := range uint64(5) {
		entries := newScene(one, seed).play(100)
		canonical := three.normalise(t, three.rawLog(entries))
		derived := three.compute(t, canonical)
		want := content(three, keyless(canonical, derived, three.join(t, canonical, derived)).outside(three))
		got := content(one, one.inline(t, entries))
		if !slices.Equal(got, want) {
			t.Errorf("scene %d: %d records, of three partitions %d, or they differ", seed, len(got), len(want))
		}
	}
}

func TestInlineHandsQuotesOutBeforeWhatIsComputedOfThem(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	quoted := map[feed.MarketKey]bool{}
	states := 0
	in := NewInline(w.normaliseConfig(), w.computeConfig(), w.joinConfig(), func(_ string, record Sequenced) error {
		switch r := record.(type) {
		case *feed.Quote:
			quoted[r.MarketKey()] = true
		case *feed.MarketState:
			states++
			if key := (feed.MarketKey{FixtureID: r.FixtureID, Market: r.Market, Period: r.Period, Line: feed.LineOf(r.Line)}); !quoted[key] {
				t.Errorf("the state of %s comes before any quote of it", key)
			}
		}
		return nil
	})
	for _, e := range newScene(w, 1).play(60) {
		if e.raw == nil {
			continue
		}
		if err := in.Capture(*e.raw); err != nil {
			t.Fatal(err)
		}
	}
	if states == 0 {
		t.Error("no state came out")
	}
}

func TestInlineTimeNeverGoesBack(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	ticks := 0
	in := NewInline(w.normaliseConfig(), w.computeConfig(), w.joinConfig(), func(topic string, record Sequenced) error {
		if q, ok := record.(*feed.Quote); ok && q.Kind == feed.KindTick && topic == log.QuotesTopic("nhl") {
			ticks++
		}
		return nil
	})
	odd := feed.Raw{Source: feed.SourceOdds, League: "nhl", Status: 500, Path: "/v4/sports/icehockey_nhl/odds"}
	for _, at := range []feed.Time{epoch, epoch, epoch - feed.Minute} {
		odd.FetchedAt = at
		if err := in.Capture(odd); err != nil {
			t.Fatal(err)
		}
	}
	if want := epoch + 2; in.Time() != want || ticks != 1 {
		t.Errorf("time %d after %d ticks, want %d after one", in.Time(), ticks, want)
	}
	for range 2 {
		if err := in.Tick(epoch + feed.Second); err != nil {
			t.Fatal(err)
		}
	}
	if want := epoch + feed.Second; in.Time() != want || ticks != 2 {
		t.Errorf("time %d after %d ticks, want %d after two", in.Time(), ticks, want)
	}
}

func TestInlineEndsWithTheErrorOfWhoTakes(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	enough := errors.New("enough")
	in := NewInline(w.normaliseConfig(), w.computeConfig(), w.joinConfig(), func(string, Sequenced) error { return enough })
	if err := in.Tick(epoch); !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
}
