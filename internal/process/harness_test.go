package process

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/signals"
)

// epoch is when the tests' worlds begin: a whole hour.
const epoch = feed.Time(1_790_000_000_000_000 / int64(feed.Hour) * int64(feed.Hour))

// checkN runs a property a number of times, unless the flag says otherwise.
func checkN(t *testing.T, n int, property func(*rapid.T)) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f.Value.String() == f.DefValue {
		if err := f.Value.Set(strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := f.Value.Set(f.DefValue); err != nil {
				t.Fatal(err)
			}
		}()
	}
	rapid.Check(t, property)
}

// world is what the tasks under test know and where their records go.
type world struct {
	partitions int32
	leagues    []string
	catalog    *league.Catalog
	metrics    []metric.Definition
	codecs     map[string]*log.Codec
	topics     []log.Topic
	rules      *signals.Rules
	memory     int // that a task may hold
}

// defaultCatalog is read once: it is the same for every world.
var defaultCatalog = sync.OnceValues(func() (*league.Catalog, error) {
	all, err := leagues.Load()
	if err != nil {
		return nil, err
	}
	return league.NewCatalog(all)
})

func newWorld(t testing.TB, partitions int32, ids ...string) *world {
	t.Helper()
	catalog, err := defaultCatalog()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{partitions: partitions, leagues: ids, catalog: catalog, codecs: map[string]*log.Codec{}}
	if w.rules, err = signals.Load(""); err != nil {
		t.Fatal(err)
	}
	w.metrics = append([]metric.Definition{testMetric("by_book", "book"), testMetric("movement", "fixture_id", "market", "line", "outcome", "book")}, otherKinds()...)
	layout := log.Layout{Partitions: partitions, Sources: feed.Sources(), Leagues: ids, Metrics: map[string]string{}}
	for i := range w.metrics {
		layout.Metrics[w.metrics[i].Name] = w.metrics[i].Schema()
	}
	w.topics = layout.Topics()
	for i, topic := range w.topics {
		if topic.Schema == "" {
			continue
		}
		if w.codecs[topic.Name], err = log.NewCodec(topic.Schema, 100+i); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// otherKinds are metrics whose windows do not tumble, with aggregates that keep
// more than a few numbers.
func otherKinds() []metric.Definition {
	minutes := func(n time.Duration) metric.Span { return metric.Span(n * time.Minute) }
	sliding := testMetric("sliding", "fixture_id", "market", "outcome")
	sliding.Windows = metric.Windows{Sliding: []metric.Sliding{{Size: minutes(4), Every: minutes(1)}}}
	sliding.Emit = metric.EmitChange
	session := testMetric("session", "fixture_id", "market", "outcome", "book")
	session.Windows = metric.Windows{Session: []metric.Span{minutes(2)}}
	opening := testMetric("opening", "fixture_id", "market", "line", "outcome")
	opening.Windows, opening.TTL = metric.Windows{SinceOpen: []metric.Span{minutes(1)}}, minutes(10)
	all := []metric.Definition{sliding, session, opening}
	for i := range all {
		all[i].Aggregates = append(measures("count", "limit_weighted", "realised_volatility"),
			metric.Measure{Name: "books", Aggregate: "distinct", Column: "book"},
			metric.Measure{Name: "drift", Aggregate: "ewma", Value: "logit", HalfLife: minutes(1)})
	}
	return all
}

func measures(aggregates ...string) (out []metric.Measure) {
	for _, a := range aggregates {
		out = append(out, metric.Measure{Name: a, Aggregate: a})
	}
	return out
}

func testMetric(name string, keys ...string) metric.Definition {
	return metric.Definition{
		Name: name, Source: "quotes", State: "open", Keys: keys, Value: "price",
		Windows:    metric.Windows{Tumbling: []metric.Span{metric.Span(time.Minute), metric.Span(5 * time.Minute)}},
		Aggregates: measures("count", "first", "last", "min", "max", "mean", "stddev"),
		Disorder:   metric.Span(30 * time.Second), Lateness: metric.Span(2 * time.Minute),
	}
}

func (w *world) normaliseConfig() NormaliseConfig {
	return NormaliseConfig{Catalog: w.catalog, Leagues: w.leagues, Sources: feed.Sources(), Partitions: w.partitions}
}

func (w *world) computeConfig() ComputeConfig {
	cc := ComputeConfig{
		Leagues: w.leagues, Metrics: w.metrics, Method: odds.Power, MaxAge: 10 * time.Minute,
		Average: odds.Mean, HalfLife: 5 * time.Minute, OutlierMADs: 4, Lines: map[string]LineModels{},
		Books:   odds.Books{Known: map[string]odds.Book{"pinnacle": {Kind: odds.Sharp, Weight: 1}}},
		Signals: w.rules.Of,
	}
	for _, id := range w.leagues {
		var err error
		if cc.Lines[id], err = NewLineModels(w.league(id)); err != nil {
			panic(err) // the default leagues are valid
		}
	}
	return cc
}

func (w *world) joinConfig() JoinConfig {
	return JoinConfig{Catalog: w.catalog, Leagues: w.leagues, Disorder: 5 * time.Second}
}

func (w *world) league(id string) *league.League {
	l, ok := w.catalog.League(id)
	if !ok {
		panic("no league " + id)
	}
	return l
}

// memoryLog is a log in memory. It acknowledges each write at once.
type memoryLog map[log.Partition][]*kgo.Record

func (m memoryLog) append(r *kgo.Record) {
	at := log.Partition{Topic: r.Topic, Partition: r.Partition}
	r.Offset = int64(len(m[at]))
	m[at] = append(m[at], r)
}

func (m memoryLog) write(_ context.Context, r *kgo.Record, done func(*kgo.Record, error)) {
	m.append(r)
	done(r, nil)
}

// diff names the first difference between two logs, "" if there is none.
func (m memoryLog) diff(other memoryLog) string {
	for _, pair := range [][2]memoryLog{{m, other}, {other, m}} {
		for at := range pair[0] {
			if _, ok := pair[1][at]; !ok {
				return fmt.Sprintf("%v stands in one log only", at)
			}
		}
	}
	for at, ours := range m {
		theirs := other[at]
		for i := range min(len(ours), len(theirs)) {
			if !bytes.Equal(ours[i].Key, theirs[i].Key) || !bytes.Equal(ours[i].Value, theirs[i].Value) {
				return fmt.Sprintf("%v@%d: key %q value %q, and in the other log key %q value %q", at, i, ours[i].Key, ours[i].Value, theirs[i].Key, theirs[i].Value)
			}
		}
		if len(ours) != len(theirs) {
			return fmt.Sprintf("%v has %d records, and %d in the other log", at, len(ours), len(theirs))
		}
	}
	return ""
}

// gap names the first record that does not follow the one before it by one.
func (m memoryLog) gap() string {
	for at, records := range m {
		for i, r := range records {
			if _, seq, err := log.KindSeq(r.Value); err != nil || seq != int64(i+1) {
				return fmt.Sprintf("%v@%d has number %d (%v), want %d", at, i, seq, err, i+1)
			}
		}
	}
	return ""
}

// entry is one entry of the raw topics.
type entry struct {
	time feed.Time
	raw  *feed.Raw // nil for a tick
}

// rawLog writes entries as the raw writer does: a record in every partition.
func (w *world) rawLog(entries []entry) memoryLog {
	m := memoryLog{}
	last := feed.Time(0)
	for _, e := range entries {
		last = max(e.time, last+1)
		for _, s := range feed.Sources() {
			for p := range w.partitions {
				r := &kgo.Record{Topic: log.RawTopic(s), Partition: p, Key: []byte(feed.TickKey), Headers: headers("kind", "tick")}
				if e.raw != nil && e.raw.Source == s && log.PartitionOf(e.raw.League, w.partitions) == p {
					r = responseRecord(e.raw, p)
				}
				r.Headers = append(r.Headers, headers("time", strconv.FormatInt(int64(last), 10))...)
				m.append(r)
			}
		}
	}
	return m
}

func headers(pairs ...string) []kgo.RecordHeader {
	var hs []kgo.RecordHeader
	for i := 0; i < len(pairs); i += 2 {
		hs = append(hs, kgo.RecordHeader{Key: pairs[i], Value: []byte(pairs[i+1])})
	}
	return hs
}

func responseRecord(raw *feed.Raw, p int32) *kgo.Record {
	return &kgo.Record{Topic: log.RawTopic(raw.Source), Partition: p, Key: []byte(raw.League), Value: raw.Body, Headers: headers(
		"fetched_at", raw.FetchedAt.String(), "path", raw.Path, "query", string(mustJSON(raw.Query)),
		"status", strconv.Itoa(raw.Status), "headers", string(mustJSON(raw.Headers)),
	)}
}

// emitter returns an emitter that has written nothing yet.
func (w *world) emitter(write func(context.Context, *kgo.Record, func(*kgo.Record, error))) *Emitter {
	return newEmitter(context.Background(), write, w.codecs, nil, nil)
}

// fold runs an operator over all records of its inputs, the inputs in turns.
func (w *world) fold(t rapid.TB, op Operator, inputs []log.Partition, in, out memoryLog) {
	t.Helper()
	e := w.emitter(out.write)
	for i, more := 0, true; more; i++ {
		more = false
		for _, p := range inputs {
			if i < len(in[p]) {
				more = true
				if err := op.Process(in[p][i], e); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// normalise makes canonical records of a raw log.
func (w *world) normalise(t rapid.TB, raw memoryLog) memoryLog {
	t.Helper()
	out := memoryLog{}
	for p := range w.partitions {
		inputs := NewNormalise(w.config(), w.normaliseConfig(), p).inputs
		w.fold(t, newNormalise(w.normaliseConfig(), p, inputs), inputs, raw, out)
	}
	return out
}

// compute makes derived records of canonical ones.
func (w *world) compute(t rapid.TB, canonical memoryLog) memoryLog {
	t.Helper()
	out := memoryLog{}
	for p := range w.partitions {
		w.fold(t, newCompute(w.config(), w.computeConfig(), p), NewCompute(w.config(), w.computeConfig(), p).inputs, canonical, out)
	}
	return out
}

// join makes joined records of canonical and derived ones.
func (w *world) join(t rapid.TB, logs ...memoryLog) memoryLog {
	t.Helper()
	in, out := together(logs...), memoryLog{}
	for p := range w.partitions {
		w.fold(t, newJoin(w.config(), w.joinConfig(), p), NewJoin(w.config(), w.joinConfig(), p).inputs, in, out)
	}
	return out
}

// together is one log of several that have no partition in common.
func together(logs ...memoryLog) memoryLog {
	out := memoryLog{}
	for _, m := range logs {
		maps.Copy(out, m)
	}
	return out
}

// engine runs one operator over logs in memory, with checkpoints, stops and
// crashes wherever a test wants them.
type engine struct {
	t        rapid.TB
	task     *Task
	dir      string
	in, out  memoryLog
	run      *run
	next     map[log.Partition]int64     // to read
	atCommit map[log.Partition]int       // lengths of the outputs at the last checkpoint
	writes   func(at log.Partition) bool // tells which partitions of its topics the task writes to
}

func (w *world) normaliser(t rapid.TB, dir string, partition int32, in, out memoryLog) *engine {
	return newEngine(t, NewNormalise(w.config(), w.normaliseConfig(), partition), dir, in, out, func(at log.Partition) bool {
		_, _, ofLeague := strings.Cut(at.Topic, ".")
		return ofLeague || at.Partition == partition
	})
}

func (w *world) computer(t rapid.TB, dir string, partition int32, in, out memoryLog) *engine {
	return newEngine(t, NewCompute(w.config(), w.computeConfig(), partition), dir, in, out, func(at log.Partition) bool {
		return at.Partition == partition
	})
}

func (w *world) joiner(t rapid.TB, dir string, partition int32, in, out memoryLog) *engine {
	return newEngine(t, NewJoin(w.config(), w.joinConfig(), partition), dir, in, out, func(at log.Partition) bool {
		return at.Partition == partition
	})
}

func (w *world) config() Config {
	return Config{Codecs: w.codecs, Logger: slog.New(slog.DiscardHandler), Now: time.Now, CheckpointEvery: time.Hour, Memory: w.memory}
}

func newEngine(t rapid.TB, task *Task, dir string, in, out memoryLog, writes func(log.Partition) bool) *engine {
	e := &engine{t: t, task: task, dir: dir, in: in, out: out, writes: writes}
	e.start()
	return e
}

func (e *engine) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// start opens the state as a task does that begins to run.
func (e *engine) start() {
	state, err := OpenState(e.dir, nil, slog.New(slog.DiscardHandler))
	e.must(err)
	m, err := e.task.recall(state)
	e.must(err)
	written := map[log.Partition]int64{}
	e.atCommit = map[log.Partition]int{}
	for at, rs := range e.out {
		if len(rs) > 0 && e.owns(at) {
			_, seq, err := log.KindSeq(rs[len(rs)-1].Value)
			e.must(err)
			written[at] = seq
			e.atCommit[at] = int(m.seqs[at])
		}
	}
	e.next = map[log.Partition]int64{}
	for _, p := range e.task.inputs {
		e.next[p] = m.positions[p]
	}
	e.run = &run{operator: m.operator, state: state, reader: &log.Reader{}, positions: m.positions, emitter: newEmitter(context.Background(), e.out.write, e.task.codecs, m.seqs, written)}
}

// owns tells whether the task is the one that writes to a partition.
func (e *engine) owns(at log.Partition) bool {
	return slices.Contains(e.task.outputs, at.Topic) && e.writes(at)
}

// left lists the inputs that have more records.
func (e *engine) left() []log.Partition {
	var ps []log.Partition
	for _, p := range e.task.inputs {
		if e.next[p] < int64(len(e.in[p])) {
			ps = append(ps, p)
		}
	}
	return ps
}

func (e *engine) step(p log.Partition) {
	e.t.Helper()
	r := e.in[p][e.next[p]]
	e.next[p]++
	e.must(e.run.operator.Process(r, e.run.emitter))
}

// rest processes everything that is left, the inputs in turns.
func (e *engine) rest() {
	e.t.Helper()
	for ps := e.left(); len(ps) > 0; ps = e.left() {
		for _, p := range ps {
			e.step(p)
		}
	}
}

func (e *engine) checkpoint() {
	e.t.Helper()
	e.must(e.run.checkpoint(context.Background(), e.task))
	for at, rs := range e.out {
		if e.owns(at) {
			e.atCommit[at] = len(rs)
		}
	}
}

func (e *engine) close() { e.must(e.run.state.Close()) }

// restart stops without a checkpoint and starts again.
func (e *engine) restart() {
	e.close()
	e.start()
}

// crash is restart when some of what was written since the last checkpoint has
// not reached the log: keep says how much of it has, per partition.
func (e *engine) crash(keep func(at log.Partition, n int) int) {
	for _, at := range partitionsOf(e.out) {
		if rs := e.out[at]; e.owns(at) && len(rs) > e.atCommit[at] {
			e.out[at] = rs[:e.atCommit[at]+keep(at, len(rs)-e.atCommit[at])]
			if len(e.out[at]) == 0 {
				delete(e.out, at)
			}
		}
	}
	e.restart()
}

func partitionsOf(m memoryLog) []log.Partition {
	var ps []log.Partition
	for at := range m {
		ps = append(ps, at)
	}
	slices.SortFunc(ps, func(a, b log.Partition) int {
		if a.Topic != b.Topic {
			return bytes.Compare([]byte(a.Topic), []byte(b.Topic))
		}
		return int(a.Partition - b.Partition)
	})
	return ps
}

// decode reads all records of a topic whose kind is not tick, in the order of
// the partitions.
func decode[T any](t rapid.TB, w *world, m memoryLog, topic string) []T {
	t.Helper()
	var out []T
	for _, at := range partitionsOf(m) {
		if at.Topic != topic {
			continue
		}
		for _, r := range m[at] {
			if kind, _, err := log.KindSeq(r.Value); err != nil {
				t.Fatal(err)
			} else if kind == string(feed.KindTick) {
				continue
			}
			var v T
			if err := w.codecs[topic].Decode(r.Value, &v); err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
	}
	return out
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
