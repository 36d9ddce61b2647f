//go:build engines

package engines

import (
	"testing"

	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/test/conformance"
)

func TestApacheKafkaConforms(t *testing.T) {
	conformance.Log(t, conformance.Target{
		Connection: log.Connection{Brokers: kafka(t).brokers("KAFKA_PLAIN")}, Replication: 1,
		CompactSoon:  map[string]string{"segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0.01", "min.compaction.lag.ms": "0"},
		CompactBytes: 4 << 20,
	})
}

func TestApicurioConforms(t *testing.T) {
	conformance.Schemas(t, conformance.Target{
		Schemas: log.SchemaConnection{URL: schemas(t)["REGISTRY_URL"]},
		Lacks:   map[conformance.Lack]bool{conformance.SpellingsShareID: true},
	})
}
