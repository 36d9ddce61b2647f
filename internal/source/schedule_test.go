package source

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
)

func schedule() Schedule {
	return Schedule{
		InPlay: 30 * time.Second,
		Steps: []Step{
			{Within: time.Hour, Every: time.Minute},
			{Within: 24 * time.Hour, Every: 15 * time.Minute},
		},
		Idle: 12 * time.Hour,
	}
}

func TestCadenceFollowsTheNearestGame(t *testing.T) {
	now := feed.At(noon)
	in := func(d time.Duration, s feed.GameState) Game { return Game{now + feed.Span(d), s} }
	for _, tt := range []struct {
		name  string
		games []Game
		want  time.Duration
	}{
		{"off season", nil, 12 * time.Hour},
		{"next week", []Game{in(7*24*time.Hour, feed.GamePre)}, 12 * time.Hour},
		{"today", []Game{in(7*24*time.Hour, feed.GamePre), in(5*time.Hour, feed.GamePre)}, 15 * time.Minute},
		{"within the hour", []Game{in(time.Hour, feed.GamePre)}, time.Minute},
		{"should have started", []Game{in(-time.Minute, feed.GamePre)}, 30 * time.Second},
		{"never heard of again", []Game{in(-13*time.Hour, feed.GamePre)}, 12 * time.Hour},
		{"in play", []Game{in(-time.Hour, feed.GameIn), in(time.Hour, feed.GamePre)}, 30 * time.Second},
		{"over", []Game{in(-3*time.Hour, feed.GamePost)}, 12 * time.Hour},
		{"postponed", []Game{in(time.Hour, feed.GamePostponed)}, 12 * time.Hour},
		{"delayed", []Game{in(-time.Hour, feed.GameDelayed)}, time.Minute},
		{"suspended yesterday", []Game{in(-20*time.Hour, feed.GameSuspended)}, time.Minute},
	} {
		if got := schedule().Every(now, tt.games); got != tt.want {
			t.Errorf("%s: every %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestNextDoesNotSleepThroughAChangeOfCadence(t *testing.T) {
	last := feed.At(noon)
	for _, tt := range []struct {
		start, want time.Duration // after the last request
	}{
		{100 * time.Hour, 12 * time.Hour},
		{26 * time.Hour, 2 * time.Hour},                // when the last day begins
		{24*time.Hour + time.Minute, 15 * time.Minute}, // not sooner than the new cadence
		{time.Hour + 5*time.Minute, 5 * time.Minute},   // when the last hour begins
		{45 * time.Second, 45 * time.Second},           // at the start
		{10 * time.Second, 30 * time.Second},           // not sooner than the cadence in play
		{-time.Second, 30 * time.Second},
	} {
		games := []Game{{last + feed.Span(tt.start), feed.GamePre}}
		if got := schedule().Next(last, games).Sub(last); got != tt.want {
			t.Errorf("a game in %v: asks after %v, want %v", tt.start, got, tt.want)
		}
	}
}

// The next request comes after the last one, no sooner than the fastest cadence
// and no later than the present one.
func TestNextIsBetweenTheCadences(t *testing.T) {
	states := []feed.GameState{feed.GamePre, feed.GameIn, feed.GamePost, feed.GameDelayed, feed.GameSuspended, feed.GamePostponed}
	rapid.Check(t, func(t *rapid.T) {
		last := feed.At(noon)
		var games []Game
		for range rapid.IntRange(0, 5).Draw(t, "games") {
			start := last + feed.Span(time.Duration(rapid.Int64Range(-40*3600, 40*3600).Draw(t, "seconds"))*time.Second)
			games = append(games, Game{start, rapid.SampledFrom(states).Draw(t, "state")})
		}
		s := schedule()
		wait := s.Next(last, games).Sub(last)
		if wait < s.InPlay || wait > s.Every(last, games) {
			t.Fatalf("waits %v with %v", wait, games)
		}
	})
}

// Stretched cadences spend what is available and no more, and are not stretched
// without need.
func TestStretchSpendsWhatIsAvailable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var demands []Demand
		for range rapid.IntRange(0, 6).Draw(t, "jobs") {
			demands = append(demands, Demand{
				Cost:  rapid.IntRange(0, 20).Draw(t, "cost"),
				Every: time.Duration(rapid.IntRange(10, 90000).Draw(t, "every")) * time.Second,
			})
		}
		available := rapid.IntRange(0, 20000).Draw(t, "available")
		until := time.Duration(rapid.IntRange(1, 31*24).Draw(t, "hours")) * time.Hour
		factor := Stretch(demands, available, until)
		spent := func(factor float64) (credits float64) {
			for _, d := range demands {
				credits += float64(d.Cost) * until.Seconds() / (d.Every.Seconds() * factor)
			}
			return credits
		}
		switch {
		case factor == 0 && (available > 0 || spent(1) == 0):
			t.Fatalf("nothing is spent of %d", available)
		case factor == 0:
		case factor < 1:
			t.Fatalf("cadences are shortened by %v", factor)
		case factor == 1 && spent(1) > float64(available):
			t.Fatalf("%v credits are spent of %d", spent(1), available)
		case factor > 1 && (spent(factor) > float64(available)*1.000001 || spent(factor) < float64(available)*0.999999):
			t.Fatalf("%v credits are spent of %d", spent(factor), available)
		}
	})
}

func TestScheduleWithoutPauseIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Schedule){
		"idle":      func(s *Schedule) { s.Idle = 0 },
		"in play":   func(s *Schedule) { s.InPlay = -1 },
		"in a step": func(s *Schedule) { s.Steps[1].Every = 0 },
		"disorder":  func(s *Schedule) { s.Steps[1].Within = time.Minute },
	} {
		s := schedule()
		change(&s)
		if _, err := NewPoller(PollerConfig{Jobs: []Job{{Schedule: s}}}); err == nil {
			t.Errorf("no pause %s is accepted", name)
		}
	}
}

func TestLeagueIsFoundInThePath(t *testing.T) {
	of := LeagueOf([]league.League{
		{ID: "nhl", Keys: map[string]string{feed.SourceOdds: "icehockey_nhl", feed.SourceGames: "hockey/nhl"}},
		{ID: "epl", Keys: map[string]string{feed.SourceOdds: "soccer_epl", feed.SourceGames: "soccer/eng.1"}},
		{ID: "keyless"},
	})
	for _, tt := range []struct{ source, path, want string }{
		{feed.SourceOdds, "/v4/sports/icehockey_nhl/odds", "nhl"},
		{feed.SourceOdds, "/v4/historical/sports/soccer_epl/odds", "epl"},
		{feed.SourceOdds, "/v4/sports/soccer_epl", "epl"},
		{feed.SourceOdds, "/v4/sports/soccer_epl_winner/odds", ""},
		{feed.SourceOdds, "/v4/sports", ""},
		{feed.SourceGames, "/apis/site/v2/sports/soccer/eng.1/scoreboard", "epl"},
		{feed.SourceGames, "/apis/site/v2/sports/hockey/nhl/scoreboard", "nhl"},
		{feed.SourceWeather, "/data/2.5/weather", ""},
	} {
		if got := of(tt.source, tt.path); got != tt.want {
			t.Errorf("%s%s belongs to %q, want %q", tt.source, tt.path, got, tt.want)
		}
	}
}
