package embedded

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// fill produces n records of 1 KiB, each a batch, whose timestamps are step
// apart from first on.
func fill(t *testing.T, cl *kgo.Client, topic string, partition int32, n int, first time.Time, step time.Duration) {
	t.Helper()
	value := make([]byte, 1024)
	for i := range n {
		for k := range value {
			value[k] = byte(i + k*k) // does not compress away
		}
		r := &kgo.Record{Topic: topic, Partition: partition, Value: bytes.Clone(value), Timestamp: first.Add(time.Duration(i) * step)}
		if err := cl.ProduceSync(testContext(t), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

func noCompression() kgo.Opt { return kgo.ProducerBatchCompression(kgo.NoCompression()) }

func TestOldestSegmentsOfAllPartitionsGoFirst(t *testing.T) {
	ctx := testContext(t)
	const maxBytes = 300 << 10 // segments of 64 KiB
	b := startBroker(t, Config{Dir: t.TempDir(), MaxBytes: maxBytes})
	cl := newClient(t, b.Addr(), noCompression())
	if err := createTopic(ctx, cl, "old", 2, nil); err != nil {
		t.Fatal(err)
	}
	if err := createTopic(ctx, cl, "new", 1, nil); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	fill(t, cl, "old", 0, 140, day, time.Minute)
	fill(t, cl, "old", 1, 140, day, time.Minute)
	fill(t, cl, "new", 0, 140, day.AddDate(0, 0, 1), time.Minute)
	if err := b.janitor.sweep(); err != nil {
		t.Fatal(err)
	}
	ps, err := b.janitor.store.partitions()
	if err != nil {
		t.Fatal(err)
	}
	if n := size(ps); n > maxBytes {
		t.Errorf("the log has %d bytes after the sweep, the cap is %d", n, maxBytes)
	}
	a, c := b.cluster.PartitionInfo("old", 0).LogStartOffset, b.cluster.PartitionInfo("old", 1).LogStartOffset
	if a == 0 || c == 0 {
		t.Errorf("the older partitions start at %d and %d, want both cut", a, c)
	}
	if start := b.cluster.PartitionInfo("new", 0).LogStartOffset; start != 0 {
		t.Errorf("the newer topic starts at %d, want 0", start)
	}
	readAll(t, b.Addr(), "old") // what is left can be read
}

func TestProtectedOffsetsStay(t *testing.T) {
	ctx := testContext(t)
	var log bytes.Buffer
	b := startBroker(t, Config{
		Dir: t.TempDir(), MaxBytes: 1, Retention: time.Hour, Now: inAYear,
		Protect: func() map[string]map[int32]int64 { return map[string]map[int32]int64{"t": {0: 100}} },
		Logger:  slog.New(slog.NewTextHandler(&log, nil)),
	})
	cl := newClient(t, b.Addr(), noCompression())
	if err := createTopic(ctx, cl, "t", 2, nil); err != nil {
		t.Fatal(err)
	}
	fill(t, cl, "t", 0, 200, time.Now(), time.Millisecond)
	fill(t, cl, "t", 1, 200, time.Now(), time.Millisecond)
	for range 3 {
		if err := b.janitor.sweep(); err != nil {
			t.Fatal(err)
		}
	}
	if start := b.cluster.PartitionInfo("t", 0).LogStartOffset; start != 100 {
		t.Errorf("protected partition starts at %d, want 100", start)
	}
	if start := b.cluster.PartitionInfo("t", 1).LogStartOffset; start != 199 {
		t.Errorf("other partition starts at %d, want 199", start)
	}
	if n := strings.Count(log.String(), "above its cap"); n != 1 {
		t.Errorf("said %d times that the log is above its cap, want once:\n%s", n, log.String())
	}
}

func TestRetentionKeepsWhatIsYoung(t *testing.T) {
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	b := startBroker(t, Config{Dir: t.TempDir(), Retention: time.Hour, Now: func() time.Time { return now }})
	cl := newClient(t, b.Addr())
	if err := createTopic(testContext(t), cl, "t", 1, nil); err != nil {
		t.Fatal(err)
	}
	fill(t, cl, "t", 0, 180, now.Add(-3*time.Hour), time.Minute)
	if err := b.janitor.sweep(); err != nil {
		t.Fatal(err)
	}
	if start := b.cluster.PartitionInfo("t", 0).LogStartOffset; start != 120 {
		t.Errorf("log starts at %d, want the record of an hour ago, 120", start)
	}
}

func TestCompactedTopicKeepsEveryKey(t *testing.T) {
	ctx := testContext(t)
	b := startBroker(t, Config{Dir: t.TempDir(), MaxBytes: 1, Retention: time.Hour, Now: inAYear})
	cl := newClient(t, b.Addr())
	if err := createTopic(ctx, cl, "state", 1, map[string]*string{"cleanup.policy": kadm.StringPtr("compact")}); err != nil {
		t.Fatal(err)
	}
	const keys = 7
	for id := range uint64(100) {
		r := &kgo.Record{Topic: "state", Key: encodeID(id % keys), Value: encodeID(id)}
		if err := cl.ProduceSync(ctx, r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := b.janitor.sweep(); err != nil {
			t.Fatal(err)
		}
	}
	latest := make(map[uint64]uint64)
	records := readAll(t, b.Addr(), "state")
	for _, r := range records {
		latest[decodeID(r.Key)] = decodeID(r.Value)
	}
	for key := range uint64(keys) {
		if want := 99 - (99-key)%keys; latest[key] != want {
			t.Errorf("key %d is %d, want %d", key, latest[key], want)
		}
	}
	if len(records) > keys+1 { // the newest batch is never compacted
		t.Errorf("%d records are left of %d keys", len(records), keys)
	}
	if end, err := ends(ctx, cl, "state"); err != nil || end[0] != 100 {
		t.Errorf("log ends at %d (error %v), want 100", end[0], err)
	}
}

func TestInterruptedCompactionIsUndone(t *testing.T) {
	dir := t.TempDir()
	produceTo(t, startBroker(t, Config{Dir: dir}), "t", 0, 50)
	s := store{dir: filepath.Join(dir, "broker")}
	ps, err := s.partitions()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.keepSegments(ps); err != nil {
		t.Fatal(err)
	}
	// A kill after the old segments were deleted and half a new one written.
	seg := ps[0].segments[0]
	for _, path := range []string{seg.path, seg.indexPath()} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(ps[0].dir, "7.dat"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := startBroker(t, Config{Dir: dir})
	got := readAll(t, b.Addr(), "t")
	if len(got) != 50 || got[0].Offset != 0 {
		t.Errorf("read %d records, want all 50", len(got))
	}
	if _, err := os.Stat(filepath.Join(s.dir, linksValid)); !os.IsNotExist(err) {
		t.Errorf("the links are still there: %v", err)
	}
}

func TestUnfinishedLinksAreNotTrusted(t *testing.T) {
	dir := t.TempDir()
	produceTo(t, startBroker(t, Config{Dir: dir}), "t", 0, 5)
	for _, name := range []string{linksBuilding, linksObsolete} {
		if err := os.MkdirAll(filepath.Join(dir, "broker", name, "t-0"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	b := startBroker(t, Config{Dir: dir})
	if got := readAll(t, b.Addr(), "t"); len(got) != 5 {
		t.Errorf("read %d records, want 5", len(got))
	}
	for _, name := range []string{linksBuilding, linksObsolete} {
		if _, err := os.Stat(filepath.Join(dir, "broker", name)); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
}

func TestPartitionDirectoriesAreRead(t *testing.T) {
	for _, tc := range []struct {
		name   string
		topic  string
		number int32
		ok     bool
	}{
		{"quotes.nfl-3", "quotes.nfl", 3, true},
		{"a-b-0", "a-b", 0, true},
		{"caf%C3%A9-12", "café", 12, true},
		{"t-x", "", 0, false},
		{"t--1", "t-", 1, true},
		{"-1", "", 0, false},
		{"t-99999999999", "", 0, false},
		{"%zz-1", "", 0, false},
		{"notes", "", 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, ok := parsePartition(tc.name)
			if ok != tc.ok || p.topic != tc.topic || p.number != tc.number {
				t.Errorf("got %q %d %v, want %q %d %v", p.topic, p.number, ok, tc.topic, tc.number, tc.ok)
			}
		})
	}
}
