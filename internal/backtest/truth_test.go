package backtest

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/process"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

// softWorld is two days of hockey with three good books and one that errs much.
func softWorld(t *testing.T) (*simulate.History, *Captured) {
	t.Helper()
	l, _ := catalog().League("nhl")
	book := func(key string, margin, noise float64) simulate.Book {
		return simulate.Book{Key: key, Title: key, Region: "us", Margin: margin, Noise: noise, Limit: 10000, Refresh: time.Minute,
			LiveRefresh: time.Minute, Opens: 40 * time.Hour, Grid: simulate.GridDecimal}
	}
	h, err := simulate.NewHistory(simulate.Config{
		Seed: 11, Leagues: []league.League{*l}, GamesPerDay: 30, Credits: 1 << 30,
		Books: []simulate.Book{book("sharp", .02, .004), book("keen", .03, .01), book("fine", .03, .01), book("soft", .04, .16)},
	}, simulate.Poll{From: noon, To: noon + 48*feed.Hour, Odds: 30 * feed.Minute, Games: 30 * feed.Minute,
		Offer: theoddsapi.Offer{Markets: []string{"h2h"}, Regions: []string{"us"}, Format: feed.FormatDecimal}})
	if err != nil {
		t.Fatal(err)
	}
	return h, &Captured{
		Normalise: process.NormaliseConfig{Catalog: catalog(), Leagues: []string{"nhl"}, Sources: feed.Sources()},
		Compute:   process.ComputeConfig{Leagues: []string{"nhl"}, Method: odds.Power, MaxAge: time.Hour},
		Described: About{Kind: "simulator"},
		Responses: func(_ context.Context, capture func(feed.Raw) error, _ func(feed.Time) error) error {
			for raw := range h.Responses {
				if err := capture(raw); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// truth is what a world says that bets were worth when they were struck: the mean
// expected profit of a unit and its standard error.
func truth(t *testing.T, h *simulate.History, bets []Struck) (mean, se float64) {
	t.Helper()
	all := h.World.Fixtures("nhl", noon-24*feed.Hour, noon+96*feed.Hour)
	sum, squares := 0.0, 0.0
	for _, b := range bets {
		// Starts are moved now and then, and a neutral game's sides are listed either way.
		at := slices.IndexFunc(all, func(f simulate.Fixture) bool {
			pair := f.Home.Name == b.Home && f.Away.Name == b.Away || f.Home.Name == b.Away && f.Away.Name == b.Home
			return pair && max(f.Start-b.Start, b.Start-f.Start) < 6*feed.Hour
		})
		if at < 0 {
			t.Fatalf("the world has no game %s - %s at %s", b.Home, b.Away, b.Start)
		}
		f := all[at]
		tr, err := h.World.Truth(f, b.Placed)
		if err != nil {
			t.Fatal(err)
		}
		p := tr.Home
		if (b.Outcome == feed.OutcomeAway) == (f.Home.Name == b.Home) {
			p = tr.Away
		}
		ev := odds.EV(p, b.Price)
		sum += ev
		squares += ev * ev
	}
	n := float64(len(bets))
	mean = sum / n
	return mean, math.Sqrt((squares/n - mean*mean) / n)
}

// TestTheTruthAboutStrategies asks the world that knows it: bets on the errors of
// a soft book are worth something, bets by a coin lose the margin, and the
// closing line value tells the one from the other.
func TestTheTruthAboutStrategies(t *testing.T) {
	h, tape := softWorld(t)
	r := run(t, tape, `
name: value
entry: {ev: {min: 0.02}, books: [soft], min_books: 3, max_age: 40m}
staking: {flat: 100}
bankroll: 1000000
latency: 10s
---
name: control
entry: {chance: 0.5, books: [soft], max_age: 40m}
staking: {flat: 100}
bankroll: 1000000
`)
	value, control := &r.Strategies[0], &r.Strategies[1]
	if len(value.Bets) < 30 || len(control.Bets) < 30 || r.Results < 20 {
		t.Fatalf("%d and %d bets, %d results: too few to say anything", len(value.Bets), len(control.Bets), r.Results)
	}
	mean, se := truth(t, h, value.Bets)
	if mean < 4*se || mean < 0.02 {
		t.Errorf("value: %g of a unit is what its bets are worth (standard error %g)", mean, se)
	}
	if off := math.Abs(mean - *value.Expected); off > 0.02 {
		t.Errorf("value: it expected %g, the truth is %g", *value.Expected, mean)
	}
	if clv := value.Performance.CLV.Value; math.Abs(clv-mean) > 0.03 {
		t.Errorf("value: the close says %g, the truth %g", clv, mean)
	}
	if mean, se := truth(t, h, control.Bets); mean > 4*se || control.Performance.Verdict == bet.Edge || control.Performance.CLV.Value > 0 {
		t.Errorf("control: %g of a unit (standard error %g), verdict %s, closing line value %g", mean, se, control.Performance.Verdict, control.Performance.CLV.Value)
	}
}
