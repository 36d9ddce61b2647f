package league

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// slot is one scheduled game of the property tests.
type slot struct {
	away, home string
	start      feed.Time
}

// schedules draws games of a week: never twice the same pair within the gap,
// but otherwise as close as it gets. Starts are in the American evening, far
// from the change of date.
func schedules(gap feed.Time) *rapid.Generator[[]slot] {
	return rapid.Custom(func(t *rapid.T) []slot {
		teams := testLeague().Teams
		last := map[string]feed.Time{}
		var games []slot
		for day := range rapid.IntRange(1, 5).Draw(t, "days") {
			order := rapid.Permutation(teams).Draw(t, "order")
			for i := 0; i+1 < len(order); i += 2 {
				for n := range rapid.IntRange(0, 2).Draw(t, "games") {
					start := evening + feed.Time(day*24)*feed.Hour + feed.Time(n)*4*feed.Hour - feed.Time(rapid.IntRange(0, 3).Draw(t, "hour"))*20*feed.Minute
					names := []string{order[i].Name, order[i+1].Name}
					slices.Sort(names)
					pair := strings.Join(names, "|")
					if before, met := last[pair]; met && start-before < gap {
						continue
					}
					last[pair] = start
					games = append(games, slot{order[i].Name, order[i+1].Name, start})
				}
			}
		}
		return games
	})
}

// sightings draws an order in which two sources tell of the games, their starts
// up to a quarter of an hour off.
func sightings(t *rapid.T, games []slot) []Sighting {
	var all []Sighting
	for i, g := range games {
		for _, source := range []string{"espn", "theoddsapi"} {
			s := seen(source, fmt.Sprintf("%s-%d", source, i), g.away, g.home, g.start)
			s.Start += feed.Time(rapid.IntRange(-15, 15).Draw(t, "off")) * feed.Minute
			s.Seen = evening
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return rapid.Permutation(all).Draw(t, "interleaving")
}

// checkInterleaving resolves the sightings and demands one fixture a game, with
// both sources' ids on it.
func checkInterleaving(t *rapid.T, x *Identity, games []slot) map[string]string {
	fixtures := map[string]string{} // source id -> fixture
	for _, s := range sightings(t, games) {
		r := x.Resolve(s)
		fixtures[s.SourceID] = r.FixtureID
		if again := x.Resolve(s); again.FixtureID != r.FixtureID || again.Changed {
			t.Fatalf("%s: %s, then %s", s.SourceID, r.FixtureID, again.FixtureID)
		}
	}
	if n := len(x.Fixtures()); n != len(games) {
		t.Fatalf("%d games made %d fixtures", len(games), n)
	}
	for i := range games {
		a, b := fixtures[fmt.Sprintf("espn-%d", i)], fixtures[fmt.Sprintf("theoddsapi-%d", i)]
		if a != b {
			t.Fatalf("game %d is %s and %s", i, a, b)
		}
	}
	return fixtures
}

func TestAnyInterleavingGivesOneFixtureAGame(t *testing.T) {
	for name, tc := range map[string]struct {
		rule Match
		gap  feed.Time
	}{
		"back to back":   {Match{12, 36}, 20 * feed.Hour},
		"double-headers": {Match{2, 12}, 3 * feed.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				games := schedules(tc.gap).Draw(rt, "games")
				x := newIdentity(t, func(l *League) { l.Match = tc.rule })
				checkInterleaving(rt, x, games)
			})
		})
	}
}

func TestFixtureIDsDoNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		games := schedules(20*feed.Hour).Draw(rt, "games")
		first := checkInterleaving(rt, newIdentity(t), games)
		second := checkInterleaving(rt, newIdentity(t), games)
		for id, fixture := range first {
			if second[id] != fixture {
				rt.Fatalf("%s is %s in one order and %s in another", id, fixture, second[id])
			}
		}
	})
}

func TestCheckpointAtAnyPointContinuesTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		games := schedules(20*feed.Hour).Draw(rt, "games")
		all := sightings(rt, games)
		whole, checkpoint := newIdentity(t), map[string][]byte{}
		at := rapid.IntRange(0, len(all)).Draw(rt, "checkpoint")
		save := func() {
			for _, e := range whole.Dirty() {
				if e.Value == nil {
					delete(checkpoint, e.Key)
				} else {
					checkpoint[e.Key] = e.Value
				}
			}
			whole.ClearDirty()
		}
		for i, s := range all[:at] {
			r := whole.Resolve(disturbed(rt, s))
			if i%3 == 0 {
				save()
			}
			if rapid.IntRange(0, 9).Draw(rt, "join") == 0 {
				others := whole.Fixtures()
				if other := others[rapid.IntRange(0, len(others)-1).Draw(rt, "other")].FixtureID; other != r.FixtureID {
					if _, err := whole.Join(r.FixtureID, other); err != nil {
						rt.Fatal(err)
					}
				}
			}
		}
		if rapid.Bool().Draw(rt, "forget") {
			whole.Forget(evening + 30*feed.Hour)
		}
		save()

		restored := newIdentity(t)
		for _, key := range rapid.Permutation(slices.Sorted(maps.Keys(checkpoint))).Draw(rt, "loading order") {
			if err := restored.Load(Entry{key, checkpoint[key]}); err != nil {
				rt.Fatal(err)
			}
		}
		for _, s := range all {
			a, b := whole.Resolve(s), restored.Resolve(s)
			if x, y := fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b); x != y {
				rt.Fatalf("whole: %s\nrestored: %s", x, y)
			}
		}
		if a, b := describe(whole), describe(restored); a != b {
			rt.Fatalf("whole:\n%s\nrestored:\n%s", a, b)
		}
	})
}

// disturbed sometimes moves a game, names a venue or misspells a team.
func disturbed(t *rapid.T, s Sighting) Sighting {
	switch rapid.IntRange(0, 5).Draw(t, "disturbance") {
	case 0:
		s.Start += feed.Time(rapid.IntRange(-100, 100).Draw(t, "hours")) * feed.Hour
	case 1:
		s.Neutral, s.VenueName = true, "Frog Pond"
	case 2:
		s.HomeName, s.HomeSourceTeamID = s.HomeName+" Club", "77"
	case 3:
		s.AwayName = "TBD"
	}
	return s
}
