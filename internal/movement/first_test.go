package movement

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// stairs is a book that goes up by one at each of the minutes.
func stairs(book string, minutes ...float64) Path {
	values := []float64{0, 0}
	for i, m := range minutes {
		values = append(values, m, float64(i+1))
	}
	return path(book, values...)
}

func TestFirstMoversLeadWaves(t *testing.T) {
	ps := []Path{
		stairs("a", 10, 30, 50, 70, 90, 110),
		stairs("b", 11, 31, 50, 69, 92, 200),
		stairs("c", 12, 150, 151),
	}
	got := map[string]float64{}
	for _, s := range FirstMovers(ps, begin, begin+4*feed.Hour, 2*feed.Minute, 0) {
		if s.Share.N != 5 {
			t.Fatalf("%d waves, want 5: a's move at 110, b's at 200 and c's at 150 stand alone", s.Share.N)
		}
		got[s.Book] = value(s.Share)
		if want := math.Sqrt(got[s.Book] * (1 - got[s.Book]) / 5); !near(*s.Share.SE, want, 1e-15) {
			t.Errorf("standard error %g, want %g", *s.Share.SE, want)
		}
	}
	// a leads at 10, 30 and 90, b at 69, and at 50 both.
	if !near(got["a"], 3.5/5, 1e-12) || !near(got["b"], 1.5/5, 1e-12) || got["c"] != 0 {
		t.Errorf("got %v", got)
	}
	for _, s := range FirstMovers(ps, begin, begin+4*feed.Hour, 2*feed.Minute, 1.5) {
		if s.Share.Enough() || s.Share.N != 0 || s.Share.Need != leastWaves {
			t.Errorf("no move is that large: %+v", s)
		}
	}
}

func TestSharesOfFirstMovesSumToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := paths.Draw(t, "paths")
		sum, enough := 0.0, false
		for _, s := range FirstMovers(ps, begin, begin+5*feed.Hour, 3*feed.Minute, 0) {
			if enough = s.Share.Enough(); enough {
				sum += *s.Share.Value
			}
		}
		if enough && !near(sum, 1, 1e-12) {
			t.Fatalf("the shares sum to %g", sum)
		}
	})
}

func TestWhoWasAtTheClosingPriceFirst(t *testing.T) {
	start := begin + 2*feed.Hour
	ps := []Path{
		path("early", 0, 0, 10, 0.5, 150, 3), // moves again in play
		path("left", 0, 0.5, 20, 0.1, 60, 0.5),
		path("late", 0, 0, 110, 0.51),
		path("never", 0, 0.4),
	}
	got := Arrivals(ps, start, 0.05)
	want := []Arrival{
		{"early", begin + 10*feed.Minute, 110 * 60},
		{"left", begin + 60*feed.Minute, 60 * 60},
		{"late", begin + 110*feed.Minute, 10 * 60},
	}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
	if got := Arrivals(nil, start, 1); got != nil {
		t.Errorf("of no books: %v", got)
	}
}

func TestTimeToFollow(t *testing.T) {
	leader := stairs("l", 10, 20, 30, 40, 50, 60, 70)
	follower := stairs("f", 11, 22, 33, 44, 55, 60)
	f := TimeToFollow(&leader, &follower, begin, begin+2*feed.Hour, 6*feed.Minute, 0)
	// Lags of 1, 2, 3, 4 and 5 minutes; the move at 60 is simultaneous and that at
	// 70 the last.
	if value(f.Median) != 180 || f.Median.N != 5 || *f.Lower != 120 || *f.Upper != 240 || f.Never != 2 || f.Leader != "l" || f.Follower != "f" {
		t.Errorf("got %+v", f)
	}
	if f := TimeToFollow(&leader, &follower, begin, begin+2*feed.Hour, 2*feed.Minute, 0); f.Median.Enough() || f.Median.N != 2 || f.Never != 5 || f.Lower != nil {
		t.Errorf("within two minutes: %+v", f)
	}
	down := moved([]Path{follower}, 0, -1)[0]
	if f := TimeToFollow(&leader, &down, begin, begin+2*feed.Hour, feed.Hour, 0); f.Median.N != 0 || f.Never != 7 {
		t.Errorf("moves the other way follow: %+v", f)
	}
}
