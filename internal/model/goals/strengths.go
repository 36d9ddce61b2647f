package goals

import (
	"errors"
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/optimize"

	"github.com/betflow/betflow/internal/model/result"
)

// Fitting says how strengths are learned from results.
type Fitting struct {
	AsOf     time.Time     // games after this day are left out; none if zero
	HalfLife time.Duration // after which a game counts half; 0: all count the same
	Rho      bool          // learn rho too (Dixon and Coles); else it is 0 (Maher 1982)
	// PriorSD is how far strengths, logarithms of goals, are expected to lie from
	// the average team's. It pulls teams with few games to the average, and makes
	// the answer unique; 0 is 0.5, which is weak.
	PriorSD float64
}

// Strengths are what results say of teams: the expected goals of home against
// away are exp(base + advantage + attack(home) - defence(away)), those of away
// exp(base + attack(away) - defence(home)); no advantage on neutral ground.
type Strengths struct {
	Base      float64
	Advantage float64 // of playing at home
	Rho       float64
	Teams     map[string]Strength
	Games     int     // that were used
	Weight    float64 // of them after decay
}

// Strength is one team's, both above 0 for a good team.
type Strength struct {
	Attack  float64
	Defence float64
	Games   int
}

// Errors of the fit.
var (
	ErrNoGames     = errors.New("strengths need at least one game before the day they are asked for")
	ErrUnknownTeam = errors.New("the team has not played in any of the games")
)

// Fit finds the strengths with which the results are likeliest (Dixon and Coles
// 1997: the likelihood of each score, weighted by its age, here with a weak prior
// around the average team). It returns ErrNoGames, or the optimiser's error.
func Fit(games []result.Game, f Fitting) (Strengths, error) {
	p := newProblem(games, f)
	if len(p.games) == 0 {
		return Strengths{}, ErrNoGames
	}
	start := make([]float64, p.size())
	start[base] = math.Log(max(0.1, p.meanGoals()))
	found, err := optimize.Minimize(
		optimize.Problem{Func: p.loss, Grad: p.gradient},
		start, &optimize.Settings{GradientThreshold: 1e-7 * p.weight, Concurrent: 1}, &optimize.LBFGS{})
	// At the end of its precision the line search finds nothing better: that is
	// the minimum too.
	if found == nil || err != nil && !(norm(p.slope(found.X)) <= 1e-4*p.weight) {
		return Strengths{}, fmt.Errorf("fitting strengths to %d games: %w", len(p.games), err)
	}
	return p.strengths(found.X), nil
}

// Rates returns the expected goals of a match. It returns ErrUnknownTeam for a
// team without games.
func (s *Strengths) Rates(home, away string, neutral bool) (Rates, error) {
	h, known := s.Teams[home]
	if !known {
		return Rates{}, fmt.Errorf("%s: %w", home, ErrUnknownTeam)
	}
	a, known := s.Teams[away]
	if !known {
		return Rates{}, fmt.Errorf("%s: %w", away, ErrUnknownTeam)
	}
	advantage := s.Advantage
	if neutral {
		advantage = 0
	}
	r := Rates{math.Exp(s.Base + advantage + h.Attack - a.Defence), math.Exp(s.Base + a.Attack - h.Defence), s.Rho}
	// Between a very strong and a very weak team the common rho may not fit.
	low, high := rhoRange(r.Home, r.Away)
	r.Rho = min(max(r.Rho, low), high)
	return r, nil
}
