package signal

import (
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// phase is where an episode stands.
type phase string

// The phases. What has ended stays for the cooldown, and is then forgotten.
const (
	phaseOpen    phase = "open"    // a signal is there
	phaseRefused phase = "refused" // a guard has refused it, and the record says so
	phaseEnded   phase = "ended"   // the signal is over
)

// episode is the life of what a rule has found under one key, from its first
// sight until it has been gone for the cooldown. Its exported fields are stored.
type episode struct {
	Key    feed.SignalKey
	Phase  phase
	Last   feed.Signal // the last record
	Until  feed.Time   // of the cooldown
	Noted  bool        // a return within the cooldown has been recorded
	Gone   bool        // it was not found when it was last looked for
	common *Common
	round  int // of the evaluation that has last found it
}

// take is what becomes of a candidate: nothing, or a record.
func (d *Detector) take(c *candidate) {
	e := d.state.recall(&c.key, d.now)
	if e == nil && !c.opens || e != nil && !c.holds && !c.opens {
		return // who has an open signal closes it when the rule is through
	}
	if c.books < c.common.MinBooks {
		c.refuse(refusal{ReasonFewBooks, -1, float64(c.books), float64(c.common.MinBooks)})
	}
	if e == nil {
		if c.refusal.refused() {
			e = d.begin(c, phaseRefused)
			d.emit(e, c, feed.SignalDropped)
			return
		}
		d.emit(d.begin(c, phaseOpen), c, feed.SignalOpen)
		return
	}
	e.round, e.Gone = d.round, false
	switch {
	case e.Phase == phaseOpen && c.refusal.refused():
		d.close(e, c.refusal.reason, c.refusal.sentence(c))
	case e.Phase == phaseOpen:
		if d.differs(&e.Last, c) {
			d.emit(e, c, feed.SignalUpdate)
		}
	case !c.opens || c.refusal.refused():
		// still refused, or not good enough to open again
	case e.Phase == phaseEnded && d.now < e.Until:
		if !e.Noted {
			e.Noted = true
			c.refusal = refusal{ReasonCooldown, -1, d.now.Sub(e.Last.SeenTime).Seconds(), time.Duration(c.common.Cooldown).Seconds()}
			noted := episode{Key: e.Key, Last: feed.Signal{Opened: e.Last.Opened}, common: e.common}
			d.emit(&noted, c, feed.SignalDropped)
		}
	default:
		e.Phase = phaseOpen
		d.emit(e, c, feed.SignalOpen)
	}
}

// begin makes room for a new episode.
func (d *Detector) begin(c *candidate, p phase) *episode {
	d.state.Episodes = append(d.state.Episodes, episode{Key: c.key, Phase: p, Until: d.now, common: c.common, round: d.round})
	return &d.state.Episodes[len(d.state.Episodes)-1]
}

// differs tells whether a signal has changed by more than its rule's step, or
// names another book or line.
func (d *Detector) differs(last *feed.Signal, c *candidate) bool {
	if change := c.value - last.Value; change > c.common.Step || -change > c.common.Step || len(c.legs) != len(last.Legs) {
		return true
	}
	for i := range c.legs {
		if l := &last.Legs[i]; c.legs[i].book.Name != l.Book || c.legs[i].line != feed.LineOf(l.Line) {
			return true
		}
	}
	return false
}

// emit writes a record of an episode with the candidate's numbers.
func (d *Detector) emit(e *episode, c *candidate, state feed.SignalState) {
	opened, revision := e.Last.Opened, e.Last.Revision+1
	if state != feed.SignalUpdate {
		// Two records of one key may fall on the same instant, two ids may not.
		opened, revision = max(d.now, opened+1), 0
	}
	s := feed.Signal{
		Kind: feed.KindSignal, SignalID: c.key.ID(opened), DedupeKey: c.key.String(), Rule: c.key.Rule, State: state, Revision: revision,
		FixtureID: c.key.Market.FixtureID, League: d.league, Market: c.key.Market.Market, Period: c.key.Market.Period, Line: c.key.Market.Line.Ptr(),
		Outcome: c.key.Outcome, Book: c.key.Book, Value: c.value, Unit: c.unit,
		Fair: c.fair.pointer(), EV: c.ev.pointer(), Kelly: c.kelly.pointer(), Profit: c.profit.pointer(),
		Books: int32(c.books), Method: d.method, Legs: make([]feed.SignalLeg, len(c.legs)), Opened: opened, SeenTime: d.now,
	}
	for i := range c.legs {
		l := &c.legs[i]
		s.Legs[i] = feed.SignalLeg{
			Outcome: l.outcome, Line: l.line.Ptr(), Book: l.book.Name, Sharp: l.book.Trust.Sharp, Price: l.book.Prices[l.place].Price,
			Position: l.position.pointer(), Reference: l.reference.pointer(), EventTime: l.book.event(l.place), SeenTime: l.book.seen(l.place),
			Age: l.book.age(l.place, d.now).Seconds(), Stake: l.stake,
		}
		s.EventTime = max(s.EventTime, s.Legs[i].EventTime)
	}
	if state == feed.SignalDropped {
		s.Reason, s.Detail = c.refusal.reason, c.refusal.sentence(c)
		e.Until = d.now + feed.Span(time.Duration(c.common.Cooldown))
	}
	e.Last = s
	d.out = append(d.out, s)
}

// close ends an open signal; the record repeats its last numbers.
func (d *Detector) close(e *episode, reason, detail string) {
	s := e.Last
	s.State, s.Revision, s.Reason, s.Detail, s.SeenTime = feed.SignalClose, s.Revision+1, reason, detail, d.now
	e.Phase, e.Last, e.Noted = phaseEnded, s, false
	e.Until = d.now + feed.Span(time.Duration(e.common.Cooldown))
	d.out = append(d.out, s)
}

// settle ends what a rule has not found again on a market: the episodes in the
// scope that were not met in this round. gone tells why a signal is over.
func (d *Detector) settle(scope func(k *feed.SignalKey) bool, gone func(e *episode) string) {
	kept := d.state.Episodes[:0]
	for i := range d.state.Episodes {
		e := &d.state.Episodes[i]
		if e.round != d.round && scope(&e.Key) {
			if e.Phase == phaseOpen {
				d.close(e, gone(e), "")
			} else if d.now >= e.Until {
				continue
			}
			e.Gone = true
		}
		kept = append(kept, *e)
	}
	clear(d.state.Episodes[len(kept):])
	d.state.Episodes = kept
}
