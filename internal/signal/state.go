package signal

import (
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
)

// State is what a detector remembers of one fixture. Its exported fields are
// stored.
type State struct {
	Start    feed.Time // of the game, for the caller to keep up to date; 0 while it is not known
	Looked   feed.Time // when it was last looked at
	Families []*family
	Episodes []episode
}

// common returns what a rule has in common with the others.
func (r *Rules) common(rule string) *Common {
	switch rule {
	case feed.RuleArbitrage:
		return &r.Arbitrage.Common
	case feed.RuleMiddle:
		return &r.Middle.Common
	case feed.RuleLowHold:
		return &r.LowHold.Common
	case feed.RuleValue:
		return &r.Value.Common
	case feed.RuleSteam:
		return &r.Steam.Common
	case feed.RuleDrop:
		return &r.Drop.Common
	case feed.RuleStaleLine:
		return &r.StaleLine.Common
	case feed.RuleOutlier:
		return &r.Outlier.Common
	}
	return nil
}

// episode returns the one under a key, nil if there is none.
func (s *State) episode(k *feed.SignalKey) *episode {
	for i := range s.Episodes {
		if s.Episodes[i].Key == *k {
			return &s.Episodes[i]
		}
	}
	return nil
}

// recall is episode for a candidate that was found: what has been gone since the
// cooldown ended is forgotten.
func (s *State) recall(k *feed.SignalKey, now feed.Time) *episode {
	e := s.episode(k)
	if e == nil || !e.Gone || now < e.Until {
		return e
	}
	s.Episodes = slices.DeleteFunc(s.Episodes, func(e episode) bool { return e.Key == *k })
	return nil
}

// open tells whether a signal is there under a key.
func (s *State) open(k *feed.SignalKey) bool {
	e := s.episode(k)
	return e != nil && e.Phase == phaseOpen
}

// family returns the one of a market, making room for one that is new.
func (s *State) family(id feed.MarketKey) *family {
	for _, f := range s.Families {
		if f.Market == id.Market && f.Period == id.Period {
			return f
		}
	}
	f := &family{Market: id.Market, Period: id.Period}
	s.Families = append(s.Families, f)
	return f
}

// market is the key of all lines of the family.
func (f *family) market(lines []Market) feed.MarketKey {
	return feed.MarketKey{FixtureID: lines[0].ID.FixtureID, Market: f.Market, Period: f.Period}
}

// moved tells whether a book has moved in the evaluation at hand.
func (f *family) moved(book string) bool {
	for _, t := range f.Tracks {
		if t.Book == book {
			return t.moved
		}
	}
	return false
}

// lookEvery is how often what is under way is looked at while nothing changes.
const lookEvery = 5 * time.Second

// Pending tells whether anything is under way that time alone may change: open
// signals, and before the start what was refused, since a confirmation can make a
// price fresh again, and lines that may turn out to be stale. Should the start
// move, it has to be asked again.
func (s *State) Pending(now feed.Time) bool {
	begun := s.Start != 0 && now >= s.Start
	for i := range s.Episodes {
		if s.Episodes[i].Phase == phaseOpen || !begun {
			return true
		}
	}
	return !begun && s.lagging(nil)
}

// Waiting tells whether it is time to look at what is pending.
func (s *State) Waiting(now feed.Time) bool {
	if now.Sub(s.Looked) < lookEvery && !(s.Start > s.Looked && s.Start <= now) {
		return false
	}
	return s.Pending(now)
}

// concerns tells whether something is under way in a market.
func (s *State) concerns(id feed.MarketKey) bool {
	for i := range s.Episodes {
		k := &s.Episodes[i].Key
		if k.Market == id || moves(k.Rule) && k.Market.Market == id.Market && k.Market.Period == id.Period {
			return true
		}
	}
	return s.lagging(&id)
}

// lagging tells whether the others have moved away from a book, of one market or
// of any.
func (s *State) lagging(of *feed.MarketKey) bool {
	for _, f := range s.Families {
		if of != nil && (f.Market != of.Market || f.Period != of.Period) {
			continue
		}
		for _, t := range f.Tracks {
			if t.Lagging != 0 {
				return true
			}
		}
	}
	return false
}
