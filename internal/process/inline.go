package process

import (
	"context"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// Inline takes raw responses through the operators of the tasks in the caller's
// goroutine, with neither log nor state on disk: for backtests, studies and
// whatever else wants the derived records of a recording and nothing but them.
//
// The operators are those of the tasks. What comes out is, record by record and
// number by number, what a log of one partition would hold that was given the
// same entries. How records of different topics interleave, which a log leaves
// open, is fixed here: a quote comes before what was computed of it.
type Inline struct {
	normalise *normalise
	compute   *compute
	join      *join
	canonical *Emitter
	derived   *Emitter
	joined    *Emitter
	take      func(topic string, record Sequenced) error

	entries int64
	last    feed.Time // log time of the newest entry
}

// NewInline returns operators that have seen nothing yet. Take is called with
// every record and the topic it would stand in: *feed.Quote (which may be a
// tick or a seen record), *feed.Game, *feed.Play, *feed.Weather, *feed.Fixture,
// *feed.Dimension, *feed.Review, *feed.Quarantine, *feed.MarketState,
// *feed.Signal, *feed.Late, *WindowRecord, *feed.InPlay and *feed.TotalsWeather. What
// passes between tasks only, the course of the main lines, is not handed out. A
// record belongs to the operators and is valid during the call only. An error of
// take ends the run.
//
// The configurations are those of the tasks, but for the number of partitions,
// which is one. Without leagues in its configuration nothing is joined.
func NewInline(nc NormaliseConfig, cc ComputeConfig, jc JoinConfig, take func(topic string, record Sequenced) error) *Inline {
	nc.Partitions = 1
	in := &Inline{normalise: newNormalise(nc, 0, nil), compute: newCompute(Config{}, cc, 0), join: newJoin(Config{}, jc, 0), take: take}
	emitter := func(take func(string, Sequenced) error) *Emitter {
		e := newEmitter(context.Background(), nil, nil, nil, nil)
		e.take = take
		return e
	}
	in.canonical, in.derived, in.joined = emitter(in.forward), emitter(in.derive), emitter(take)
	return in
}

// Capture takes the next response. As in the raw topics, log time strictly
// increases: a response that was fetched before the last one counts as just
// after it.
func (in *Inline) Capture(raw feed.Raw) error {
	return in.enter(&log.RawEntry{Time: max(raw.FetchedAt, in.last+1), Raw: raw, Place: feed.Place{Topic: log.RawTopic(raw.Source), Offset: in.entries}})
}

// Tick says that time has come to t without a response. A tick that is not
// after the newest entry says nothing and is dropped.
func (in *Inline) Tick(t feed.Time) error {
	if t <= in.last {
		return nil
	}
	return in.enter(&log.RawEntry{Time: t, Tick: true})
}

// Time returns the log time of the newest entry, 0 before the first.
func (in *Inline) Time() feed.Time { return in.last }

func (in *Inline) enter(e *log.RawEntry) error {
	in.last = e.Time
	in.entries++
	return in.normalise.handle(e, in.canonical)
}

// forward hands a canonical record out and on to the operators that read its
// topic.
func (in *Inline) forward(topic string, record Sequenced) error {
	if err := in.take(topic, record); err != nil {
		return err
	}
	if l, ok := in.compute.byTopic[topic]; ok {
		return in.compute.take(l, record.(*feed.Quote), in.derived)
	}
	return in.pass(topic, record)
}

// derive hands on what was computed: to the join, or out.
func (in *Inline) derive(topic string, record Sequenced) error {
	if strings.HasPrefix(topic, log.MainLinesTopic("")) {
		return in.pass(topic, record)
	}
	return in.take(topic, record)
}

// pass hands a record to the join if it reads the topic.
func (in *Inline) pass(topic string, record Sequenced) error {
	if input, ok := in.join.byTopic[topic]; ok {
		return in.join.take(input, record, in.joined)
	}
	return nil
}
