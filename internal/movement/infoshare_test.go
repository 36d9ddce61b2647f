package movement

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
)

func sum(parts []Part, of func(Part) float64) float64 {
	s := 0.0
	for _, p := range parts {
		s += of(p)
	}
	return s
}

// The oracle of the page: B is A a step later, so all information is A's.
func TestTheLeaderHasAllInformation(t *testing.T) {
	for _, noise := range []float64{0, 0.01} {
		g := Sample(walks(600, feed.Minute, noise), begin, begin+599*feed.Minute, feed.Minute)
		info, err := g.InformationShares(3)
		if err != nil || len(info.Books) != 2 {
			t.Fatalf("noise %g: %+v, %v", noise, info, err)
		}
		if a := info.Books[0]; a.Book != "A" || !near(a.Share, 1, 0.005) || a.Low < 0.99 || !near(a.Component, 1, 0.02) {
			t.Errorf("noise %g: A has %+v", noise, a)
		}
	}
}

// market draws n steps of x_t = x_t-1 + alpha (z_t-1) + e_t with Cov(e) = F F'.
func market(n int, alpha *mat.Dense, f *mat.TriDense) Grid {
	m, _ := f.Dims()
	rng := rand.New(rand.NewPCG(3, 4))
	g := Grid{Step: feed.Minute}
	x := make([]float64, m)
	for j := range m {
		g.Books = append(g.Books, fmt.Sprintf("book%d", j))
	}
	for range n {
		e := make([]float64, m)
		for j := range e {
			e[j] = rng.NormFloat64()
		}
		next := make([]float64, m)
		for i := range next {
			next[i] = x[i]
			for j := 1; j < m; j++ {
				next[i] += alpha.At(i, j-1) * (x[0] - x[j])
			}
			for j := 0; j <= i; j++ {
				next[i] += f.At(i, j) * e[j]
			}
		}
		x = next
		g.X = append(g.X, x)
	}
	return g
}

// Two books with known answers and innovations: the shares are Hasbrouck's
// formula written out for two.
func TestKnownSharesAreRecovered(t *testing.T) {
	const rho = 0.3
	alpha := mat.NewDense(2, 1, []float64{-0.1, 0.3})
	f := mat.NewTriDense(2, mat.Lower, []float64{1, 0, rho, math.Sqrt(1 - rho*rho)})
	g := market(80_000, alpha, f)
	info, err := g.InformationShares(2)
	if err != nil {
		t.Fatal(err)
	}
	psi0, psi1 := 0.75, 0.25 // orthogonal to (-0.1, 0.3)
	total := psi0*psi0 + psi1*psi1 + 2*rho*psi0*psi1
	high := (psi0 + rho*psi1) * (psi0 + rho*psi1) / total
	low := psi0 * psi0 * (1 - rho*rho) / total
	a := info.Books[0]
	if !near(a.Component, psi0, 0.02) || !near(a.High, high, 0.02) || !near(a.Low, low, 0.02) || !near(a.Share, (low+high)/2, 0.02) {
		t.Errorf("got %+v, want component %g and %g to %g", a, psi0, low, high)
	}
	if b := info.Books[1]; !near(b.High, 1-low, 0.02) || !near(b.Low, 1-high, 0.02) {
		t.Errorf("the other book has %+v", b)
	}
	if info.Lags != 0 || info.N != 80_000-3 {
		t.Errorf("the fit has order %d of %d steps", info.Lags, info.N)
	}
}

// naiveShares goes through every order of the books with a Cholesky factor each.
func naiveShares(psi []float64, omega *mat.SymDense) (low, high, mean []float64) {
	m := len(psi)
	low, high, mean = make([]float64, m), make([]float64, m), make([]float64, m)
	for j := range low {
		low[j] = math.Inf(1)
	}
	count := 0.0
	var visit func(order []int)
	visit = func(order []int) {
		if len(order) < m {
			for j := range m {
				used := false
				for _, o := range order {
					used = used || o == j
				}
				if !used {
					visit(append(append([]int{}, order...), j))
				}
			}
			return
		}
		count++
		s := mat.NewSymDense(m, nil)
		for i := range m {
			for k := i; k < m; k++ {
				s.SetSym(i, k, omega.At(order[i], order[k]))
			}
		}
		var c mat.Cholesky
		if !c.Factorize(s) {
			panic("not positive definite")
		}
		var l mat.TriDense
		c.LTo(&l)
		total, parts := 0.0, make([]float64, m)
		for k := range m {
			v := 0.0
			for i := range m {
				v += psi[order[i]] * l.At(i, k)
			}
			parts[k] = v * v
			total += v * v
		}
		for k, j := range order {
			share := parts[k] / total
			low[j], high[j] = min(low[j], share), max(high[j], share)
			mean[j] += share
		}
	}
	visit(nil)
	for j := range mean {
		mean[j] /= count
	}
	return low, high, mean
}

func TestSharesAreThoseOfAllOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(2, 5).Draw(t, "books")
		number := rapid.Float64Range(-1, 1)
		psi := make([]float64, m)
		f := mat.NewDense(m, m, nil)
		for i := range m {
			psi[i] = number.Draw(t, "psi")
			for j := range m {
				f.Set(i, j, number.Draw(t, "f"))
			}
			f.Set(i, i, f.At(i, i)+2) // far from singular
		}
		psi[0] += 2
		omega := mat.NewSymDense(m, nil)
		omega.SymOuterK(1, f)
		parts, err := shares(psi, omega)
		if err != nil {
			t.Fatal(err)
		}
		low, high, mean := naiveShares(psi, omega)
		for j, p := range parts {
			if !near(p.Low, low[j], 1e-9) || !near(p.High, high[j], 1e-9) || !near(p.Share, mean[j], 1e-9) {
				t.Fatalf("book %d has %+v, want %g to %g, mean %g", j, p, low[j], high[j], mean[j])
			}
			if p.Low < 0 || p.High > 1 || p.Low > p.Share+1e-12 || p.Share > p.High+1e-12 {
				t.Fatalf("book %d has %+v", j, p)
			}
		}
		if s := sum(parts, func(p Part) float64 { return p.Share }); !near(s, 1, 1e-9) {
			t.Fatalf("the shares sum to %g", s)
		}
	})
}

// The fit does not depend on the order of the books, the size of x or its level.
func TestInformationSharesAreInvariant(t *testing.T) {
	alpha := mat.NewDense(3, 2, []float64{-0.1, -0.05, 0.2, 0.1, 0.1, 0.3})
	g := market(3000, alpha, mat.NewTriDense(3, mat.Lower, []float64{1, 0, 0, 0.4, 1, 0, 0.2, 0.1, 0.8}))
	want, err := g.InformationShares(2)
	if err != nil {
		t.Fatal(err)
	}
	if s, c := sum(want.Books, func(p Part) float64 { return p.Share }), sum(want.Books, func(p Part) float64 { return p.Component }); !near(s, 1, 1e-9) || !near(c, 1, 1e-9) {
		t.Errorf("the shares sum to %g, the components to %g", s, c)
	}
	order := []int{2, 0, 1}
	other := Grid{Step: g.Step}
	for _, j := range order {
		other.Books = append(other.Books, g.Books[j])
	}
	for _, row := range g.X {
		other.X = append(other.X, []float64{5 + 7*row[order[0]], 5 + 7*row[order[1]], 5 + 7*row[order[2]]})
	}
	got, err := other.InformationShares(2)
	if err != nil {
		t.Fatal(err)
	}
	for i, j := range order {
		a, b := got.Books[i], want.Books[j]
		if a.Book != b.Book || !near(a.Share, b.Share, 1e-8) || !near(a.Low, b.Low, 1e-8) || !near(a.High, b.High, 1e-8) || !near(a.Component, b.Component, 1e-8) {
			t.Errorf("got %+v, want %+v", a, b)
		}
	}
}

func TestTooLittleHasNoShares(t *testing.T) {
	g := Sample(walks(40, feed.Minute, 0.1), begin, begin+39*feed.Minute, feed.Minute)
	info, err := g.InformationShares(1)
	if err != nil || len(info.Books) != 0 || info.N >= info.Need || info.Moves < leastStir {
		t.Errorf("of forty steps: %+v, %v", info, err)
	}
	still := Sample([]Path{path("a", 0, 1, 10, 2), path("b", 0, 1, 11, 2)}, begin, begin+10*feed.Hour, feed.Minute)
	if info, err := still.InformationShares(1); err != nil || len(info.Books) != 0 || info.Moves != 1 {
		t.Errorf("of one move: %+v, %v", info, err)
	}
	if _, err := (&Grid{Books: []string{"a"}}).InformationShares(1); !errors.Is(err, ErrBooks) {
		t.Errorf("of one book: %v", err)
	}
	if _, err := (&Grid{Books: make([]string, 9)}).InformationShares(1); !errors.Is(err, ErrBooks) {
		t.Errorf("of nine books: %v", err)
	}
}

func TestTwoNamesForOneBookAreNotIdentified(t *testing.T) {
	w := walks(300, feed.Minute, 0)[0]
	g := Sample([]Path{w, {Book: "twin", Points: w.Points}}, begin, begin+300*feed.Minute, feed.Minute)
	if info, err := g.InformationShares(1); !errors.Is(err, ErrNotIdentified) || len(info.Books) != 0 {
		t.Errorf("got %+v, %v", info, err)
	}
}
