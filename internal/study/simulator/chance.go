package simulator

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/study"
)

// Detection is how a rule's signals compare with the truth.
type Detection struct {
	Rule      string         `json:"rule"`
	Signals   int            `json:"signals"`
	Right     int            `json:"right"`
	Precision score.Interval `json:"precision"` // of the share that is right, by Wilson
	Chances   int            `json:"chances"`   // that were still there at the next look
	Found     int            `json:"found"`
	Recall    score.Interval `json:"recall"`
	Delay     float64        `json:"delay"`   // median seconds from the chance to its signal
	Claimed   float64        `json:"claimed"` // mean value that the signals say
	True      float64        `json:"true"`    // mean of the same by the truth
	Dropped   map[string]int `json:"dropped"` // candidates that guards refused, by reason
}

// referee holds one rule to the truth.
type referee interface {
	// chances yields what is truly there at a look, by key.
	chances(l *look, yield func(key feed.SignalKey))
	// right tells whether a signal that has just opened is right, and what its
	// value truly is; known is false until it can be told.
	right(l *look, s *feed.Signal) (right bool, value float64, known bool)
}

// docket gathers what one rule's referee has seen.
type docket struct {
	referee
	rule    string
	looks   map[string]feed.Time // by fixture: the last look
	current map[feed.SignalKey]*chance
	past    []*chance
	claims  []*claim
	waiting map[string][]*claim // by fixture: not yet judged
	dropped map[string]int
}

// chance is a stretch of looks at which something was there.
type chance struct {
	key      feed.SignalKey
	from, to feed.Time
	looks    int
}

// claim is a signal.
type claim struct {
	signal   feed.Signal // as it opened
	closed   feed.Time   // 0 while it is open
	judged   bool
	isRight  bool
	trueness float64
}

func newDocket(rule string, r referee) *docket {
	return &docket{
		referee: r, rule: rule, looks: map[string]feed.Time{}, current: map[feed.SignalKey]*chance{},
		waiting: map[string][]*claim{}, dropped: map[string]int{},
	}
}

// word takes what a record says about a signal of the rule.
func (d *docket) word(s *feed.Signal) {
	switch s.State {
	case feed.SignalOpen:
		c := &claim{signal: *s}
		c.signal.Legs = slices.Clone(s.Legs)
		d.claims = append(d.claims, c)
		d.waiting[s.FixtureID] = append(d.waiting[s.FixtureID], c)
	case feed.SignalClose:
		for _, c := range slices.Backward(d.claims) {
			if c.signal.SignalID == s.SignalID {
				c.closed = s.SeenTime
				break
			}
		}
	case feed.SignalDropped:
		d.dropped[s.Reason]++
	}
}

// look brings the chances up to date and judges what can be judged.
func (d *docket) look(l *look) {
	before := d.looks[l.id]
	d.looks[l.id] = l.at
	d.chances(l, func(key feed.SignalKey) {
		c := d.current[key]
		if c == nil || c.to != before {
			c = &chance{key: key, from: l.at}
			d.current[key] = c
			d.past = append(d.past, c)
		}
		if c.to != l.at {
			c.to = l.at
			c.looks++
		}
	})
	d.waiting[l.id] = slices.DeleteFunc(d.waiting[l.id], func(c *claim) bool {
		c.isRight, c.trueness, c.judged = d.right(l, &c.signal)
		return c.judged
	})
}

// merge adds what another docket of the rule has seen of other fixtures.
func (d *docket) merge(o *docket) {
	d.past = append(d.past, o.past...)
	d.claims = append(d.claims, o.claims...)
	for reason, n := range o.dropped {
		d.dropped[reason] += n
	}
}

// result sums up. A chance that was gone at the next look is left out: nobody
// could have taken it.
func (d *docket) result() Detection {
	out := Detection{Rule: d.rule, Dropped: d.dropped}
	var claimed, trueness score.Mean
	byKey := map[feed.SignalKey][]*claim{}
	for _, c := range d.claims {
		key := keyOf(&c.signal)
		byKey[key] = append(byKey[key], c)
		if !c.judged {
			continue
		}
		out.Signals++
		if c.isRight {
			out.Right++
		}
		claimed.Add(c.signal.Value)
		trueness.Add(c.trueness)
	}
	var delays []float64
	for _, c := range d.past {
		if c.looks < 2 {
			continue
		}
		out.Chances++
		// The signal that was open during the chance, if there was one.
		for _, s := range byKey[c.key] {
			if s.signal.Opened <= c.to && (s.closed == 0 || s.closed >= c.from) {
				out.Found++
				delays = append(delays, max(0, s.signal.Opened.Sub(c.from).Seconds()))
				break
			}
		}
	}
	out.Precision, out.Recall = score.Wilson(out.Right, out.Signals, study.Level), score.Wilson(out.Found, out.Chances, study.Level)
	out.Claimed, out.True, out.Delay = known(claimed), known(trueness), median(delays)
	return out
}

// keyOf is a signal's dedupe key by its parts. A drop at any book answers the
// chance of its outcome.
func keyOf(s *feed.Signal) feed.SignalKey {
	k := feed.SignalKey{Rule: s.Rule, Outcome: s.Outcome, Book: s.Book, Market: feed.MarketKey{
		FixtureID: s.FixtureID, Market: s.Market, Period: s.Period, Line: feed.LineOf(s.Line),
	}}
	if s.Rule == feed.RuleDrop {
		k.Book = ""
	}
	return k
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.SortFunc(v, cmp.Compare)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
