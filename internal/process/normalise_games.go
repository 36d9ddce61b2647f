package process

import (
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source/espn"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// gameMemory is what was last published of one game.
type gameMemory struct {
	Game   feed.Game `json:"game"`
	PlayID string    `json:"play_id"`
}

// scoreboard reads an answer of ESPN's scoreboard.
func (l *leagueNormalise) scoreboard(out *output) error {
	if out.raw.Status == 304 {
		return nil // nothing has changed
	}
	events, defects, err := espn.ParseScoreboard(out.raw.Body)
	if err != nil {
		return out.unreadable(err)
	}
	if err := out.quarantine(defects...); err != nil {
		return err
	}
	for i := range events {
		if err := l.scoreboardEvent(out, &events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *leagueNormalise) scoreboardEvent(out *output, ev *espn.Event) error {
	s := league.Sighting{
		SourceID: ev.ID, Start: ev.Start, HomeName: ev.Home.Name, AwayName: ev.Away.Name,
		HomeSourceTeamID: ev.Home.TeamID, AwaySourceTeamID: ev.Away.TeamID, Neutral: ev.Neutral,
	}
	if ev.Venue != nil {
		s.VenueName, s.VenueCity = ev.Venue.Name, ev.Venue.City
	}
	res, err := out.resolve(s)
	if err != nil {
		return err
	}
	g := gameOf(ev, res.Swapped)
	g.FixtureID = res.FixtureID
	if err := l.game(out, g); err != nil {
		return err
	}
	return l.play(out, ev, &g)
}

// gameOf maps what ESPN says to a game record. Swapped says that ESPN's home
// team is the fixture's away team.
func gameOf(ev *espn.Event, swapped bool) feed.Game {
	home, away := &ev.Home, &ev.Away
	if swapped {
		home, away = away, home
	}
	g := feed.Game{
		State: ev.Status.State, Status: ev.Status.Name, Detail: ev.Status.Detail,
		Period: ev.Status.Period, Clock: ev.Status.Clock, ClockSeconds: ev.Status.ClockSeconds,
		HomeRecord: home.Record, AwayRecord: away.Record,
	}
	if g.State == feed.GamePre {
		return g // ESPN writes scores of 0 before the start
	}
	g.HomeScore, g.AwayScore = home.Score, away.Score
	g.HomePeriods, g.AwayPeriods = home.Periods, away.Periods
	if s := ev.Situation; s != nil {
		g.Situation = s.Text
		switch s.Possession {
		case "":
		case home.TeamID:
			g.Possession = feed.OutcomeHome
		case away.TeamID:
			g.Possession = feed.OutcomeAway
		}
	}
	return g
}

// game publishes a game's state if it has changed, and the fixture with it if
// that moves on.
func (l *leagueNormalise) game(out *output, g feed.Game) error {
	g.Kind, g.League, g.Source = feed.KindGame, l.id, out.raw.Source
	memory := l.games[g.FixtureID]
	if memory != nil && sameGame(&memory.Game, &g) {
		return nil
	}
	if memory == nil {
		memory = &gameMemory{}
		l.games[g.FixtureID] = memory
	}
	l.changed[keyGame+g.FixtureID] = true
	g.EventTime, g.SeenTime = out.raw.FetchedAt, out.raw.FetchedAt
	g.RawPartition, g.RawOffset = out.place.Partition, out.place.Offset
	memory.Game = g
	if g.State != "" {
		f, changed, err := l.identity.SetStatus(g.FixtureID, g.State, out.raw.FetchedAt)
		if err != nil {
			return err
		}
		if changed {
			if err := out.fixture(f); err != nil {
				return err
			}
		}
	}
	record := g
	return out.e.Emit(log.GamesTopic(l.id), out.partitionOf(g.FixtureID), g.FixtureID, &record)
}

// sameGame compares what a game's state says, leaving out when and where it was
// said.
func sameGame(a, b *feed.Game) bool {
	return a.State == b.State && a.Status == b.Status && a.Detail == b.Detail && a.Period == b.Period && a.Clock == b.Clock &&
		equal(a.HomeScore, b.HomeScore) && equal(a.AwayScore, b.AwayScore) &&
		slices.Equal(a.HomePeriods, b.HomePeriods) && slices.Equal(a.AwayPeriods, b.AwayPeriods) &&
		a.HomeRecord == b.HomeRecord && a.AwayRecord == b.AwayRecord &&
		a.Possession == b.Possession && a.Situation == b.Situation && a.Source == b.Source
}

func equal[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// play publishes the scoreboard's last play if it is another than before.
func (l *leagueNormalise) play(out *output, ev *espn.Event, g *feed.Game) error {
	if ev.Situation == nil || ev.Situation.LastPlay == nil {
		return nil
	}
	last := ev.Situation.LastPlay
	memory := l.games[g.FixtureID]
	if memory.PlayID == last.ID {
		return nil
	}
	memory.PlayID = last.ID
	l.changed[keyGame+g.FixtureID] = true
	return out.e.Emit(log.PlaysTopic(l.id), out.partitionOf(g.FixtureID), g.FixtureID, &feed.Play{
		Kind: feed.KindPlay, FixtureID: g.FixtureID, League: l.id, PlayID: last.ID,
		Period: g.Period, Clock: g.Clock, Type: last.Type, Text: last.Text, ScoreValue: last.ScoreValue,
		EventTime: out.raw.FetchedAt, SeenTime: out.raw.FetchedAt, Source: out.raw.Source,
		RawPartition: out.place.Partition, RawOffset: out.place.Offset,
	})
}

// scores reads The Odds API's scores. ESPN tells more of a game and more often,
// so they count only for fixtures that ESPN does not have.
func (l *leagueNormalise) scores(out *output) error {
	events, defects, err := theoddsapi.ParseScores(out.raw.Body)
	if err != nil {
		return out.unreadable(err)
	}
	if err := out.quarantine(defects...); err != nil {
		return err
	}
	for i := range events {
		ev := &events[i]
		if ev.HomeTeam == "" || ev.AwayTeam == "" {
			continue
		}
		res, err := out.resolve(sightingOf(&ev.Event))
		if err != nil {
			return err
		}
		if knownTo(res.Fixture.Aliases, feed.SourceGames) {
			continue
		}
		g := feed.Game{FixtureID: res.FixtureID, State: feed.GamePre, Status: "scheduled"}
		switch {
		case ev.Completed:
			g.State, g.Status = feed.GamePost, "completed"
		case ev.Scores != nil:
			g.State, g.Status = feed.GameIn, "in play"
		}
		for _, s := range ev.Scores {
			switch {
			case s.Name == ev.HomeTeam != res.Swapped && (s.Name == ev.HomeTeam || s.Name == ev.AwayTeam):
				g.HomeScore = s.Points
			case s.Name == ev.HomeTeam || s.Name == ev.AwayTeam:
				g.AwayScore = s.Points
			}
		}
		if err := l.game(out, g); err != nil {
			return err
		}
	}
	return nil
}

func knownTo(aliases []feed.Alias, source string) bool {
	return slices.ContainsFunc(aliases, func(a feed.Alias) bool { return a.Source == source })
}
