package goals

import (
	"math"

	"github.com/betflow/betflow/internal/model/result"
)

// Places of the parameters: three common ones, then attack and defence of each
// team. Without rho its place stays at 0.
const (
	base = iota
	advantage
	rho
	firstTeam
)

// rhoPrecision is that of a prior around no dependence, with a standard deviation
// of a quarter. A season outweighs it many times over; without it the likelihood
// of results among which no game ends 1-1 rises with rho for ever.
const rhoPrecision = 16

// problem is the likelihood of results as a function of the parameters.
type problem struct {
	fitting   Fitting
	precision float64 // of the prior, 1/sd^2
	games     []played
	names     []string
	counts    []int
	weight    float64
}

// played is a game with teams as numbers.
type played struct {
	home, away           int
	homeGoals, awayGoals int
	atHome               float64 // 1, or 0 on neutral ground
	weight               float64
}

func newProblem(games []result.Game, f Fitting) *problem {
	if f.PriorSD == 0 {
		f.PriorSD = 0.5
	}
	p := &problem{fitting: f, precision: 1 / (f.PriorSD * f.PriorSD)}
	index := map[string]int{}
	team := func(name string) int {
		i, known := index[name]
		if !known {
			i = len(p.names)
			index[name] = i
			p.names = append(p.names, name)
			p.counts = append(p.counts, 0)
		}
		p.counts[i]++
		return i
	}
	last := f.AsOf
	for _, g := range games {
		if f.AsOf.IsZero() && g.Date.After(last) {
			last = g.Date
		}
	}
	for _, g := range games {
		if g.Date.After(last) {
			continue
		}
		k := played{team(g.Home), team(g.Away), g.HomeScore, g.AwayScore, 1, 1}
		if g.Neutral {
			k.atHome = 0
		}
		if f.HalfLife > 0 {
			k.weight = math.Exp2(-float64(last.Sub(g.Date)) / float64(f.HalfLife))
		}
		p.games = append(p.games, k)
		p.weight += k.weight
	}
	return p
}

func (p *problem) size() int { return firstTeam + 2*len(p.names) }

func (p *problem) meanGoals() float64 {
	sum := 0.0
	for _, g := range p.games {
		sum += g.weight * float64(g.homeGoals+g.awayGoals) / 2
	}
	return sum / p.weight
}

// rates returns the expected goals of a game.
func (p *problem) rates(x []float64, g played) Rates {
	return Rates{
		Home: math.Exp(x[base] + g.atHome*x[advantage] + x[attack(g.home)] - x[defence(g.away)]),
		Away: math.Exp(x[base] + x[attack(g.away)] - x[defence(g.home)]),
		Rho:  x[rho],
	}
}

func attack(team int) int  { return firstTeam + 2*team }
func defence(team int) int { return firstTeam + 2*team + 1 }

// loss is minus the weighted log likelihood, less what does not depend on the
// parameters, with the prior. It is +Inf where a score would be impossible.
func (p *problem) loss(x []float64) float64 {
	sum := 0.0
	for _, g := range p.games {
		r := p.rates(x, g)
		t := r.tau(g.homeGoals, g.awayGoals)
		if !(t > 0) {
			return math.Inf(1)
		}
		sum -= g.weight * (float64(g.homeGoals)*math.Log(r.Home) - r.Home + float64(g.awayGoals)*math.Log(r.Away) - r.Away + math.Log(t))
	}
	for _, v := range x[firstTeam:] {
		sum += p.precision / 2 * v * v
	}
	return sum + rhoPrecision/2*x[rho]*x[rho]
}

// slope returns the gradient of the loss.
func (p *problem) slope(x []float64) []float64 {
	grad := make([]float64, len(x))
	p.gradient(grad, x)
	return grad
}

func (p *problem) gradient(grad, x []float64) {
	clear(grad)
	for _, g := range p.games {
		r := p.rates(x, g)
		// Slopes of the log likelihood in the logarithms of the rates, and in rho.
		home, away, dependence := float64(g.homeGoals)-r.Home, float64(g.awayGoals)-r.Away, 0.0
		if t := r.tau(g.homeGoals, g.awayGoals); t > 0 {
			switch {
			case g.homeGoals == 0 && g.awayGoals == 0:
				dependence = -r.Home * r.Away / t
				home += dependence * r.Rho
				away += dependence * r.Rho
			case g.homeGoals == 0 && g.awayGoals == 1:
				dependence = r.Home / t
				home += dependence * r.Rho
			case g.homeGoals == 1 && g.awayGoals == 0:
				dependence = r.Away / t
				away += dependence * r.Rho
			case g.homeGoals == 1 && g.awayGoals == 1:
				dependence = -1 / t
			}
		}
		grad[base] -= g.weight * (home + away)
		grad[advantage] -= g.weight * g.atHome * home
		grad[attack(g.home)] -= g.weight * home
		grad[defence(g.away)] += g.weight * home
		grad[attack(g.away)] -= g.weight * away
		grad[defence(g.home)] += g.weight * away
		if p.fitting.Rho {
			grad[rho] -= g.weight * dependence
		}
	}
	for i := firstTeam; i < len(x); i++ {
		grad[i] += p.precision * x[i]
	}
	grad[rho] += rhoPrecision * x[rho]
}

func (p *problem) strengths(x []float64) Strengths {
	s := Strengths{Base: x[base], Advantage: x[advantage], Rho: x[rho], Teams: map[string]Strength{}, Games: len(p.games), Weight: p.weight}
	for i, name := range p.names {
		s.Teams[name] = Strength{x[attack(i)], x[defence(i)], p.counts[i]}
	}
	return s
}
