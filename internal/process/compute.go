package process

import (
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/signal"
)

// ComputeConfig says what compute tasks compute.
type ComputeConfig struct {
	Leagues []string
	Metrics []metric.Definition

	// Market states: see odds.Rule.
	Method      odds.Method   // of fair probabilities: multiplicative, power or shin
	MaxAge      time.Duration // prices older than this take no part
	Average     odds.Average
	HalfLife    time.Duration
	OutlierMADs float64
	Books       odds.Books
	Lines       map[string]LineModels // by league

	Signals func(league string) *signal.Rules // that are looked for; none if nil

	WindowsOnly bool // neither market states, main lines nor signals, and no memory of them
}

// fixtureTTL is how long a fixture's markets are kept without a word of it.
const fixtureTTL = 48 * feed.Hour

// NewCompute returns the task that computes the states of markets and the
// windows of one partition.
func NewCompute(c Config, cc ComputeConfig, partition int32) *Task {
	var inputs []log.Partition
	outputs := []string{log.TopicLate}
	for _, id := range cc.Leagues {
		inputs = append(inputs, log.Partition{Topic: log.QuotesTopic(id), Partition: partition})
		outputs = append(outputs, log.MarketsTopic(id), log.MainLinesTopic(id), log.SignalsTopic(id))
	}
	for _, d := range cc.Metrics {
		outputs = append(outputs, log.WindowsTopic(d.Name))
	}
	return newTask(c, KindCompute, partition, func() Operator { return newCompute(c, cc, partition) }, inputs, outputs)
}

// compute is the operator of a compute task. Leagues do not touch each other
// but for the windows topics, which they share: see release.
type compute struct {
	partition int32
	only      bool // the windows
	pricer    pricer
	defs      []metric.Definition
	topics    []string // of the definitions' windows
	keyers    []metric.Keyer
	encoders  []*metric.Encoder
	versions  []uint32
	leagues   []*leagueCompute
	byTopic   map[string]*leagueCompute
	parser    feed.QuoteParser
	quote     feed.Quote // decoded into again and again
	key       []byte
	row       WindowRecord // emitted again and again
	named     feed.Time    // the instant that stood in the last row's key
	name      string       // and how
	view      marketView   // shown to the detectors of signals
	state     *State       // of the last checkpoint; nil without one
	memory    int          // bytes that may be held of what is in it
}

// leagueCompute is the state of one league's partition.
type leagueCompute struct {
	codec   *log.Codec
	lines   LineModels
	meta    leagueMeta
	windows []metric.Operator // by definition
	fixtures
	queue    windowQueue // window rows and late records that wait for the other leagues
	outdated []string    // prefixes of panes in the state that mean nothing any more
}

// leagueMeta is the small part of a league's state.
type leagueMeta struct {
	Tick       feed.Time             `json:"tick"`    // newest
	Seq        int64                 `json:"seq"`     // of the newest record
	Next       int64                 `json:"next"`    // offset
	Swept      feed.Time             `json:"swept"`   // when old fixtures were last removed
	Dropped    int64                 `json:"dropped"` // repeated records
	Tidied     feed.Time             `json:"tidied"`  // when the state was last looked through for what is over
	Pending    []string              `json:"pending"` // fixtures with signals under way
	Missed     []*feed.Late          `json:"missed"`  // late records that came since the newest tick
	Metrics    map[string]metricMeta `json:"metrics"`
	Watermarks map[string]feed.Time  `json:"watermarks"` // by metric
}

// metricMeta is of which definition a metric's panes in the state are.
type metricMeta struct {
	Version uint32   `json:"version"`
	Sizes   []string `json:"sizes"`
}

func newCompute(c Config, cc ComputeConfig, partition int32) *compute {
	o := &compute{
		partition: partition,
		only:      cc.WindowsOnly,
		pricer:    newPricer(&cc),
		defs:      cc.Metrics,
		byTopic:   map[string]*leagueCompute{},
		memory:    c.Memory,
	}
	o.view.pricer = &o.pricer
	for i := range cc.Metrics {
		o.topics = append(o.topics, log.WindowsTopic(cc.Metrics[i].Name))
		o.keyers = append(o.keyers, metric.NewKeyer(&cc.Metrics[i]))
		o.encoders = append(o.encoders, metric.NewEncoder(&cc.Metrics[i]))
		o.versions = append(o.versions, cc.Metrics[i].Version())
	}
	for _, id := range cc.Leagues {
		topic := log.QuotesTopic(id)
		l := &leagueCompute{codec: c.Codecs[topic], lines: cc.Lines[id], fixtures: newFixtures(id, cc.signalsOf(id))}
		for i := range cc.Metrics {
			l.windows = append(l.windows, metric.New(&cc.Metrics[i]))
		}
		o.leagues = append(o.leagues, l)
		o.byTopic[topic] = l
	}
	return o
}

// Process takes the next record of one league's quotes.
func (o *compute) Process(r *kgo.Record, e *Emitter) error {
	l := o.byTopic[r.Topic]
	q := &o.quote
	if err := l.codec.DecodeQuote(r.Value, &o.parser, q); err != nil {
		return err
	}
	l.meta.Next = r.Offset + 1
	return o.take(l, q, e)
}

// take applies the next quote, seen record or tick of a league.
func (o *compute) take(l *leagueCompute, q *feed.Quote, e *Emitter) error {
	if q.Seq <= l.meta.Seq {
		l.meta.Dropped++
		return nil
	}
	l.meta.Seq = q.Seq
	if o.only {
		return o.takeWindows(l, q, e)
	}
	if q.Kind == feed.KindTick {
		if err := o.watch(l, q.EventTime, e); err != nil {
			return err
		}
		if q.EventTime > l.meta.Tick {
			if err := o.mainTick(l, q.EventTime, e); err != nil {
				return err
			}
		}
		if err := o.tick(l, q.EventTime); err != nil {
			return err
		}
		return o.release(e)
	}
	f, err := l.fixture(q.FixtureID)
	if err != nil {
		return err
	}
	switch q.Kind {
	case feed.KindStart:
		f.starts(q)
		l.signals.starts(q.FixtureID, f.Start, q.SeenTime)
		if err := o.mainStart(l, q, e); err != nil {
			return err
		}
	case feed.KindSeen:
		f.see(q)
	case feed.KindQuote:
		f.apply(q)
		if err := o.window(l, q); err != nil {
			return err
		}
	}
	if q.Last {
		return o.publish(l, f, q, e)
	}
	return nil
}

// takeWindows applies the next record to the windows alone.
func (o *compute) takeWindows(l *leagueCompute, q *feed.Quote, e *Emitter) error {
	switch q.Kind {
	case feed.KindTick:
		if err := o.tick(l, q.EventTime); err != nil {
			return err
		}
		return o.release(e)
	case feed.KindQuote:
		return o.window(l, q)
	}
	return nil
}

// publish emits the markets that the response, now complete for this fixture,
// has changed.
func (o *compute) publish(l *leagueCompute, f *fixtureMarkets, q *feed.Quote, e *Emitter) error {
	if err := o.signal(l, f, q, e); err != nil {
		return err
	}
	o.pricer.elect(f, q.SeenTime)
	for _, m := range f.Markets {
		m.told = false
		if !m.Due {
			continue
		}
		m.Due = false
		s := o.pricer.state(f, m, q.SeenTime, l.lines)
		if !m.news(s) {
			continue
		}
		s.FixtureID, s.League = q.FixtureID, l.league
		key := feed.MarketKey{FixtureID: q.FixtureID, Market: s.Market, Period: s.Period, Line: m.ID.Line}
		if err := e.Emit(log.MarketsTopic(l.league), o.partition, key.String(), s); err != nil {
			return err
		}
		if m.joined() {
			m.told = true
			if err := o.mainLine(l, q.FixtureID, s, e); err != nil {
				return err
			}
		}
	}
	return o.confirmMainLines(l, f, q, e)
}

// window puts the quote into the windows of every metric that asks for it.
func (o *compute) window(l *leagueCompute, q *feed.Quote) error {
	keyed := -1 // whose key it is
	for i := range o.defs {
		d := &o.defs[i]
		if d.State != "" && d.State != string(q.State) {
			continue
		}
		if keyed < 0 || !o.keyers[i].Same(o.keyers[keyed]) {
			o.key = o.keyers[i].Append(o.key[:0], q)
			keyed = i
		}
		missed, err := l.windows[i].Add(o.key, q)
		if err != nil {
			return fmt.Errorf("adding to windows of %s: %w", d.Name, err)
		}
		for _, m := range missed {
			l.meta.Missed = append(l.meta.Missed, &feed.Late{
				Kind: feed.KindLate, Metric: d.Name, WindowSize: m.Size, WindowStart: m.Start,
				Key: string(o.key), League: l.league, Value: q.Price,
				EventTime: q.EventTime, SeenTime: q.SeenTime, Watermark: l.windows[i].Watermark(),
			})
		}
	}
	return nil
}

// tick advances the league's windows. Their rows are queued under the tick.
func (o *compute) tick(l *leagueCompute, t feed.Time) error {
	if t <= l.meta.Tick {
		return nil
	}
	l.meta.Tick = t
	for _, late := range l.meta.Missed {
		l.queue.push(windowOutput{Tick: t, Late: late})
	}
	l.meta.Missed = nil
	for i := range o.defs {
		watermark := t - feed.Span(time.Duration(o.defs[i].Disorder))
		err := l.windows[i].Advance(watermark, func(r metric.Row) {
			l.queue.push(windowOutput{
				Tick: t, Metric: o.defs[i].Name, Version: o.versions[i], Size: r.Size, Start: r.Start, End: r.End, Revision: r.Revision, Key: r.Key, Values: r.Values,
			})
		})
		if err != nil {
			return fmt.Errorf("advancing windows of %s: %w", o.defs[i].Name, err)
		}
	}
	if t-l.meta.Swept > feed.Hour {
		l.meta.Swept = t
		l.expire(t - fixtureTTL)
	}
	return nil
}

// release emits queued outputs up to the tick that all leagues have reached,
// ordered by tick and league. The leagues share these topics, and how their
// records interleave at the input must not show at the output.
func (o *compute) release(e *Emitter) error {
	reached := o.leagues[0].meta.Tick
	for _, l := range o.leagues {
		reached = min(reached, l.meta.Tick)
	}
	for {
		var first *leagueCompute
		for _, l := range o.leagues {
			if w := l.queue.next(); w != nil && w.Tick <= reached && (first == nil || w.Tick < first.queue.next().Tick) {
				first = l
			}
		}
		if first == nil {
			return nil
		}
		due := first.queue.next().Tick
		for w := first.queue.next(); w != nil && w.Tick == due; w = first.queue.next() {
			if err := o.emitWindow(w, e); err != nil {
				return err
			}
			first.queue.pop()
		}
	}
}

func (o *compute) emitWindow(w *windowOutput, e *Emitter) error {
	if w.Late != nil {
		return e.Emit(log.TopicLate, o.partition, w.Late.Key, w.Late)
	}
	i := o.metric(w.Metric)
	if i < 0 || o.versions[i] != w.Version {
		return nil // of a checkpoint, and no longer defined, or something else now
	}
	o.row.encoder = o.encoders[i]
	o.row.Row = metric.Row{Size: w.Size, Start: w.Start, End: w.End, Revision: w.Revision, Key: w.Key, Values: w.Values}
	at := w.End
	if o.defs[i].Windows.Kind() == metric.KindSession {
		at = w.Start
	}
	return e.EmitKeyed(o.topics[i], o.partition, func(dst []byte) []byte {
		dst = append(append(append(dst, w.Key...), '|'), w.Size...)
		return append(append(dst, '|'), o.instant(at)...)
	}, &o.row)
}

// instant prints a time. Rows mostly have that of the row before.
func (o *compute) instant(t feed.Time) string {
	if t != o.named {
		o.named, o.name = t, t.String()
	}
	return o.name
}

// metric returns the position of a definition, -1 if there is none of the name.
func (o *compute) metric(name string) int {
	for i := range o.defs {
		if o.defs[i].Name == name {
			return i
		}
	}
	return -1
}

// Done yields the positions of the inputs: every record is done once processed.
func (o *compute) Done(yield func(log.Partition, int64)) {
	for _, l := range o.leagues {
		if l.meta.Next > 0 {
			yield(log.Partition{Topic: log.QuotesTopic(l.league), Partition: o.partition}, l.meta.Next)
		}
	}
}

// Dropped counts repeated quotes.
func (o *compute) Dropped() (n int64) {
	for _, l := range o.leagues {
		n += l.meta.Dropped
	}
	return n
}
