package process

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// The course of the main lines is what join tasks read of the markets. The topic
// of all market states will not do: it is compacted, and who reads it again
// misses states that stood in it the first time. It also has no ticks. See ADR 23.

// joined tells whether a market's states are part of the course.
func (m *market) joined() bool {
	if m.ID.Period != feed.PeriodFull || m.ID.Line.Set && !m.Main {
		return false
	}
	switch m.ID.Market {
	case feed.MarketH2H, feed.MarketSpreads, feed.MarketTotals:
		return true
	}
	return false
}

// mainLine passes on a state, a confirmation, the start of a game or a tick.
func (o *compute) mainLine(l *leagueCompute, key string, s *feed.MarketState, e *Emitter) error {
	s.League = l.league
	return e.Emit(log.MainLinesTopic(l.league), o.partition, key, s)
}

// mainStart tells when a game begins, by what is published.
func (o *compute) mainStart(l *leagueCompute, q *feed.Quote, e *Emitter) error {
	return o.mainLine(l, q.FixtureID, &feed.MarketState{Kind: feed.KindStart, FixtureID: q.FixtureID, EventTime: q.EventTime, SeenTime: q.SeenTime}, e)
}

// mainTick tells that time has come to t.
func (o *compute) mainTick(l *leagueCompute, t feed.Time, e *Emitter) error {
	return o.mainLine(l, feed.TickKey, &feed.MarketState{Kind: feed.KindTick, EventTime: t, SeenTime: t}, e)
}

// confirmMainLines tells of a running game's main lines that a response has
// confirmed as they are. Without that nobody could tell a line that stands from a
// source that is silent.
func (o *compute) confirmMainLines(l *leagueCompute, f *fixtureMarkets, q *feed.Quote, e *Emitter) error {
	if !f.running(q.SeenTime) {
		return nil
	}
	for _, m := range f.Markets {
		if !m.joined() || m.told {
			continue
		}
		newest := feed.Time(0)
		for _, b := range m.Books {
			if c := f.confirmed(m, b); c.Seen == q.SeenTime && b.oldest(c) != 0 {
				newest = max(newest, c.Event)
			}
		}
		if newest == 0 {
			continue
		}
		err := o.mainLine(l, q.FixtureID, &feed.MarketState{
			Kind: feed.KindSeen, FixtureID: q.FixtureID, Market: m.ID.Market, Period: m.ID.Period, EventTime: newest, SeenTime: q.SeenTime,
		}, e)
		if err != nil {
			return err
		}
	}
	return nil
}
