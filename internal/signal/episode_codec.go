package signal

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/pack"
)

// Episodes are stored as their number, the fixture, which they share, and of
// each
//
//	rule, market, period, line, outcome, book: its key,
//	phase, flags, until,
//	and its last record: what the key does not tell, and its legs.
//
// The times of a record are told from its opening.

func appendEpisodes(dst []byte, episodes []episode) []byte {
	dst = pack.AppendCount(dst, len(episodes))
	if len(episodes) > 0 {
		dst = pack.AppendText(dst, episodes[0].Key.Market.FixtureID)
	}
	for i := range episodes {
		dst = episodes[i].append(dst)
	}
	return dst
}

func (e *episode) append(dst []byte) []byte {
	k, s := &e.Key, &e.Last
	dst = pack.AppendText(dst, k.Rule)
	dst = pack.AppendText(dst, k.Market.Market)
	dst = pack.AppendText(dst, k.Market.Period)
	dst = appendOptional(dst, k.Market.Line.Ptr())
	dst = pack.AppendText(dst, k.Outcome)
	dst = pack.AppendText(dst, k.Book)
	dst = pack.AppendText(dst, string(e.Phase))
	dst = pack.AppendFlags(dst, e.Noted, e.Gone)
	dst = pack.AppendInt(dst, e.Until)

	dst = pack.AppendInt(dst, s.Opened)
	dst = pack.AppendInt(dst, s.EventTime-s.Opened)
	dst = pack.AppendInt(dst, s.SeenTime-s.Opened)
	dst = pack.AppendText(dst, string(s.State))
	dst = pack.AppendInt(dst, s.Revision)
	dst = pack.AppendText(dst, s.League)
	dst = pack.AppendNumber(dst, s.Value)
	dst = pack.AppendText(dst, string(s.Unit))
	for _, v := range []*float64{s.Fair, s.EV, s.Kelly, s.Profit} {
		dst = appendOptional(dst, v)
	}
	dst = pack.AppendInt(dst, s.Books)
	dst = pack.AppendText(dst, s.Method)
	dst = pack.AppendText(dst, s.Reason)
	dst = pack.AppendText(dst, s.Detail)
	dst = pack.AppendCount(dst, len(s.Legs))
	for i := range s.Legs {
		l := &s.Legs[i]
		dst = pack.AppendText(dst, l.Outcome)
		dst = appendOptional(dst, l.Line)
		dst = pack.AppendText(dst, l.Book)
		dst = pack.AppendFlags(dst, l.Sharp)
		dst = pack.AppendNumber(dst, l.Price)
		dst = appendOptional(dst, l.Position)
		dst = appendOptional(dst, l.Reference)
		dst = pack.AppendInt(dst, l.EventTime-s.Opened)
		dst = pack.AppendInt(dst, l.SeenTime-s.Opened)
		dst = pack.AppendNumber(dst, l.Age)
		dst = pack.AppendNumber(dst, l.Stake)
	}
	return dst
}

// episodes reads what appendEpisodes wrote.
func (r *reader) episodes() []episode {
	n := r.Count()
	if n == 0 {
		return nil
	}
	var episodes []episode
	for fixture := r.Text(); n > 0 && !r.Failed; n-- {
		episodes = append(episodes, r.episode(fixture))
	}
	return episodes
}

func (r *reader) episode(fixture string) (e episode) {
	k, s := &e.Key, &e.Last
	k.Rule = r.Text()
	k.Market = feed.MarketKey{FixtureID: fixture, Market: r.Text(), Period: r.Text(), Line: feed.LineOf(r.optional())}
	k.Outcome, k.Book = r.Text(), r.Text()
	e.Phase = phase(r.Text())
	flags := r.Flags()
	e.Noted, e.Gone = flags.Has(0), flags.Has(1)
	e.Until = r.time()

	opened := r.time()
	*s = feed.Signal{
		Kind: feed.KindSignal, SignalID: k.ID(opened), DedupeKey: k.String(), Rule: k.Rule,
		FixtureID: fixture, Market: k.Market.Market, Period: k.Market.Period, Line: k.Market.Line.Ptr(), Outcome: k.Outcome, Book: k.Book,
		Opened: opened, EventTime: opened + r.time(), SeenTime: opened + r.time(),
	}
	s.State, s.Revision, s.League = feed.SignalState(r.Text()), int32(r.Int()), r.Text()
	s.Value, s.Unit = r.Number(), feed.Unit(r.Text())
	s.Fair, s.EV, s.Kelly, s.Profit = r.optional(), r.optional(), r.optional(), r.optional()
	s.Books, s.Method, s.Reason, s.Detail = int32(r.Int()), r.Text(), r.Text(), r.Text()
	s.Legs = []feed.SignalLeg{} // without legs it is shown as an empty list
	for range r.Count() {
		s.Legs = append(s.Legs, feed.SignalLeg{
			Outcome: r.Text(), Line: r.optional(), Book: r.Text(), Sharp: r.Flags().Has(0),
			Price: r.Number(), Position: r.optional(), Reference: r.optional(),
			EventTime: opened + r.time(), SeenTime: opened + r.time(), Age: r.Number(), Stake: r.Number(),
		})
	}
	return e
}

// appendOptional appends a number that may be absent.
func appendOptional(dst []byte, v *float64) []byte {
	dst = pack.AppendFlags(dst, v != nil)
	if v != nil {
		dst = pack.AppendNumber(dst, *v)
	}
	return dst
}

func (r *reader) optional() *float64 {
	if !r.Flags().Has(0) {
		return nil
	}
	v := r.Number()
	return &v
}
