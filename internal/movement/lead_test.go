package movement

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

func TestTheLeaderOfARandomWalkIsNamed(t *testing.T) {
	ps := walks(400, feed.Minute, 0)
	end := begin + 399*feed.Minute
	g := Sample(ps, begin, end, feed.Minute)
	l := g.CrossCorrelation(0, 1, 5)
	if value(l.Lag) != 60 || !near(value(l.Correlation), 1, 1e-9) || l.Ratio == nil || *l.Ratio < 5 || !near(*l.Correlation.SE, 1/math.Sqrt(float64(len(g.X)-1)), 1e-15) {
		t.Errorf("on a grid: %+v", l)
	}
	l = LeadLag(&ps[0], &ps[1], Lags(10, 30*feed.Second))
	if value(l.Lag) != 60 || !near(value(l.Correlation), 1, 0.01) || *l.Ratio < 2 {
		t.Errorf("by Hayashi and Yoshida: %+v", l)
	}
	for _, order := range [][]Path{{ps[0], ps[1]}, {ps[1], ps[0]}} {
		all := LeadLags(order, begin, end, 30*feed.Second, 10)
		if len(all) != 1 || all[0].Leader != "A" || all[0].Follower != "B" || value(all[0].Lag) != 60 || *all[0].Ratio < 2 {
			t.Errorf("of all pairs: %+v", all)
		}
	}
}

// Moves that are far apart name the lag only if the prices between them are known
// to have stood still.
func TestRareMovesAreConfirmedInBetween(t *testing.T) {
	ps := walks(60, 10*feed.Minute, 0)
	for i := range ps[1].Points {
		ps[1].Points[i].At -= 7 * feed.Minute // B follows after 3 minutes
	}
	l := LeadLags(ps, begin, begin+10*feed.Hour, feed.Minute, 9)
	if len(l) != 1 || l[0].Leader != "A" || value(l[0].Lag) != 180 || !near(value(l[0].Correlation), 1, 0.05) {
		t.Errorf("got %+v", l)
	}
	p := path("b", 0, 1, 10, 2, 10.5, 3)
	if c := p.confirmed(feed.Minute); len(c.Points) != 4 || c.Points[1] != (Point{At: begin + 9*feed.Minute, X: 1}) {
		t.Errorf("confirmed %v", c.Points)
	}
}

func TestShortSeriesHaveNoLead(t *testing.T) {
	ps := walks(10, feed.Minute, 0) // nine moves
	g := Sample(ps, begin, begin+feed.Hour, feed.Minute)
	for _, l := range []Lead{g.CrossCorrelation(0, 1, 2), LeadLag(&ps[0], &ps[1], Lags(3, feed.Minute))} {
		if l.Correlation.Enough() || l.Correlation.Need != leastPairs || l.Lag.Enough() || l.Ratio != nil {
			t.Errorf("got %+v", l)
		}
	}
	if g := Sample([]Path{path("a", 0, 1), {Book: "b"}}, begin, begin+feed.Hour, feed.Minute); len(g.X) != 0 {
		t.Errorf("a book without a price is on the grid: %v", g.X)
	}
}

func TestAGridHoldsTheLastValues(t *testing.T) {
	g := Sample([]Path{path("a", 0, 1, 2.5, 2), path("b", 1, 5, 3, 6)}, begin, begin+4*feed.Minute, feed.Minute)
	want := [][]float64{{1, 5}, {1, 5}, {2, 6}, {2, 6}} // from minute 1, where both are known
	if len(g.X) != len(want) {
		t.Fatalf("got %v", g.X)
	}
	for i := range want {
		if g.X[i][0] != want[i][0] || g.X[i][1] != want[i][1] {
			t.Errorf("step %d: %v, want %v", i, g.X[i], want[i])
		}
	}
}

// naiveHY is the definition: every pair of increments whose intervals overlap.
func naiveHY(a, b *Path, lag feed.Time) float64 {
	sum := 0.0
	for i := 1; i < len(a.Points); i++ {
		for j := 1; j < len(b.Points); j++ {
			from := max(a.Points[i-1].At+lag, b.Points[j-1].At)
			to := min(a.Points[i].At+lag, b.Points[j].At)
			if from < to {
				sum += (a.Points[i].X - a.Points[i-1].X) * (b.Points[j].X - b.Points[j-1].X)
			}
		}
	}
	return sum
}

func TestHayashiYoshidaIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := paths.Draw(t, "paths")
		lag := feed.Time(rapid.IntRange(-600, 600).Draw(t, "lag")) * feed.Second
		a, b := &ps[0], &ps[1]
		got := HayashiYoshida(a, b, lag)
		if want := naiveHY(a, b, lag); !near(got, want, 1e-12) {
			t.Fatalf("got %g, want %g", got, want)
		}
		if turned := HayashiYoshida(b, a, -lag); !near(got, turned, 1e-12) {
			t.Fatalf("got %g, in the other order %g", got, turned)
		}
		by := feed.Time(rapid.IntRange(-1000, 1000).Draw(t, "by")) * feed.Second
		m := moved(ps, by, 3)
		if later := HayashiYoshida(&m[0], &m[1], lag); !near(later, 9*got, 1e-12) {
			t.Fatalf("got %g, of three times as much later %g", got, later)
		}
	})
}

// With quotes at the same times it is the sum of the products.
func TestHayashiYoshidaOfSynchronousQuotesIsTheCovariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := paths.Draw(t, "paths")[0]
		b := Path{Book: "b"}
		want := 0.0
		for i, q := range a.Points {
			b.Points = append(b.Points, Point{At: q.At, X: float64(rapid.IntRange(-9, 9).Draw(t, "x")) / 8})
			if i > 0 {
				want += (q.X - a.Points[i-1].X) * (b.Points[i].X - b.Points[i-1].X)
			}
		}
		if got := HayashiYoshida(&a, &b, 0); !near(got, want, 1e-12) {
			t.Fatalf("got %g, want %g", got, want)
		}
	})
}

func TestLeadsAreInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := paths.Draw(t, "paths")
		lags := Lags(5, feed.Minute)
		l := LeadLag(&ps[0], &ps[1], lags)
		m := moved(ps, 77*feed.Second, 4)
		k := LeadLag(&m[0], &m[1], lags)
		if l.Lag.Enough() != k.Lag.Enough() || l.Lag.Enough() && value(l.Lag) != value(k.Lag) || l.Correlation.N != k.Correlation.N || l.Correlation.Enough() && !near(value(l.Correlation), value(k.Correlation), 1e-12) {
			t.Fatalf("got %+v, of the same later and larger %+v", l, k)
		}
		if r := LeadLag(&ps[1], &ps[0], lags); l.Correlation.Enough() && !near(value(l.Correlation), value(r.Correlation), 1e-9) && math.Abs(value(l.Correlation)) < math.Abs(value(r.Correlation)) {
			t.Fatalf("got %+v, in the other order %+v", l, r)
		}
		if l.Correlation.Enough() && (value(l.Correlation) == 0) != (naiveLargest(&ps[0], &ps[1], lags) == 0) {
			t.Fatalf("got %+v", l)
		}
	})
}

// naiveLargest is the largest covariance in size over the lags.
func naiveLargest(a, b *Path, lags []feed.Time) float64 {
	most := 0.0
	for _, lag := range lags {
		most = max(most, math.Abs(naiveHY(a, b, lag)))
	}
	return most
}
