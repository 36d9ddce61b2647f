package parity

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/leagues"
)

// epoch is when the worlds of the tests begin: a whole hour.
const epoch = feed.Time(1_790_000_000_000_000 / int64(feed.Hour) * int64(feed.Hour))

// world is a log with the quotes of two leagues and what compute tasks made of
// them.
type world struct {
	t       *testing.T
	leagues []string
	metrics []metric.Definition
	codecs  map[string]*log.Codec
	topics  []log.Topic
	client  *kgo.Client
	stopped map[log.Partition]int64 // positions of the compute task
	written map[log.Partition]int64
	dir     string
}

func minutes(n ...int) (out []metric.Span) {
	for _, m := range n {
		out = append(out, metric.Span(time.Duration(m)*time.Minute))
	}
	return out
}

// definitions has windows of each kind, written at their end and early, and a
// metric whose rows of several leagues have the same keys.
func definitions() (out []metric.Definition) {
	for _, kind := range []struct {
		name    string
		windows metric.Windows
		keys    string
		emit    metric.Emission
	}{
		{"tumbling", metric.Windows{Tumbling: minutes(1, 5)}, "fixture_id outcome book", ""},
		{"sliding", metric.Windows{Sliding: []metric.Sliding{{Size: minutes(4)[0], Every: minutes(1)[0]}}}, "fixture_id outcome", metric.EmitChange},
		{"session", metric.Windows{Session: minutes(1, 3)}, "fixture_id book", ""},
		{"opening", metric.Windows{SinceOpen: minutes(2)}, "league fixture_id line", ""},
		{"shared", metric.Windows{Tumbling: minutes(3)}, "book", ""},
	} {
		d := metric.Definition{
			Name: kind.name, Source: "quotes", State: "open", Keys: strings.Fields(kind.keys), Value: "price", Windows: kind.windows, Emit: kind.emit,
			Disorder: metric.Span(30 * time.Second), Lateness: minutes(2)[0],
		}
		for _, a := range []string{"count", "first", "last", "min", "max", "mean", "stddev", "realised_volatility"} {
			d.Aggregates = append(d.Aggregates, metric.Measure{Name: a, Aggregate: a})
		}
		d.Aggregates = append(d.Aggregates, metric.Measure{Name: "books", Aggregate: "distinct", Column: "book"},
			metric.Measure{Name: "drift", Aggregate: "ewma", Value: "logit", HalfLife: minutes(1)[0]})
		if len(kind.windows.SinceOpen) > 0 {
			d.TTL = minutes(10)[0]
		}
		if field, err := d.Validate(); err != nil {
			panic(fmt.Sprint(kind.name, " ", field, ": ", err))
		}
		out = append(out, d)
	}
	return out
}

// newLog opens an empty log in memory.
func newLog(t *testing.T, metrics []metric.Definition) *world {
	t.Helper()
	w := &world{t: t, leagues: []string{"nhl", "nfl"}, metrics: metrics, codecs: map[string]*log.Codec{}, dir: t.TempDir()}
	layout := log.Layout{Partitions: 1, Leagues: w.leagues, Metrics: map[string]string{}}
	for i := range metrics {
		layout.Metrics[metrics[i].Name] = metrics[i].Schema()
	}
	w.topics = layout.Topics()
	var err error
	for i, topic := range w.topics {
		if w.codecs[topic.Name], err = log.NewCodec(topic.Schema, 100+i); err != nil {
			t.Fatal(err)
		}
	}
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	w.client, err = kgo.NewClient(kgo.SeedBrokers(fake.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(0),
		kgo.MetadataMinAge(10*time.Millisecond), kgo.FetchMaxWait(20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.client.Close)
	if err := log.Ensure(t.Context(), w.client, w.topics, 1); err != nil {
		t.Fatal(err)
	}
	return w
}

// tape writes records in the order in which they came.
type tape struct {
	w    *world
	seqs map[string]int64
	out  []*kgo.Record
}

func (p *tape) write(league string, q feed.Quote) {
	p.w.t.Helper()
	p.seqs[league]++
	q.Seq, q.League = p.seqs[league], league
	value, err := p.w.codecs[log.QuotesTopic(league)].Append(nil, &q)
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.out = append(p.out, &kgo.Record{Topic: log.QuotesTopic(league), Key: []byte("k"), Value: value})
}

func (p *tape) tick(at feed.Time) {
	for _, id := range p.w.leagues {
		p.write(id, feed.Quote{Kind: feed.KindTick, EventTime: at, SeenTime: at})
	}
}

// play writes quotes from a time on for a while: some late, some too late, some
// withdrawn, with pauses.
func (w *world) play(seed uint64, from feed.Time, rounds int) (until feed.Time) {
	w.t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	p := &tape{w: w, seqs: w.lastSeqs()}
	now := from
	for range rounds {
		now += feed.Time(rng.IntN(15)) * feed.Second
		if rng.IntN(60) == 0 {
			now += feed.Time(rng.IntN(20)) * feed.Minute
		}
		id := w.leagues[rng.IntN(2)]
		q := feed.Quote{
			Kind: feed.KindQuote, State: feed.StateOpen, FixtureID: id + []string{"-f", "-g|h"}[rng.IntN(2)], Market: feed.MarketH2H, Period: feed.PeriodFull,
			Outcome: []string{"home", "away"}[rng.IntN(2)], Book: []string{"a", "b", "c"}[rng.IntN(3)], Price: float64(101+rng.IntN(300)) / 100,
			EventTime: now - feed.Time(rng.IntN(90))*feed.Second, SeenTime: now, Last: true,
		}
		switch rng.IntN(12) {
		case 0:
			q.EventTime = now - 10*feed.Minute
		case 1:
			q.State = feed.StateWithdrawn
		}
		if rng.IntN(3) > 0 {
			line := float64(rng.IntN(3)) - 1.5
			q.Market, q.Line = feed.MarketSpreads, &line
		}
		p.write(id, q)
		if rng.IntN(3) == 0 {
			p.tick(now)
		}
	}
	p.tick(now)
	w.fill(p.out)
	return now
}

// lastSeqs reads the numbers that the quotes have come to.
func (w *world) lastSeqs() map[string]int64 {
	w.t.Helper()
	out := map[string]int64{}
	tails, err := log.Tails(w.t.Context(), w.client, []string{log.QuotesTopic("nhl"), log.QuotesTopic("nfl")})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, id := range w.leagues {
		if r := tails[log.Partition{Topic: log.QuotesTopic(id)}]; r != nil {
			if _, out[id], err = log.KindSeq(r.Value); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	return out
}

func (w *world) fill(records []*kgo.Record) {
	w.t.Helper()
	if err := w.client.ProduceSync(w.t.Context(), records...).FirstErr(); err != nil {
		w.t.Fatal(err)
	}
}

// compute runs the processor's own task over all quotes and notes its cut.
func (w *world) compute() {
	w.t.Helper()
	all, err := leagues.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	catalog, err := league.NewCatalog(all)
	if err != nil {
		w.t.Fatal(err)
	}
	cc := process.ComputeConfig{
		Leagues: w.leagues, Metrics: w.metrics, Method: odds.Power, MaxAge: 10 * time.Minute, Average: odds.Mean, HalfLife: 5 * time.Minute,
		Lines: map[string]process.LineModels{},
	}
	for _, id := range w.leagues {
		l, _ := catalog.League(id)
		if cc.Lines[id], err = process.NewLineModels(l); err != nil {
			w.t.Fatal(err)
		}
	}
	task := process.NewCompute(process.Config{
		Client: w.client, Codecs: w.codecs, StateDir: w.dir, CheckpointEvery: time.Hour, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	}, cc, 0)
	_, ends, err := log.Bounds(w.t.Context(), w.client, []string{log.QuotesTopic("nhl"), log.QuotesTopic("nfl")})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(w.t.Context(), time.Minute)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- task.Run(ctx) }()
	check := time.NewTicker(5 * time.Millisecond)
	defer check.Stop()
	for reached := false; !reached; {
		select {
		case err := <-ended:
			w.t.Fatalf("the task has ended: %v", err)
		case <-check.C:
			reached = true
			for at, end := range ends {
				reached = reached && task.Progress().Positions[at] >= end
			}
		}
	}
	cut, err := task.Inspect(0)
	if err != nil {
		w.t.Fatal(err)
	}
	w.stopped, w.written = cut.Positions, cut.Written
	stop()
	if err := <-ended; err != nil {
		w.t.Fatal(err)
	}
}

// records reads a topic.
func (w *world) records(topic string) (out []*kgo.Record) {
	w.t.Helper()
	at := log.Partition{Topic: topic}
	_, ends, err := log.Bounds(w.t.Context(), w.client, []string{topic})
	if err != nil {
		w.t.Fatal(err)
	}
	err = read(w.t.Context(), w.client, map[log.Partition]span{at: {0, ends[at]}}, func(r *kgo.Record) (bool, error) {
		out = append(out, r)
		return true, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// forged is the same log with the rows of one metric changed: change returns
// what stands instead of a row.
func (w *world) forged(name string, change func(i int, row map[string]any) []map[string]any) *world {
	w.t.Helper()
	out := newLog(w.t, w.metrics)
	out.stopped, out.written = w.stopped, w.written
	for _, topic := range w.topics {
		var copied []*kgo.Record
		for i, r := range w.records(topic.Name) {
			if topic.Name != log.WindowsTopic(name) {
				copied = append(copied, &kgo.Record{Topic: r.Topic, Key: r.Key, Value: r.Value})
				continue
			}
			var row map[string]any
			if err := w.codecs[topic.Name].Decode(r.Value, &row); err != nil {
				w.t.Fatal(err)
			}
			for _, other := range change(i, row) {
				value, err := w.codecs[topic.Name].Append(nil, other)
				if err != nil {
					w.t.Fatal(err)
				}
				copied = append(copied, &kgo.Record{Topic: r.Topic, Key: r.Key, Value: value})
			}
		}
		out.fill(copied)
	}
	return out
}

func (w *world) config() Config {
	return Config{
		Client: w.client, Codecs: w.codecs, Leagues: w.leagues, Metrics: w.metrics, Sample: 1, Records: 1 << 40, Values: 1 << 30,
		Journal: NewJournal(), Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return epoch.Std() },
	}
}

// check looks until nothing is left and returns what was found.
func (w *world) check(cfg Config, since map[string]Cut) Summary {
	w.t.Helper()
	c, err := NewChecker(cfg, 0, since)
	if err != nil {
		w.t.Fatal(err)
	}
	w.look(c)
	return cfg.Journal.Summary()
}

func (w *world) look(c *Checker) {
	w.t.Helper()
	for more := true; more; {
		var err error
		if more, err = c.Look(w.t.Context(), w.stopped); err != nil {
			w.t.Fatal(err)
		}
	}
}
