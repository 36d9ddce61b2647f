package goals

import (
	"errors"
	"fmt"
	"math"
)

// Market is what the prices of a match say once the margin is out.
type Market struct {
	Home, Draw, Away float64 // probabilities of the result; they sum to 1
}

// Total is a market on the number of goals.
type Total struct {
	Line float64
	Over float64 // 1 over the fair price of over, pushes returned
}

// Errors of the inversions.
var (
	ErrMarket  = errors.New("the probabilities of a market lie between 0 and 1 and sum to 1")
	ErrNoRates = errors.New("no expected goals give these probabilities")
)

// TypicalRho is the mean rho that result market and total imply together: -0.072
// with a standard deviation of 0.034 over 8,953 matches of five leagues at the
// close (2019-20 to 2023-24). With 0 instead the result market alone would put
// over 2.5 goals 7 points of probability too low.
const TypicalRho = -0.07

// FromResult returns the expected goals with which the result market is as
// given. The market says nothing about rho: pass TypicalRho, or 0 for independent
// goals. Home win and draw are two numbers for two unknowns, so they are met
// exactly.
func FromResult(m Market, rho float64) (Rates, error) {
	if err := m.check(); err != nil {
		return Rates{}, err
	}
	r, err := solve(m.guess(rho), 2, m.distance)
	if err != nil {
		return Rates{}, fmt.Errorf("expecting goals from %.4f/%.4f/%.4f with rho %v: %w", m.Home, m.Draw, m.Away, rho, err)
	}
	return r, nil
}

// FromResultAndTotal returns the expected goals and the rho with which both
// markets are as given: three numbers for three unknowns. Some pairs of markets
// have no such rates, most often when one of them is old; that is ErrNoRates.
func FromResultAndTotal(m Market, t Total) (Rates, error) {
	if err := m.check(); err != nil {
		return Rates{}, err
	}
	if !(t.Over > 0 && t.Over < 1 && t.Line > 0 && t.Line < Most) {
		return Rates{}, ErrMarket
	}
	start, err := FromResult(m, 0)
	if err != nil { // no independent goals give the result market, but others may
		start = m.guess(0)
	}
	r, err := solve(start, 3, func(g *Grid, y []float64) {
		m.distance(g, y)
		y[2] = logit(1/g.Over(t.Line).FairPrice()) - logit(t.Over)
	})
	if err != nil {
		return Rates{}, fmt.Errorf("expecting goals from %.4f/%.4f/%.4f and over %v at %.4f: %w", m.Home, m.Draw, m.Away, t.Line, t.Over, err)
	}
	return r, nil
}

// distance tells how far a grid is from the market: who is better, and how often
// neither wins. These two hardly depend on each other, whatever the match.
func (m Market) distance(g *Grid, y []float64) {
	home, draw, away := g.Result()
	y[0], y[1] = math.Log(home/away*m.Away/m.Home), logit(draw)-logit(m.Draw)
}

func (m Market) check() error {
	for _, p := range []float64{m.Home, m.Draw, m.Away} {
		if !(p > 0 && p < 1) {
			return ErrMarket
		}
	}
	if !(math.Abs(m.Home+m.Draw+m.Away-1) <= 1e-9) {
		return ErrMarket
	}
	return nil
}

// guess returns rates near a market's, where the search starts: of 2.6 goals, or
// more in a one-sided match, as many more for one side as a normal distribution
// of the difference says.
func (m Market) guess(rho float64) Rates {
	const usual, least = 2.6, 0.2
	lead := math.Sqrt(2*usual) * math.Erfinv(2*(m.Home+m.Draw/2)-1)
	total := max(usual, math.Abs(lead)+2*least)
	return Rates{(total + lead) / 2, (total - lead) / 2, rho}
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// Limits of the search.
const (
	maxSteps = 60
	solved   = 1e-12 // distance of logits
	nudge    = 1e-6  // for slopes by difference
)

// solve finds the rates at which all n distances of the grid to the market are
// zero, by Newton's method with slopes by difference. The unknowns are the
// logarithms of the expected goals and, if n is 3, rho. A step that does not come
// nearer is halved. On its way it may pass rates that make no grid, whose formulas
// are as smooth; it must not end there.
func solve(r Rates, n int, distances func(*Grid, []float64)) (Rates, error) {
	var g Grid
	var y, moved, step [3]float64
	var slopes [3][3]float64
	r.fill(&g)
	distances(&g, y[:n])
	for range maxSteps {
		far := norm(y[:n])
		if far <= solved {
			return r.checked()
		}
		for k := range n {
			var by [3]float64
			by[k] = nudge
			shifted := r.moved(by, 1)
			shifted.fill(&g)
			distances(&g, moved[:n])
			for i := range n {
				slopes[i][k] = (moved[i] - y[i]) / nudge
			}
		}
		if !newton(&slopes, y, &step, n) {
			return Rates{}, ErrNoRates
		}
		nearer := false
		for size := 1.0; size > 1e-6; size /= 2 {
			next := r.moved(step, size)
			next.fill(&g)
			distances(&g, moved[:n])
			if d := norm(moved[:n]); d < far {
				r, y, nearer = next, moved, true
				break
			}
		}
		if !nearer {
			if far <= 1e-10 { // as near as rounding lets it come
				return r.checked()
			}
			return Rates{}, ErrNoRates
		}
	}
	return Rates{}, ErrNoRates
}

// checked returns the rates if they make a grid.
func (r Rates) checked() (Rates, error) {
	if r.Check() != nil {
		return Rates{}, ErrNoRates
	}
	return r, nil
}

// newton solves the n equations slopes*step = -y by elimination. It returns false
// if they have no single answer.
func newton(slopes *[3][3]float64, y [3]float64, step *[3]float64, n int) bool {
	for c := range n {
		pivot := c
		for i := c + 1; i < n; i++ {
			if math.Abs(slopes[i][c]) > math.Abs(slopes[pivot][c]) {
				pivot = i
			}
		}
		slopes[c], slopes[pivot] = slopes[pivot], slopes[c]
		y[c], y[pivot] = y[pivot], y[c]
		if !(math.Abs(slopes[c][c]) > 1e-12) { // so written, NaN is caught too
			return false
		}
		for i := c + 1; i < n; i++ {
			f := slopes[i][c] / slopes[c][c]
			for k := c; k < n; k++ {
				slopes[i][k] -= f * slopes[c][k]
			}
			y[i] -= f * y[c]
		}
	}
	for c := n - 1; c >= 0; c-- {
		step[c] = -y[c]
		for k := c + 1; k < n; k++ {
			step[c] -= slopes[c][k] * step[k]
		}
		step[c] /= slopes[c][c]
	}
	return true
}

// moved returns the rates moved by a step in the unknowns.
func (r Rates) moved(step [3]float64, size float64) Rates {
	return Rates{r.Home * math.Exp(size*step[0]), r.Away * math.Exp(size*step[1]), r.Rho + size*step[2]}
}

func norm(y []float64) float64 {
	most := 0.0
	for _, v := range y {
		most = max(most, math.Abs(v))
	}
	return most
}
