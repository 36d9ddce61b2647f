package elo

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/model/result"
)

// failer is what tests and properties have in common.
type failer interface {
	Helper()
	Errorf(string, ...any)
}

func closeTo(t failer, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestOracles(t *testing.T) {
	closeTo(t, "expected at home 100", Expected(100), .640064999803)
	closeTo(t, "expected at home 65", Expected(65), .592466230584)
	closeTo(t, "multiplier", Multiplier(7, 100), 2.2*math.Log(8)/2.3)
	if math.Abs(Multiplier(7, 100)-1.98903104) > 5e-9 {
		t.Errorf("multiplier %v", Multiplier(7, 100))
	}
	plain := Config{K: 20, HomeAdvantage: 100, Start: 1500}
	closeTo(t, "win between equals", 1500+plain.Shift(100, 3), 1507.1987000039423)
	withMargin := Config{K: 20, HomeAdvantage: 100, Margin: true, Start: 1500}
	if got := withMargin.Shift(100, 7); math.Abs(got-14.31843775) > 5e-9 {
		t.Errorf("shift %v", got)
	}
	closeTo(t, "draw", withMargin.Shift(0, 0), 0)
	closeTo(t, "draw of a favourite", withMargin.Shift(100, 0), 20*2.2*math.Ln2*(.5-.640064999803))
}

func game(season, home, away string, hs, as int) result.Game {
	return result.Game{Date: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Season: season, Home: home, Away: away, HomeScore: hs, AwayScore: as}
}

func newRatings(t *testing.T, c Config) *Ratings {
	t.Helper()
	r, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSeasonsGoBackTowardsTheStart(t *testing.T) {
	r := newRatings(t, Config{K: 20, HomeAdvantage: 100, Revert: 1.0 / 3, Start: 1500})
	f := r.Play(game("2023", "A", "B", 1, 0))
	closeTo(t, "forecast", f.Expected, .640064999803)
	closeTo(t, "A", r.Table()[0].Rating, 1507.1987000039423)
	f = r.Play(game("2024", "A", "C", 1, 0))
	closeTo(t, "A in the next season", f.Home, 1500+2.0/3*7.1987000039423)
	f = r.Play(game("2024", "A", "B", 1, 0)) // A has had its reversion, B has not
	closeTo(t, "B in the next season", f.Away, 1500-2.0/3*7.1987000039423)
	if h := r.History(); len(h) != 6 || h[0].Team != "A" || h[1].Team != "B" || h[4].Rating != r.Table()[0].Rating {
		t.Errorf("history %+v", h)
	}
	neutral, err := r.Predict("A", "B", true)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "on neutral ground", neutral.Expected, Expected(neutral.Home-neutral.Away))
	if _, err := r.Predict("A", "Z", false); !errors.Is(err, ErrUnknownTeam) {
		t.Errorf("unknown: %v", err)
	}
}

func TestRatingsAreAZeroSumGame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Default()
		c.Margin = rapid.Bool().Draw(t, "margin")
		r, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 60).Draw(t, "games") {
			a := rapid.IntRange(0, 5).Draw(t, "a")
			b := (a + rapid.IntRange(1, 5).Draw(t, "b")) % 6
			g := game("s", fmt.Sprint(a), fmt.Sprint(b), rapid.IntRange(0, 50).Draw(t, "hs"), rapid.IntRange(0, 50).Draw(t, "as"))
			f := r.Play(g)
			after, err := r.Predict(g.Home, g.Away, g.Neutral)
			if err != nil {
				t.Fatal(err)
			}
			if m := g.Margin(); m > 0 && after.Home <= f.Home || m < 0 && after.Home >= f.Home {
				t.Errorf("%+v moved home from %v to %v", g, f.Home, after.Home)
			}
		}
		sum := 0.0
		for _, team := range r.Table() {
			sum += team.Rating - c.Start
		}
		if math.Abs(sum) > 1e-9 {
			t.Errorf("ratings sum to %v above the start", sum)
		}
	})
}

// TestWalkLearnsWhoIsBetter plays teams of known strength.
func TestWalkLearnsWhoIsBetter(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 0))
	c := Config{K: 20, HomeAdvantage: 60, Start: 1500}
	r := newRatings(t, c)
	truth := []float64{1800, 1600, 1500, 1400, 1200}
	var games []result.Game
	best := 0.0
	const n = 6000
	for range n {
		a := rnd.IntN(5)
		b := (a + 1 + rnd.IntN(4)) % 5
		p := Expected(truth[a] - truth[b] + c.HomeAdvantage)
		g := game("", fmt.Sprint(a), fmt.Sprint(b), 0, 1)
		if rnd.Float64() < p {
			g.HomeScore = 2
		}
		games = append(games, g)
		best += crossEntropy(p, Outcome(g.Margin())) / n
	}
	rec := r.Walk(games)
	if rec.LogLoss.N() != n || rec.Draws != 0 {
		t.Errorf("%+v", rec)
	}
	if got := rec.LogLoss.Value(); got < best || got > best+.02 || got > rec.Baseline.Value()-.1 {
		t.Errorf("log loss %v, of the truth %v, of the baseline %v", got, best, rec.Baseline.Value())
	}
	for i, team := range r.Table() {
		if team.Name != fmt.Sprint(i) || math.Abs(team.Rating-truth[i]) > 120 {
			t.Errorf("place %d: %+v, true rating %v", i, team, truth[i])
		}
	}
}

func TestWalkByHand(t *testing.T) {
	r := newRatings(t, Config{K: 20, Start: 1500})
	rec := r.Walk([]result.Game{game("", "A", "B", 1, 0), game("", "A", "B", 0, 0)})
	second := Expected(20)
	closeTo(t, "log loss", rec.LogLoss.Value(), (math.Ln2-.5*math.Log(second)-.5*math.Log(1-second))/2)
	closeTo(t, "Brier", rec.Brier.Value(), (.25+(second-.5)*(second-.5))/2)
	closeTo(t, "baseline", rec.Baseline.Value(), (math.Ln2-.5*math.Log(2.0/3)-.5*math.Log(1.0/3))/2)
	if rec.Draws != 1 {
		t.Errorf("%d draws", rec.Draws)
	}
}

func TestConfigurationsThatMakeNoSense(t *testing.T) {
	for _, c := range []Config{{}, {K: -1}, {K: 20, Revert: 2}, {K: math.Inf(1)}, {K: math.NaN()}, {K: 20, Revert: math.NaN()}, {K: 20, HomeAdvantage: math.NaN()}, {K: 20, Start: math.Inf(-1)}} {
		if _, err := New(c); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if err := Default().Check(); err != nil {
		t.Error(err)
	}
}

func BenchmarkPlay(b *testing.B) {
	r, err := New(Default())
	if err != nil {
		b.Fatal(err)
	}
	g := game("2024", "A", "B", 21, 17)
	for b.Loop() {
		r.Play(g)
	}
}
