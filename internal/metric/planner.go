package metric

import "math"

// planner is a plan with room for new states.
type planner struct {
	*plan
	room []words   // by span; states are cut from it, so that most of them cost no allocation
	rows []float64 // and the values of rows from this
}

// statesAtOnce is how many states are allocated together. They are freed
// together, too: they are of one span and so of windows that end together.
const statesAtOnce = 64

func (pl *planner) newState(span int) state {
	room := pl.room[span]
	if len(room) < pl.words {
		room = make(words, statesAtOnce*pl.words)
	}
	s := state{words: room[:pl.words:pl.words]}
	pl.room[span] = room[pl.words:]
	if pl.bags > 0 {
		s.bags = make([]bag, pl.bags)
	}
	return s
}

// rowsAtOnce is for how many rows values are allocated together.
const rowsAtOnce = 64

// values returns the aggregates in the order of the measures, NaN for what is
// not defined. Counts are never NaN.
func (pl *planner) values(s *state) []float64 {
	measures := len(pl.outputs)
	if len(pl.rows) < measures {
		pl.rows = make([]float64, rowsAtOnce*measures)
	}
	out := pl.rows[:measures:measures]
	pl.rows = pl.rows[measures:]
	for i := range pl.outputs {
		o := &pl.outputs[i]
		n := int64(0)
		if !s.empty() {
			n = int64(s.words[pl.inputs[o.input].at])
		}
		switch {
		case n > 0:
			out[i] = o.value(s.words[o.from:o.to], o.of(s), n)
		case !o.counts:
			out[i] = math.NaN()
		}
	}
	return out
}

// clear empties a state to be used again.
func (s *state) clear() {
	clear(s.words)
	for i := range s.bags {
		s.bags[i] = bag{s.bags[i].points[:0], s.bags[i].texts[:0]}
	}
}
