package movement

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Information is how much each of several books contributes to the price they
// have in common. The model is a vector error correction of m series with one
// common factor,
//
//	dx_t = c + A z_t-1 + sum_k G_k dx_t-k + e_t,  z = (x_1-x_2, ..., x_1-x_m),
//
// fitted by least squares. With psi orthogonal to the columns of A, which is the
// common row of the long-run impact matrix up to its scale, Omega the covariance
// of e and F a Cholesky factor of it, the information share of book j is
//
//	IS_j = ([psi F]_j)^2 / (psi Omega psi')
//
// (J. Hasbrouck, "One security, many markets", J. Finance 50, 1995). It depends
// on the order of the books as far as their innovations are correlated, so its
// least and greatest over all orders are given, and the mean over all orders. The
// component share is psi scaled to sum to one (J. Gonzalo and C. Granger, JBES
// 13, 1995); it may lie outside of 0 to 1.
type Information struct {
	Step  float64 `json:"step_s"` // seconds
	N     int     `json:"n"`      // steps that were fitted
	Need  int     `json:"need"`   // steps that a fit with that many books needs
	Moves int     `json:"moves"`  // steps at which the book moved that moved least
	Lags  int     `json:"lags"`   // order K of the model
	Books []Part  `json:"books"`  // empty if there is not enough data
}

// Part is one book's.
type Part struct {
	Book      string  `json:"book"`
	Share     float64 `json:"share"` // mean over all orders; these sum to 1
	Low       float64 `json:"low"`   // least over all orders
	High      float64 `json:"high"`  // greatest
	Component float64 `json:"component"`
}

// ErrNotIdentified is returned where the series do not determine the shares:
// they are collinear, or none adjusts to the others.
var ErrNotIdentified = errors.New("the series do not determine shares of information")

// ErrBooks is returned for fewer than two or more than eight books.
var ErrBooks = errors.New("shares of information need two to eight books")

const (
	mostBooks = 8
	leastRows = 50 // steps
	perBeta   = 10 // steps for each coefficient of an equation
	leastStir = 10 // steps at which a book moved
)

// InformationShares fits the model to a grid, with the order from 0 to maxLags
// that has the least BIC. If the data does not suffice the answer has no books,
// and N, Need and Moves say why.
func (g *Grid) InformationShares(maxLags int) (Information, error) {
	m := len(g.Books)
	if m < 2 || m > mostBooks {
		return Information{}, ErrBooks
	}
	info := Information{
		Step: g.Step.Sub(0).Seconds(), N: max(0, len(g.X)-1-maxLags),
		Need: max(leastRows, perBeta*m*(maxLags+1)), Moves: math.MaxInt,
	}
	for b := range g.Books {
		_, moves := g.increments(b)
		info.Moves = min(info.Moves, moves)
	}
	if info.N < info.Need || info.Moves < leastStir {
		return info, nil
	}
	fit, err := bestFit(g.X, maxLags)
	if err != nil {
		return info, err
	}
	info.Lags = fit.lags
	psi, err := fit.common()
	if err != nil {
		return info, err
	}
	parts, err := shares(psi, fit.omega)
	if err != nil {
		return info, err
	}
	for b := range parts {
		parts[b].Book = g.Books[b]
	}
	info.Books = parts
	return info, nil
}

// shares splits the variance of the common factor's innovation, psi Omega psi',
// among the series. [psi F]_j^2 depends on which series come before j and not on
// their order: it is what j adds to the variance that those explain. So subsets
// stand for orders, and the mean over all orders is that of L. Shapley.
func shares(psi []float64, omega *mat.SymDense) ([]Part, error) {
	m := len(psi)
	explained := make([]float64, 1<<m)
	for s := 1; s < 1<<m; s++ {
		explained[s] = explainedBy(psi, omega, s)
	}
	total := explained[1<<m-1]
	if !(total > 0) {
		return nil, fmt.Errorf("splitting the variance of the common factor: %w", ErrNotIdentified)
	}
	parts := make([]Part, m)
	for j := range parts {
		p := Part{Component: psi[j], Low: math.Inf(1), High: math.Inf(-1)}
		for before := range 1 << m {
			if before&(1<<j) != 0 {
				continue
			}
			// Rounding must not leave [0, 1].
			share := min(1, max(0, (explained[before|1<<j]-explained[before])/total))
			p.Low, p.High = min(p.Low, share), max(p.High, share)
			p.Share += share * orders(before, m)
		}
		parts[j] = p
	}
	return parts, nil
}

// orders is the part of all orders of m in which exactly the given ones come
// before another one: k!(m-k-1)!/m!.
func orders(before, m int) float64 {
	k := 0
	for ; before > 0; before &= before - 1 {
		k++
	}
	part := 1.0 / float64(m)
	for i := 1; i <= k; i++ {
		part *= float64(i) / float64(m-i)
	}
	return part
}

// explainedBy returns how much of the variance of y = psi e the innovations of a
// set of series explain: Cov(y, e_S) Omega_SS^-1 Cov(e_S, y). It goes through the
// set and takes from each series what the ones before it do not hold; a series
// that is a combination of those adds nothing.
func explainedBy(psi []float64, omega *mat.SymDense, set int) float64 {
	m := len(psi)
	left := mat.NewDense(m+1, m+1, nil) // covariance of (e, y), less what is explained
	for i := range m {
		for j := range m {
			left.Set(i, j, omega.At(i, j))
			left.Set(i, m, left.At(i, m)+omega.At(i, j)*psi[j])
		}
		left.Set(m, i, left.At(i, m))
	}
	sum := 0.0
	for j := range m {
		variance := left.At(j, j)
		if set&(1<<j) == 0 || variance <= 1e-12*omega.At(j, j) {
			continue
		}
		sum += left.At(j, m) * left.At(j, m) / variance
		var step mat.Dense
		step.Outer(1/variance, left.ColView(j), left.ColView(j))
		left.Sub(left, &step)
	}
	return sum
}
