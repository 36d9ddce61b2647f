package process

import (
	"github.com/betflow/betflow/internal/log"
)

// backlogMax is how many bytes an operator may hold of inputs that are ahead of
// the others, shared by all of them, before no more of those that have their share
// is read. The one that the others wait for holds none, so it is always read.
const backlogMax = 32 << 20

// balance stops reading inputs that are too far ahead of the others, and reads
// them again when half of what they have brought is done. What the client has
// fetched of them meanwhile it fetches again.
func (r *run) balance(inputs []log.Partition) {
	var ahead, behind map[string][]int32
	share := backlogMax / len(inputs)
	for _, p := range inputs {
		switch held := r.operator.Backlog(p); {
		case held > share && !r.paused[p]:
			r.paused[p] = true
			ahead = with(ahead, p)
		case held <= share/2 && r.paused[p]:
			delete(r.paused, p)
			behind = with(behind, p)
		}
	}
	if ahead != nil {
		r.reader.PauseFetchPartitions(ahead)
	}
	if behind != nil {
		r.reader.ResumeFetchPartitions(behind)
	}
}

func with(set map[string][]int32, p log.Partition) map[string][]int32 {
	if set == nil {
		set = map[string][]int32{}
	}
	set[p.Topic] = append(set[p.Topic], p.Partition)
	return set
}

// Backlog is what waits in the merger for entries of other sources.
func (o *normalise) Backlog(p log.Partition) int { return o.merger.find(p.Topic, p.Partition).bytes }

// outputBytes is about what a row takes that waits to be written.
const outputBytes = 512

// Backlog is what the league has made due and other leagues have not come to.
func (o *compute) Backlog(p log.Partition) int {
	return o.byTopic[p.Topic].queue.len() * outputBytes
}
