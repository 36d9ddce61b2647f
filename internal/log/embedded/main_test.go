package embedded

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The kill tests run this test binary again as a child that works until it is
// killed. These variables tell the child what to do, and where.
const (
	childRole = "EMBEDDED_TEST_ROLE"
	childDir  = "EMBEDDED_TEST_DIR"
	childSeed = "EMBEDDED_TEST_ROUND"
)

func TestMain(m *testing.M) {
	role, ok := children[os.Getenv(childRole)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := role(os.Getenv(childDir), os.Getenv(childSeed)); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

// children are the roles a child can play. Each runs until it is killed, or
// returns when there is nothing left to do.
var children = map[string]func(dir, round string) error{
	"produce": produceUntilKilled,
	"relay":   relayUntilKilled,
	"compact": compactUntilKilled,
	"hold":    holdUntilKilled,
}

// child is a running child process.
type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string // what it printed, closed when it ended
}

func startChild(t *testing.T, role, dir, round string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childRole+"="+role, childDir+"="+dir, childSeed+"="+round)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: cmd, lines: make(chan string, 1<<16)}
	go func() {
		defer close(c.lines)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			c.lines <- sc.Text()
		}
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return c
}

// next returns the next line of the child, "" if it ended.
func (c *child) next() string {
	c.t.Helper()
	select {
	case line := <-c.lines:
		if strings.HasPrefix(line, "error ") {
			c.t.Fatalf("child: %s", line)
		}
		return line
	case <-time.After(time.Minute):
		c.t.Fatal("child printed nothing for a minute")
		return ""
	}
}

// kill ends the child with SIGKILL and returns what it had printed by then.
func (c *child) kill() []string {
	c.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Fatal(err)
	}
	var rest []string
	for line := range c.lines {
		if strings.HasPrefix(line, "error ") {
			c.t.Fatalf("child: %s", line)
		}
		rest = append(rest, line)
	}
	_ = c.cmd.Wait() // it was killed
	return rest
}

// startSwept starts a broker, lets its janitor sweep once and sends it home: who
// started it sweeps by hand from then on, and nobody else does.
func startSwept(cfg Config) (*Broker, error) {
	cfg.JanitorEvery = time.Hour
	b, err := Start(cfg)
	if err != nil {
		return nil, err
	}
	b.stop()
	<-b.stopped
	return b, nil
}

// startBroker starts a broker that the test's end closes. Its janitor is at home
// unless the test says how often it is to sweep.
func startBroker(t testing.TB, cfg Config) *Broker {
	t.Helper()
	start := Start
	if cfg.JanitorEvery == 0 {
		start = startSwept
	}
	b, err := start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("closing broker: %v", err)
		}
	})
	return b
}

func newClient(t testing.TB, addr string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := connect(addr, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

func connect(addr string, opts ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(addr),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(0),
	}, opts...)...)
}

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// createTopic creates it unless it is there.
func createTopic(ctx context.Context, cl *kgo.Client, topic string, partitions int32, configs map[string]*string) error {
	adm := kadm.NewClient(cl)
	have, err := adm.ListTopics(ctx, topic)
	if err != nil {
		return err
	}
	if have.Has(topic) {
		return nil
	}
	_, err = adm.CreateTopic(ctx, partitions, 1, configs, topic)
	return err
}

// ends returns the log end of each partition.
func ends(ctx context.Context, cl *kgo.Client, topic string) (map[int32]int64, error) {
	offsets, err := kadm.NewClient(cl).ListEndOffsets(ctx, topic)
	return byPartition(offsets, topic), err
}

// starts returns the log start of each partition.
func starts(ctx context.Context, cl *kgo.Client, topic string) (map[int32]int64, error) {
	offsets, err := kadm.NewClient(cl).ListStartOffsets(ctx, topic)
	return byPartition(offsets, topic), err
}

func byPartition(offsets kadm.ListedOffsets, topic string) map[int32]int64 {
	m := make(map[int32]int64)
	for p, o := range offsets[topic] {
		m[p] = o.Offset
	}
	return m
}

// readAll consumes a topic from its start to its present end.
func readAll(t testing.TB, addr, topic string, opts ...kgo.Opt) []*kgo.Record {
	t.Helper()
	cl := newClient(t, addr, append([]kgo.Opt{kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}, opts...)...)
	ctx := testContext(t)
	end, err := ends(ctx, cl, topic)
	if err != nil {
		t.Fatal(err)
	}
	start, err := starts(ctx, cl, topic)
	if err != nil {
		t.Fatal(err)
	}
	open := 0
	for p := range end {
		if start[p] < end[p] {
			open++
		}
	}
	var all []*kgo.Record
	for open > 0 {
		fetches := cl.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("reading %s: %v", topic, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			all = append(all, r)
			if r.Offset == end[r.Partition]-1 {
				open--
			}
		})
	}
	cl.Close()
	return all
}

func encodeID(id uint64) []byte    { return binary.BigEndian.AppendUint64(nil, id) }
func decodeID(value []byte) uint64 { return binary.BigEndian.Uint64(value) }
