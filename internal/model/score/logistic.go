package score

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// LogisticFit is a logistic regression.
type LogisticFit struct {
	Coefficients []Estimate // the constant, then one for each column
	N            int
	LogLik       float64 // log likelihood, nats

	covariance mat.SymDense
}

// Logistic fits logit P(won) = b0 + b1 x1 + ... by maximum likelihood (Newton's
// method), with standard errors from the curvature at the maximum. Holding a
// coefficient of logit p_open next to logit p_close against 0 asks whether the
// opening price knows what the closing one does not. It returns ErrRows,
// ErrCollinear or ErrSeparated.
func Logistic(won []bool, x ...[]float64) (LogisticFit, error) {
	design, err := designOf(len(won), x)
	if err != nil {
		return LogisticFit{}, err
	}
	_, k := design.Dims()
	beta := mat.NewVecDense(k, nil)
	best := logLikelihood(design, won, beta)
	for range maxNewton {
		gradient, information := curvature(design, won, beta)
		var chol mat.Cholesky
		if !chol.Factorize(information) || !(chol.Cond() < maxCondition) {
			return LogisticFit{}, undetermined(beta)
		}
		var step mat.VecDense
		if err := chol.SolveVecTo(&step, gradient); err != nil && !tolerable(err) {
			return LogisticFit{}, ErrCollinear
		}
		// The likelihood is concave: a step that lowers it was too long.
		next := mat.NewVecDense(k, nil)
		size, value := 1.0, math.Inf(-1)
		for ; size > 1e-10; size /= 2 {
			next.AddScaledVec(beta, size, &step)
			if value = logLikelihood(design, won, next); value >= best {
				break
			}
		}
		if value < best { // nothing is left to gain but rounding
			next.CopyVec(beta)
			value = best
		}
		moved := mat.Norm(&step, math.Inf(1)) * size
		beta, best = next, value
		if moved <= 1e-10*(1+mat.Norm(beta, math.Inf(1))) || size <= 1e-10 {
			return fitAt(design, won, beta, best)
		}
	}
	return LogisticFit{}, ErrSeparated
}

// maxNewton is far more than likelihoods that have a maximum take.
const maxNewton = 100

// undetermined says why the curvature vanishes: at the start a column is at
// fault, later the likelihood has flattened out on its way to infinity.
func undetermined(beta *mat.VecDense) error {
	if mat.Norm(beta, 2) == 0 {
		return ErrCollinear
	}
	return ErrSeparated
}

func fitAt(design *mat.Dense, won []bool, beta *mat.VecDense, logLik float64) (LogisticFit, error) {
	_, information := curvature(design, won, beta)
	var chol mat.Cholesky
	if !chol.Factorize(information) {
		return LogisticFit{}, ErrSeparated
	}
	fit := LogisticFit{N: len(won), LogLik: logLik}
	if err := chol.InverseTo(&fit.covariance); err != nil && !tolerable(err) {
		return LogisticFit{}, ErrSeparated
	}
	for i := range beta.Len() {
		fit.Coefficients = append(fit.Coefficients, normalEstimate(beta.AtVec(i), math.Sqrt(fit.covariance.At(i, i))))
	}
	return fit, nil
}

// curvature returns the gradient of the log likelihood and its information
// matrix, X'(y-p) and X'WX with W = p(1-p).
func curvature(design *mat.Dense, won []bool, beta *mat.VecDense) (*mat.VecDense, *mat.SymDense) {
	_, k := design.Dims()
	gradient, information := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
	for i, y := range won {
		row := design.RawRowView(i)
		p := logistic(dot(row, beta))
		d := -p
		if y {
			d = 1 - p
		}
		w := p * (1 - p)
		for a := range k {
			gradient.SetVec(a, gradient.AtVec(a)+d*row[a])
			for b := a; b < k; b++ {
				information.SetSym(a, b, information.At(a, b)+w*row[a]*row[b])
			}
		}
	}
	return gradient, information
}

func logLikelihood(design *mat.Dense, won []bool, beta *mat.VecDense) float64 {
	sum := 0.0
	for i, y := range won {
		x := dot(design.RawRowView(i), beta)
		if y {
			x = -x
		}
		sum -= softplus(x)
	}
	return sum
}

func dot(row []float64, beta *mat.VecDense) float64 {
	sum := 0.0
	for i, v := range row {
		sum += v * beta.AtVec(i)
	}
	return sum
}

// softplus is ln(1+e^x) without overflow.
func softplus(x float64) float64 { return max(0, x) + math.Log1p(math.Exp(-math.Abs(x))) }

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// Logit returns ln(p/(1-p)).
func Logit(p float64) float64 { return math.Log(p / (1 - p)) }

// ErrCertain is returned for forecasts of 0 or 1, which have no logit.
var ErrCertain = errors.New("a forecast is not strictly between 0 and 1")

// Efficiency is a test of whether prices are right on average at every level:
// logit P(won) = a + b logit p has a = 0 and b = 1. With b above 1 favourites win
// more often than their prices say and long shots less often.
type Efficiency struct {
	A Estimate // its P is of the hypothesis a = 0
	B Estimate // its P is of the hypothesis b = 1
	N int

	Wald Test // of both at once, chi-squared with 2 degrees of freedom
	LR   Test // the same by likelihoods
}

// Efficient fits and tests forecasts against what came. Outcomes of one match
// depend on each other: take one a match, such as home. The errors are those of
// Logistic and ErrCertain.
func Efficient(p []float64, won []bool) (Efficiency, error) {
	if len(p) != len(won) {
		return Efficiency{}, ErrRows
	}
	x, logLik := make([]float64, len(p)), 0.0
	for i, v := range p {
		if !(v > 0 && v < 1) {
			return Efficiency{}, ErrCertain
		}
		x[i] = Logit(v)
		if won[i] {
			logLik += math.Log(v)
		} else {
			logLik += math.Log1p(-v)
		}
	}
	fit, err := Logistic(won, x)
	if err != nil {
		return Efficiency{}, err
	}
	e := Efficiency{A: fit.Coefficients[0], B: fit.Coefficients[1], N: fit.N}
	e.B.P = normal((e.B.Value - 1) / e.B.SE).P
	e.LR = chiSquared(max(0, 2*(fit.LogLik-logLik)), 2)

	off := mat.NewVecDense(2, []float64{e.A.Value, e.B.Value - 1})
	var chol mat.Cholesky
	var solved mat.VecDense
	if !chol.Factorize(&fit.covariance) {
		return Efficiency{}, ErrCollinear
	}
	if err := chol.SolveVecTo(&solved, off); err != nil && !tolerable(err) {
		return Efficiency{}, ErrCollinear
	}
	e.Wald = chiSquared(mat.Dot(off, &solved), 2)
	return e, nil
}
