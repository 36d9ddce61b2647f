package simulate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestSumsOfChancesAreConvolutions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0, 1), 2, 6).Draw(t, "weights")
		n := rapid.IntRange(0, 40).Draw(t, "n")
		d := dist{p: weights}
		mass := d.mass() + 1
		d.p[0]++
		for i := range d.p {
			d.p[i] /= mass
		}
		slow := certain(0)
		for range n {
			slow = slow.plus(d)
		}
		fast := d.times(n)
		for x := range n*len(weights) + 1 {
			if math.Abs(slow.at(x)-fast.at(x)) > 1e-11 {
				t.Fatalf("P(%d) of %d times %v is %g, not %g", x, n, d.p, fast.at(x), slow.at(x))
			}
		}
	})
}

func BenchmarkOutlook(b *testing.B) {
	s, _ := newTest(b)
	for _, id := range []string{"nfl", "nba", "nhl"} {
		f := leagueOf(b, s, id).block(20000)[0]
		b.Run(id+" before", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.before(100)
			}
		})
		b.Run(id+" in play", func(b *testing.B) {
			f.play()
			b.ReportAllocs()
			for b.Loop() {
				f.during(3, 0)
			}
		})
	}
}
