package score

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Errors of the regressions.
var (
	ErrRows      = errors.New("a regression needs columns of equal length and more rows than coefficients")
	ErrCollinear = errors.New("a column is constant or a combination of the others, so its coefficient is not determined")
	ErrSeparated = errors.New("the columns tell all results apart, so the likelihood has no highest point")
)

// Estimate is a coefficient with its uncertainty.
type Estimate struct {
	Value float64 `json:"value"`
	SE    float64 `json:"se"`
	P     float64 `json:"p"` // two-sided, of the hypothesis that it is 0

	quantile func(level float64) float64
}

// CI returns the interval that holds the true value with the given confidence.
func (e Estimate) CI(level float64) Interval { return around(e.Value, e.SE, e.quantile(level)) }

// studentEstimate is an estimate with an estimated standard error.
func studentEstimate(value, se float64, df int) Estimate {
	t := distuv.StudentsT{Sigma: 1, Nu: float64(df)}
	return Estimate{value, se, 2 * t.Survival(math.Abs(value/se)), func(level float64) float64 { return studentQuantile(level, df) }}
}

// normalEstimate is an estimate that is normal for many rows.
func normalEstimate(value, se float64) Estimate {
	return Estimate{value, se, normal(value / se).P, normalQuantile}
}

// Regression is a linear regression.
type Regression struct {
	Coefficients []Estimate // the constant, then one for each column
	N            int
	DF           int     // rows less coefficients
	Sigma        float64 // standard deviation of the residuals
	R2           float64 // share of the variance that is explained
}

// OLS fits y = b0 + b1 x1 + b2 x2 + ... by least squares (QR decomposition), with
// the textbook standard errors: residuals are taken to be independent and of
// equal variance. It returns ErrRows or ErrCollinear.
func OLS(y []float64, x ...[]float64) (Regression, error) {
	design, err := designOf(len(y), x)
	if err != nil {
		return Regression{}, err
	}
	n, k := design.Dims()
	var qr mat.QR
	qr.Factorize(design)
	if cond := qr.Cond(); !(cond < maxCondition) {
		return Regression{}, ErrCollinear
	}
	var beta mat.VecDense
	if err := qr.SolveVecTo(&beta, false, mat.NewVecDense(n, y)); err != nil {
		return Regression{}, ErrCollinear
	}
	fit := Regression{N: n, DF: n - k}
	residuals, total := 0.0, 0.0
	var mean Mean
	for _, v := range y {
		mean.Add(v)
	}
	total = mean.m2
	for i := range n {
		d := y[i]
		for j := range k {
			d -= design.At(i, j) * beta.AtVec(j)
		}
		residuals += d * d
	}
	fit.Sigma = math.Sqrt(residuals / float64(fit.DF))
	fit.R2 = 1 - residuals/total

	// The covariance is sigma^2 (X'X)^-1 = sigma^2 R^-1 R^-1'.
	var r, inverse mat.Dense
	qr.RTo(&r)
	if err := inverse.Inverse(r.Slice(0, k, 0, k)); err != nil && !tolerable(err) {
		return Regression{}, ErrCollinear
	}
	for i := range k {
		norm := mat.Norm(inverse.RowView(i), 2)
		fit.Coefficients = append(fit.Coefficients, studentEstimate(beta.AtVec(i), fit.Sigma*norm, fit.DF))
	}
	return fit, nil
}

// maxCondition is where fewer than about three digits of a coefficient would be
// right.
const maxCondition = 1e13

// tolerable tells whether an error is only gonum's warning that digits are lost.
func tolerable(err error) bool {
	var c mat.Condition
	return errors.As(err, &c) && float64(c) < maxCondition
}

// designOf puts a column of ones before the others.
func designOf(rows int, x [][]float64) (*mat.Dense, error) {
	for _, column := range x {
		if len(column) != rows {
			return nil, ErrRows
		}
	}
	if rows <= len(x)+1 {
		return nil, ErrRows
	}
	design := mat.NewDense(rows, len(x)+1, nil)
	for i := range rows {
		design.Set(i, 0, 1)
		for j, column := range x {
			design.Set(i, j+1, column[i])
		}
	}
	return design, nil
}
