package inplay_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/model"
	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/internal/model/inplay"
	"github.com/betflow/betflow/internal/odds"
)

func drawScore(t *rapid.T) inplay.Score {
	side := rapid.IntRange(0, 4)
	return inplay.Score{Home: side.Draw(t, "home"), Away: side.Draw(t, "away"), Left: rapid.Float64Range(0, 1).Draw(t, "left")}
}

func drawLine(t *rapid.T) float64 { return float64(rapid.IntRange(-20, 20).Draw(t, "quarters")) / 4 }

func near(t *rapid.T, what string, got, want odds.Settlement) {
	for i, d := range []float64{got.Win - want.Win, got.HalfWin - want.HalfWin, got.Push - want.Push, got.HalfLoss - want.HalfLoss, got.Loss - want.Loss} {
		if !(math.Abs(d) <= 1e-12) {
			t.Errorf("%s: part %d of %+v, want %+v", what, i, got, want)
		}
	}
}

// settled is how a bet ends when the game does.
func settled(margin, line float64) odds.Settlement {
	switch odds.Settle(margin, line, 2) {
	case 1:
		return odds.Settlement{Win: 1}
	case .5:
		return odds.Settlement{HalfWin: 1}
	case 0:
		return odds.Settlement{Push: 1}
	case -.5:
		return odds.Settlement{HalfLoss: 1}
	}
	return odds.Settlement{Loss: 1}
}

// TestBrownianGoesFromTheMarketToTheResult: at the kick-off bets are settled as
// the market has it, at the end by the score.
func TestBrownianGoesFromTheMarketToTheResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		margin := model.Normal{Mean: rapid.Float64Range(-10, 10).Draw(t, "margin"), Sigma: rapid.Float64Range(1, 14).Draw(t, "sigma")}
		total := model.Normal{Mean: rapid.Float64Range(1, 50).Draw(t, "total"), Sigma: margin.Sigma}
		b := inplay.Brownian{Margin: &margin, Total: &total}
		line, s := drawLine(t), drawScore(t)
		start := inplay.Score{Left: 1}
		near(t, "cover at the start", b.Cover(start, line), margin.Cover(line))
		near(t, "over at the start", b.Over(start, line), total.Over(line))
		end := inplay.Score{Home: s.Home, Away: s.Away}
		near(t, "cover at the end", b.Cover(end, line), settled(float64(s.Home-s.Away), line))
		near(t, "over at the end", b.Over(end, line), settled(float64(s.Home+s.Away), -line))
		more := s
		more.Home++
		if b.Win(more) < b.Win(s) || b.Over(more, line).Win < b.Over(s, line).Win || b.Cover(more, line).Win < b.Cover(s, line).Win {
			t.Errorf("a point for home makes it worse: %+v, line %v", s, line)
		}
	})
}

// TestPoissonAddsUpEveryScore settles every number of goals that may still fall.
func TestPoissonAddsUpEveryScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(.1, 3)
		r := goals.Rates{Home: rate.Draw(t, "home rate"), Away: rate.Draw(t, "away rate")}
		s, line := drawScore(t), drawLine(t)
		p, err := inplay.NewPoisson(r, s)
		if err != nil {
			t.Fatal(err)
		}
		chance := func(rate float64, k int) float64 {
			lg, _ := math.Lgamma(float64(k) + 1)
			if rate == 0 {
				return map[bool]float64{true: 1}[k == 0]
			}
			return math.Exp(float64(k)*math.Log(rate) - rate - lg)
		}
		var home, draw, over, cover float64
		for i := range 40 {
			for j := range 40 {
				q := chance(r.Home*s.Left, i) * chance(r.Away*s.Left, j)
				h, a := float64(s.Home+i), float64(s.Away+j)
				if h > a {
					home += q
				}
				if h == a {
					draw += q
				}
				over += q * odds.Settle(h+a, -line, 2)
				cover += q * odds.Settle(h-a, line, 2)
			}
		}
		value := func(x odds.Settlement) float64 { return x.Win + x.HalfWin/2 - x.HalfLoss/2 - x.Loss }
		gotHome, gotDraw, gotAway := p.Result()
		for name, d := range map[string]float64{
			"home": gotHome - home, "draw": gotDraw - draw, "sum": gotHome + gotDraw + gotAway - 1,
			"over": value(p.Over(line)) - over, "cover": value(p.Cover(line)) - cover,
		} {
			if !(math.Abs(d) < 2e-6) { // the grid ends at 15 goals
				t.Errorf("%s is off by %v", name, d)
			}
		}
	})
}

func TestPoissonRefusesRatesOfNoMatch(t *testing.T) {
	if p, err := inplay.NewPoisson(goals.Rates{Home: 11}, inplay.Score{Left: 1}); err == nil {
		t.Errorf("got %+v", p)
	}
}
