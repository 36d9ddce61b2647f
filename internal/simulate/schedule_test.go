package simulate

import (
	"regexp"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

func TestEveryHourHasGamesBeforeDuringAndAfterPlay(t *testing.T) {
	s, _ := newTest(t)
	for hour := range feed.Time(72) {
		at := feed.At(begin) + hour*feed.Hour
		states := map[feed.GameState]int{}
		for _, c := range s.competitions {
			for _, f := range c.between(at-day, at+oddsAhead) {
				states[f.state(at)]++
			}
		}
		if states[feed.GameIn] < 3 || states[feed.GamePost] < 20 || states[feed.GamePre] < 60 {
			t.Errorf("at %s: %v", at, states)
		}
	}
}

func TestNoTeamHasTwoGamesAtATime(t *testing.T) {
	s, _ := newTest(t, func(c *Config) { c.GamesPerDay = 99 })
	for _, c := range s.competitions {
		busy := map[int]feed.Time{}
		for _, f := range sample(t, s, c.league.ID, 60) {
			for _, team := range []int{f.home, f.away} {
				if until := busy[team]; f.Start < until {
					t.Fatalf("%s: team %d starts at %s and is busy until %s", c.league.ID, team, f.Start, until)
				}
				busy[team] = f.kickoff() + f.play().end
			}
		}
	}
}

func TestTheSameTwoMeetAgainOnlyAfterAllOthers(t *testing.T) {
	s, _ := newTest(t, func(c *Config) { c.GamesPerDay = 99 })
	for _, c := range s.competitions {
		last := map[[2]int]int64{}
		for b := int64(20000); b < 20100; b++ {
			for _, f := range c.block(b) {
				pair := [2]int{min(f.home, f.away), max(f.home, f.away)}
				if before, ok := last[pair]; ok && b-before < int64(len(c.league.Teams)-1) {
					t.Fatalf("%s: %v meet in blocks %d and %d", c.league.ID, pair, before, b)
				}
				last[pair] = b
			}
		}
	}
}

func TestIdsAreUniqueAndLookReal(t *testing.T) {
	s, _ := newTest(t)
	odds, score := regexp.MustCompile(`^[0-9a-f]{32}$`), regexp.MustCompile(`^4[0-9]{8}$`)
	seen := map[string]bool{}
	for _, c := range s.competitions {
		for _, f := range sample(t, s, c.league.ID, 60) {
			for _, id := range []string{f.OddsID, f.ScoreID} {
				if seen[id] {
					t.Fatalf("id %s is used twice", id)
				}
				seen[id] = true
			}
			if !odds.MatchString(f.OddsID) || !score.MatchString(f.ScoreID) {
				t.Fatalf("ids %s and %s do not look real", f.OddsID, f.ScoreID)
			}
		}
	}
}

func TestGamesRunInOrder(t *testing.T) {
	s, _ := newTest(t)
	overtimes := 0
	for _, c := range s.competitions {
		for _, f := range sample(t, s, c.league.ID, 20) {
			g := f.play()
			var at feed.Time
			var home, away int
			for i, ch := range g.chances {
				if ch.from < at || ch.to <= ch.from {
					t.Fatalf("%s: chance %d lasts from %d to %d, after %d", f.OddsID, i, ch.from, ch.to, at)
				}
				p := g.periods[ch.period-1]
				if ch.from < p.from || ch.to > p.to {
					t.Fatalf("%s: chance %d lies outside of its period", f.OddsID, i)
				}
				if ch.ofHome {
					home += ch.points
				} else {
					away += ch.points
				}
				if ch.score != [2]int{home, away} {
					t.Fatalf("%s: after chance %d it is %v, not %d:%d", f.OddsID, i, ch.score, home, away)
				}
				at = ch.to
			}
			if len(g.periods) > c.periods.Count {
				overtimes++
			}
			if h, a := g.result(); h == a && !c.league.Draw && c.league.ID != "nfl" {
				t.Errorf("%s ends %d:%d in a league without draws", f.OddsID, h, a)
			}
			if g.end < at || g.end > 330*feed.Minute {
				t.Errorf("%s: it ends %s after the kick-off", f.OddsID, g.end.Sub(0))
			}
		}
	}
	if overtimes == 0 {
		t.Error("no game went to overtime")
	}
}

func TestPublishedStartsMoveAndSettleOnTheTrueOne(t *testing.T) {
	s, _ := newTest(t)
	moved, delayed := 0, 0
	for _, f := range sample(t, s, "nfl", 60) {
		if f.published(f.Start-2*day) != f.published(f.Start-feed.Hour) {
			moved++
		}
		if f.announced > 0 {
			delayed++
		}
		if late := f.kickoff() - f.published(f.kickoff()); late < 0 || late >= 8*feed.Minute {
			t.Errorf("%s begins %s after its last published start", f.OddsID, late.Sub(0))
		}
	}
	if moved == 0 || delayed == 0 {
		t.Errorf("%d starts moved and %d were delayed", moved, delayed)
	}
}
