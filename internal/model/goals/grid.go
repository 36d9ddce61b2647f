package goals

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/odds"
)

// Most is the highest number of goals of one side that the grid holds. What lies
// beyond is less than 1e-7 at three expected goals and goes to the others by
// scaling.
const Most = 15

const size = Most + 1

// Grid is the probability of every score: home goals first. It sums to 1.
type Grid [size][size]float64

// Grid returns the probabilities of scores. It returns ErrRates for rates that
// make none.
func (r Rates) Grid() (Grid, error) {
	if err := r.Check(); err != nil {
		return Grid{}, err
	}
	var g Grid
	r.fill(&g)
	return g, nil
}

// fill computes the grid of rates that are known to be good.
func (r Rates) fill(g *Grid) {
	var home, away [size]float64
	poisson(&home, r.Home)
	poisson(&away, r.Away)
	sumHome, sumAway := 0.0, 0.0
	for k := range size {
		sumHome += home[k]
		sumAway += away[k]
	}
	// The correction moves probability between four scores and leaves the sum.
	scale := 1 / (sumHome * sumAway)
	for i := range size {
		h := home[i] * scale
		for j := range size {
			g[i][j] = h * away[j]
		}
	}
	for i := range 2 {
		for j := range 2 {
			g[i][j] *= r.tau(i, j)
		}
	}
}

// Result returns the probabilities that home wins, neither, and away.
func (g *Grid) Result() (home, draw, away float64) { return g.ResultFrom(0) }

// ResultFrom is Result when home leads by that many goals already and the grid
// is of what is left of the match.
func (g *Grid) ResultFrom(lead int) (home, draw, away float64) {
	for i := range g {
		for j, p := range g[i] {
			switch d := i - j + lead; {
			case d > 0:
				home += p
			case d == 0:
				draw += p
			default:
				away += p
			}
		}
	}
	return home, draw, away
}

// BothScore returns the probability that both sides score.
func (g *Grid) BothScore() float64 {
	sum := 0.0
	for i := 1; i < size; i++ {
		for _, p := range g[i][1:] {
			sum += p
		}
	}
	return sum
}

// Over returns how a bet on more than line goals is settled. Whole lines push,
// quarter lines are two half stakes.
func (g *Grid) Over(line float64) odds.Settlement {
	var s odds.Settlement
	for total, p := range g.totals() {
		add(&s, float64(total), -line, p)
	}
	return s
}

// Handicap returns how a bet on home with the handicap is settled (Asian
// handicap).
func (g *Grid) Handicap(line float64) odds.Settlement {
	var s odds.Settlement
	for i, p := range g.margins() {
		add(&s, float64(i-Most), line, p)
	}
	return s
}

// totals returns the distribution of the number of goals.
func (g *Grid) totals() (p [2*Most + 1]float64) {
	for i := range g {
		for j, q := range g[i] {
			p[i+j] += q
		}
	}
	return p
}

// margins returns the distribution of home's lead, from -Most on.
func (g *Grid) margins() (p [2*Most + 1]float64) {
	for i := range g {
		for j, q := range g[i] {
			p[i-j+Most] += q
		}
	}
	return p
}

// add counts a result with its probability where odds.Settle puts it: the profit
// at even money tells which of the five it is.
func add(s *odds.Settlement, margin, line, p float64) {
	switch odds.Settle(margin, line, 2) {
	case 1:
		s.Win += p
	case 0.5:
		s.HalfWin += p
	case 0:
		s.Push += p
	case -0.5:
		s.HalfLoss += p
	default:
		s.Loss += p
	}
}

// Score is a final score with its probability.
type Score struct {
	Home        int     `json:"home"`
	Away        int     `json:"away"`
	Probability float64 `json:"probability"`
}

// Likeliest returns the n likeliest scores, the likeliest first.
func (g *Grid) Likeliest(n int) []Score {
	all := make([]Score, 0, size*size)
	for i := range g {
		for j, p := range g[i] {
			all = append(all, Score{i, j, p})
		}
	}
	slices.SortStableFunc(all, func(a, b Score) int { return cmp.Compare(b.Probability, a.Probability) })
	return slices.Clone(all[:min(n, len(all))])
}
