package clocks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
)

// count counts the responses among raw entries by path and body.
func count(entries map[log.Partition][]log.RawEntry) map[string]int {
	out := map[string]int{}
	for _, es := range entries {
		for _, e := range es {
			if !e.Tick {
				out[answerKey(e.Raw.Path, e.Raw.Body)]++
			}
		}
	}
	return out
}

// rawEntries reads the raw topics of a data folder on which nothing runs.
func rawEntries(t *testing.T, data string) map[log.Partition][]log.RawEntry {
	t.Helper()
	broker, err := embedded.Start(embedded.Config{Dir: filepath.Join(data, "log"), MaxBytes: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
	}()
	return consume(t, broker.Addr())
}

// consume reads the raw topics to their ends as they are now.
func consume(t *testing.T, broker string) map[log.Partition][]log.RawEntry {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	topics, err := kadm.NewClient(client).ListTopics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var raw []string
	for _, name := range topics.Names() {
		if strings.HasPrefix(name, log.RawTopic("")) {
			raw = append(raw, name)
		}
	}
	starts, ends, err := log.Bounds(ctx, client, raw)
	if err != nil {
		t.Fatal(err)
	}
	from := map[log.Partition]int64{}
	for at, end := range ends {
		if end > starts[at] {
			from[at] = starts[at]
		}
	}
	reader, err := log.OpenReader(client, log.Offsets(from))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	out := map[log.Partition][]log.RawEntry{}
	for left := len(from); left > 0; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			at := log.Partition{Topic: r.Topic, Partition: r.Partition}
			if r.Offset >= ends[at] {
				return // came since
			}
			if r.Offset == ends[at]-1 {
				left--
			}
			e, err := log.DecodeRaw(r)
			if err != nil {
				t.Fatal(err)
			}
			out[at] = append(out[at], e)
		})
	}
	return out
}

// inOrder holds that log time ascends in every partition, that all partitions end
// at the same, which is returned, and that a response was fetched when the log
// says, not hours away from it.
func inOrder(t *testing.T, entries map[log.Partition][]log.RawEntry) (end feed.Time) {
	t.Helper()
	for at, es := range entries {
		last := feed.Time(0)
		for _, e := range es {
			if e.Time <= last {
				t.Errorf("%s/%d@%d: log time goes from %s to %s", at.Topic, at.Partition, e.Place.Offset, last, e.Time)
			}
			last = e.Time
			if away := e.Time.Sub(e.Raw.FetchedAt); !e.Tick && (away < 0 || away > time.Minute) {
				t.Errorf("%s/%d@%d: fetched at %s, in the log at %s", at.Topic, at.Partition, e.Place.Offset, e.Raw.FetchedAt, e.Time)
			}
		}
		if end != 0 && last != end {
			t.Errorf("%s/%d ends at %s, another partition at %s", at.Topic, at.Partition, last, end)
		}
		end = last
	}
	if end == 0 {
		t.Fatal("the raw topics are empty")
	}
	return end
}

// apart lists what is not as often in one as in the other.
func apart(got, want map[string]int) (differ []string) {
	for key, n := range want {
		if got[key] != n {
			differ = append(differ, fmt.Sprintf("%s is there %d times, want %d", key, got[key], n))
		}
	}
	for key, n := range got {
		if want[key] == 0 {
			differ = append(differ, fmt.Sprintf("%s is there %d times, want none", key, n))
		}
	}
	return differ
}

func text(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("reading %s: %v", text, err)
	}
}
