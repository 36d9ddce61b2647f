package embedded

import "container/heap"

// oldestFirst orders partitions by the age of their oldest segment that may go.
type oldestFirst []aged

// aged is a partition with the time of its oldest segment: the latest record
// of its first batch, in Unix milliseconds.
type aged struct {
	limited
	time int64
}

// add puts the partition in, unless its oldest segment has to stay because it
// is the only one or holds records beyond the limit.
func (q *oldestFirst) add(p limited) {
	if len(p.segments) < 2 || p.segments[1].base > p.upTo {
		return
	}
	for b, err := range batches(p.segments[0].path) {
		if err == nil { // else it is gone, or is for the next round
			heap.Push(q, aged{limited: p, time: b.maxTimestamp})
		}
		return
	}
}

// oldest takes the partition with the oldest segment out.
func (q *oldestFirst) oldest() limited {
	return heap.Pop(q).(aged).limited
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (q *oldestFirst) Len() int           { return len(*q) }
func (q *oldestFirst) Less(i, k int) bool { return (*q)[i].time < (*q)[k].time }
func (q *oldestFirst) Swap(i, k int)      { (*q)[i], (*q)[k] = (*q)[k], (*q)[i] }
func (q *oldestFirst) Push(x any)         { *q = append(*q, x.(aged)) }
func (q *oldestFirst) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}
