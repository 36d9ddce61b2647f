package league

import (
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

func TestFirstSightingMakesAReadableFixture(t *testing.T) {
	x := newIdentity(t)
	r := x.Resolve(seen("theoddsapi", "a1", "Montréal Canadiens", "Saint Louis Blues", evening))
	want := "nhl-20260114-montreal-canadiens-st-louis-blues"
	if r.FixtureID != want || !r.New || !r.Changed || r.Confidence != 1 || r.Swapped || len(r.Reviews) != 0 {
		t.Fatalf("got %+v", r)
	}
	f := r.Fixture
	if f.Kind != feed.KindFixture || f.League != "nhl" || f.Season != 2025 || f.StartTime != evening || f.Status != "pre" ||
		f.HomeID != "nhl.st-louis-blues" || f.Home != "St. Louis Blues" || f.AwayID != "nhl.montreal-canadiens" ||
		f.VenueID != "dome" || f.SeenTime != evening-24*feed.Hour {
		t.Errorf("fixture %+v", f)
	}
	if len(f.Aliases) != 1 || f.Aliases[0] != (feed.Alias{Source: "theoddsapi", ID: "a1", Confidence: 1}) {
		t.Errorf("aliases %v", f.Aliases)
	}
}

func TestKnownIDKeepsItsFixtureThroughRescheduling(t *testing.T) {
	for name, shift := range map[string]feed.Time{
		"minutes": 10 * feed.Minute, "hours": 7 * feed.Hour, "days": 72 * feed.Hour, "months back": -2000 * feed.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			x := newIdentity(t)
			s := seen("theoddsapi", "a1", "Boston Bruins", "Toronto Maple Leafs", evening)
			before := x.Resolve(s).Fixture
			moved := later(s, func(s *Sighting) { s.Start += shift })
			r := x.Resolve(moved)
			if r.New || !r.Changed {
				t.Errorf("got %+v", r)
			}
			before.StartTime, before.SeenTime = moved.Start, moved.Seen
			if got, want := r.Fixture, before; got.FixtureID != want.FixtureID || !sameGame(&got, &want) || got.SeenTime != want.SeenTime {
				t.Errorf("more than the start changed:\n%+v\n%+v", got, want)
			}
			if again := x.Resolve(moved); again.Changed || again.New {
				t.Errorf("the same sighting changed something: %+v", again)
			}
		})
	}
}

func TestOlderSightingChangesNothing(t *testing.T) {
	x := newIdentity(t)
	s := seen("espn", "1", "Boston Bruins", "Toronto Maple Leafs", evening)
	x.Resolve(s)
	x.Resolve(later(s, func(s *Sighting) { s.Start += feed.Hour }))
	if r := x.Resolve(s); r.Changed || r.Fixture.StartTime != evening+feed.Hour {
		t.Errorf("an old response moved the start back: %+v", r)
	}
}

func TestLastSourceToChangeItsMindSetsTheStart(t *testing.T) {
	x := newIdentity(t)
	odds := seen("theoddsapi", "a1", "Boston Bruins", "Toronto Maple Leafs", evening)
	games := seen("espn", "1", "Boston Bruins", "Toronto Maple Leafs", evening+10*feed.Minute)
	x.Resolve(odds)
	if r := x.Resolve(games); r.Fixture.StartTime != evening {
		t.Errorf("a second opinion moved the start to %v", r.Fixture.StartTime)
	}
	for range 3 { // neither says anything new: the start does not flap
		if x.Resolve(odds).Changed || x.Resolve(games).Changed {
			t.Fatal("the fixture changed without news")
		}
	}
	r := x.Resolve(later(games, func(s *Sighting) { s.Start = evening + 2*feed.Hour }))
	if !r.Changed || r.Fixture.StartTime != evening+2*feed.Hour {
		t.Errorf("got %+v", r)
	}
}

func TestSecondSourceJoins(t *testing.T) {
	type game struct {
		away, home string
		shift      feed.Time
	}
	for name, tc := range map[string]struct {
		second     game
		neutral    bool
		joins      bool
		confidence float64
		swapped    bool
		candidate  bool // a person is asked
	}{
		"same names and start":        {game{"Boston Bruins", "Montreal Canadiens", 0}, false, true, 1, false, false},
		"another spelling":            {game{"BOSTON BRUINS", "Montréal Canadiens", 0}, false, true, 1, false, false},
		"nickname":                    {game{"Bruins", "Montreal Canadiens", 0}, false, true, 0.9, false, false},
		"six hours later":             {game{"Boston Bruins", "Montreal Canadiens", 6 * feed.Hour}, false, true, 0.95, false, false},
		"twelve hours earlier":        {game{"Boston Bruins", "Montreal Canadiens", -12 * feed.Hour}, false, true, 0.9, false, false},
		"next evening":                {game{"Boston Bruins", "Montreal Canadiens", 24 * feed.Hour}, false, false, 1, false, true},
		"next week":                   {game{"Boston Bruins", "Montreal Canadiens", 168 * feed.Hour}, false, false, 1, false, false},
		"another opponent":            {game{"Toronto Maple Leafs", "Montreal Canadiens", 0}, false, false, 1, false, false},
		"unknown opponent, same time": {game{"HC Boston", "Montreal Canadiens", 0}, false, true, 0.85, false, false},
		"unknown opponent, later":     {game{"HC Boston", "Montreal Canadiens", 3 * feed.Hour}, false, false, 1, false, true},
		"unmade pairing, same time":   {game{"Bruins/Leafs", "Montreal Canadiens", 0}, false, true, 0.85, false, false},
		"exchanged, neutral":          {game{"Montreal Canadiens", "Boston Bruins", 0}, true, true, 0.95, true, false},
		"exchanged":                   {game{"Montreal Canadiens", "Boston Bruins", 0}, false, false, 1, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			x := newIdentity(t)
			first := x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
			s := seen("espn", "1", tc.second.away, tc.second.home, evening+tc.second.shift)
			s.Neutral = tc.neutral
			r := x.Resolve(s)
			if joined := r.FixtureID == first.FixtureID; joined != tc.joins || r.New == joined {
				t.Fatalf("joined: %v, new: %v", joined, r.New)
			}
			if r.Confidence != tc.confidence || r.Swapped != tc.swapped {
				t.Errorf("confidence %v, swapped %v", r.Confidence, r.Swapped)
			}
			asked := false
			for _, review := range r.Reviews {
				if review.Subject == "fixture" {
					asked = true
					if review.Candidate != first.FixtureID || review.Score <= 0 || review.Score >= Accept || review.SourceID != "1" {
						t.Errorf("review %+v", review)
					}
				}
			}
			if asked != tc.candidate {
				t.Errorf("reviews %+v", r.Reviews)
			}
			if again := x.Resolve(s); again.FixtureID != r.FixtureID || again.Swapped != r.Swapped || again.Changed || len(again.Reviews) != 0 {
				t.Errorf("the second time: %+v", again)
			}
		})
	}
}

func TestDoubleHeaderIsTwoFixturesMatchedByStart(t *testing.T) {
	x := newIdentity(t, func(l *League) { l.Match = Match{SameHours: 2, ReviewHours: 12} })
	late := evening + 4*feed.Hour
	x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
	second := x.Resolve(seen("theoddsapi", "a2", "Boston Bruins", "Montreal Canadiens", late))
	if second.FixtureID != "nhl-20260114-boston-bruins-montreal-canadiens-2" {
		t.Errorf("second game is %s", second.FixtureID)
	}
	if r := x.Resolve(seen("espn", "2", "Boston Bruins", "Montreal Canadiens", late+10*feed.Minute)); r.FixtureID != second.FixtureID {
		t.Errorf("the second game of the other source is %s", r.FixtureID)
	}
	if r := x.Resolve(seen("espn", "1", "Boston Bruins", "Montreal Canadiens", evening)); r.New || r.FixtureID == second.FixtureID {
		t.Errorf("the first game of the other source is %s", r.FixtureID)
	}
}

func TestTwoIDsOfOneSourceAreTwoFixtures(t *testing.T) {
	x := newIdentity(t)
	first := x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
	second := x.Resolve(seen("theoddsapi", "a2", "Boston Bruins", "Montreal Canadiens", evening+feed.Hour))
	if !second.New || second.FixtureID == first.FixtureID {
		t.Fatalf("got %+v", second)
	}
	// In a league where it cannot be a double-header a person is told.
	if len(second.Reviews) != 1 || second.Reviews[0].Candidate != first.FixtureID {
		t.Errorf("reviews %+v", second.Reviews)
	}
}

func TestUnknownTeamIsAskedAboutOnceAndLearnedFromItsGames(t *testing.T) {
	x := newIdentity(t)
	x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
	s := seen("espn", "1", "Les Habitants", "Boston", evening+96*feed.Hour)
	s.AwaySourceTeamID = "10"
	r := x.Resolve(s)
	if len(r.Reviews) != 1 || r.Reviews[0].Subject != "team" || r.Reviews[0].Name != "Les Habitants" || r.Reviews[0].SourceID != "10" {
		t.Fatalf("reviews %+v", r.Reviews)
	}
	if want := "nhl-20260118-les-habitants-boston-bruins"; r.FixtureID != want || r.Fixture.AwayID != "" || r.Fixture.Away != "Les Habitants" {
		t.Errorf("got %+v", r.Fixture)
	}
	// The other source names the same game: the name is learned.
	if r := x.Resolve(seen("theoddsapi", "a2", "Montreal Canadiens", "Boston Bruins", evening+96*feed.Hour)); r.New || r.Fixture.AwayID != "nhl.montreal-canadiens" {
		t.Errorf("got %+v", r)
	}
	for i, name := range []string{"Les Habitants", "Club de hockey"} {
		s := seen("espn", "2"+name, name, "St. Louis Blues", evening+feed.Time(200+i*48)*feed.Hour)
		s.AwaySourceTeamID = "10"
		if i == 0 {
			s.AwaySourceTeamID = ""
		}
		x.Resolve(seen("theoddsapi", "b"+name, "Montreal Canadiens", "St. Louis Blues", s.Start))
		if r := x.Resolve(s); r.New {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

func TestPairingThatBecomesKnownFillsTheFixture(t *testing.T) {
	x := newIdentity(t)
	s := seen("espn", "1", "TBD", "TBD", evening)
	first := x.Resolve(s)
	if first.FixtureID != "nhl-20260114-tbd-tbd" || len(first.Reviews) != 0 {
		t.Fatalf("got %+v", first)
	}
	other := x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
	if !other.New || len(other.Reviews) != 0 {
		t.Fatalf("a game without teams was taken for another: %+v", other)
	}
	r := x.Resolve(later(s, func(s *Sighting) { s.AwayName, s.HomeName = "Boston Bruins", "Montreal Canadiens" }))
	if !r.Changed || r.FixtureID != first.FixtureID || r.Fixture.HomeID != "nhl.montreal-canadiens" || r.Fixture.Away != "Boston Bruins" || r.Fixture.VenueID != "forum" {
		t.Errorf("got %+v", r)
	}
	if len(r.Reviews) != 1 || r.Reviews[0].Candidate != other.FixtureID {
		t.Errorf("nobody was asked whether the two are one: %+v", r.Reviews)
	}
}

func TestKnownIDThatNamesOtherTeamsIsQuestioned(t *testing.T) {
	x := newIdentity(t)
	s := seen("espn", "1", "Boston Bruins", "Montreal Canadiens", evening)
	x.Resolve(s)
	moved := later(s, func(s *Sighting) { s.AwayName = "Seattle Kraken" })
	r := x.Resolve(moved)
	if r.New || r.Fixture.AwayID != "nhl.boston-bruins" || len(r.Reviews) != 1 {
		t.Errorf("got %+v", r)
	}
	if r := x.Resolve(moved); len(r.Reviews) != 0 {
		t.Errorf("asked twice: %+v", r.Reviews)
	}
	back := later(moved, func(s *Sighting) { s.AwayName, s.HomeName = "Montreal Canadiens", "Boston Bruins" })
	if r := x.Resolve(back); !r.Swapped || !r.Changed || r.Fixture.HomeID != "nhl.montreal-canadiens" {
		t.Errorf("the source exchanged the sides: %+v", r)
	}
}

func TestVenueIsTheNamedOneElseHome(t *testing.T) {
	for name, tc := range map[string]struct {
		venue, city string
		neutral     bool
		want        string
	}{
		"none named":                 {"", "", false, "forum"},
		"none named, neutral":        {"", "", true, ""},
		"named":                      {"Frog Pond", "Boston", true, "pond"},
		"renamed at home":            {"Sponsor Arena", "Montréal", false, "forum"},
		"unknown, without city":      {"Sponsor Arena", "", false, "forum"},
		"unknown in another city":    {"Sponsor Arena", "Quebec", false, ""},
		"unknown and neutral ground": {"Sponsor Arena", "Montreal", true, ""},
	} {
		x := newIdentity(t)
		x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
		s := seen("espn", "1", "Boston Bruins", "Montreal Canadiens", evening)
		s.VenueName, s.VenueCity, s.Neutral = tc.venue, tc.city, tc.neutral
		if r := x.Resolve(s); r.Fixture.VenueID != tc.want || r.Fixture.Neutral != tc.neutral {
			t.Errorf("%s: venue %q, neutral %v", name, r.Fixture.VenueID, r.Fixture.Neutral)
		}
	}
}

func TestUnknownStartNeverJoins(t *testing.T) {
	x := newIdentity(t)
	x.Resolve(seen("theoddsapi", "a1", "Boston Bruins", "Montreal Canadiens", evening))
	s := Sighting{Source: "espn", SourceID: "1", AwayName: "Boston Bruins", HomeName: "Montreal Canadiens", Seen: evening}
	r := x.Resolve(s)
	if !r.New || r.FixtureID != "nhl-undated-boston-bruins-montreal-canadiens" || r.Fixture.Season != 0 {
		t.Errorf("got %+v", r)
	}
	if r := x.Resolve(later(s, func(s *Sighting) { s.Start = evening })); r.Fixture.StartTime != evening {
		t.Errorf("got %+v", r)
	}
}

func TestNewIdentityNeedsAKnownLeague(t *testing.T) {
	if _, err := NewIdentity(newCatalog(t, testLeague()), "xfl"); err == nil {
		t.Error("no error")
	}
}

func TestResolveOfAKnownIDAllocatesNothing(t *testing.T) {
	x, s := busyIdentity(t)
	if n := testing.AllocsPerRun(100, func() { x.Resolve(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// busyIdentity holds a season's worth of fixtures of two sources.
func busyIdentity(t testing.TB) (*Identity, Sighting) {
	x := newIdentity(t)
	teams := testLeague().Teams
	var last Sighting
	for i := range 600 {
		home, away := teams[i%len(teams)].Name, teams[(i+1+i/len(teams)%(len(teams)-1))%len(teams)].Name
		for _, source := range []string{"theoddsapi", "espn"} {
			last = seen(source, string(rune('a'+i%26))+"9d0b725f6e813c43975b6ac5532309"+string(rune('A'+i/26)), away, home, evening+feed.Time(i/4*24)*feed.Hour)
			x.Resolve(last)
		}
	}
	return x, last
}

func BenchmarkResolveKnownID(b *testing.B) {
	x, s := busyIdentity(b)
	b.ReportAllocs()
	for b.Loop() {
		if x.Resolve(s).New {
			b.Fatal("the id is not known")
		}
	}
}

// A new id beside 600 fixtures that are all near enough to be looked at.
func BenchmarkResolveNewID(b *testing.B) {
	x := newIdentity(b)
	teams := testLeague().Teams
	for i := range 600 {
		x.Resolve(seen("theoddsapi", string(rune('a'+i%26))+string(rune('A'+i/26)), teams[i%8].Name, teams[(i+1+i/8%7)%8].Name, evening+feed.Time(i)*feed.Minute))
	}
	s := seen("espn", "1", "Boston Bruins", "Montreal Canadiens", evening+5*feed.Hour)
	home, _ := x.identify(&s, "", s.HomeName)
	away, _ := x.identify(&s, "", s.AwayName)
	b.ReportAllocs()
	for b.Loop() {
		x.best(&s, home, away, nil)
	}
}
