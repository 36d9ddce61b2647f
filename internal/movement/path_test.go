package movement

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

// begin is when the tests' series begin.
const begin = feed.Time(1_790_000_000) * feed.Second

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// value returns an estimate's value; NaN for none.
func value(e Estimate) float64 {
	if e.Value == nil {
		return math.NaN()
	}
	return *e.Value
}

// path makes a path of minutes and values.
func path(book string, minutesAndValues ...float64) Path {
	var points []Point
	for i := 0; i < len(minutesAndValues); i += 2 {
		points = append(points, Point{At: begin + feed.Time(minutesAndValues[i]*float64(feed.Minute)), X: minutesAndValues[i+1]})
	}
	return NewPath(book, points)
}

// paths draws a few books with quotes at times of their own.
var paths = rapid.Custom(func(t *rapid.T) []Path {
	var out []Path
	for i := range rapid.IntRange(2, 4).Draw(t, "books") {
		var points []Point
		x, at := 0.0, begin
		for range rapid.IntRange(0, 40).Draw(t, "points") {
			at += feed.Time(rapid.IntRange(1, 300).Draw(t, "seconds")) * feed.Second
			x += float64(rapid.IntRange(-3, 3).Draw(t, "step")) / 64 // sums are exact
			points = append(points, Point{At: at, X: x})
		}
		out = append(out, NewPath(fmt.Sprintf("book%d", i), points))
	}
	return out
})

// moved returns the paths later and larger.
func moved(ps []Path, by feed.Time, times float64) []Path {
	out := make([]Path, len(ps))
	for i, p := range ps {
		out[i].Book = p.Book
		for _, q := range p.Points {
			out[i].Points = append(out[i].Points, Point{At: q.At + by, X: q.X * times})
		}
	}
	return out
}

// walks is the oracle of the lead: A is a random walk, B the same a step later.
func walks(n int, step feed.Time, noise float64) []Path {
	rng := rand.New(rand.NewPCG(1, 2))
	var a, b []Point
	x, before := 0.0, 0.0
	for i := range n {
		before, x = x, x+rng.NormFloat64()
		at := begin + feed.Time(i)*step
		a = append(a, Point{At: at, X: x + noise*rng.NormFloat64()})
		b = append(b, Point{At: at, X: before + noise*rng.NormFloat64()})
	}
	return []Path{NewPath("A", a), NewPath("B", b)}
}

func TestAPathIsAStepFunction(t *testing.T) {
	p := NewPath("b", []Point{{At: begin - 9, Gone: true}, {At: begin + 60, X: 3}, {At: begin, X: 1}, {At: begin + 30, X: 1}, {At: begin + 60, X: 2}})
	if len(p.Points) != 3 {
		t.Fatalf("got %v", p.Points)
	}
	for at, want := range map[feed.Time]float64{0: 1, 29: 1, 30: 1, 59: 1, 60: 2, 1000: 2} {
		if x, ok := p.At(begin + at); !ok || x != want {
			t.Errorf("at %d it is %g, %v", at, x, ok)
		}
	}
	if _, ok := p.At(begin - 1); ok {
		t.Error("it has a value before its first point")
	}
	if moves := p.Moves(begin, begin+60); !slices.Equal(moves, []Move{{"b", begin + 60, 1}}) {
		t.Errorf("moves %v", moves)
	}
	if moves := p.Moves(begin+60, begin+90); moves != nil {
		t.Errorf("a move at the open end: %v", moves)
	}
	if cut := p.between(begin+40, begin+60); !slices.Equal(cut.Points, []Point{{At: begin + 40, X: 1}, {At: begin + 60, X: 2}}) {
		t.Errorf("cut %v", cut.Points)
	}
}

func TestWhatIsGoneHasNoValueAndIsNoMove(t *testing.T) {
	p := NewPath("b", []Point{{At: begin, X: 1}, {At: begin + 10, Gone: true}, {At: begin + 20, X: 1}, {At: begin + 30, Gone: true}, {At: begin + 40, X: 3}})
	for at, want := range map[feed.Time]bool{0: true, 9: true, 10: false, 19: false, 20: true, 35: false, 40: true} {
		if _, ok := p.At(begin + at); ok != want {
			t.Errorf("at %d it is on offer: %v", at, ok)
		}
	}
	if moves := p.Moves(begin, begin+50); !slices.Equal(moves, []Move{{"b", begin + 40, 2}}) {
		t.Errorf("moves %v", moves)
	}
	if cut := p.between(begin+15, begin+25); len(cut.Points) != 2 || !cut.Points[0].Gone || cut.Points[1].X != 1 {
		t.Errorf("cut %v", cut.Points)
	}
	if d, ok := DispersionAt([]Path{p, path("c", 0, 2)}, begin+15); !ok || d.Books != 1 {
		t.Errorf("dispersion of those on offer: %+v", d)
	}
	if a := Arrivals([]Path{p}, begin+35, 1); a != nil {
		t.Errorf("who is gone at the start has arrived: %v", a)
	}
	if a := Arrivals([]Path{p}, begin+25, 1); len(a) != 1 || a[0].Since != begin+20 {
		t.Errorf("since it came back: %v", a)
	}
}
