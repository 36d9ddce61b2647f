package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/log/embedded/dirlock"
)

func TestConsumerGroupResumesAfterRestart(t *testing.T) {
	ctx := testContext(t)
	dir := t.TempDir()
	b := startBroker(t, Config{Dir: dir})
	cl := newClient(t, b.Addr())
	if err := createTopic(ctx, cl, "quotes.nfl", 2, nil); err != nil {
		t.Fatal(err)
	}
	consume := func(addr string, n int) []string {
		c := newClient(t, addr, kgo.ConsumerGroup("g"), kgo.ConsumeTopics("quotes.nfl"), kgo.DisableAutoCommit(),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
		defer c.Close()
		var values []string
		for len(values) < n {
			fetches := c.PollFetches(ctx)
			if err := fetches.Err(); err != nil {
				t.Fatal(err)
			}
			fetches.EachRecord(func(r *kgo.Record) { values = append(values, string(r.Value)) })
		}
		if err := c.CommitUncommittedOffsets(ctx); err != nil {
			t.Fatal(err)
		}
		return values
	}
	produce := func(cl *kgo.Client, values ...string) {
		for i, v := range values {
			r := &kgo.Record{Topic: "quotes.nfl", Partition: int32(i % 2), Value: []byte(v)}
			if err := cl.ProduceSync(ctx, r).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	produce(cl, "a", "b", "c")
	if got := consume(b.Addr(), 3); len(got) != 3 {
		t.Fatalf("got %v, want 3 values", got)
	}
	cl.Close()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	b = startBroker(t, Config{Dir: dir})
	produce(newClient(t, b.Addr()), "d")
	if got := fmt.Sprint(consume(b.Addr(), 1)); got != "[d]" {
		t.Errorf("after restart the group got %s, want [d]", got)
	}
}

func TestAdminClientManagesTopics(t *testing.T) {
	ctx := testContext(t)
	b := startBroker(t, Config{Dir: t.TempDir()})
	admin := func() *kadm.Client { return kadm.NewClient(newClient(t, b.Addr())) } // a client caches its metadata

	brokers, err := admin().ListBrokers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(brokers) != 1 || net.JoinHostPort(brokers[0].Host, fmt.Sprint(brokers[0].Port)) != b.Addr() {
		t.Errorf("got brokers %v, want one at %s", brokers, b.Addr())
	}
	if _, err := admin().CreateTopic(ctx, 3, 1, nil, "games.nfl"); err != nil {
		t.Fatal(err)
	}
	topics, err := admin().ListTopics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(topics["games.nfl"].Partitions); n != 3 {
		t.Errorf("got %d partitions, want 3", n)
	}
	if _, err := admin().DeleteTopics(ctx, "games.nfl"); err != nil {
		t.Fatal(err)
	}
	if topics, err = admin().ListTopics(ctx); err != nil || topics.Has("games.nfl") {
		t.Errorf("topic is still there after its deletion (error %v)", err)
	}
}

func TestTopicsAreNotCreatedByProducing(t *testing.T) {
	b := startBroker(t, Config{Dir: t.TempDir()})
	cl := newClient(t, b.Addr(), kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(0))
	err := cl.ProduceSync(testContext(t), &kgo.Record{Topic: "typo", Value: []byte("x")}).FirstErr()
	if !errors.Is(err, kerr.UnknownTopicOrPartition) {
		t.Errorf("got %v, want an unknown topic", err)
	}
}

func TestTransactionsCommitAndAbort(t *testing.T) {
	ctx := testContext(t)
	b := startBroker(t, Config{Dir: t.TempDir()})
	cl := newClient(t, b.Addr(), kgo.TransactionalID("tx"))
	if err := createTopic(ctx, cl, "out", 1, nil); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		value string
		end   kgo.TransactionEndTry
	}{{"kept", kgo.TryCommit}, {"dropped", kgo.TryAbort}, {"kept too", kgo.TryCommit}} {
		if err := cl.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		if err := cl.ProduceSync(ctx, &kgo.Record{Topic: "out", Value: []byte(tc.value)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := cl.EndTransaction(ctx, tc.end); err != nil {
			t.Fatal(err)
		}
	}
	reader := newClient(t, b.Addr(), kgo.ConsumeTopics("out"), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	var got []string
	for len(got) < 2 {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) { got = append(got, string(r.Value)) })
	}
	if fmt.Sprint(got) != "[kept kept too]" {
		t.Errorf("a committed reader got %v", got)
	}
}

func TestSecondStartNamesHolder(t *testing.T) {
	dir := t.TempDir()
	startBroker(t, Config{Dir: dir})
	_, err := Start(Config{Dir: dir})
	var held *dirlock.HeldError
	if !errors.As(err, &held) || held.Dir != dir || held.PID != os.Getpid() {
		t.Fatalf("got %v, want the directory %s held by this process", err, dir)
	}
}

func TestCloseTwiceIsOnce(t *testing.T) {
	b := startBroker(t, Config{Dir: t.TempDir()})
	for range 2 {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStartRefusesBadConfig(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tc := range []struct {
		name, want string
		cfg        Config
	}{
		{"no directory", "no directory", Config{}},
		{"negative size", "negative", Config{Dir: "d", MaxBytes: -1}},
		{"no port", "missing port", Config{Dir: "d", Addr: "localhost"}},
		{"every interface", "set the host to advertise", Config{Dir: "d", Addr: "0.0.0.0:0"}},
		{"every IPv6 interface", "set the host to advertise", Config{Dir: "d", Addr: "[::]:0"}},
		{"no host", "set the host to advertise", Config{Dir: "d", Addr: ":9092"}},
		{"port in use", "address already in use", Config{Dir: "d", Addr: taken.Addr().String()}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.cfg.Dir != "" {
				tc.cfg.Dir = t.TempDir()
			}
			b, err := Start(tc.cfg)
			if err == nil {
				b.Close()
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %q, want it to contain %q", err, tc.want)
			}
		})
	}
}

func TestFailedStartGivesDirectoryFree(t *testing.T) {
	dir := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := Start(Config{Dir: dir, Addr: taken.Addr().String()}); err == nil {
		t.Fatal("started on a port in use")
	}
	startBroker(t, Config{Dir: dir})
}

func TestUnreadableLogIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := startBroker(t, Config{Dir: dir}).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "broker", "meta.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Start(Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "broker", "meta.json")) {
		t.Fatalf("got %v, want an error that names the file", err)
	}
}

func TestAdvertisedAddressIsWhatClientsAreTold(t *testing.T) {
	for _, tc := range []struct{ name, advertise string }{
		{"host", "localhost"},
		{"host and port", "localhost:19092"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := startBroker(t, Config{Dir: t.TempDir(), Addr: "0.0.0.0:0", Advertise: tc.advertise})
			if !strings.HasPrefix(b.Addr(), tc.advertise) {
				t.Fatalf("address is %s, want %s", b.Addr(), tc.advertise)
			}
			host, port, err := net.SplitHostPort(b.janitor.compactor.addr)
			if err != nil || net.ParseIP(host) == nil {
				t.Fatalf("listens on %s", b.janitor.compactor.addr)
			}
			cl := newClient(t, net.JoinHostPort("127.0.0.1", port))
			brokers, err := kadm.NewClient(cl).ListBrokers(testContext(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := net.JoinHostPort(brokers[0].Host, fmt.Sprint(brokers[0].Port)); got != b.Addr() {
				t.Errorf("clients are told %s, want %s", got, b.Addr())
			}
		})
	}
}

func TestRetentionSettingsAreIgnoredAndSaid(t *testing.T) {
	ctx := testContext(t)
	var log bytes.Buffer
	b := startBroker(t, Config{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	adm := kadm.NewClient(newClient(t, b.Addr()))
	str := kadm.StringPtr
	if _, err := adm.CreateTopic(ctx, 1, 1, map[string]*string{"retention.ms": str("1"), "max.message.bytes": str("2000000")}, "t"); err != nil {
		t.Fatal(err)
	}
	set := func(name, value string) []kadm.AlterConfig {
		return []kadm.AlterConfig{{Name: name, Value: str(value)}}
	}
	alterAll := func(c []kadm.AlterConfig) error {
		rs, err := adm.AlterTopicConfigs(ctx, c, "t")
		return errors.Join(err, rs[0].Err)
	}
	alterState := func(c []kadm.AlterConfig) error {
		rs, err := adm.AlterTopicConfigsState(ctx, c, "t")
		return errors.Join(err, rs[0].Err)
	}
	for _, alter := range []func([]kadm.AlterConfig) error{alterAll, alterState} {
		if err := alter(append(set("retention.bytes", "1"), set("max.message.bytes", "3000000")...)); err != nil {
			t.Fatal(err)
		}
	}
	configs := b.cluster.TopicInfo("t").Configs
	if len(configs) != 1 || *configs["max.message.bytes"] != "3000000" {
		t.Errorf("topic has settings %v, want max.message.bytes alone", configs)
	}
	if n := strings.Count(log.String(), "ignoring a topic setting"); n != 3 {
		t.Errorf("said it %d times, want 3:\n%s", n, log.String())
	}
}

func TestBrokerSettingsCannotBeChanged(t *testing.T) {
	ctx := testContext(t)
	b := startBroker(t, Config{Dir: t.TempDir()})
	adm := kadm.NewClient(newClient(t, b.Addr()))
	change := []kadm.AlterConfig{{Name: "log.retention.ms", Value: kadm.StringPtr("1")}}
	for range 2 { // the refusal must outlast its first use
		rs, err := adm.AlterBrokerConfigs(ctx, change)
		if err != nil {
			t.Fatal(err)
		}
		if !errors.Is(rs[0].Err, kerr.PolicyViolation) {
			t.Errorf("incremental change: got %v, want a policy violation", rs[0].Err)
		}
		rs, err = adm.AlterBrokerConfigsState(ctx, change)
		if err != nil {
			t.Fatal(err)
		}
		if !errors.Is(rs[0].Err, kerr.PolicyViolation) {
			t.Errorf("change of all: got %v, want a policy violation", rs[0].Err)
		}
	}
}

func TestDamagedTailIsCut(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(raw []byte) []byte
		want   int64 // end of the log afterwards
	}{
		{"nothing", func(raw []byte) []byte { return raw }, 10},
		{"half a batch more", func(raw []byte) []byte { return append(raw, raw[:len(raw)/20]...) }, 10},
		{"last batch cut", func(raw []byte) []byte { return raw[:len(raw)-3] }, 9},
		{"last byte flipped", func(raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw }, 9},
		{"zeros at the end", func(raw []byte) []byte { clear(raw[len(raw)-20:]); return raw }, 9},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx := testContext(t)
			dir := t.TempDir()
			produceTo(t, startBroker(t, Config{Dir: dir}), "t", 0, 10)
			path := filepath.Join(dir, "broker", "partitions", "t-0", "0.dat")
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tc.damage(raw), 0o644); err != nil {
				t.Fatal(err)
			}
			b := startBroker(t, Config{Dir: dir})
			end, err := ends(ctx, newClient(t, b.Addr()), "t")
			if err != nil || end[0] != tc.want {
				t.Fatalf("log ends at %d (error %v), want %d", end[0], err, tc.want)
			}
			produce(t, b, "t", 100, 1)
			for _, when := range []string{"at once", "after a restart"} {
				got := readAll(t, b.Addr(), "t")
				if n := int64(len(got)); n != tc.want+1 || decodeID(got[n-1].Value) != 100 {
					t.Errorf("%s: read %d records, want %d with the new one last", when, n, tc.want+1)
				}
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				b = startBroker(t, Config{Dir: dir})
			}
		})
	}
}

// produceTo produces n records of one batch each, with ids from first on, and
// closes the broker.
func produceTo(t testing.TB, b *Broker, topic string, first uint64, n int) {
	t.Helper()
	produce(t, b, topic, first, n)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

func produce(t testing.TB, b *Broker, topic string, first uint64, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cl := newClient(t, b.Addr())
	defer cl.Close()
	if err := createTopic(ctx, cl, topic, 1, nil); err != nil {
		t.Fatal(err)
	}
	for i := range uint64(n) {
		if err := cl.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: encodeID(first + i)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}
