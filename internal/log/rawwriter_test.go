package log

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

const testEpoch = feed.Time(1_790_000_000_000_000)

func response(source, league string, at feed.Time, body string) feed.Raw {
	return feed.Raw{
		Source: source, League: league, FetchedAt: at, Path: "/v4/" + league, Query: map[string]string{"a": "1", "b": "2"},
		Status: 200, Headers: map[string]string{"Content-Type": "application/json"}, Body: []byte(body), Cost: 3,
	}
}

func openWriter(t testing.TB, client *kgo.Client, partitions int32, recording string) *RawWriter {
	t.Helper()
	w, err := OpenRawWriter(t.Context(), client, feed.Sources(), partitions, recording)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func rawTopicNames() []string {
	var names []string
	for _, s := range feed.Sources() {
		names = append(names, RawTopic(s))
	}
	return names
}

func TestEveryEntryPutsOneRecordOfOneTimeInEveryPartition(t *testing.T) {
	client := startCluster(t)
	rawTopics(t, client, 3, feed.Sources()...)
	w := openWriter(t, client, 3, "")
	acked := 0
	note := func(err error) {
		if err != nil {
			t.Error(err)
		}
		acked++
	}
	var want []feed.Raw
	for i, at := range []feed.Time{5, 5, 3, 9, 9, 2} { // fetch times go back, as of requests side by side
		raw := response(feed.Sources()[i%3], []string{"nhl", "nfl"}[i%2], testEpoch+at, fmt.Sprint("body ", i))
		want = append(want, raw)
		if err := w.Capture(t.Context(), raw, note); err != nil {
			t.Fatal(err)
		}
		if err := w.Tick(t.Context(), testEpoch+at-1); err != nil { // not after the newest entry
			t.Fatal(err)
		}
	}
	if err := w.Tick(t.Context(), testEpoch+100); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if acked != len(want) {
		t.Errorf("%d entries were acknowledged, want %d", acked, len(want))
	}
	all := readAll(t, client, rawTopicNames()...)
	if len(all) != 9 {
		t.Fatalf("%d partitions have records, want 9", len(all))
	}
	times, responses := timesAndResponses(t, all)
	if len(times) != len(want)+1 || times[len(times)-1] != testEpoch+100 {
		t.Errorf("the entries' times are %v", times)
	}
	if len(responses) != len(want) {
		t.Fatalf("%d responses in the log, want %d", len(responses), len(want))
	}
	for i := range want {
		if got := responses[times[i]]; !reflect.DeepEqual(got, want[i]) {
			t.Errorf("entry %d is\n%+v\nwant\n%+v", i, got, want[i])
		}
	}
	if w.Last() != testEpoch+100 {
		t.Errorf("the newest entry is at %s", w.Last())
	}
}

// timesAndResponses checks that all partitions hold the same strictly
// increasing times and returns them with the response of each.
func timesAndResponses(t rapid.TB, all map[Partition][]*kgo.Record) ([]feed.Time, map[feed.Time]feed.Raw) {
	t.Helper()
	var times []feed.Time
	responses := map[feed.Time]feed.Raw{}
	for p, records := range all {
		var own []feed.Time
		for _, r := range records {
			e, err := DecodeRaw(r)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Key) == 0 {
				t.Errorf("%v@%d has no key", p, r.Offset)
			}
			own = append(own, e.Time)
			if !e.Tick {
				if _, twice := responses[e.Time]; twice {
					t.Errorf("two responses at %s", e.Time)
				}
				responses[e.Time] = e.Raw
				if p.Topic != RawTopic(e.Raw.Source) {
					t.Errorf("a response of %s is in %s", e.Raw.Source, p.Topic)
				}
			}
		}
		for i := 1; i < len(own); i++ {
			if own[i] <= own[i-1] {
				t.Errorf("%v: time %d follows %d", p, own[i], own[i-1])
			}
		}
		if times == nil {
			times = own
		} else if !slices.Equal(times, own) {
			t.Errorf("%v has the times %v, another partition %v", p, own, times)
		}
	}
	return times, responses
}

func TestTimeGoesOnAfterARestart(t *testing.T) {
	client := startCluster(t)
	rawTopics(t, client, 2, feed.Sources()...)
	for i, at := range []feed.Time{testEpoch + 10, testEpoch, testEpoch + 5} { // the clock was set back
		w := openWriter(t, client, 2, "")
		if err := w.Capture(t.Context(), response(feed.SourceOdds, "nhl", at, "x"), nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := testEpoch + 10 + feed.Time(i); w.Last() != want {
			t.Errorf("entry %d is at %d, want %d", i, w.Last()-testEpoch, want-testEpoch)
		}
	}
	timesAndResponses(t, readAll(t, client, rawTopicNames()...))
}

func TestConcurrentCapturesKeepTheOrderOfTime(t *testing.T) {
	client := startCluster(t)
	rawTopics(t, client, 2, feed.Sources()...)
	w := openWriter(t, client, 2, "")
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 25 {
				if err := w.Capture(t.Context(), response(feed.Sources()[g%3], "nhl", testEpoch+feed.Time(i), "x"), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, responses := timesAndResponses(t, readAll(t, client, rawTopicNames()...)); len(responses) != 100 {
		t.Errorf("%d responses, want 100", len(responses))
	}
}

func TestCaptureReportsAFailedWrite(t *testing.T) {
	client := startCluster(t, kgo.ProducerBatchMaxBytes(1<<20))
	rawTopics(t, client, 1, feed.Sources()...)
	w := openWriter(t, client, 1, "")
	reported := make(chan error, 2)
	raw := response(feed.SourceOdds, "nhl", testEpoch, "")
	raw.Body = bytes.Repeat([]byte("x"), 2<<20)
	if err := w.Capture(t.Context(), raw, func(err error) { reported <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-reported; err == nil {
		t.Error("a response that the log does not take was reported as written")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := w.Capture(ctx, response(feed.SourceOdds, "nhl", testEpoch, "x"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}

// TestRecordingGoesOnWhereEachPartitionStopped: a kill leaves the partitions at
// different entries. Played again, the recording makes the log that it would
// have made at once.
func TestRecordingGoesOnWhereEachPartitionStopped(t *testing.T) {
	const partitions = 2
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	n := 0
	f := func(rt *rapid.T) {
		var entries []feed.Raw
		at := testEpoch
		for i := range rapid.IntRange(1, 12).Draw(rt, "entries") {
			at += feed.Time(rapid.IntRange(-3, 5).Draw(rt, "step"))
			entries = append(entries, response(rapid.SampledFrom(feed.Sources()).Draw(rt, "source"), rapid.SampledFrom([]string{"nhl", "nfl"}).Draw(rt, "league"), at, fmt.Sprint("body ", i)))
		}
		play := func(client *kgo.Client, sources []string) *RawWriter {
			w, err := OpenRawWriter(t.Context(), client, sources, partitions, "the recording")
			if err != nil {
				rt.Fatal(err)
			}
			for _, raw := range entries {
				if err := w.Capture(t.Context(), raw, nil); err != nil {
					rt.Fatal(err)
				}
			}
			if err := errors.Join(w.Tick(t.Context(), at+10), w.Flush(t.Context())); err != nil {
				rt.Fatal(err)
			}
			return w
		}
		// Each round uses topics of its own: sources with a number behind.
		n++
		renamed := func(kind string) []string {
			var names []string
			for _, s := range feed.Sources() {
				names = append(names, fmt.Sprint(s, kind, n))
			}
			return names
		}
		rename := func(kind string) {
			for i := range entries {
				source := feed.Sources()[slices.IndexFunc(feed.Sources(), func(s string) bool { return bytes.HasPrefix([]byte(entries[i].Source), []byte(s)) })]
				entries[i].Source = fmt.Sprint(source, kind, n)
			}
		}
		client := dial(t, cluster.ListenAddrs())
		defer client.Close()
		whole, cut := renamed("whole"), renamed("cut")
		rawTopics(t, client, partitions, append(slices.Clone(whole), cut...)...)
		rename("whole")
		play(client, whole)
		topics := func(sources []string) []string {
			var names []string
			for _, s := range sources {
				names = append(names, RawTopic(s))
			}
			return names
		}
		want := readAll(t, client, topics(whole)...)
		stood := false
		for i, s := range whole {
			for p := range int32(partitions) {
				records := want[Partition{RawTopic(s), p}]
				for _, r := range records[:rapid.IntRange(0, len(records)).Draw(rt, "stopped at")] {
					stood = true
					copied := &kgo.Record{Topic: RawTopic(cut[i]), Partition: p, Key: r.Key, Value: r.Value, Headers: r.Headers}
					client.Produce(t.Context(), copied, nil)
				}
			}
		}
		if err := client.Flush(t.Context()); err != nil {
			rt.Fatal(err)
		}
		rename("cut")
		if w := play(client, cut); w.Resumes() != stood {
			rt.Errorf("the writer says that it resumes: %v, want %v", w.Resumes(), stood)
		}
		play(client, cut) // and once more, when all of it is there
		got := readAll(t, client, topics(cut)...)
		for i, s := range whole {
			for p := range int32(partitions) {
				a, b := want[Partition{RawTopic(s), p}], got[Partition{RawTopic(cut[i]), p}]
				if !slices.EqualFunc(a, b, func(x, y *kgo.Record) bool {
					return bytes.Equal(x.Key, y.Key) && bytes.Equal(x.Value, y.Value) && reflect.DeepEqual(x.Headers, y.Headers)
				}) {
					rt.Fatalf("%s/%d differs: %d records, want %d", s, p, len(b), len(a))
				}
			}
		}
	}
	checkN(t, 15, f)
}

func TestRawWriterRefusesATopicOfSomebodyElse(t *testing.T) {
	client := startCluster(t)
	rawTopics(t, client, 1, feed.Sources()...)
	foreign := &kgo.Record{Topic: RawTopic(feed.SourceOdds), Value: []byte("hello")}
	if err := client.ProduceSync(t.Context(), foreign).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRawWriter(t.Context(), client, feed.Sources(), 1, ""); err == nil {
		t.Error("a foreign record was taken for one of ours")
	}
}

func TestPartitionOfSpreadsKeysOverAllPartitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int32Range(1, 64).Draw(t, "partitions")
		key := rapid.String().Draw(t, "key")
		if p := PartitionOf(key, n); p < 0 || p >= n || p != PartitionOf(key, n) {
			t.Fatalf("partition %d of %d", p, n)
		}
	})
	used := map[int32]bool{}
	for i := range 200 {
		used[PartitionOf(fmt.Sprint("fixture-", i), 8)] = true
	}
	if len(used) != 8 {
		t.Errorf("200 keys use the partitions %v of 8", slices.Sorted(maps.Keys(used)))
	}
}
