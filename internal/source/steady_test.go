package source

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestASteadyClockFollowsForwardAndNeverGoesBack(t *testing.T) {
	wall := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	passed := time.Duration(0)
	clock := newSteady(func() (time.Time, time.Duration) { return wall, passed })
	step := func(by, jump time.Duration) time.Time {
		passed += by
		wall = wall.Add(by + jump)
		return clock.Now()
	}
	start := wall
	for _, c := range []struct {
		name     string
		by, jump time.Duration
		want     time.Duration // since the start
	}{
		{"as it goes", time.Second, 0, time.Second},
		{"an hour back", time.Second, -time.Hour, 2 * time.Second},
		{"behind", time.Minute, 0, time.Minute + 2*time.Second},
		{"caught up", 59 * time.Minute, 0, time.Hour + 2*time.Second},
		{"a day forward", time.Second, 24 * time.Hour, 24*time.Hour + 3*time.Second},
		{"a day back", time.Second, -24 * time.Hour, 24*time.Hour + 4*time.Second},
	} {
		if got := step(c.by, c.jump).Sub(start); got != c.want {
			t.Errorf("%s: %s since the start, want %s", c.name, got, c.want)
		}
	}
}

func TestASteadyClockAlwaysMovesWithTheStopwatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wall, passed := time.Unix(1_700_000_000, 0), time.Duration(0)
		clock := newSteady(func() (time.Time, time.Duration) { return wall, passed })
		last := clock.Now()
		for range rapid.IntRange(1, 50).Draw(t, "readings") {
			by := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "passed"))
			passed += by
			wall = wall.Add(time.Duration(rapid.Int64Range(-int64(48*time.Hour), int64(48*time.Hour)).Draw(t, "set")))
			got := clock.Now()
			if got.Sub(last) < by || got.Before(wall) || clock.Ahead() != got.Sub(wall) {
				t.Fatalf("moved by %s in %s, to %s with the machine's clock at %s", got.Sub(last), by, got, wall)
			}
			last = got
		}
	})
}

func TestASteadyClockGoesOnFromWhatTheLogSays(t *testing.T) {
	wall, passed := time.Unix(1_700_000_000, 0), time.Duration(0)
	clock := newSteady(func() (time.Time, time.Duration) { return wall, passed })
	end := wall.Add(3 * time.Hour)
	clock.Reach(end)
	clock.Reach(wall) // says nothing new
	passed += time.Minute
	wall = wall.Add(time.Minute)
	if got := clock.Now(); !got.Equal(end.Add(time.Minute)) || clock.Ahead() != 3*time.Hour {
		t.Errorf("a minute after the log's end at %s it is %s, ahead by %s", end, got, clock.Ahead())
	}
	wall = wall.Add(4 * time.Hour)
	if got := clock.Now(); !got.Equal(wall) || clock.Ahead() != 0 {
		t.Errorf("once the machine's clock is beyond, at %s, it is %s", wall, got)
	}
}
