package movement

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/betflow/betflow/internal/feed"
)

// day is ten books that move every few minutes for a day.
func day() ([]Path, feed.Time) {
	rng := rand.New(rand.NewPCG(5, 6))
	const minutes = 1440
	truth := make([]float64, minutes)
	for i := 1; i < minutes; i++ {
		truth[i] = truth[i-1] + 0.01*rng.NormFloat64()
	}
	var ps []Path
	for b := range 10 {
		var points []Point
		for i := b; i < minutes; i += 1 + rng.IntN(8) {
			points = append(points, Point{At: begin + feed.Time(i)*feed.Minute, X: truth[i-b] + 0.002*rng.NormFloat64()})
		}
		ps = append(ps, NewPath(fmt.Sprintf("book%d", b), points))
	}
	return ps, begin + minutes*feed.Minute
}

func BenchmarkDiscover(b *testing.B) {
	ps, start := day()
	m := Assemble(priced(ps...))[0]
	rules := DefaultRules()
	b.ReportAllocs()
	for b.Loop() {
		if d := m.Discover(start, rules); len(d.Information.Books) != mostBooks {
			b.Fatalf("%+v %s", d.Information, d.Obstacle)
		}
	}
}

func BenchmarkHayashiYoshida(b *testing.B) {
	ps, _ := day()
	b.ReportAllocs()
	for b.Loop() {
		HayashiYoshida(&ps[0], &ps[1], feed.Minute)
	}
}
