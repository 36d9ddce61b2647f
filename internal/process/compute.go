package process

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/metric"
	"github.com/betflow/betflow/internal/odds"
)

// ComputeConfig says what compute tasks compute.
type ComputeConfig struct {
	Leagues []string
	Metrics []metric.Definition
	Method  odds.Method   // of fair probabilities in market states
	MaxAge  time.Duration // prices older than this take no part in market states
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
		outputs = append(outputs, log.MarketsTopic(id))
	}
	for _, d := range cc.Metrics {
		outputs = append(outputs, log.WindowsTopic(d.Name))
	}
	return newTask(c, "compute-"+strconv.Itoa(int(partition)), func() Operator { return newCompute(c, cc, partition) }, inputs, outputs)
}

// compute is the operator of a compute task. Leagues do not touch each other
// but for the windows topics, which they share: see release.
type compute struct {
	partition int32
	pricer    pricer
	defs      []metric.Definition
	keyers    []metric.Keyer
	leagues   []*leagueCompute
	byTopic   map[string]*leagueCompute
	quote     feed.Quote // decoded into again and again
	key       []byte
}

// leagueCompute is the state of one league's partition.
type leagueCompute struct {
	league  string
	codec   *log.Codec
	meta    leagueMeta
	windows []*metric.Tumbling // by definition
	markets map[string]*fixtureMarkets
	changed map[string]bool // fixtures to store, or to remove if gone
	queue   []windowOutput  // window rows and late records that wait for the other leagues
	late    []windowOutput  // that came since the last tick
}

// leagueMeta is the small part of a league's state.
type leagueMeta struct {
	Tick       feed.Time   `json:"tick"`    // newest
	Seq        int64       `json:"seq"`     // of the newest record
	Next       int64       `json:"next"`    // offset
	Swept      feed.Time   `json:"swept"`   // when old fixtures were last removed
	Dropped    int64       `json:"dropped"` // repeated records
	Watermarks []feed.Time `json:"watermarks"`
}

// windowOutput is a row of a windows topic, or a late record, tagged with the
// tick at which it became due.
type windowOutput struct {
	Tick     feed.Time          `json:"tick"`
	Metric   int                `json:"metric"`
	Size     string             `json:"size"`
	Start    feed.Time          `json:"start"`
	End      feed.Time          `json:"end"`
	Revision int32              `json:"revision"`
	Key      string             `json:"key"`
	Acc      metric.Accumulator `json:"acc"`
	Late     *feed.Late         `json:"late,omitempty"`
}

func newCompute(c Config, cc ComputeConfig, partition int32) *compute {
	o := &compute{
		partition: partition,
		pricer:    pricer{method: cc.Method, maxAge: cc.MaxAge},
		defs:      cc.Metrics,
		byTopic:   map[string]*leagueCompute{},
	}
	for i := range cc.Metrics {
		o.keyers = append(o.keyers, metric.NewKeyer(&cc.Metrics[i]))
	}
	for _, id := range cc.Leagues {
		topic := log.QuotesTopic(id)
		l := &leagueCompute{league: id, codec: c.Codecs[topic], markets: map[string]*fixtureMarkets{}, changed: map[string]bool{}}
		for i := range cc.Metrics {
			l.windows = append(l.windows, metric.NewTumbling(&cc.Metrics[i]))
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
	if err := l.codec.Decode(r.Value, q); err != nil {
		return err
	}
	l.meta.Next = r.Offset + 1
	if q.Seq <= l.meta.Seq {
		l.meta.Dropped++
		return nil
	}
	l.meta.Seq = q.Seq
	switch q.Kind {
	case feed.KindTick:
		o.tick(l, q.EventTime)
		return o.release(e)
	case feed.KindSeen:
		l.fixture(q.FixtureID).see(q)
	case feed.KindQuote:
		l.fixture(q.FixtureID).apply(q)
		o.window(l, q)
	}
	if q.Last {
		return o.publish(l, q, e)
	}
	return nil
}

func (l *leagueCompute) fixture(id string) *fixtureMarkets {
	f := l.markets[id]
	if f == nil {
		f = newFixtureMarkets()
		l.markets[id] = f
	}
	l.changed[id] = true
	return f
}

// publish emits the markets that the response, now complete for this fixture,
// has changed.
func (o *compute) publish(l *leagueCompute, q *feed.Quote, e *Emitter) error {
	f := l.markets[q.FixtureID]
	for _, m := range f.Markets {
		if !m.Due {
			continue
		}
		m.Due = false
		s := o.pricer.state(f, m, q.SeenTime)
		d := digestOf(&s)
		if d.equal(m.Digest) {
			continue
		}
		m.Digest = d
		s.FixtureID, s.League = q.FixtureID, l.league
		key := feed.MarketKey{FixtureID: q.FixtureID, Market: s.Market, Period: s.Period, Line: m.ID.Line}
		if err := e.Emit(log.MarketsTopic(l.league), o.partition, key.String(), &s); err != nil {
			return err
		}
	}
	return nil
}

// window puts the quote into the windows of every metric that asks for it.
func (o *compute) window(l *leagueCompute, q *feed.Quote) {
	for i := range o.defs {
		d := &o.defs[i]
		if d.State != "" && d.State != string(q.State) {
			continue
		}
		o.key = o.keyers[i].Append(o.key[:0], q)
		for _, m := range l.windows[i].Add(o.key, q.Price, metric.Order{Time: q.EventTime, Seq: q.Seq}) {
			l.late = append(l.late, windowOutput{Metric: i, Late: &feed.Late{
				Kind: feed.KindLate, Metric: d.Name, WindowSize: m.Size, WindowStart: m.Start,
				Key: string(o.key), League: l.league, Value: q.Price,
				EventTime: q.EventTime, SeenTime: q.SeenTime, Watermark: l.windows[i].Watermark(),
			}})
		}
	}
}

// tick advances the league's windows. Their rows are queued under the tick.
func (o *compute) tick(l *leagueCompute, t feed.Time) {
	if t <= l.meta.Tick {
		return
	}
	l.meta.Tick = t
	for _, w := range l.late {
		w.Tick = t
		l.queue = append(l.queue, w)
	}
	l.late = l.late[:0]
	for i := range o.defs {
		watermark := t - feed.Span(time.Duration(o.defs[i].Disorder))
		l.windows[i].Advance(watermark, func(r metric.Row) {
			l.queue = append(l.queue, windowOutput{
				Tick: t, Metric: i, Size: r.Size, Start: r.Start, End: r.End, Revision: r.Revision, Key: r.Key, Acc: *r.Acc,
			})
		})
	}
	if t-l.meta.Swept > feed.Hour {
		l.meta.Swept = t
		for id, f := range l.markets {
			if t-f.Touched > fixtureTTL {
				delete(l.markets, id)
				l.changed[id] = true
			}
		}
	}
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
			if len(l.queue) > 0 && l.queue[0].Tick <= reached && (first == nil || l.queue[0].Tick < first.queue[0].Tick) {
				first = l
			}
		}
		if first == nil {
			return nil
		}
		due := first.queue[0].Tick
		n := 0
		for n < len(first.queue) && first.queue[n].Tick == due {
			if err := o.emitWindow(&first.queue[n], e); err != nil {
				return err
			}
			n++
		}
		first.queue = append(first.queue[:0], first.queue[n:]...)
	}
}

func (o *compute) emitWindow(w *windowOutput, e *Emitter) error {
	if w.Late != nil {
		return e.Emit(log.TopicLate, o.partition, w.Late.Key, w.Late)
	}
	d := &o.defs[w.Metric]
	record := windowRecord{
		"kind": "window", "metric": d.Name, "window_size": w.Size,
		"window_start": int64(w.Start), "window_end": int64(w.End), "revision": w.Revision,
	}
	for i, v := range o.keyers[w.Metric].Split(w.Key) {
		record[d.Keys[i]] = v
	}
	for _, a := range d.Aggregates {
		switch v, ok := w.Acc.Value(a); {
		case a == "count":
			record[a] = w.Acc.Count
		case ok:
			record[a] = v
		default:
			record[a] = nil
		}
	}
	return e.Emit(log.WindowsTopic(d.Name), o.partition, w.Key+"|"+w.Size+"|"+w.End.String(), record)
}

// windowRecord is a value of a windows topic; its fields follow the definition.
type windowRecord map[string]any

// SetSeq sets the record's position among those its task wrote to a partition.
func (w windowRecord) SetSeq(n int64) { w["seq"] = n }

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

// Keys of the operator's state: "<kind>/<league>/..." .
const (
	keyMeta    = "meta/"
	keyQueue   = "queue/"
	keyMarkets = "markets/"
	keyPanes   = "panes/"
)

type savedQueue struct {
	Queue []windowOutput `json:"queue"`
	Late  []windowOutput `json:"late"`
}

// Save adds what has changed to the checkpoint.
func (o *compute) Save(b *Batch) error {
	for _, l := range o.leagues {
		l.meta.Watermarks = l.meta.Watermarks[:0]
		for _, w := range l.windows {
			l.meta.Watermarks = append(l.meta.Watermarks, w.Watermark())
		}
		if err := setJSON(b, keyMeta+l.league, &l.meta); err != nil {
			return err
		}
		if err := setJSON(b, keyQueue+l.league, savedQueue{Queue: l.queue, Late: l.late}); err != nil {
			return err
		}
		for id := range l.changed {
			key := keyMarkets + l.league + "/" + id
			f, ok := l.markets[id]
			var err error
			if ok {
				err = setJSON(b, key, f)
			} else {
				err = b.Delete(key)
			}
			if err != nil {
				return err
			}
		}
		clear(l.changed)
		if err := l.savePanes(b); err != nil {
			return err
		}
	}
	return nil
}

func (l *leagueCompute) savePanes(b *Batch) error {
	var failed error
	for i, w := range l.windows {
		w.Changes(func(p metric.Pane, ok bool) {
			key := paneKey(l.league, i, p.ID)
			var err error
			if ok {
				err = b.Set(key, appendPane(nil, p))
			} else {
				err = b.Delete(key)
			}
			if failed == nil {
				failed = err
			}
		})
	}
	return failed
}

// Load restores the state of the last checkpoint.
func (o *compute) Load(s *State) error {
	byLeague := map[string]*leagueCompute{}
	for _, l := range o.leagues {
		byLeague[l.league] = l
	}
	err := s.Each(keyMeta, func(id string, v []byte) error {
		l := byLeague[id]
		if l == nil {
			return nil // a league that is not configured any more
		}
		if err := json.Unmarshal(v, &l.meta); err != nil {
			return err
		}
		for i, t := range l.meta.Watermarks {
			if i < len(l.windows) {
				l.windows[i].Restore(t)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = s.Each(keyQueue, func(id string, v []byte) error {
		var q savedQueue
		if err := json.Unmarshal(v, &q); err != nil {
			return err
		}
		if l := byLeague[id]; l != nil {
			l.queue, l.late = q.Queue, q.Late
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = s.Each(keyMarkets, func(key string, v []byte) error {
		league, id, _ := strings.Cut(key, "/")
		l := byLeague[league]
		if l == nil {
			return nil
		}
		f := newFixtureMarkets()
		if err := json.Unmarshal(v, f); err != nil {
			return err
		}
		f.reindex()
		l.markets[id] = f
		return nil
	})
	if err != nil {
		return err
	}
	return s.Each(keyPanes, func(key string, v []byte) error {
		league, i, id, err := parsePaneKey(key)
		if err != nil {
			return err
		}
		l := byLeague[league]
		if l == nil || i >= len(l.windows) {
			return nil
		}
		p, err := parsePane(id, v)
		if err != nil {
			return err
		}
		l.windows[i].Load(p)
		return nil
	})
}

func setJSON(b *Batch, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding state %s: %w", key, err)
	}
	return b.Set(key, text)
}
