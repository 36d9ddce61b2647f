package log

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sort"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/betflow/betflow/internal/feed"
)

// Topics without a league or a metric in their name.
const (
	TopicDims       = "dims"
	TopicFixtures   = "fixtures"
	TopicQuarantine = "quarantine"
	TopicReviews    = "reviews"
	TopicLate       = "late"
)

// Topic names built from a source, a league or a metric. Names are made here
// and nowhere else.
func RawTopic(source string) string           { return "raw." + source }
func QuotesTopic(league string) string        { return "quotes." + league }
func GamesTopic(league string) string         { return "games." + league }
func PlaysTopic(league string) string         { return "plays." + league }
func WeatherTopic(league string) string       { return "weather." + league }
func MarketsTopic(league string) string       { return "markets." + league }
func SignalsTopic(league string) string       { return "signals." + league }
func InPlayTopic(league string) string        { return "inplay." + league }
func MainLinesTopic(league string) string     { return "mainlines." + league }
func TotalsWeatherTopic(league string) string { return "totals_weather." + league }
func WindowsTopic(metric string) string       { return "windows." + metric }

// Topics that exist where several processes share a log. A state topic has a
// partition for the state of each task of a kind. The other two have no records:
// who owns a partition of them in the consumer group does its work.
func StateTopic(kind string) string { return "state." + kind }

const (
	TopicTasks  = "tasks"  // partition n: the tasks of number n
	TopicIngest = "ingest" // one partition: asking the sources
)

// SharedTopics lists the topics that replicas need beside those of the layout.
func SharedTopics(kinds []string, partitions int32) []Topic {
	ts := []Topic{{Name: TopicTasks, Partitions: partitions}, {Name: TopicIngest, Partitions: 1}}
	for _, k := range kinds {
		ts = append(ts, Topic{Name: StateTopic(k), Partitions: partitions, Compacted: true, State: true})
	}
	return ts
}

// Topic describes one topic: its partitions, whether only the newest record of
// a key matters, and the Avro schema of its values ("" for raw bytes).
type Topic struct {
	Name       string
	Partitions int32
	Compacted  bool
	Schema     string
	State      bool // it holds states of tasks
	Inner      bool // between tasks: what it says stands elsewhere for readers
}

// Subject is the schema registry's name for the topic's values.
func (t Topic) Subject() string { return t.Name + "-value" }

// Layout says which topics a deployment has.
type Layout struct {
	Partitions int32             // of every topic: they share one partitioning
	Sources    []string          // a raw topic each
	Leagues    []string          // canonical and derived topics each
	Metrics    map[string]string // metric name -> Avro schema of its windows
}

// Topics lists every topic of the layout in a fixed order.
func (l Layout) Topics() []Topic {
	var ts []Topic
	add := func(name, schema string, compacted bool) {
		ts = append(ts, Topic{Name: name, Partitions: l.Partitions, Compacted: compacted, Schema: schema})
	}
	for _, s := range l.Sources {
		add(RawTopic(s), "", false)
	}
	add(TopicDims, feed.DimensionSchema, true)
	add(TopicFixtures, feed.FixtureSchema, true)
	add(TopicQuarantine, feed.QuarantineSchema, false)
	add(TopicReviews, feed.ReviewSchema, false)
	add(TopicLate, feed.LateSchema, false)
	for _, id := range l.Leagues {
		add(QuotesTopic(id), feed.QuoteSchema, false)
		add(GamesTopic(id), feed.GameSchema, false)
		add(PlaysTopic(id), feed.PlaySchema, false)
		add(WeatherTopic(id), feed.WeatherSchema, false)
		add(MarketsTopic(id), feed.MarketSchema, true)
		add(SignalsTopic(id), feed.SignalSchema, false)
		ts = append(ts, Topic{Name: MainLinesTopic(id), Partitions: l.Partitions, Schema: feed.MarketSchema, Inner: true})
		add(InPlayTopic(id), feed.InPlaySchema, false)
		add(TotalsWeatherTopic(id), feed.TotalsWeatherSchema, false)
	}
	names := make([]string, 0, len(l.Metrics))
	for m := range l.Metrics {
		names = append(names, m)
	}
	sort.Strings(names)
	for _, m := range names {
		add(WindowsTopic(m), l.Metrics[m], false)
	}
	return ts
}

// PartitionOf spreads keys over n partitions. Raw topics use it on the league,
// all other topics of a league on the fixture id.
func PartitionOf(key string, n int32) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	return int32(h.Sum32() % uint32(n))
}

// MaxRecordBytes is the largest batch of records a topic takes, and so the
// largest record: a scoreboard of a whole college Saturday is over a megabyte.
const MaxRecordBytes = 32 << 20

// stateSegment is how much of a state's changes are kept beside the state: the
// last segment of a partition is never compacted, and all of it is read by who
// takes the state over.
const stateSegment = 2 * MaxRecordBytes

// compactionLag is how long a superseded record stays at least. The hot store keeps
// a history of what compacted topics say: a record that is gone before the store
// has read it is missing there. The embedded log does not know the setting: it
// compacts what the store has read and nothing else.
const compactionLag = 24 * time.Hour

// Ensure creates the topics that do not exist yet and waits until the log knows
// them. A topic that exists with another number of partitions is an error: keys
// would change their partition.
func Ensure(ctx context.Context, client *kgo.Client, topics []Topic, replication int16) error {
	adm := kadm.NewClient(client)
	have, err := partitionCounts(ctx, client)
	if err != nil {
		return err
	}
	// Topics of one kind are made in one request: a cluster takes its time for each.
	missing := map[Topic][]string{}
	for _, t := range topics {
		if _, ok := have[t.Name]; !ok {
			kind := Topic{Partitions: t.Partitions, Compacted: t.Compacted, State: t.State}
			missing[kind] = append(missing[kind], t.Name)
		}
	}
	for kind, names := range missing {
		made, err := adm.CreateTopics(ctx, kind.Partitions, replication, kind.configs(), names...)
		if err != nil {
			return fmt.Errorf("creating topics: %w", err)
		}
		for _, t := range made.Sorted() {
			if t.Err != nil && !errors.Is(t.Err, kerr.TopicAlreadyExists) { // another replica was faster
				return fmt.Errorf("creating topic %s: %w", t.Topic, t.Err)
			}
		}
	}
	return known(ctx, client, topics, have)
}

// configs are the topic's settings.
func (t Topic) configs() map[string]*string {
	c := map[string]*string{"max.message.bytes": kadm.StringPtr(strconv.Itoa(MaxRecordBytes))}
	if t.Compacted {
		c["cleanup.policy"] = kadm.StringPtr("compact")
	}
	if t.Compacted && !t.State { // of a state nobody wants the past
		c["min.compaction.lag.ms"] = kadm.StringPtr(strconv.FormatInt(compactionLag.Milliseconds(), 10))
	}
	if t.State {
		c["segment.bytes"] = kadm.StringPtr(strconv.Itoa(stateSegment))
	}
	return c
}

// known waits until the log knows the topics: the brokers of a cluster hear of a
// new one a moment later. Have is what it knew before.
func known(ctx context.Context, client *kgo.Client, topics []Topic, have map[string]int32) error {
	const look = 50 * time.Millisecond
	for _, t := range topics {
		for have[t.Name] == 0 {
			var err error
			if have, err = partitionCounts(ctx, client); err != nil {
				return err
			}
			if have[t.Name] > 0 {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("waiting for topic %s: %w", t.Name, ctx.Err())
			case <-time.After(look):
			}
		}
		if err := t.matches(have[t.Name]); err != nil {
			return err
		}
	}
	return nil
}

func (t Topic) matches(partitions int32) error {
	if partitions == t.Partitions {
		return nil
	}
	return fmt.Errorf("topic %s has %d partitions, the configuration says %d: set log.partitions to %d or start with a fresh log", t.Name, partitions, t.Partitions, partitions)
}

// partitionCounts asks the log how many partitions each topic has. It asks the
// log itself: the client's memory of topics may be seconds old.
func partitionCounts(ctx context.Context, client *kgo.Client) (map[string]int32, error) {
	resp, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("listing topics: %w", err)
	}
	counts := map[string]int32{}
	for _, t := range resp.Topics {
		if t.Topic != nil && t.ErrorCode == 0 {
			counts[*t.Topic] = int32(len(t.Partitions))
		}
	}
	return counts, nil
}
