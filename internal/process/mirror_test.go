package process

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/log"
)

// mirrorLog is a partition of states in memory.
type mirrorLog struct{ records []*kgo.Record }

func (m *mirrorLog) send(r *kgo.Record) {
	copied := &kgo.Record{Key: bytes.Clone(r.Key), Value: bytes.Clone(r.Value), Headers: r.Headers}
	copied.Offset = int64(len(m.records))
	if len(m.records) > 0 {
		copied.Offset = m.records[len(m.records)-1].Offset + 1
	}
	m.records = append(m.records, copied)
}

// compact drops, of what stands before an offset, all that a later record up to
// there replaces, as brokers do: removals, too, if they are old enough.
func (m *mirrorLog) compact(before int, removals bool) {
	newest := map[string]int{}
	for i, r := range m.records[:before] {
		newest[string(r.Key)] = i
	}
	var kept []*kgo.Record
	for i, r := range m.records {
		if i < before && (newest[string(r.Key)] != i || removals && r.Value == nil) {
			continue
		}
		kept = append(kept, r)
	}
	m.records = kept
}

// fill makes a database of the partition, as a replica does that has none.
func (m *mirrorLog) fill(t rapid.TB, dir string, last Checkpoint) (*State, map[string]bool) {
	t.Helper()
	state, err := OpenState(dir, nil, slog.New(slog.DiscardHandler))
	if err == nil {
		err = state.Reset("a test")
	}
	if err != nil {
		t.Fatal(err)
	}
	f := &filler{state: state, generation: last.Generation, chunks: map[string]int{}, litter: map[string]bool{}}
	for _, r := range m.records {
		if err := f.take(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.finish(last.ID); err != nil {
		t.Fatal(err)
	}
	return state, f.swept()
}

func entriesOf(t rapid.TB, s *State) map[string]string {
	t.Helper()
	out := map[string]string{}
	if err := s.Each("", func(key string, value []byte) error { out[key] = string(value); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStateIsTheSameInTheLog: whatever a task saves, wherever the broker
// compacts, whichever replica goes on, and whenever a task starts over: what the
// log gives back is what was saved.
func TestStateIsTheSameInTheLog(t *testing.T) {
	dirs := 0
	root := t.TempDir()
	fresh := func() string { dirs++; return fmt.Sprint(root, "/", dirs) }
	checkN(t, 40, func(t *rapid.T) {
		partition := &mirrorLog{}
		state, err := OpenState(fresh(), nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		m := newMirror(log.Partition{Topic: "state.x"}, slog.New(slog.DiscardHandler))
		m.chunk, m.last.Generation = 10, newID()
		want := map[string]string{}
		checkpoint := func() {
			b := state.Begin()
			for range rapid.IntRange(0, 6).Draw(t, "changes") {
				key := rapid.SampledFrom([]string{"a/1", "a/2", "b//x|y", "0/a/1", "long"}).Draw(t, "key")
				n := rapid.SampledFrom([]int{-1, 1, 9, 10, 11, 20, 35}).Draw(t, "bytes")
				if n < 0 {
					delete(want, key)
					err = b.Delete(key)
				} else {
					value := bytes.Repeat([]byte{byte('a' + rapid.IntRange(0, 25).Draw(t, "value"))}, n)
					want[key] = string(value)
					err = b.Set(key, value)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			before := m.last.Number
			if err := m.put(b, map[log.Partition]int64{{Topic: "in", Partition: 3}: before}, partition.send); err != nil {
				t.Fatal(err)
			}
			if err := b.Commit(); err != nil {
				t.Fatal(err)
			}
			last, err := DecodeCheckpoint(partition.records[len(partition.records)-1])
			if err != nil || last.Number != before+1 || last.ID != m.last.ID || last.Next(log.Partition{Topic: "in", Partition: 3}) != before {
				t.Fatalf("the last record is %+v (%v), want checkpoint %d", last, err, before+1)
			}
		}
		checkpoint()
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"checkpoint", "checkpoint", "compact", "another replica", "start over"}).Draw(t, "step") {
			case "checkpoint":
				checkpoint()
			case "compact":
				partition.compact(rapid.IntRange(0, len(partition.records)-1).Draw(t, "before"), rapid.Bool().Draw(t, "removals"))
			case "another replica":
				if err := state.Close(); err != nil {
					t.Fatal(err)
				}
				state, m.litter = partition.fill(t, fresh(), m.last)
			case "start over":
				if err := state.Reset("a test"); err != nil {
					t.Fatal(err)
				}
				clear(want)
				m.last.Generation, m.litter = newID(), map[string]bool{}
				for _, r := range partition.records {
					m.litter[string(r.Key)] = r.Value != nil && string(r.Key) != keyLast
				}
				checkpoint()
			}
			if got := entriesOf(t, state); !maps.Equal(got, want) {
				t.Fatalf("the database holds %q, want %q", got, want)
			}
		}
		if err := state.Close(); err != nil {
			t.Fatal(err)
		}
		again, litter := partition.fill(t, fresh(), m.last)
		defer again.Close()
		if got := entriesOf(t, again); !maps.Equal(got, want) {
			t.Fatalf("the log holds %q, want %q", got, want)
		}
		// Once the litter is swept and compaction is through, the state is all there is.
		m.litter = litter
		if err := m.put(again.Begin(), nil, partition.send); err != nil {
			t.Fatal(err)
		}
		partition.compact(len(partition.records), true)
		records := 1 // the checkpoint
		for _, value := range want {
			records += (len(value) + m.chunk - 1) / m.chunk
		}
		if len(partition.records) != records {
			t.Fatalf("%d records are left, want %d", len(partition.records), records)
		}
	})
}

func TestKeysOfEntriesThatAreNone(t *testing.T) {
	f := &filler{generation: "g", chunks: map[string]int{}, litter: map[string]bool{}}
	for _, key := range []string{"", "g", "g/", "g/x/y", "g/-1/y"} {
		if err := f.take(&kgo.Record{Key: []byte(key)}); err == nil {
			t.Errorf("key %q was taken", key)
		}
	}
	many := &kgo.Record{Key: []byte("g/0/k"), Headers: []kgo.RecordHeader{{Key: headerChunks, Value: []byte("one")}}}
	if err := f.take(many); err == nil {
		t.Error("a number of chunks that is none was taken")
	}
	if _, err := DecodeCheckpoint(&kgo.Record{Key: []byte(keyLast), Value: []byte("{")}); err == nil {
		t.Error("a checkpoint that cannot be read was taken")
	}
	if _, err := DecodeCheckpoint(&kgo.Record{Key: []byte("g/0/k"), Value: []byte("{}")}); err == nil {
		t.Error("an entry was taken for a checkpoint")
	}
}

func FuzzEntryKey(f *testing.F) {
	for _, key := range []string{"", "a", "a/0/b", "a/1/b/c", "a/x/b", "//", "a/-1/b", "a/99999999999999999999/b"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		generation, chunk, entry, ok := parseEntryKey(key)
		if !ok {
			return
		}
		m := &mirror{last: Checkpoint{Generation: generation}}
		g, c, e, ok := parseEntryKey(m.entryKey(chunk, entry))
		if !ok || g != generation || c != chunk || e != entry {
			t.Errorf("%q is read as %q %d %q, and that as %q %d %q", key, generation, chunk, entry, g, c, e)
		}
	})
}
