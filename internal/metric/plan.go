package metric

import (
	"encoding/json"
	"hash/fnv"
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// plan is a definition made ready to run: which numbers to read from a record
// and where the state of each aggregate lies. Aggregates of the same numbers
// share an input, which counts them.
type plan struct {
	inputs  []input
	outputs []output // by measure
	words   int      // of a state
	bags    int
	version uint32 // of what a state means: keys, values and aggregates
}

// input is one number, or one text, that records bring.
type input struct {
	value  func(q *feed.Quote) float64
	weight func(q *feed.Quote) float64 // nil if nothing is weighed
	text   func(q *feed.Quote) string  // instead of a value

	at   int // of its words in the state; the first is the number of values
	work []output
}

// output is an aggregate and the place of its state.
type output struct {
	aggregator
	input    int
	from, to int // words in the state
	bag      int // -1 without one
	counts   bool
}

// newPlan plans a valid definition.
func newPlan(d *Definition) *plan {
	p := &plan{version: d.Version()}
	type source struct{ value, weight, column string }
	inputs := map[source]int{}
	p.outputs = make([]output, len(d.Aggregates))
	for i, m := range d.Aggregates {
		a, _ := aggregateOf(m.Aggregate)
		s := source{d.valueOf(m), a.Weight, m.Column}
		if a.column {
			s = source{column: m.Column}
		}
		k, known := inputs[s]
		if !known {
			k = len(p.inputs)
			inputs[s] = k
			v, _ := valueOf(s.value)
			w, _ := valueOf(s.weight)
			p.inputs = append(p.inputs, input{value: v.of, weight: w.of, text: textOf(s.column)})
		}
		p.outputs[i] = output{aggregator: a.work(m), input: k, bag: -1, counts: a.Counts()}
		if a.bag {
			p.outputs[i].bag = p.bags
			p.bags++
		}
	}
	for k := range p.inputs {
		in := &p.inputs[k]
		in.at = p.words
		p.words++
		for i := range p.outputs {
			o := &p.outputs[i]
			if o.input != k {
				continue
			}
			o.from, o.to = p.words, p.words+o.words()
			p.words = o.to
			if _, counts := o.aggregator.(count); !counts {
				in.work = append(in.work, *o)
			}
		}
	}
	return p
}

// Version is a digest of what gives rows and states their meaning: keys, values
// and aggregates. What was computed under another one is of no use to this.
func (d *Definition) Version() uint32 {
	text, err := json.Marshal([]any{d.Source, d.State, d.Keys, d.Value, d.Aggregates})
	if err != nil {
		panic("metric: version of " + d.Name + ": " + err.Error()) // plain texts and numbers
	}
	h := fnv.New32a()
	h.Write(text)
	return h.Sum32()
}

// sample is what one record brings to the inputs of a plan.
type sample struct {
	points []Point
	have   []bool // by input; a record that lacks one number may have another
}

func (p *plan) newSample() sample {
	return sample{make([]Point, len(p.inputs)), make([]bool, len(p.inputs))}
}

// read takes the numbers from a quote. It is false if there are none.
func (p *plan) read(q *feed.Quote, s *sample) (found bool) {
	at := Order{q.EventTime, q.Seq}
	for k := range p.inputs {
		in, pt := &p.inputs[k], &s.points[k]
		pt.At = at
		ok := true
		if in.text != nil {
			pt.Text = in.text(q)
		} else {
			pt.Value = in.value(q)
			ok = finite(pt.Value)
			if in.weight != nil {
				pt.Weight = in.weight(q)
				ok = ok && finite(pt.Weight) && pt.Weight > 0
			}
		}
		s.have[k] = ok
		found = found || ok
	}
	return found
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// state is what the aggregates of one pane hold. An empty one has no words.
type state struct {
	words words
	bags  []bag
}

func (s *state) empty() bool { return s.words == nil }

// add puts a sample into a state that is not empty.
func (p *plan) add(s *state, from *sample) {
	for k := range p.inputs {
		if !from.have[k] {
			continue
		}
		in, pt := &p.inputs[k], &from.points[k]
		s.words[in.at]++
		n := int64(s.words[in.at])
		for i := range in.work {
			o := &in.work[i]
			o.add(s.words[o.from:o.to], o.of(s), n, pt)
		}
	}
}

// of returns the aggregate's bag in a state.
func (o *output) of(s *state) *bag {
	if o.bag < 0 {
		return nil
	}
	return &s.bags[o.bag]
}

// merge puts what another state holds into one that is not empty.
func (p *plan) merge(s, other *state) {
	for k := range p.inputs {
		in := &p.inputs[k]
		n, on := int64(s.words[in.at]), int64(other.words[in.at])
		if on == 0 {
			continue
		}
		for i := range in.work {
			o := &in.work[i]
			o.merge(s.words[o.from:o.to], o.of(s), n, other.words[o.from:o.to], o.of(other), on)
		}
		s.words[in.at] += uint64(on)
	}
}

// seal forgets what is only needed while earlier values may come.
func (p *plan) seal(s *state) {
	for k := range p.inputs {
		for i := range p.inputs[k].work {
			o := &p.inputs[k].work[i]
			if a, ok := o.aggregator.(sealer); ok {
				a.seal(s.words[o.from:o.to], o.of(s))
			}
		}
	}
}
