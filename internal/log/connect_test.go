package log

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestDerivedClientsShareNoOption: each task's writer derives from the same
// client. With one list for two of them, two tasks would write under one name.
func TestDerivedClientsShareNoOption(t *testing.T) {
	client := startCluster(t)
	var more []kgo.Opt
	for range 8 { // whatever the number of options, some more of them leave room behind the list
		more = append(more, kgo.ClientID("betflow"))
		parent := derive(t, client, more...)
		first, _ := derive(t, parent, kgo.TransactionalID("first")), derive(t, parent, kgo.TransactionalID("second"))
		if name := derive(t, first).OptValue(kgo.TransactionalID); name != "first" {
			t.Errorf("with %d more options the first client's name has become %q", len(more), name)
		}
	}
}

func derive(t *testing.T, client *kgo.Client, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	derived, err := Derive(client, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(derived.Close)
	return derived
}
