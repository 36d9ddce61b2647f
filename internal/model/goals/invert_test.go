package goals

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestExpectedGoalsOfPenaltyblog holds the example of its documentation. Its
// minimiser stops seven digits from the root: the grid at the printed rates
// gives the printed probabilities to every digit, and our root, at which the
// market is met exactly, lies within the distance that their error explains.
func TestExpectedGoalsOfPenaltyblog(t *testing.T) {
	printed := Rates{1.3415375327000219, 1.018968393752446, .001}
	g := gridOf(t, printed)
	home, draw, away := g.Result()
	closeTo(t, "home", home, .44117672, 5e-9)
	closeTo(t, "draw", draw, .27450821, 5e-9)
	closeTo(t, "away", away, .28431507, 5e-9)

	r, err := FromResult(Market{.45 / 1.02, .28 / 1.02, .29 / 1.02}, .001)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "home goals", r.Home, printed.Home, 2e-5)
	closeTo(t, "away goals", r.Away, printed.Away, 2e-5)
	g = gridOf(t, r)
	home, draw, _ = g.Result()
	closeTo(t, "home", home, .45/1.02, 1e-12)
	closeTo(t, "draw", draw, .28/1.02, 1e-12)
}

func TestInversionsFindTheRatesBehindAMarket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawRates(t)
		g := gridOf(t, want)
		var m Market
		m.Home, m.Draw, m.Away = g.Result()
		got, err := FromResult(m, want.Rho)
		if err != nil {
			t.Fatalf("%+v: %v", want, err)
		}
		found := gridOf(t, got)
		home, draw, _ := found.Result()
		closeTo(t, "home", home, m.Home, 1e-9)
		closeTo(t, "draw", draw, m.Draw, 1e-9)

		line := float64(rapid.IntRange(6, 16).Draw(t, "quarters")) / 4
		total := Total{line, 1 / g.Over(line).FairPrice()}
		got, err = FromResultAndTotal(m, total)
		if err != nil {
			t.Fatalf("%+v at %v: %v", want, line, err)
		}
		found = gridOf(t, got)
		home, draw, _ = found.Result()
		closeTo(t, "home", home, m.Home, 1e-9)
		closeTo(t, "draw", draw, m.Draw, 1e-9)
		closeTo(t, "over", 1/found.Over(line).FairPrice(), total.Over, 1e-9)
	})
}

func TestInversionsOfTheKnownRates(t *testing.T) {
	for _, want := range []Rates{{1.5, 1.1, 0}, {1.5, 1.1, -.13}, {2.1, .8, -.13}, {.7, 2.2, .05}, {3.1, .5, -.1}} {
		g := gridOf(t, want)
		var m Market
		m.Home, m.Draw, m.Away = g.Result()
		got, err := FromResultAndTotal(m, Total{2.5, g.Over(2.5).Win})
		if err != nil {
			t.Errorf("%+v: %v", want, err)
			continue
		}
		closeTo(t, "home", got.Home, want.Home, 1e-8)
		closeTo(t, "away", got.Away, want.Away, 1e-8)
		closeTo(t, "rho", got.Rho, want.Rho, 1e-8)
	}
}

func TestInversionsRefuseWhatHasNoAnswer(t *testing.T) {
	good := Market{.45, .27, .28}
	for _, m := range []Market{{.5, .5, .5}, {1, 0, 0}, {math.NaN(), .5, .5}, {-.1, .6, .5}} {
		if _, err := FromResult(m, 0); !errors.Is(err, ErrMarket) {
			t.Errorf("%+v: %v", m, err)
		}
		if _, err := FromResultAndTotal(m, Total{2.5, .5}); !errors.Is(err, ErrMarket) {
			t.Errorf("%+v with a total: %v", m, err)
		}
	}
	for _, total := range []Total{{2.5, 0}, {2.5, 1}, {0, .5}, {20, .5}, {math.NaN(), .5}} {
		if _, err := FromResultAndTotal(good, total); !errors.Is(err, ErrMarket) {
			t.Errorf("%+v: %v", total, err)
		}
	}
	for name, err := range map[string]error{
		"rho out of range":     second(FromResult(good, -2)),
		"all but sure":         second(FromResult(Market{1 - 2e-16, 1e-16, 1e-16}, 0)),
		"hardly a draw":        second(FromResult(Market{.4999, .0002, .4999}, 0)),
		"few draws, few goals": second(FromResultAndTotal(Market{.49, .02, .49}, Total{2.5, .2})),
	} {
		if !errors.Is(err, ErrNoRates) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ Rates, err error) error { return err }

func BenchmarkFromResult(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromResult(Market{.45 / 1.02, .28 / 1.02, .29 / 1.02}, -.1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFromResultAndTotal(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromResultAndTotal(Market{.45, .27, .28}, Total{2.5, .52}); err != nil {
			b.Fatal(err)
		}
	}
}
