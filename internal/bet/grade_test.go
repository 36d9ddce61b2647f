package bet

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

func TestGrading(t *testing.T) {
	game := Final{State: feed.GamePost, Home: 27, Away: 24, HomePeriods: []int{7, 3, 7, 7, 3}, AwayPeriods: []int{0, 10, 7, 7, 0}, Regular: 4}
	tie := Final{State: feed.GamePost, Home: 1, Away: 1}
	for _, c := range []struct {
		name    string
		final   Final
		market  string
		period  string
		line    float64
		outcome string
		ways    int
		want    Result
		err     error
	}{
		{"the winner", game, "h2h", "full", 0, "home", 2, Won, nil},
		{"the loser", game, "h2h", "full", 0, "away", 2, Lost, nil},
		{"three ways count regular time: 24-24", game, "h2h", "full", 0, "draw", 3, Won, nil},
		{"and the winner in overtime lost", game, "h2h", "full", 0, "home", 3, Lost, nil},
		{"a tie returns stakes", tie, "h2h", "full", 0, "home", 2, Push, nil},
		{"a tie is lost where there is a draw", tie, "h2h", "full", 0, "away", 3, Lost, nil},
		{"the draw", tie, "h2h", "full", 0, "draw", 3, Won, nil},
		{"a tie of who knows what", tie, "h2h", "full", 0, "home", 0, Pending, ErrTie},
		{"covered", game, "spreads", "full", -2.5, "home", 0, Won, nil},
		{"not covered", game, "spreads", "full", -2.5, "away", 0, Lost, nil},
		{"on the number", game, "spreads", "full", -3, "home", 0, Push, nil},
		{"on the number, other side", game, "spreads", "full", -3, "away", 0, Push, nil},
		{"a quarter short", game, "spreads", "full", -3.25, "home", 0, HalfLost, nil},
		{"a quarter short, other side", game, "spreads", "full", -3.25, "away", 0, HalfWon, nil},
		{"a quarter long", game, "spreads", "full", -2.75, "home", 0, HalfWon, nil},
		{"over", game, "totals", "full", 50.5, "over", 0, Won, nil},
		{"under", game, "totals", "full", 50.5, "under", 0, Lost, nil},
		{"total on the number", game, "totals", "full", 51, "under", 0, Push, nil},
		{"over a quarter", game, "totals", "full", 51.25, "over", 0, HalfLost, nil},
		{"under a quarter", game, "totals", "full", 51.25, "under", 0, HalfWon, nil},
		{"home's total", game, "team_totals", "full", 26.5, "home over", 0, Won, nil},
		{"away's total by name", game, "team_totals", "full", 24, "Miami Dolphins under", 0, Push, nil},
		{"whose total", game, "team_totals", "full", 24, "Jets under", 0, Pending, ErrUncertain},
		{"first half", game, "h2h", "h1", 0, "home", 2, Push, nil},
		{"second half without overtime", game, "totals", "h2", 28, "over", 0, Push, nil},
		{"a quarter of the game", game, "spreads", "q2", 6.5, "home", 0, Lost, nil},
		{"no such part", game, "h2h", "p1", 0, "home", 2, Pending, ErrUngraded},
		{"no score by periods", tie, "h2h", "h1", 0, "home", 2, Pending, ErrPeriods},
		{"a prop", game, "player_pass_tds", "full", 1.5, "Josh Allen over", 0, Pending, ErrUngraded},
		{"no such outcome", game, "totals", "full", 50, "home", 0, Pending, ErrUncertain},
		{"not over yet", Final{State: feed.GameIn, Home: 50}, "h2h", "full", 0, "home", 2, Pending, ErrNotOver},
		{"called off", Final{State: feed.GameCancelled}, "spreads", "full", -3, "home", 0, Void, nil},
		{"put off", Final{State: feed.GamePostponed}, "player_pass_tds", "full", 1.5, "x", 0, Void, nil},
		{"broken off", Final{State: feed.GameAbandoned, Home: 3}, "totals", "full", 2.5, "over", 0, Void, nil},
	} {
		b := Bet{Event: Event{Home: "Buffalo Bills", Away: "Miami Dolphins"}, Selection: Selection{Market: c.market, Period: c.period, Outcome: c.outcome, Ways: c.ways}}
		if c.market != "h2h" {
			b.Line = lineAt(c.line)
		}
		got, err := Grade(&b, c.final)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q (%v), want %q (%v)", c.name, got, err, c.want, c.err)
		}
	}
	innings := Final{State: feed.GamePost, Home: 4, Away: 2, Regular: 9, HomePeriods: []int{0, 1, 0, 0, 0, 3, 0, 0}, AwayPeriods: []int{0, 0, 2, 0, 0, 0, 0, 0, 0}}
	b := Bet{Selection: Selection{Market: "h2h", Period: "1st_5_innings", Outcome: "away", Ways: 2}}
	if got, err := Grade(&b, innings); got != Won || err != nil {
		t.Errorf("five innings: %q (%v)", got, err)
	}
}

// TestLinesAgainstWholeNumbers grades every line once more in quarters, where
// nothing is rounded: a quarter line is two bets of half the stake.
func TestLinesAgainstWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		home, away := rapid.IntRange(0, 8).Draw(t, "home"), rapid.IntRange(0, 8).Draw(t, "away")
		quarters := rapid.IntRange(-32, 32).Draw(t, "line in quarters")
		price := rapid.Float64Range(1.01, 20).Draw(t, "price")
		side := rapid.SampledFrom([]string{"home", "away", "over", "under"}).Draw(t, "side")
		market, line, ahead := feed.MarketSpreads, quarters, 4*(home-away)+quarters
		switch side {
		case "away":
			ahead = -ahead
		case "over", "under":
			market, line = feed.MarketTotals, quarters+33
			if ahead = 4*(home+away) - line; side == "under" {
				ahead = -ahead
			}
		}
		want := 0.0
		for _, half := range [2]int{-1, 1} { // the line of each half, in quarters from the bet's
			at := ahead
			if line%2 != 0 {
				at += half
			}
			switch {
			case at > 0:
				want += (price - 1) / 2
			case at < 0:
				want -= 0.5
			}
		}
		b := Bet{Selection: Selection{Market: market, Period: "full", Line: lineAt(float64(line) / 4), Outcome: side}}
		r, err := Grade(&b, Final{State: feed.GamePost, Home: home, Away: away})
		if err != nil || math.Abs(r.Unit(price)-want) > 1e-12 {
			t.Errorf("%s %g at %d:%d is %q (%v), which pays %g, want %g", side, float64(line)/4, home, away, r, err, r.Unit(price), want)
		}
	})
}

// TestProfitIsExact holds the one rounding to big rationals.
func TestProfitIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(101, 5000).Draw(t, "price in hundredths")
		b := Bet{Stake: rapid.Int64Range(1, 1e9).Draw(t, "stake"), Price: float64(cents) / 100}
		exact := new(big.Rat).Mul(big.NewRat(b.Stake, 1), big.NewRat(cents-100, 100))
		off := new(big.Rat).Sub(exact, big.NewRat(b.Profit(Won), 1))
		if off.Abs(off).Cmp(big.NewRat(501, 1000)) > 0 {
			t.Errorf("%d at %g pays %d, exactly %s", b.Stake, b.Price, b.Profit(Won), exact.FloatString(3))
		}
		if b.Profit(Lost) != -b.Stake || b.Profit(Push) != 0 || b.Profit(Void) != 0 || b.Profit(Pending) != 0 {
			t.Errorf("%d: lost %d, push %d", b.Stake, b.Profit(Lost), b.Profit(Push))
		}
	})
	b := Bet{Stake: 11000, Price: 1 + 100./110, Commission: 0}
	if got := b.Profit(Won); got != 10000 {
		t.Errorf("110 at -110 wins %d", got)
	}
	b = Bet{Stake: 10000, Price: 3, Commission: 0.02}
	if b.Profit(Won) != 19600 || b.Profit(HalfWon) != 9800 || b.Profit(HalfLost) != -5000 {
		t.Errorf("with commission: %d, half %d", b.Profit(Won), b.Profit(HalfWon))
	}
}
