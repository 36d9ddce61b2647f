package metamorphic

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// contents are the records of topics, each partition in its order.
type contents map[log.Partition][]*kgo.Record

// derived reads every topic but the raw ones.
func (r *run) derived() contents {
	r.t.Helper()
	var topics []string
	for _, t := range r.layout.Topics() {
		if t.Schema != "" {
			topics = append(topics, t.Name)
		}
	}
	starts, ends, err := log.Bounds(r.t.Context(), r.client, topics)
	r.must(err)
	out, left := contents{}, int64(0)
	for p, end := range ends {
		left += end - starts[p]
	}
	reader, err := log.OpenReader(r.client, log.Offsets(starts), kgo.FetchMaxBytes(1<<20), kgo.FetchMaxPartitionBytes(1<<20))
	r.must(err)
	defer reader.Close()
	for left > 0 {
		fetches := reader.PollFetches(r.t.Context())
		r.must(fetches.Err())
		fetches.EachRecord(func(rec *kgo.Record) {
			p := log.Partition{Topic: rec.Topic, Partition: rec.Partition}
			out[p] = append(out[p], rec)
			left--
		})
	}
	return out
}

// only leaves the topics of some families, such as windows.
func (c contents) only(families ...string) contents {
	out := contents{}
	for p, records := range c {
		if family, _, _ := strings.Cut(p.Topic, "."); slices.Contains(families, family) {
			out[p] = records
		}
	}
	return out
}

// digest sums up every record, by partition and in order.
func (c contents) digest() string {
	partitions := slices.SortedFunc(maps.Keys(c), func(a, b log.Partition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	h := sha256.New()
	for _, p := range partitions {
		for _, r := range c[p] {
			fmt.Fprintf(h, "%v %q %q\n", p, r.Key, r.Value)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sameBytes holds that two runs have the same keys and values in the same order.
func sameBytes(t *testing.T, got, want contents) {
	t.Helper()
	if len(want) == 0 {
		t.Error("there is nothing to compare")
	}
	for p := range got {
		if _, ok := want[p]; !ok {
			t.Errorf("%v holds records in one run only", p)
		}
	}
	for p, w := range want {
		g := got[p]
		for i := range min(len(g), len(w)) {
			if !bytes.Equal(g[i].Key, w[i].Key) || !bytes.Equal(g[i].Value, w[i].Value) {
				t.Errorf("%v differs from record %d on: %q %x, want %q %x", p, i, g[i].Key, g[i].Value, w[i].Key, w[i].Value)
				break
			}
		}
		if len(g) != len(w) {
			t.Errorf("%v has %d records, want %d", p, len(g), len(w))
		}
	}
}

// histories are the values of each key of a topic in their order, in words that
// leave out what names a place in the log.
type histories map[string][]string

// histories decodes the records; ticks are left out.
func (r *run) histories(c contents) histories {
	r.t.Helper()
	out := histories{}
	for p, records := range c {
		for _, rec := range records {
			fields := r.fields(rec)
			if fields["kind"] == string(feed.KindTick) {
				continue
			}
			for _, place := range []string{"seq", "raw_partition", "raw_offset"} {
				delete(fields, place)
			}
			text, err := json.Marshal(fields)
			r.must(err)
			key := p.Topic + " " + string(rec.Key)
			out[key] = append(out[key], string(text))
		}
	}
	return out
}

func (r *run) fields(rec *kgo.Record) (fields map[string]any) {
	r.t.Helper()
	r.must(r.codecs[rec.Topic].Decode(rec.Value, &fields))
	return fields
}

// has tells whether a topic has records.
func (h histories) has(topic string) bool {
	for key := range h {
		if strings.HasPrefix(key, topic+" ") {
			return true
		}
	}
	return false
}

// same holds that two runs have the same keys with the same histories.
func (h histories) same(t *testing.T, want histories) {
	t.Helper()
	if len(want) == 0 {
		t.Error("there is nothing to compare")
	}
	problems := 0
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(h[key], want[key]) {
			if problems++; problems <= 3 {
				t.Errorf("%s is\n%v, want\n%v", key, h[key], want[key])
			}
		}
	}
	for key := range h {
		if _, ok := want[key]; !ok {
			t.Errorf("%s is there in one run only: %v", key, h[key])
		}
	}
	if problems > 3 {
		t.Errorf("and %d keys more differ", problems-3)
	}
}

// final are the last rows of windows by their key: their numbers and texts.
func (r *run) final(c contents) map[string]map[string]any {
	r.t.Helper()
	out := map[string]map[string]any{}
	for p, records := range c.only("windows") {
		for _, rec := range records {
			fields := r.fields(rec)
			delete(fields, "seq")
			delete(fields, "revision")
			key := p.Topic + " " + string(rec.Key)
			if out[key] = fields; strings.HasPrefix(fields["window_size"].(string), "session") && fields["count"] == int64(0) {
				delete(out, key) // joined into another
			}
		}
	}
	return out
}

// sameRows holds that two runs have the same last rows, sums but for rounding.
func sameRows(t *testing.T, got, want map[string]map[string]any) {
	t.Helper()
	if len(want) == 0 {
		t.Error("there is nothing to compare")
	}
	problems := []string{}
	for key, w := range want {
		g, ok := got[key]
		if !ok {
			problems = append(problems, key+" is missing")
			continue
		}
		for column, v := range w {
			if !sameValue(g[column], v) {
				problems = append(problems, fmt.Sprintf("%s of %s is %v, want %v", column, key, text(g[column]), text(v)))
			}
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			problems = append(problems, key+" is too much")
		}
	}
	slices.Sort(problems)
	for _, p := range problems[:min(len(problems), 5)] {
		t.Error(p)
	}
	if len(problems) > 5 {
		t.Errorf("and %d differences more", len(problems)-5)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func sameValue(a, b any) bool {
	x, isNumber := number(a)
	y, other := number(b)
	if isNumber && other {
		return math.Abs(x-y) <= 1e-9*max(1, math.Abs(y))
	}
	return text(a) == text(b)
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case *float64:
		if v != nil {
			return *v, true
		}
	}
	return 0, false
}
