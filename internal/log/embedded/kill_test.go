package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// openLog starts a broker in a child and connects a producer to it.
func openLog(dir, topic string, partitions int32, configs map[string]*string) (*Broker, *kgo.Client, error) {
	b, err := startSwept(Config{Dir: dir, MaxBytes: 1 << 20})
	if err != nil {
		return nil, nil, err
	}
	cl, err := connect(b.Addr())
	if err != nil {
		return nil, nil, err
	}
	return b, cl, createTopic(context.Background(), cl, topic, partitions, configs)
}

// produceUntilKilled prints the ends it found, then each acknowledged record.
func produceUntilKilled(dir, round string) error {
	ctx := context.Background()
	_, cl, err := openLog(dir, "t", 3, nil)
	if err != nil {
		return err
	}
	end, err := ends(ctx, cl, "t")
	if err != nil {
		return err
	}
	for p, offset := range end {
		fmt.Println("end", p, offset)
	}
	n, err := strconv.ParseUint(round, 10, 32)
	if err != nil {
		return err
	}
	for id := n << 32; ; id++ {
		cl.Produce(ctx, &kgo.Record{Topic: "t", Partition: int32(id % 3), Value: encodeID(id)}, func(r *kgo.Record, err error) {
			if err != nil {
				fmt.Println("error", err)
				return
			}
			fmt.Println("ack", r.Partition, r.Offset, decodeID(r.Value))
		})
	}
}

func TestProducerInBrokersProcessSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	type place struct{ partition, offset int64 }
	acked := make(map[place]uint64)
	highest := make(map[int64]int64) // partition -> offset after the last acknowledged record
	for round := range 8 {
		c := startChild(t, "produce", dir, strconv.Itoa(round))
		atLeast := 1 + rand.IntN(2000)
		var lines []string
		for len(lines) < atLeast {
			lines = append(lines, c.next())
		}
		for _, line := range append(lines, c.kill()...) {
			var at place
			var id uint64
			if _, err := fmt.Sscanf(line, "end %d %d", &at.partition, &at.offset); err == nil {
				if at.offset < highest[at.partition] {
					t.Fatalf("round %d: partition %d ends at %d after a kill, acknowledged up to %d", round, at.partition, at.offset, highest[at.partition])
				}
				continue
			}
			if n, _ := fmt.Sscanf(line, "ack %d %d %d", &at.partition, &at.offset, &id); n != 3 {
				continue // the line that the kill cut
			}
			if other, ok := acked[at]; ok {
				t.Fatalf("offset %v was given to %d and to %d", at, other, id)
			}
			acked[at] = id
			highest[at.partition] = max(highest[at.partition], at.offset+1)
		}
	}
	seen := make(map[uint64]bool)
	for _, r := range readAll(t, startBroker(t, Config{Dir: dir}).Addr(), "t") {
		id := decodeID(r.Value)
		if seen[id] {
			t.Errorf("record %d is in the log twice", id)
		}
		seen[id] = true
		at := place{int64(r.Partition), r.Offset}
		if want, ok := acked[at]; ok && want != id {
			t.Errorf("at %v is record %d, acknowledged was %d", at, id, want)
		}
		delete(acked, at)
	}
	if len(acked) > 0 || len(seen) == 0 {
		t.Errorf("%d acknowledged records are missing among %d", len(acked), len(seen))
	}
}

// relayInputs is how many records the relay copies.
const relayInputs = 6000

// relayUntilKilled copies "in" to "out": outputs carry the id of their input,
// and the input offset is stored after they are acknowledged.
func relayUntilKilled(dir, _ string) error {
	ctx := context.Background()
	b, cl, err := openLog(dir, "out", 1, nil)
	if err != nil {
		return err
	}
	next, err := loadOffset(dir)
	if err != nil {
		return err
	}
	in, err := connect(b.Addr(), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{"in": {0: kgo.NewOffset().At(next)}}))
	if err != nil {
		return err
	}
	for next < relayInputs {
		var outs []*kgo.Record
		in.PollRecords(ctx, 100).EachRecord(func(r *kgo.Record) {
			outs = append(outs, &kgo.Record{Topic: "out", Value: r.Value})
			next = r.Offset + 1
		})
		if err := cl.ProduceSync(ctx, outs...).FirstErr(); err != nil {
			return err
		}
		if err := storeOffset(dir, next); err != nil {
			return err
		}
		fmt.Println("at", next)
	}
	return nil
}

func loadOffset(dir string) (int64, error) {
	text, err := os.ReadFile(filepath.Join(dir, "offset"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}

func storeOffset(dir string, offset int64) error {
	tmp := filepath.Join(dir, "offset.new")
	if err := os.WriteFile(tmp, strconv.AppendInt(nil, offset, 10), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, "offset"))
}

func TestRelayWithStoredOffsetSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	ctx := testContext(t)
	b := startBroker(t, Config{Dir: dir, MaxBytes: 1 << 20})
	cl := newClient(t, b.Addr())
	if err := createTopic(ctx, cl, "in", 1, nil); err != nil {
		t.Fatal(err)
	}
	for id := range uint64(relayInputs) {
		cl.Produce(ctx, &kgo.Record{Topic: "in", Value: encodeID(id)}, func(_ *kgo.Record, err error) {
			if err != nil {
				t.Errorf("producing input: %v", err)
			}
		})
	}
	if err := cl.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	kills := 0
	for done := false; !done; {
		c := startChild(t, "relay", dir, "")
		for range 1 + rand.IntN(12) {
			if done = c.next() == ""; done {
				break
			}
		}
		if !done {
			c.kill()
			kills++
		}
	}
	outputs := make(map[uint64]bool)
	for _, r := range readAll(t, startBroker(t, Config{Dir: dir}).Addr(), "out") {
		outputs[decodeID(r.Value)] = true // a reader drops what it has seen
	}
	if len(outputs) != relayInputs || kills == 0 {
		t.Errorf("after %d kills %d outputs of %d inputs", kills, len(outputs), relayInputs)
	}
}

// keysCompacted is how many keys the compacted topic has.
const keysCompacted = 50

// compactUntilKilled overwrites keys again and again, and compacts meanwhile.
func compactUntilKilled(dir, round string) error {
	ctx := context.Background()
	b, cl, err := openLog(dir, "c", 2, map[string]*string{"cleanup.policy": kadm.StringPtr("compact")})
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(round, 10, 32)
	if err != nil {
		return err
	}
	for id := n << 32; ; id++ {
		key := id % keysCompacted
		r := &kgo.Record{Topic: "c", Partition: int32(key % 2), Key: encodeID(key), Value: append(encodeID(id), make([]byte, 500)...)}
		cl.Produce(ctx, r, func(r *kgo.Record, err error) {
			if err != nil {
				fmt.Println("error", err)
				return
			}
			fmt.Println("ack", key, id)
		})
		if id%500 == 499 {
			b.janitor.compactor.after = 0
			if err := b.janitor.compactor.compact(); err != nil {
				return err
			}
		}
	}
}

func TestCompactionSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	latest := make(map[uint64]uint64) // key -> highest id acknowledged
	interrupted := 0
	for round := range 8 {
		c := startChild(t, "compact", dir, strconv.Itoa(round))
		atLeast := 1 + rand.IntN(4000)
		var lines []string
		for len(lines) < atLeast {
			lines = append(lines, c.next())
		}
		for _, line := range append(lines, c.kill()...) {
			var key, id uint64
			if n, _ := fmt.Sscanf(line, "ack %d %d", &key, &id); n == 2 && id>>32 == uint64(round) {
				latest[key] = max(latest[key], id)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "broker", linksValid)); err == nil {
			interrupted++
		}
	}
	t.Logf("%d of 8 kills fell into a compaction", interrupted)
	b := startBroker(t, Config{Dir: dir, MaxBytes: 1 << 20})
	found := make(map[uint64]uint64)
	records := readAll(t, b.Addr(), "c")
	for _, r := range records {
		found[decodeID(r.Key)] = decodeID(r.Value)
	}
	for key, id := range latest {
		if found[key] < id {
			t.Errorf("key %d has record %d, acknowledged was %d", key, found[key], id)
		}
	}
	total := 0
	for _, o := range []int32{0, 1} {
		total += int(b.cluster.PartitionInfo("c", o).HighWatermark)
	}
	if len(records) >= total {
		t.Errorf("the topic holds all %d records: nothing was compacted", total)
	}
}

// holdUntilKilled fills a partition, lets the janitor take all it may, and
// waits to be killed.
func holdUntilKilled(dir, _ string) error {
	ctx := context.Background()
	b, err := startSwept(Config{Dir: dir, Retention: time.Hour, Now: inAYear})
	if err != nil {
		return err
	}
	cl, err := connect(b.Addr())
	if err != nil {
		return err
	}
	if err := createTopic(ctx, cl, "t", 1, nil); err != nil {
		return err
	}
	for id := range uint64(20) {
		if err := cl.ProduceSync(ctx, &kgo.Record{Topic: "t", Value: encodeID(id)}).FirstErr(); err != nil {
			return err
		}
	}
	if err := b.janitor.sweep(); err != nil {
		return err
	}
	info := b.cluster.PartitionInfo("t", 0)
	fmt.Println("log", info.LogStartOffset, info.HighWatermark)
	select {}
}

func inAYear() time.Time { return time.Now().AddDate(1, 0, 0) }

func TestEndsStayWhenJanitorTookAll(t *testing.T) {
	dir := t.TempDir()
	for round := range int64(3) {
		c := startChild(t, "hold", dir, "")
		var start, end int64
		if _, err := fmt.Sscanf(c.next(), "log %d %d", &start, &end); err != nil {
			t.Fatal(err)
		}
		c.kill()
		if want := 20 * (2*round + 1); end != want || start != want-1 {
			t.Fatalf("round %d: log is [%d, %d) after the sweep, want the last record before %d", round, start, end, want)
		}
		// A clean stop in between must keep the end too.
		b := startBroker(t, Config{Dir: dir, Retention: time.Hour, Now: inAYear})
		produce(t, b, "t", 0, 20)
		if err := b.janitor.sweep(); err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRetentionGoesOnAfterKill(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "produce", dir, "1")
	for !strings.HasPrefix(c.next(), "ack 0 1") {
	}
	c.kill()
	swept := make(chan struct{})
	protect := func() map[string]map[int32]int64 { // called in each round
		select {
		case swept <- struct{}{}:
		default:
		}
		return nil
	}
	b := startBroker(t, Config{Dir: dir, Retention: time.Hour, Now: inAYear, JanitorEvery: time.Millisecond, Protect: protect})
	for range 3 { // the third round has begun: the second has ended
		select {
		case <-swept:
		case <-time.After(time.Minute):
			t.Fatal("the janitor does not run")
		}
	}
	info := b.cluster.PartitionInfo("t", 0)
	if info.HighWatermark == 0 || info.LogStartOffset != info.HighWatermark-1 {
		t.Errorf("log is [%d, %d), want the last record alone", info.LogStartOffset, info.HighWatermark)
	}
}

func TestKillReleasesDirectory(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "hold", dir, "")
	c.next()
	if _, err := Start(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("in use by process %d", c.cmd.Process.Pid)) {
		t.Fatalf("got %v, want the child named", err)
	}
	c.kill()
	startBroker(t, Config{Dir: dir})
}
