package odds

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// football has key numbers like the NFL's, and a line model without any.
func football(t testing.TB) (keys, plain LineModel) {
	t.Helper()
	keys, err := NewLineModel(13.45, map[int]float64{0: .003, 1: .023, 3: .0865, 6: .04, 7: .06, 9: .011, 10: .042})
	if err != nil {
		t.Fatal(err)
	}
	plain, err = NewLineModel(13.45, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys, plain
}

func drawModel(rt *rapid.T) LineModel {
	numbers := rapid.MapOfN(rapid.IntRange(0, 20), rapid.Float64Range(.002, .3), 0, 10).Draw(rt, "key numbers")
	m, err := NewLineModel(rapid.Float64Range(1, 20).Draw(rt, "sigma"), numbers)
	if err != nil {
		rt.Fatal(err)
	}
	return m
}

func quarters(rt *rapid.T, name string) float64 {
	return float64(rapid.IntRange(-60, 60).Draw(rt, name)) / 4
}

func TestMovingThereAndBackChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		p := rapid.Float64Range(.01, .99).Draw(rt, "p")
		from, to := quarters(rt, "from"), quarters(rt, "to")
		there := m.Move(p, from, to)
		if there < 1e-6 || there > 1-1e-6 {
			rt.Skip("so far out that a probability has few digits left")
		}
		if back := m.Move(there, to, from); math.Abs(back-p) > 1e-9 {
			rt.Errorf("%v moved from %v to %v and back is %v", p, from, to, back)
		}
	})
}

func TestMovingIsMonotoneInLineAndChance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		p := rapid.Float64Range(.05, .95).Draw(rt, "p")
		from := quarters(rt, "from")
		before := 0.0
		for line := from - 5; line <= from+5; line += .25 {
			at := m.Move(p, from, line)
			if !(at >= 0 && at <= 1) || at < before-1e-12 {
				rt.Errorf("%v at %v is %v at %v, and %v a quarter before", p, from, at, line, before)
			}
			if more := m.Move(p+.01, from, line); more < at {
				rt.Errorf("a larger probability moves to %v, below %v", more, at)
			}
			before = at
		}
	})
}

// Both sides of a line are moved to two sides of another.
func TestMovingKeepsBothSidesTogether(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		p := rapid.Float64Range(.05, .95).Draw(rt, "p")
		from, to := quarters(rt, "from"), quarters(rt, "to")
		closeTo(rt, "sum", m.Move(p, from, to)+m.Move(1-p, -from, -to), 1)
	})
}

func TestKeyNumbersAreWorthWhatTheTableSays(t *testing.T) {
	keys, plain := football(t)
	for n, chance := range map[float64]float64{0: .003, 3: .0865, 7: .06, 9: .011} {
		// At an even line of -n the game lands on n with the table's chance.
		mean := keys.Mean(.5, -n)
		closeTo(t, "push", keys.Settle(mean, -n).Push, chance)
		// Half a point to either side makes half of it won or lost.
		closeTo(t, "half a point better", keys.Move(.5, -n, -n+.5), .5+chance/2)
		closeTo(t, "half a point worse", keys.Move(.5, -n, -n-.5), .5-chance/2)
	}
	// Elsewhere a point is worth about phi(0)/sigma, which is 3 % in football.
	if worth := plain.Move(.5, -5, -4) - .5; math.Abs(worth-.0297) > 1e-3 {
		t.Errorf("a point is worth %v", worth)
	}
}

// TestTheModelIsThatOfSettledGames sums over the results one by one.
func TestTheModelIsThatOfSettledGames(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		mean := rapid.Float64Range(-8, 8).Draw(rt, "mean")
		line := quarters(rt, "line")
		price := rapid.Float64Range(1.2, 4).Draw(rt, "price")
		profit := 0.0
		for n := -400; n <= 400; n++ {
			chance := cumulative((m.cut(float64(n)+.5)-mean)/m.sigma) - cumulative((m.cut(float64(n)-.5)-mean)/m.sigma)
			profit += chance * Settle(float64(n), line, price)
		}
		s := m.Settle(mean, line)
		closeTo(rt, "probabilities", s.Win+s.HalfWin+s.Push+s.HalfLoss+s.Loss, 1)
		closeTo(rt, "expected profit", s.EV(price), profit)
		if c := m.Chance(mean, line); c > 1e-6 && c < 1-1e-6 {
			closeTo(rt, "chance at the mean found", m.Chance(m.Mean(c, line), line), c)
		}
	})
}

func TestLinesBetweenWholeNumbersAreHalves(t *testing.T) {
	keys, _ := football(t)
	closeTo(t, "-3.3", keys.Move(.5, -3.3, -3.5), .5)
	closeTo(t, "-3.1", keys.Move(.5, -3.1, -2.9), keys.Move(.5, -3.5, -2.5))
}

func TestNewLineModelRefusesNonsense(t *testing.T) {
	for _, sigma := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := NewLineModel(sigma, nil); !errors.Is(err, ErrLineModel) {
			t.Errorf("sigma %v: error %v", sigma, err)
		}
	}
	for _, numbers := range []map[int]float64{{-1: .1}, {3: 0}, {3: 1}, {3: math.NaN()}, {1 << 40: .1}} {
		if _, err := NewLineModel(13, numbers); !errors.Is(err, ErrLineModel) {
			t.Errorf("%v: error %v", numbers, err)
		}
	}
}

func TestModalIsWhatMostBooksQuote(t *testing.T) {
	for name, tc := range map[string]struct {
		lines []LineCount
		want  float64
		ok    bool
	}{
		"none":     {nil, 0, false},
		"no books": {[]LineCount{{-3, 0, .5}}, 0, false},
		"most":     {[]LineCount{{-3, 2, .5}, {-3.5, 3, .4}, {-7, 1, .5}}, -3.5, true},
		"evenest":  {[]LineCount{{-3, 2, .55}, {-2.5, 2, .52}}, -2.5, true},
		"nearest":  {[]LineCount{{-3, 2, .4}, {-2.5, 2, .6}}, -2.5, true},
		"lower":    {[]LineCount{{1, 2, .4}, {-1, 2, .6}}, -1, true},
	} {
		for range 2 {
			got, ok := Modal(tc.lines)
			if got != tc.want || ok != tc.ok {
				t.Errorf("%s: %v, %v", name, got, ok)
			}
			for i, j := 0, len(tc.lines)-1; i < j; i, j = i+1, j-1 {
				tc.lines[i], tc.lines[j] = tc.lines[j], tc.lines[i]
			}
		}
	}
}

func BenchmarkMove(b *testing.B) {
	keys, _ := football(b)
	for name, line := range map[string]float64{"half": -2.5, "whole": -3, "quarter": -2.75} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				keys.Move(.52, line, -3.5)
			}
		})
	}
}
