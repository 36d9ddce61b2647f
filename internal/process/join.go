package process

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
)

// JoinConfig says what join tasks know of the world.
type JoinConfig struct {
	Catalog  *league.Catalog
	Leagues  []string
	Disorder time.Duration // how far event times may lag behind the ticks
}

// The inputs of a league's join, in the order in which records of one moment are
// taken: that of the topics' names.
const (
	inputGames = iota
	inputLines
	inputWeather
	joinInputs
)

// joinTopics are the topics of a league's inputs.
func joinTopics(league string) [joinInputs]string {
	return [joinInputs]string{inputGames: log.GamesTopic(league), inputLines: log.MainLinesTopic(league), inputWeather: log.WeatherTopic(league)}
}

// NewJoin returns the task that joins games, main lines and weather of one
// partition at event time.
func NewJoin(c Config, jc JoinConfig, partition int32) *Task {
	var inputs []log.Partition
	var outputs []string
	for _, id := range jc.Leagues {
		for _, topic := range joinTopics(id) {
			inputs = append(inputs, log.Partition{Topic: topic, Partition: partition})
		}
		outputs = append(outputs, log.InPlayTopic(id), log.TotalsWeatherTopic(id))
	}
	return newTask(c, KindJoin, partition, func() Operator { return newJoin(c, jc, partition) }, inputs, outputs)
}

// join is the operator of a join task. Leagues do not touch each other: one whose
// ticks stop stands still alone.
type join struct {
	partition int32
	leagues   []*leagueJoin
	byTopic   map[string]joinInput

	game    feed.Game // decoded into again and again
	lines   feed.MarketState
	weather feed.Weather
}

// joinInput is a topic that a league's join reads.
type joinInput struct {
	league *leagueJoin
	input  int
	codec  *log.Codec
}

// leagueJoin is the state of one league's partition.
type leagueJoin struct {
	id       string
	league   *league.League
	merger   *eventMerger[side]
	meta     joinMeta
	fixtures map[string]*joinFixture
	changed  map[string]bool // fixtures to store, or to remove if gone
}

// joinMeta is the small part of a league's state.
type joinMeta struct {
	Tick       feed.Time             `json:"tick"`       // that all inputs have reached
	Watermarks map[string]feed.Time  `json:"watermarks"` // by metric; there is one
	Ticks      [joinInputs]feed.Time `json:"ticks"`
	Seqs       [joinInputs]int64     `json:"seqs"` // of the newest records
	Next       [joinInputs]int64     `json:"next"` // offsets
	Swept      feed.Time             `json:"swept"`
	Dropped    int64                 `json:"dropped"` // repeated records
	Late       int64                 `json:"late"`    // records later than the disorder allows
}

// joinMetric is what the watermark of joins is called beside those of windows.
const joinMetric = "joins"

func newJoin(c Config, jc JoinConfig, partition int32) *join {
	o := &join{partition: partition, byTopic: map[string]joinInput{}}
	for _, id := range jc.Leagues {
		known, ok := jc.Catalog.League(id)
		if !ok {
			panic("process: league " + id + " is not in the catalog") // checked by the configuration
		}
		l := &leagueJoin{
			id: id, league: known, merger: newEventMerger[side](joinInputs, jc.Disorder),
			fixtures: map[string]*joinFixture{}, changed: map[string]bool{},
		}
		o.leagues = append(o.leagues, l)
		for input, topic := range joinTopics(id) {
			o.byTopic[topic] = joinInput{l, input, c.Codecs[topic]}
		}
	}
	return o
}

// Process takes the next record of one input.
func (o *join) Process(r *kgo.Record, e *Emitter) error {
	in := o.byTopic[r.Topic]
	var record any
	switch in.input {
	case inputGames:
		record = &o.game
	case inputLines:
		record = &o.lines
	case inputWeather:
		record = &o.weather
	}
	if err := in.codec.Decode(r.Value, record); err != nil {
		return err
	}
	in.league.meta.Next[in.input] = r.Offset + 1
	return o.take(in, record, e)
}

// take puts the next game, main line, weather or tick of an input in its place and
// joins what is now known to be next. The record is the caller's.
func (o *join) take(in joinInput, record any, e *Emitter) error {
	h := heardOf(record)
	l := in.league
	if h.seq <= l.meta.Seqs[in.input] {
		l.meta.Dropped++
		return nil
	}
	l.meta.Seqs[in.input] = h.seq
	if h.kind != feed.KindTick {
		if h.side.known() && l.merger.add(in.input, h.fixture, h.at, h.side.Seen, h.side) {
			l.meta.Late++
		}
		return nil
	}
	l.merger.advance(in.input, h.at)
	for ev, ok := l.merger.next(); ok; ev, ok = l.merger.next() {
		if err := o.join(l, &ev, e); err != nil {
			return err
		}
	}
	l.sweep()
	return nil
}

// join takes the next record of all inputs at its moment.
func (o *join) join(l *leagueJoin, ev *event[side], e *Emitter) error {
	f := l.fixture(ev.Key, ev.At)
	was := f.running()
	switch s := &ev.Record; {
	case s.Game != nil:
		if f.take(s.Game, ev.At) && (was || f.running()) {
			for _, market := range joinedMarkets {
				if err := o.emitInPlay(l, f, market, feed.ChangeGame, ev, e); err != nil {
					return err
				}
			}
		}
	case s.Line != nil:
		f.quote(s.Line, ev.At)
		if was {
			if err := o.emitInPlay(l, f, s.Line.Market, feed.ChangeMarket, ev, e); err != nil {
				return err
			}
		}
		if s.Line.Market == feed.MarketTotals {
			return o.emitTotalsWeather(l, f, feed.ChangeMarket, ev, e)
		}
	case s.Confirmed != nil:
		f.confirm(s.Confirmed, ev.At)
	case s.Start != 0:
		f.Start = s.Start
	case s.Weather != nil:
		if f.measure(s.Weather) {
			return o.emitTotalsWeather(l, f, feed.ChangeWeather, ev, e)
		}
	}
	return nil
}

// emitInPlay writes a market of a running game beside the model. A spread or total
// that nobody has quoted has no row.
func (o *join) emitInPlay(l *leagueJoin, f *joinFixture, market, change string, ev *event[side], e *Emitter) error {
	if _, quoted := f.Lines[market]; !quoted && market != feed.MarketH2H {
		return nil
	}
	r := f.inPlay(l.league, market, ev.At)
	r.FixtureID, r.League, r.Change, r.SeenTime = ev.Key, l.id, change, ev.Record.Seen
	return e.Emit(log.InPlayTopic(l.id), o.partition, ev.Key+"|"+market, r)
}

// emitTotalsWeather writes the total beside the weather, if both are known.
func (o *join) emitTotalsWeather(l *leagueJoin, f *joinFixture, change string, ev *event[side], e *Emitter) error {
	r := f.totalsWeather(l.league, ev.At)
	if r == nil {
		return nil
	}
	r.FixtureID, r.League, r.Change, r.SeenTime = ev.Key, l.id, change, ev.Record.Seen
	return e.Emit(log.TotalsWeatherTopic(l.id), o.partition, ev.Key, r)
}

// Clock returns the newest tick of the input.
func (o *join) Clock(p log.Partition) feed.Time {
	in := o.byTopic[p.Topic]
	return in.league.merger.inputs[in.input].tick
}

// Watermarks returns how far each league is joined.
func (o *join) Watermarks() []Watermark {
	var out []Watermark
	for _, l := range o.leagues {
		if w := l.merger.watermark(); w != never {
			out = append(out, Watermark{League: l.id, Metric: joinMetric, Time: w})
		}
	}
	return out
}

// waitingBytes is about what a record takes that waits to be joined.
const waitingBytes = 512

// Backlog is what other inputs of the league have not come to.
func (o *join) Backlog(p log.Partition) int {
	in := o.byTopic[p.Topic]
	return in.league.merger.ahead(in.input) * waitingBytes
}

// Done yields the positions of the inputs: what waits is part of the state.
func (o *join) Done(yield func(log.Partition, int64)) {
	for _, l := range o.leagues {
		for input, topic := range joinTopics(l.id) {
			if next := l.meta.Next[input]; next > 0 {
				yield(log.Partition{Topic: topic, Partition: o.partition}, next)
			}
		}
	}
}

// Dropped counts repeated records.
func (o *join) Dropped() (n int64) {
	for _, l := range o.leagues {
		n += l.meta.Dropped
	}
	return n
}
