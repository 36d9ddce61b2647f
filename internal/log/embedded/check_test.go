package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// oneKilobyte fills a topic with n records of a kilobyte, each a batch, whose keys
// repeat, and closes the broker. The smallest segments hold 64 of them.
func oneKilobyte(t *testing.T, dir, topic string, n int, configs map[string]*string) {
	t.Helper()
	b := startBroker(t, Config{Dir: dir, MaxBytes: 1 << 20})
	cl := newClient(t, b.Addr())
	ctx := testContext(t)
	if err := createTopic(ctx, cl, topic, 1, configs); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for id := range uint64(n) {
		r := &kgo.Record{Topic: topic, Key: encodeID(id % 5), Value: append(encodeID(id), noise(random, 1024)...)}
		if err := cl.ProduceSync(ctx, r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// noise cannot be compressed.
func noise(random *rand.Rand, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(random.Uint32())
	}
	return out
}

// segmentsOf lists the segments of partition 0 of a topic.
func segmentsOf(t *testing.T, dir, topic string) []segment {
	t.Helper()
	segs, err := segments(filepath.Join(dir, "broker", "partitions", topic+"-0"))
	if err != nil || len(segs) < 3 {
		t.Fatalf("%d segments (error %v), want 3 at least", len(segs), err)
	}
	return segs
}

func change(t *testing.T, path string, spoil func(raw []byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, spoil(raw), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDamageInTheMiddleOfThePartitionIsRefused: nothing is cut, since a copy of
// the segment may still be put there, and the error says what is lost.
func TestDamageInTheMiddleOfThePartitionIsRefused(t *testing.T) {
	flip := func(raw []byte) []byte { raw[len(raw)/2] ^= 1; return raw }
	whole := t.TempDir()
	oneKilobyte(t, whole, "t", 200, nil)
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, segs []segment)
		says  string
	}{
		{"a bit of the first segment", func(t *testing.T, segs []segment) { change(t, segs[0].path, flip) }, "cannot be read"},
		{"a bit of the last segment", func(t *testing.T, segs []segment) { change(t, segs[len(segs)-1].path, flip) }, "cannot be read"},
		{"the end of the first segment", func(t *testing.T, segs []segment) {
			change(t, segs[0].path, func(raw []byte) []byte { return raw[:len(raw)-7] })
		}, fmt.Sprintf("records from offset %d to %d", 0, 0)},
		{"a whole batch", func(t *testing.T, segs []segment) {
			change(t, segs[1].path, func(raw []byte) []byte {
				b, ok := batchAt(raw, 0)
				if !ok {
					t.Fatal("no batch")
				}
				return raw[b.bytes:]
			})
		}, "higher offset"},
		{"a segment in the middle", func(t *testing.T, segs []segment) {
			if err := os.Remove(segs[1].path); err != nil {
				t.Fatal(err)
			}
		}, "higher offset"},
		{"a segment that is there twice", func(t *testing.T, segs []segment) {
			change(t, segs[2].path, func([]byte) []byte {
				raw, err := os.ReadFile(segs[1].path)
				if err != nil {
					t.Fatal(err)
				}
				return raw
			})
		}, "lower offset"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			segs := segmentsOf(t, dir, "t")
			tc.spoil(t, segs)
			before := sizes(t, dir)
			_, err := Start(Config{Dir: dir})
			var damaged *DamagedError
			if !errors.As(err, &damaged) || damaged.Topic != "t" || damaged.From >= damaged.To {
				t.Fatalf("got %v, want the damage", err)
			}
			if tc.name == "the end of the first segment" {
				tc.says = fmt.Sprintf("records from offset %d to %d cannot", segs[1].base-1, segs[1].base-1)
			}
			for _, part := range []string{tc.says, damaged.Path, "truncate -s"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			if after := sizes(t, dir); after != before {
				t.Errorf("files were changed:\n%s\nwere\n%s", after, before)
			}
			// What the error says to do works.
			if err := os.Truncate(damaged.Path, damaged.Whole); err != nil {
				t.Fatal(err)
			}
			for _, seg := range segs {
				if _, base, _ := strings.Cut(seg.path, "t-0/"); seg.base > baseOf(t, damaged.Path) {
					if err := os.Remove(seg.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
						t.Fatalf("removing %s: %v", base, err)
					}
				}
			}
			b := startBroker(t, Config{Dir: dir})
			for i, r := range readAll(t, b.Addr(), "t") {
				if decodeID(r.Value[:8]) != uint64(i) {
					t.Fatalf("record %d is number %d", i, decodeID(r.Value[:8]))
				}
			}
		})
	}
}

func baseOf(t *testing.T, path string) (base int64) {
	t.Helper()
	if _, err := fmt.Sscanf(filepath.Base(path), "%d.dat", &base); err != nil {
		t.Fatal(err)
	}
	return base
}

// sizes describes all files below a folder.
func sizes(t *testing.T, dir string) string {
	t.Helper()
	text := ""
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			text += fmt.Sprintln(path, info.Size())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return text
}

// TestCompactedTopicsMayHaveHoles: a hole is what compaction is for.
func TestCompactedTopicsMayHaveHoles(t *testing.T) {
	dir := t.TempDir()
	compact := map[string]*string{"cleanup.policy": kadm.StringPtr("compact")}
	oneKilobyte(t, dir, "c", 200, compact)
	b := startBroker(t, Config{Dir: dir, MaxBytes: 1 << 20})
	if err := b.janitor.compactor.compact(); err != nil {
		t.Fatal(err)
	}
	left := len(readAll(t, b.Addr(), "c"))
	if left >= 200 {
		t.Fatal("nothing was compacted")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = startBroker(t, Config{Dir: dir})
	if n := len(readAll(t, b.Addr(), "c")); n != left {
		t.Errorf("%d records after a restart, want %d", n, left)
	}
}

// TestCompactionWaitsForReaders: what is superseded is history to somebody.
func TestCompactionWaitsForReaders(t *testing.T) {
	dir := t.TempDir()
	oneKilobyte(t, dir, "c", 200, map[string]*string{"cleanup.policy": kadm.StringPtr("compact")})
	var read atomic.Int64
	read.Store(199)
	b := startBroker(t, Config{Dir: dir, MaxBytes: 1 << 20, Protect: func() map[string]map[int32]int64 {
		return map[string]map[int32]int64{"c": {0: read.Load()}}
	}})
	compacted := func() int {
		t.Helper()
		if err := b.janitor.compactor.compact(); err != nil {
			t.Fatal(err)
		}
		return len(readAll(t, b.Addr(), "c"))
	}
	if n := compacted(); n != 200 {
		t.Errorf("%d of 200 records are left though one is not read yet", n)
	}
	read.Store(200)
	if n := compacted(); n >= 200 {
		t.Error("nothing was compacted though everything is read")
	}
}

// TestTheBrokersListsAreMissed: without them kfake would begin a new log in the
// files of the old one.
func TestTheBrokersListsAreMissed(t *testing.T) {
	for _, name := range []string{"meta.json", "topics.json"} {
		for what, spoil := range map[string]func(path string) error{
			"gone":    os.Remove,
			"cut":     func(path string) error { return os.Truncate(path, 3) },
			"emptied": func(path string) error { return os.Truncate(path, 0) },
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				dir := t.TempDir()
				produceTo(t, startBroker(t, Config{Dir: dir}), "t", 0, 3)
				path := filepath.Join(dir, "broker", name)
				if err := spoil(path); err != nil {
					t.Fatal(err)
				}
				if _, err := Start(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "copy") {
					t.Fatalf("got %v, want an error that names %s and what to do", err, path)
				}
			})
		}
	}
}

// TestAnIndexIsMended: with half an entry in it kfake reads every later one out
// of its place, and where that looks like a transaction's, records vanish.
func TestAnIndexIsMended(t *testing.T) {
	for name, spoil := range map[string]func(raw []byte) []byte{
		"half an entry in the middle": func(raw []byte) []byte { return append(append(raw[:150:150], raw[:7]...), raw[150:]...) },
		"an entry is missing":         func(raw []byte) []byte { return raw[:len(raw)-indexEntry] },
		"an entry too many":           func(raw []byte) []byte { return append(raw, raw[:indexEntry]...) },
		"flipped":                     func(raw []byte) []byte { raw[6] ^= 4; return raw },
		"gone":                        func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			produceTo(t, startBroker(t, Config{Dir: dir}), "t", 0, 40)
			path := filepath.Join(dir, "broker", "partitions", "t-0", "0.idx")
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			change(t, path, spoil)
			if err := (store{filepath.Join(dir, "broker")}).check(slog.New(slog.DiscardHandler)); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil || len(got) != len(want) || !wholeIndex(got, len(want)) {
				t.Fatalf("the index has %d bytes (error %v), want %d that are in order", len(got), err, len(want))
			}
		})
	}
}

// TestAnIndexOfTransactionsIsMadeAgain: what was aborted stays unseen.
func TestAnIndexOfTransactionsIsMadeAgain(t *testing.T) {
	dir, ctx := t.TempDir(), testContext(t)
	b := startBroker(t, Config{Dir: dir})
	cl := newClient(t, b.Addr(), kgo.TransactionalID("x"))
	if err := createTopic(ctx, cl, "t", 1, nil); err != nil {
		t.Fatal(err)
	}
	for id, commit := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort, kgo.TryCommit} {
		if err := cl.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		if err := cl.ProduceSync(ctx, &kgo.Record{Topic: "t", Value: encodeID(uint64(id))}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := cl.EndTransaction(ctx, commit); err != nil {
			t.Fatal(err)
		}
	}
	cl.Close()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "broker", "partitions", "t-0")
	for _, name := range []string{"0.idx", "snapshot.json"} { // as after a kill
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	b = startBroker(t, Config{Dir: dir})
	reader := newClient(t, b.Addr(), kgo.ConsumeTopics("t"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	got := ""
	for !strings.HasSuffix(got, "2 ") {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("reading behind %q: %v", got, err)
		}
		fetches.EachRecord(func(r *kgo.Record) { got += fmt.Sprint(decodeID(r.Value), " ") })
	}
	if got != "0 2 " {
		t.Errorf("committed are %s, want 0 and 2", got)
	}
}

// FuzzCheck: whatever stands in a segment, it is taken as a whole, cut to whole
// batches, or refused; and then taken as it is.
func FuzzCheck(f *testing.F) {
	dir := f.TempDir()
	produceTo(f, startBroker(f, Config{Dir: dir}), "t", 0, 3)
	raw, err := os.ReadFile(filepath.Join(dir, "broker", "partitions", "t-0", "0.dat"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, 0, byte(0))
	f.Add(raw[:len(raw)-1], 0, byte(0))
	f.Add([]byte{}, 0, byte(0))
	f.Add(append(raw[:len(raw):len(raw)], raw...), 30, byte(1))
	f.Fuzz(func(t *testing.T, raw []byte, at int, mask byte) {
		if at >= 0 && at < len(raw) {
			raw[at] ^= mask
		}
		dir := t.TempDir()
		seg := segment{path: filepath.Join(dir, "0.dat")}
		if err := os.WriteFile(seg.path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		p := partition{topic: "t", dir: dir, segments: []segment{seg}}
		quiet := slog.New(slog.DiscardHandler)
		if err := p.check(false, quiet); err != nil {
			var damaged *DamagedError
			if !errors.As(err, &damaged) || damaged.Whole > int64(len(raw)) {
				t.Fatal(err)
			}
			return
		}
		cut, err := os.ReadFile(seg.path)
		if err != nil || len(cut) > len(raw) || string(cut) != string(raw[:len(cut)]) {
			t.Fatalf("%d bytes are left of %d (error %v)", len(cut), len(raw), err)
		}
		if whole, _, err := p.walk(seg, cut, -1, false); err != nil || whole.bytes != int64(len(cut)) {
			t.Fatalf("of %d bytes that are left %d are whole (error %v)", len(cut), whole.bytes, err)
		}
	})
}

// TestASegmentOfNoiseIsCutQuickly: looking for batches in what is none must not
// take for ever.
func TestASegmentOfNoiseIsCutQuickly(t *testing.T) {
	if at, found := later(noise(rand.New(rand.NewPCG(1, 1)), 4<<20), 0); found {
		t.Errorf("found a batch at offset %d in noise", at)
	}
}
