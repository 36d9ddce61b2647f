package conformance

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/log/embedded"
	"github.com/betflow/betflow/internal/log/registry"
)

func TestTheEmbeddedLog(t *testing.T) {
	// The cap of the log sets when compaction is worth it: from 1/32 of it on.
	broker, err := embedded.Start(embedded.Config{Dir: t.TempDir(), MaxBytes: 64 << 20, JanitorEvery: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
	})
	Log(t, Target{
		Connection: log.Connection{Brokers: []string{broker.Addr()}}, Replication: 1,
		CompactBytes: 8 << 20, Lacks: map[Lack]bool{TopicRetention: true},
	})
}

func TestTheEmbeddedRegistry(t *testing.T) {
	r, err := registry.New(registry.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	Schemas(t, Target{Schemas: log.SchemaConnection{URL: server.URL}})
}
