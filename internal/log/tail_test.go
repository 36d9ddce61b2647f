package log

import (
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestTailsAndBoundsOfEmptyFilledAndTrimmedPartitions(t *testing.T) {
	client := startCluster(t)
	adm := kadm.NewClient(client)
	if err := Ensure(t.Context(), client, []Topic{{Name: "a", Partitions: 4}, {Name: "b", Partitions: 1}}, 1); err != nil {
		t.Fatal(err)
	}
	if tails, err := Tails(t.Context(), client, []string{"a", "b"}); err != nil || len(tails) != 0 {
		t.Fatalf("tails of empty topics: %v (%v)", tails, err)
	}
	for p, n := range map[int32]int{1: 1, 2: 5, 3: 5} {
		for i := range n {
			r := &kgo.Record{Topic: "a", Partition: p, Key: []byte("k"), Value: fmt.Append(nil, "value ", i)}
			if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	trim := kadm.Offsets{}
	trim.Add(kadm.Offset{Topic: "a", Partition: 2, At: 4})
	trim.Add(kadm.Offset{Topic: "a", Partition: 3, At: 5}) // all of it
	if _, err := adm.DeleteRecords(t.Context(), trim); err != nil {
		t.Fatal(err)
	}
	starts, ends, err := Bounds(t.Context(), client, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[Partition][2]int64{{"a", 0}: {0, 0}, {"a", 1}: {0, 1}, {"a", 2}: {4, 5}, {"a", 3}: {5, 5}, {"b", 0}: {0, 0}} {
		if got := [2]int64{starts[p], ends[p]}; got != want {
			t.Errorf("%v reaches from %d to %d, want %v", p, got[0], got[1], want)
		}
	}
	tails, err := Tails(t.Context(), client, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tails) != 2 || string(tails[Partition{"a", 1}].Value) != "value 0" || string(tails[Partition{"a", 2}].Value) != "value 4" {
		t.Errorf("got the tails %v", tails)
	}
}

func TestTailsOfAnUnknownTopicIsAnError(t *testing.T) {
	client := startCluster(t)
	if tails, err := Tails(t.Context(), client, []string{"nowhere"}); err == nil {
		t.Errorf("got %v, want an error", tails)
	}
}
