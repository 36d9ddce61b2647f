package embedded

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestAfterARefusedBatchNothingIsTaken: what is taken behind it would stand behind a
// hole.
func TestAfterARefusedBatchNothingIsTaken(t *testing.T) {
	ctx := testContext(t)
	dir := t.TempDir()
	b := startBroker(t, Config{Dir: dir})
	client := newClient(t, b.Addr())
	if _, err := kadm.NewClient(client).CreateTopics(ctx, 1, 1, nil, "a", "b"); err != nil {
		t.Fatal(err)
	}
	write := func(topic string) error {
		return client.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("x")}).FirstErr()
	}
	if err := write("a"); err != nil || b.WriteError() != nil {
		t.Fatal(err, b.WriteError())
	}
	inTheWay := filepath.Join(dir, "broker", "partitions", "b-0")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write("b"); err == nil {
		t.Fatal("a batch was taken that cannot be written")
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"b", "b", "a"} {
		if err := write(topic); err == nil {
			t.Errorf("a batch for topic %s was taken", topic)
		}
	}
	select {
	case <-b.Refused():
	default:
		t.Error("nobody is told")
	}
	if b.WriteError() == nil {
		t.Error("the reason is forgotten")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	b = startBroker(t, Config{Dir: dir})
	client = newClient(t, b.Addr())
	for _, topic := range []string{"a", "b"} {
		if err := write(topic); err != nil {
			t.Fatal(err)
		}
	}
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := ends.Lookup("a", 0)
	if got, _ := ends.Lookup("b", 0); a.Offset != 2 || got.Offset != 1 {
		t.Errorf("a ends at %d, b at %d, want 2 and 1", a.Offset, got.Offset)
	}
}
