package movement

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

func TestVelocityIsTheSumOfMovesAMinute(t *testing.T) {
	p := path("b", 0, 0, 1, 0.1, 2, 0.3, 5, 0.2, 10, 1)
	for _, c := range []struct {
		from, to feed.Time
		want     float64
		n        int
	}{{0, 10, 0.1, 4}, {0, 5, 0.04, 3}, {2, 4, 0, 0}, {1, 2, 0.2, 1}, {-1, 5, math.NaN(), 0}, {5, 5, math.NaN(), 0}} {
		v := Velocity(&p, begin+c.from*feed.Minute, begin+c.to*feed.Minute)
		if !near(value(v), c.want, 1e-15) && !(math.IsNaN(c.want) && !v.Enough()) || v.N != c.n {
			t.Errorf("from %d to %d: %g of %d, want %g of %d", c.from, c.to, value(v), v.N, c.want, c.n)
		}
	}
	// 0.1 - (-0.1)/... : in (5,10] 0.8/5, in (0,5] 0.2/5, five minutes apart.
	if a := Acceleration(&p, begin+10*feed.Minute, 5*feed.Minute); !near(value(a), (0.16-0.04)/5, 1e-15) || a.N != 4 {
		t.Errorf("acceleration %g of %d", value(a), a.N)
	}
	if a := Acceleration(&p, begin+5*feed.Minute, 5*feed.Minute); a.Enough() {
		// the window before begins at the first point less five minutes
		t.Errorf("acceleration %g without a past", value(a))
	}
}

func TestVolatilityIsTheRootOfSquaresAnHour(t *testing.T) {
	p := path("b", 0, 0, 30, 0.1, 60, 0.3, 90, 0.2, 120, 0.5, 200, 0.4, 240, 0.4)
	v := Volatility(&p, begin, begin+4*feed.Hour)
	squares, fourths := 0.01+0.04+0.01+0.09+0.01, 1e-4+16e-4+1e-4+81e-4+1e-4
	if v.N != 5 || !near(value(v), math.Sqrt(squares/4), 1e-12) || !near(*v.SE, math.Sqrt(2*fourths/3)/(2*math.Sqrt(squares))/2, 1e-12) {
		t.Errorf("got %g (%g) of %d", value(v), *v.SE, v.N)
	}
	if v := Volatility(&p, begin, begin+2*feed.Hour); v.Enough() || v.N != 4 || v.Need != 5 {
		t.Errorf("of four moves: %+v", v)
	}
	hours := Hours([]Path{p, path("late", 235, 1)}, begin+4*feed.Hour, 5)
	for h, n := range []int{1, 0, 2, 2, 0} {
		if hours[h].Before != h || hours[h].Volatility.N != n || hours[h].Volatility.Enough() {
			t.Errorf("hour %d: %+v", h, hours[h])
		}
	}
	busy := path("b", 0, 0, 10, 1, 20, 2, 30, 3, 40, 4, 50, 5)
	if h := Hours([]Path{busy, busy}, begin+feed.Hour, 1)[0].Volatility; !near(value(h), math.Sqrt(5), 1e-12) || h.N != 10 {
		t.Errorf("of two books that moved alike: %g of %d", value(h), h.N)
	}
}

func TestDispersionAndDeviation(t *testing.T) {
	ps := []Path{path("a", 0, odds.LogOdds(0.5)), path("b", 0, odds.LogOdds(0.6)), path("c", 5, odds.LogOdds(0.4))}
	d, ok := DispersionAt(ps, begin)
	if !ok || d.Books != 2 || !near(d.Mean, 0.55, 1e-12) || !near(d.StdDev, 0.05*math.Sqrt2, 1e-12) || !near(d.Range, 0.1, 1e-12) {
		t.Errorf("of two: %+v", d)
	}
	if d, _ := DispersionAt(ps, begin+5*feed.Minute); d.Books != 3 || !near(d.StdDev, 0.1, 1e-12) {
		t.Errorf("of three: %+v", d)
	}
	if d, ok := DispersionAt(ps[:1], begin); !ok || d.StdDev != 0 || d.Range != 0 {
		t.Errorf("of one: %+v", d)
	}
	if _, ok := DispersionAt(ps, begin-1); ok {
		t.Error("of none")
	}
	if v, ok := Deviation(ps, 1, begin); !ok || !near(v, 0.05, 1e-12) {
		t.Errorf("deviation %g, %v", v, ok)
	}
	if _, ok := Deviation(ps, 2, begin); ok {
		t.Error("a book without a price deviates")
	}
}

func TestFrozenPrices(t *testing.T) {
	for _, c := range []struct {
		tickets, moved float64
		want           bool
	}{{0.7, 0, true}, {0.3, 0.01, true}, {0.25, -0.019, true}, {0.69, 0, false}, {0.9, 0.02, false}, {0.9, -0.5, false}} {
		if got := Frozen(c.tickets, c.moved); got != c.want {
			t.Errorf("%g of the tickets, moved by %g: %v", c.tickets, c.moved, got)
		}
	}
}

// What a book did does not depend on when, nor on who stands beside it; all sizes
// follow the scale of x.
func TestSizesAreInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := paths.Draw(t, "paths")
		by, times := feed.Time(rapid.IntRange(-1000, 1000).Draw(t, "by"))*feed.Second, float64(rapid.SampledFrom([]int{-4, 2, 8}).Draw(t, "times"))
		from, to := begin+feed.Time(rapid.IntRange(0, 90).Draw(t, "from"))*feed.Minute, begin+2*feed.Hour
		other := moved(ps, by, times)
		for i := range ps {
			v, w := Velocity(&ps[i], from, to), Velocity(&other[i], from+by, to+by)
			if v.N != w.N || v.Enough() != w.Enough() || v.Enough() && !near(*w.Value, times**v.Value, 1e-12) {
				t.Fatalf("velocity %g, moved %g", value(v), value(w))
			}
			v, w = Volatility(&ps[i], from, to), Volatility(&other[i], from+by, to+by)
			if v.N != w.N || v.Enough() != w.Enough() || v.Enough() && (!near(*w.Value, math.Abs(times)**v.Value, 1e-12) || !near(*w.SE, math.Abs(times)**v.SE, 1e-12)) {
				t.Fatalf("volatility %g, moved %g", value(v), value(w))
			}
		}
		shuffled := rapid.Permutation(ps).Draw(t, "shuffled")
		for _, at := range []feed.Time{from, to} {
			a, _ := DispersionAt(ps, at)
			b, _ := DispersionAt(shuffled, at)
			if a != b {
				t.Fatalf("dispersion %+v, of the same books %+v", a, b)
			}
		}
		byBook := func(ps []Path) map[string]Estimate {
			shares := map[string]Estimate{}
			for _, s := range FirstMovers(ps, from, to, 5*feed.Minute, 0) {
				shares[s.Book] = s.Share
			}
			return shares
		}
		if a, b := byBook(ps), byBook(shuffled); !reflect.DeepEqual(a, b) {
			t.Fatalf("first moves %v, of the same books %v", a, b)
		}
		if a, b := byBook(ps), byBook(moved(ps, 0, -1)); !reflect.DeepEqual(a, b) {
			t.Fatalf("first moves %v, upside down %v", a, b)
		}
		if a, b := Arrivals(ps, to, 0.02), Arrivals(shuffled, to, 0.02); !slices.Equal(a, b) {
			t.Fatalf("arrivals %v, of the same books %v", a, b)
		}
	})
}
