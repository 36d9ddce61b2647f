package model

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/odds"
)

// failer is what tests and properties have in common.
type failer interface {
	Helper()
	Errorf(string, ...any)
}

func closeTo(t failer, what string, got, want, distance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= distance) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestWinProbabilityBeforeTheGame(t *testing.T) {
	win, tie, _ := Normal{7, 13.86}.Against(0)
	closeTo(t, "win", win, .68045641, 5e-9)
	closeTo(t, "tie", tie, .025333058, 5e-10)
	for _, c := range []struct{ mean, sigma, want float64 }{
		{7, 13.86, .69312294}, {2.5, 13.45, .57367772}, {3, 13.45, .5881911}, {7, 13.45, .6984984}, {14, 13.45, .85087032}, {0, 12, .5},
	} {
		closeTo(t, "win", Normal{c.mean, c.sigma}.Win(), c.want, 5e-9)
	}
}

func TestWinProbabilityInTheGame(t *testing.T) {
	for _, c := range []struct{ lead, mean, left, sigma, want float64 }{
		{3, 0, .25, 13.45, .6722362853}, {7, 3, .5, 13.45, .8142697351}, {-4, 3, 1.0 / 12, 13.45, .1670652307},
		{10, -6.5, .25, 12, .918617655}, {5, 4, .125, 12, .9025746757}, {-2, 4, 1.0 / 48, 12, .1342360455}, {1, .3, 1.0 / 3, 2.4, .7863605469},
	} {
		closeTo(t, "win", Normal{c.mean, c.sigma}.InGame(c.lead, c.left), c.want, 1e-10)
	}
	n := Normal{-9, 13}
	for lead, want := range map[float64]float64{1: 1, 0: .5, -1: 0} {
		if got := n.InGame(lead, 0); got != want {
			t.Errorf("over with %v: %v", lead, got)
		}
		closeTo(t, "almost over", n.InGame(lead, 1e-9), want, 1e-3)
	}
	closeTo(t, "at the start", n.InGame(0, 1), n.Win(), 5e-4)
}

// settle counts what the odds package makes of each margin, weighted by the
// distribution's probability of it.
func settle(n Normal, line float64) (s odds.Settlement) {
	for m := -200.0; m <= 200; m++ {
		p := (math.Erf((m+.5-n.Mean)/(n.Sigma*math.Sqrt2)) - math.Erf((m-.5-n.Mean)/(n.Sigma*math.Sqrt2))) / 2
		switch odds.Settle(m, line, 2) {
		case 1:
			s.Win += p
		case .5:
			s.HalfWin += p
		case 0:
			s.Push += p
		case -.5:
			s.HalfLoss += p
		case -1:
			s.Loss += p
		}
	}
	return s
}

func same(t failer, got, want odds.Settlement) {
	t.Helper()
	closeTo(t, "win", got.Win, want.Win, 1e-12)
	closeTo(t, "half win", got.HalfWin, want.HalfWin, 1e-12)
	closeTo(t, "push", got.Push, want.Push, 1e-12)
	closeTo(t, "half loss", got.HalfLoss, want.HalfLoss, 1e-12)
	closeTo(t, "loss", got.Loss, want.Loss, 1e-12)
}

func drawNormal(t *rapid.T) Normal {
	return Normal{rapid.Float64Range(-20, 20).Draw(t, "mean"), rapid.Float64Range(1, 20).Draw(t, "sigma")}
}

func drawLine(t *rapid.T) float64 { return float64(rapid.IntRange(-60, 60).Draw(t, "quarters")) / 4 }

func TestCoverAgreesWithSettlingEveryMargin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, line := drawNormal(t), drawLine(t)
		same(t, n.Cover(line), settle(n, line))
		same(t, n.Over(-line), n.Cover(line))
		away := Normal{-n.Mean, n.Sigma}.Cover(-line)
		same(t, n.Cover(line), odds.Settlement{Win: away.Loss, HalfWin: away.HalfLoss, Push: away.Push, HalfLoss: away.HalfWin, Loss: away.Win})
	})
}

func TestImpliedIsTheInverseOfCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sigma, line := rapid.Float64Range(1.5, 20).Draw(t, "sigma"), drawLine(t)
		cover := rapid.Float64Range(.02, .98).Draw(t, "cover")
		n, err := Implied(line, cover, sigma)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "cover", 1/n.Cover(line).FairPrice(), cover, 1e-9)
	})
	n, err := Implied(-7, .5, 13.45)
	if err != nil || math.Abs(n.Mean-7) > 1e-12 {
		t.Errorf("an even spread: %+v, %v", n, err)
	}
	total, err := Implied(-44.5, .5, 13.2)
	if err != nil || math.Abs(total.Over(44.5).Win-.5) > 1e-12 {
		t.Errorf("an even total: %+v, %v", total, err)
	}
}

func TestImpliedRefusesWhatHasNoAnswer(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range [][3]float64{{3, 0, 12}, {3, 1, 12}, {3, .5, 0}, {3, .5, -1}, {3, nan, 12}, {nan, .5, 12}, {inf, .5, 12}, {3, .5, inf}} {
		if n, err := Implied(c[0], c[1], c[2]); !errors.Is(err, ErrNoMean) {
			t.Errorf("%v: %+v, %v", c, n, err)
		}
	}
	if n, err := Implied(3, 1e-300, 12); err != nil || math.IsNaN(n.Mean) {
		t.Errorf("next to impossible: %+v, %v", n, err)
	}
}

func TestInGameIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNormal(t)
		left := rapid.Float64Range(0, 1).Draw(t, "left")
		lead := float64(rapid.IntRange(-30, 30).Draw(t, "lead"))
		p := n.InGame(lead, left)
		if !(p >= 0 && p <= 1) || n.InGame(lead+1, left) < p || (Normal{n.Mean + 1, n.Sigma}).InGame(lead, left) < p {
			t.Errorf("%+v with %v and %v left: %v", n, lead, left, p)
		}
		closeTo(t, "other side", Normal{-n.Mean, n.Sigma}.InGame(-lead, left), 1-p, 1e-12)
	})
}

func BenchmarkInGame(b *testing.B) {
	n := Normal{-3.5, 13.45}
	for b.Loop() {
		n.InGame(7, .4)
	}
}

func BenchmarkImpliedWholeLine(b *testing.B) {
	for b.Loop() {
		if _, err := Implied(-7, .52, 13.45); err != nil {
			b.Fatal(err)
		}
	}
}
