package log

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
)

func TestEnsureCreatesWhatIsMissingAndLeavesTheRest(t *testing.T) {
	client := startCluster(t)
	topics := Layout{Partitions: 3, Sources: feed.Sources(), Leagues: []string{"nhl", "nfl"}, Metrics: map[string]string{"b": "{}", "a": "{}"}}.Topics()
	for _, have := range [][]Topic{topics[:4], topics, topics} {
		if err := Ensure(t.Context(), client, have, 1); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := partitionCounts(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range topics {
		if counts[topic.Name] != 3 {
			t.Errorf("topic %s has %d partitions, want 3", topic.Name, counts[topic.Name])
		}
	}
	configs, err := kadm.NewClient(client).DescribeTopicConfigs(t.Context(), TopicFixtures, TopicLate)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range configs {
		for _, c := range topic.Configs {
			if c.Key == "cleanup.policy" && (c.MaybeValue() == "compact") != (topic.Name == TopicFixtures) {
				t.Errorf("topic %s has cleanup.policy %s", topic.Name, c.MaybeValue())
			}
		}
	}
}

func TestEnsureRefusesAnotherNumberOfPartitions(t *testing.T) {
	client := startCluster(t)
	if err := Ensure(t.Context(), client, []Topic{{Name: "dims", Partitions: 2}}, 1); err != nil {
		t.Fatal(err)
	}
	err := Ensure(t.Context(), client, []Topic{{Name: "dims", Partitions: 3}}, 1)
	if err == nil || !strings.Contains(err.Error(), "has 2 partitions, the configuration says 3") {
		t.Errorf("got %v, want an error that names both numbers", err)
	}
}

// TestEnsureGetsOnWithAnotherThatCreatesTheSameTopics: several replicas start at
// once, and each finds some topics made by the others.
func TestEnsureGetsOnWithAnotherThatCreatesTheSameTopics(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	topics := Layout{Partitions: 2, Sources: feed.Sources(), Leagues: []string{"nhl", "nfl", "epl"}}.Topics()
	const replicas = 4
	errs := make(chan error, replicas)
	for range replicas {
		client := dial(t, cluster.ListenAddrs())
		go func() { errs <- Ensure(context.Background(), client, topics, 1) }()
	}
	for range replicas {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestEnsureSeesATopicThatTheClientDoesNotRemember(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	stale, other := dial(t, cluster.ListenAddrs(), kgo.MetadataMinAge(time.Minute)), dial(t, cluster.ListenAddrs())
	if _, err := kadm.NewClient(stale).ListTopics(t.Context()); err != nil { // fills the client's memory
		t.Fatal(err)
	}
	if err := Ensure(t.Context(), other, []Topic{{Name: "dims", Partitions: 2}}, 1); err != nil {
		t.Fatal(err)
	}
	if err := Ensure(t.Context(), stale, []Topic{{Name: "dims", Partitions: 2}}, 1); err != nil {
		t.Error(err)
	}
	if err := Ensure(t.Context(), stale, []Topic{{Name: "dims", Partitions: 5}}, 1); err == nil {
		t.Error("another number of partitions was accepted")
	}
}

func TestWhatIsSupersededStaysForReadersThatAreBehind(t *testing.T) {
	const lag = "min.compaction.lag.ms"
	for _, topic := range append(Layout{Partitions: 1, Leagues: []string{"nhl"}}.Topics(), SharedTopics([]string{"compute"}, 1)...) {
		value, set := topic.configs()[lag]
		switch history := topic.Compacted && !topic.State; {
		case set != history:
			t.Errorf("topic %s has %s set: %t, want %t", topic.Name, lag, set, history)
		case set && *value != "86400000":
			t.Errorf("topic %s keeps superseded records %s ms, want a day", topic.Name, *value)
		}
	}
}
