package app

import (
	"context"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// TestALogThatTakesNothingStopsTheAsking polls as fast as can be. While the log
// refuses every write nothing more is bought; then all that was is there once.
func TestALogThatTakesNothingStopsTheAsking(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	var away atomic.Bool
	var refused atomic.Int64
	cluster.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if !away.Load() {
			return nil, nil, false
		}
		refused.Add(1)
		return embedded.Refusal(req.(*kmsg.ProduceRequest), kerr.NotEnoughReplicas), nil, true
	})
	client, err := log.Connect(t.Context(), log.Connection{Brokers: cluster.ListenAddrs()},
		kgo.RetryBackoffFn(func(int) time.Duration { return 5 * time.Millisecond }))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	layout := log.Layout{Partitions: 1, Sources: []string{feed.SourceOdds}}
	if err := log.Ensure(t.Context(), client, layout.Topics(), 1); err != nil {
		t.Fatal(err)
	}
	answered, kept := new(atomic.Int64), new(atomic.Int64)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answered.Add(1)
		_, _ = w.Write([]byte("[]"))
	}))
	defer provider.Close()

	cfg := theoddsapi.Config("key")
	cfg.BaseURL, cfg.PerSecond, cfg.Burst, cfg.Reserve = provider.URL, 1e6, 1000, 0
	asker, err := source.New(cfg, source.Deps{Rand: rand.Float64})
	if err != nil {
		t.Fatal(err)
	}
	always := source.Schedule{InPlay: time.Millisecond, Idle: time.Millisecond}
	var jobs []source.Job
	for _, id := range []string{"nfl", "nhl"} {
		jobs = append(jobs, source.Job{Name: "odds", League: id, Client: asker, Schedule: always, Requests: func(feed.Time) []source.Request {
			return []source.Request{{Path: "/v4/sports/" + id + "/odds", League: id}}
		}})
	}
	sink := &capture{open: func(ctx context.Context) (*log.RawWriter, error) {
		return log.OpenRawWriter(ctx, client, layout.Sources, 1, "")
	}, wait: source.SystemClock().Sleep}
	if err := sink.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer sink.end()
	poller, err := source.NewPoller(source.PollerConfig{Jobs: jobs, Games: func(string) []source.Game { return nil }, Sink: source.SinkFunc(func(ctx context.Context, raw feed.Raw) error {
		err := sink.Capture(ctx, raw)
		if err == nil {
			kept.Add(1)
		}
		return err
	})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- poller.Run(ctx) }()
	until := func(n *atomic.Int64, least int64) {
		t.Helper()
		for n.Load() < least {
			select {
			case err := <-ended:
				t.Fatalf("the poller has ended: %v", err)
			case <-t.Context().Done():
				t.Fatal("it does not go on")
			case <-time.After(time.Millisecond):
			}
		}
	}
	until(answered, 20)
	away.Store(true)
	until(&refused, 3) // whoever had asked before has its answer by now, and waits
	stuck := answered.Load()
	until(&refused, 60)
	if n := answered.Load() - stuck; n > int64(len(jobs)) {
		t.Errorf("%d answers were bought while the log took nothing", n)
	}
	away.Store(false)
	until(answered, stuck+20)
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, ends, err := log.Bounds(t.Context(), client, []string{log.RawTopic(feed.SourceOdds)})
	if err != nil {
		t.Fatal(err)
	}
	end := ends[log.Partition{Topic: log.RawTopic(feed.SourceOdds)}]
	// An answer that was under way when it was told to stop was not taken.
	if lost := answered.Load() - kept.Load(); end != kept.Load() || lost > int64(len(jobs)) {
		t.Errorf("%d answers are in the log, %d were taken of %d", end, kept.Load(), answered.Load())
	}
}
