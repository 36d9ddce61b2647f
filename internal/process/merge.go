package process

import (
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// merger brings the records of several raw partitions into one order: by log
// time, then by the order of the inputs. It holds a record back until every
// input has shown a later or equal time, which the ticks beside each response
// make a matter of microseconds.
type merger struct {
	inputs []mergeInput
}

type mergeInput struct {
	partition log.Partition
	queue     []log.RawEntry
	head      int
	bytes     int       // that the queue holds, about
	time      feed.Time // of the newest entry taken in
}

// entryBytes is about what an entry takes beside its body.
const entryBytes = 256

// find returns the input of a partition, which must be one of them.
func (m *merger) find(topic string, partition int32) *mergeInput {
	return &m.inputs[slices.IndexFunc(m.inputs, func(in mergeInput) bool {
		return in.partition.Topic == topic && in.partition.Partition == partition
	})]
}

func newMerger(inputs []log.Partition) *merger {
	m := &merger{}
	for _, p := range inputs {
		m.inputs = append(m.inputs, mergeInput{partition: p})
	}
	return m
}

// add takes in the next entry of its input.
func (m *merger) add(e log.RawEntry) {
	in := m.find(e.Place.Topic, e.Place.Partition)
	in.queue = append(in.queue, e)
	in.bytes += len(e.Raw.Body) + entryBytes
	in.time = e.Time
}

// next returns the next entry in order, or ok false if it is not known yet.
// All inputs have an entry of every time, so the smallest head is next once no
// input can still bring an earlier one.
func (m *merger) next() (e log.RawEntry, ok bool) {
	best := -1
	for i := range m.inputs {
		in := &m.inputs[i]
		if in.head == len(in.queue) {
			continue
		}
		if best < 0 || in.queue[in.head].Time < m.inputs[best].queue[m.inputs[best].head].Time {
			best = i
		}
	}
	if best < 0 {
		return log.RawEntry{}, false
	}
	in := &m.inputs[best]
	e = in.queue[in.head]
	for i := range m.inputs {
		if m.inputs[i].time < e.Time {
			return log.RawEntry{}, false
		}
	}
	in.queue[in.head] = log.RawEntry{} // free the body
	in.head++
	in.bytes -= len(e.Raw.Body) + entryBytes
	if in.head*2 >= len(in.queue) { // now and then, or a queue that is never empty would grow for ever
		kept := copy(in.queue, in.queue[in.head:])
		clear(in.queue[kept:])
		in.queue, in.head = in.queue[:kept], 0
	}
	return e, true
}
