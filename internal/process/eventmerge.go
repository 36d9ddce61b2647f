package process

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// eventMerger brings the records of several partitions into one order at event
// time: by (moment, input, offset). It holds a record back until no input can
// bring an earlier one any more, which their ticks tell.
//
// A record's moment is its event time, with three bounds. It is not after it was
// seen: a provider's clock may run ahead. It is not before the watermark of its
// own partition, the newest tick there less the disorder: a record that comes
// later than that is late, and takes part from the watermark on, for what was
// joined before stands in the log. And it is not before a record of the same key
// that came before it: the later one corrects the earlier one.
//
// So a moment follows from the records of one partition alone, and the order does
// not depend on how those of several interleave.
type eventMerger[T any] struct {
	disorder feed.Time
	inputs   []eventInput[T]
}

// eventInput is what waits of one partition.
type eventInput[T any] struct {
	tick   feed.Time
	queue  []event[T]           // in order
	newest map[string]feed.Time // by key, moment of the last record in the queue
}

// event is a record at its moment.
type event[T any] struct {
	At     feed.Time `json:"at"`
	Key    string    `json:"key"`
	Record T         `json:"record"`
}

func newEventMerger[T any](inputs int, disorder time.Duration) *eventMerger[T] {
	m := &eventMerger[T]{disorder: feed.Span(disorder), inputs: make([]eventInput[T], inputs)}
	for i := range m.inputs {
		m.inputs[i].newest = map[string]feed.Time{}
	}
	return m
}

// never is the watermark of an input without a tick.
const never = feed.Time(math.MinInt64)

// watermarkOf returns the instant before which an input brings nothing more.
func (m *eventMerger[T]) watermarkOf(input int) feed.Time {
	if tick := m.inputs[input].tick; tick != 0 {
		return tick - m.disorder
	}
	return never
}

// watermark returns the instant before which no input brings anything more.
func (m *eventMerger[T]) watermark() feed.Time {
	w := m.watermarkOf(0)
	for i := range m.inputs {
		w = min(w, m.watermarkOf(i))
	}
	return w
}

// add takes in the next record of an input and tells whether it is late. An
// unknown event time is when it was seen.
func (m *eventMerger[T]) add(input int, key string, eventTime, seen feed.Time, record T) (late bool) {
	in := &m.inputs[input]
	at := seen
	if eventTime != 0 {
		at = min(eventTime, seen)
	}
	w := m.watermarkOf(input)
	late = at < w
	at = max(at, w, in.newest[key])
	in.newest[key] = at
	in.insert(event[T]{at, key, record})
	return late
}

// insert puts an event behind those of its moment, which came before it.
func (in *eventInput[T]) insert(e event[T]) {
	i := sort.Search(len(in.queue), func(i int) bool { return in.queue[i].At > e.At })
	in.queue = slices.Insert(in.queue, i, e)
}

// advance takes in a tick of an input.
func (m *eventMerger[T]) advance(input int, tick feed.Time) {
	m.inputs[input].tick = max(m.inputs[input].tick, tick)
}

// ahead counts the records of an input that only other inputs hold back.
func (m *eventMerger[T]) ahead(input int) int {
	w, q := m.watermarkOf(input), m.inputs[input].queue
	return sort.Search(len(q), func(i int) bool { return q[i].At >= w })
}

// next returns the next event in order, or ok false if it is not known yet. What
// comes later has a moment at or after the watermark, so only what is before it
// is sure.
func (m *eventMerger[T]) next() (e event[T], ok bool) {
	best := -1
	for i := range m.inputs {
		q := m.inputs[i].queue
		if len(q) > 0 && (best < 0 || q[0].At < m.inputs[best].queue[0].At) {
			best = i
		}
	}
	if best < 0 || m.inputs[best].queue[0].At >= m.watermark() {
		return e, false
	}
	in := &m.inputs[best]
	e = in.queue[0]
	in.queue[0] = event[T]{} // free the record
	in.queue = in.queue[1:]
	if in.newest[e.Key] == e.At {
		delete(in.newest, e.Key) // the watermark bounds what follows
	}
	return e, true
}
