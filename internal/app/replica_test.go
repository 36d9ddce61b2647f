package app

import (
	"context"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/log/registry"
	"github.com/betflow/betflow/test/scenario/synthetic"
)

// sharedConfig returns configurations of processes that share a broker in memory.
func sharedConfig(t *testing.T) func() Config {
	t.Helper()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{
		"group.initial.rebalance.delay.ms": "0", "group.min.session.timeout.ms": "1000",
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	schemas, err := registry.New(registry.Config{Dir: t.TempDir(), Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(schemas)
	t.Cleanup(server.Close)
	return func() Config {
		cfg := freeConfig(t, ModeNone)
		cfg.Kafka.Brokers, cfg.Kafka.Registry, cfg.Kafka.Session = broker.ListenAddrs(), server.URL, time.Second
		cfg.Leagues, cfg.Log.Partitions, cfg.Log.Commit = []string{"nhl", "epl"}, 2, 5*time.Millisecond
		return cfg
	}
}

// TestReplicasShareARecording: processes that share a log play a recording
// together, whoever of them has the work, and each of them comes to what one
// alone does. One leaves in the middle.
func TestReplicasShareARecording(t *testing.T) {
	file, responses := synthetic.Recording{Leagues: []string{"nhl", "epl"}, Games: 2, Rounds: 12, Every: 2 * time.Minute}.Write(t)
	deps := Deps{Logger: quiet(), Now: time.Now}
	play := func(ctx context.Context, cfg Config, speed float64, started func()) (sum Summary) {
		opts := Options{
			Replay: &Replay{File: file, Speed: speed, Exit: true}, Done: func(s Summary) { sum = s },
			Started: func(Addresses) { started() },
		}
		if err := Run(ctx, cfg, opts, deps); err != nil {
			t.Error(err)
		}
		sum.Elapsed = 0
		return sum
	}
	nobody := func() {}
	alone := freeConfig(t, ModeNone)
	alone.Leagues = []string{"nhl", "epl"}
	want := play(t.Context(), alone, 0, nobody)
	if want.Responses != responses || want.Quotes == 0 || want.Windows == 0 {
		t.Fatalf("one process alone makes %+v of %d responses", want, responses)
	}
	config := sharedConfig(t)
	leaving, leave := context.WithCancel(t.Context())
	defer leave()
	got := make([]Summary, 2)
	var running sync.WaitGroup
	running.Go(func() { play(leaving, config(), 3600, nobody) })
	for i := range got {
		running.Go(func() { got[i] = play(t.Context(), config(), 3600, leave) })
	}
	running.Wait()
	for i := range got {
		if got[i] != want {
			t.Errorf("replica %d makes %+v of it, want %+v", i, got[i], want)
		}
	}
}

// TestRolesSayWhatAProcessDoes: who computes only has neither store nor board,
// and owns no sources; who serves only runs no task.
func TestRolesSayWhatAProcessDoes(t *testing.T) {
	config := sharedConfig(t)
	begin := func(roles ...string) *system {
		cfg := config()
		cfg.Roles = roles
		s, err := open(t.Context(), cfg, Deps{Logger: quiet(), Now: time.Now}, api.Mode{Source: ModeNone})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		if err := s.openSources(ctx, nil); err != nil {
			t.Fatal(err)
		}
		s.start(ctx, Options{})
		s.ready.Store(true)
		t.Cleanup(func() {
			stop()
			s.supervisor.wait()
			if err := s.close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	serving, computing := begin(RoleServe), begin(RoleProcess)
	for len(computing.here()) < len(computing.tasks()) {
		select {
		case <-t.Context().Done():
			t.Fatal("the tasks find nobody")
		case <-time.After(5 * time.Millisecond):
		}
	}
	if computing.store != nil || computing.boardFeeder != nil {
		t.Error("who computes only keeps a store or a board")
	}
	if serving.store == nil || len(serving.here()) > 0 {
		t.Errorf("who serves only has the tasks %v", serving.here())
	}
	elsewhere := 0
	for _, task := range serving.status().Tasks {
		if task.Elsewhere {
			elsewhere++
		}
	}
	if elsewhere != len(serving.tasks()) {
		t.Errorf("%d tasks are elsewhere, want all %d", elsewhere, len(serving.tasks()))
	}
}

func TestTheEmbeddedLogHasOneProcess(t *testing.T) {
	for _, roles := range []string{"[process]", "[ingest, serve]", "[]", "[ingest, process, serve, cook]"} {
		_, _, err := Load(Layers{Flags: map[string]string{"data": t.TempDir(), "roles": roles}})
		if err == nil {
			t.Errorf("roles %s were taken", roles)
		}
	}
	cfg, _, err := Load(Layers{Flags: map[string]string{"roles": "process", "kafka.brokers": "a:1", "kafka.registry": "http://a"}})
	if err != nil || !slices.Equal(cfg.Roles, []string{RoleProcess}) {
		t.Errorf("roles on a real cluster are %q (%v)", cfg.Roles, err)
	}
}
