package movement

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// singular is the condition of the regressors beyond which they are collinear.
const singular = 1e10

// vecm is a fitted model.
type vecm struct {
	lags  int
	alpha *mat.Dense // m x (m-1): how each series answers to the differences
	omega *mat.SymDense
	bic   float64
}

// bestFit fits every order on the same steps and returns the one with the least
// BIC. An order whose regressors are collinear is passed over.
func bestFit(x [][]float64, maxLags int) (best vecm, err error) {
	found := false
	for k := 0; k <= maxLags; k++ {
		v, fitErr := fitVECM(x, k, maxLags)
		if fitErr != nil {
			err = fitErr
			continue
		}
		if !found || v.bic < best.bic {
			best, found = v, true
		}
	}
	if found {
		return best, nil
	}
	return best, err
}

// fitVECM fits the order k to the steps behind the first skip+1. The constant is
// taken out by centring.
func fitVECM(x [][]float64, k, skip int) (vecm, error) {
	m := len(x[0])
	rows, columns := len(x)-1-skip, (m-1)+k*m
	y, z := mat.NewDense(rows, m, nil), mat.NewDense(rows, columns, nil)
	for r := range rows {
		t := r + 1 + skip
		for j := range m {
			y.Set(r, j, x[t][j]-x[t-1][j])
			for lag := 1; lag <= k; lag++ {
				z.Set(r, m-1+(lag-1)*m+j, x[t-lag][j]-x[t-lag-1][j])
			}
			if j > 0 {
				z.Set(r, j-1, x[t-1][0]-x[t-1][j])
			}
		}
	}
	centre(y)
	centre(z)
	scales := normalise(z)
	var qr mat.QR
	qr.Factorize(z)
	if c := qr.Cond(); !(c < singular) {
		return vecm{}, fmt.Errorf("fitting order %d: %w", k, ErrNotIdentified)
	}
	var beta mat.Dense
	if err := qr.SolveTo(&beta, false, y); err != nil {
		return vecm{}, fmt.Errorf("fitting order %d: %w", k, ErrNotIdentified)
	}
	var residual, fitted mat.Dense
	fitted.Mul(z, &beta)
	residual.Sub(y, &fitted)
	v := vecm{lags: k, alpha: mat.NewDense(m, m-1, nil), omega: mat.NewSymDense(m, nil)}
	v.omega.SymOuterK(1/float64(rows), residual.T())
	for j := range m {
		for c := range m - 1 {
			v.alpha.Set(j, c, beta.At(c, j)/scales[c])
		}
	}
	logDet := math.Inf(-1) // of a perfect fit, which more lags cannot better
	var chol mat.Cholesky
	if chol.Factorize(v.omega) {
		logDet = chol.LogDet()
	}
	v.bic = logDet + float64(m*columns)*math.Log(float64(rows))/float64(rows)
	return v, nil
}

// centre takes the mean out of each column.
func centre(d *mat.Dense) {
	rows, columns := d.Dims()
	for c := range columns {
		mean := 0.0
		for r := range rows {
			mean += d.At(r, c) / float64(rows)
		}
		for r := range rows {
			d.Set(r, c, d.At(r, c)-mean)
		}
	}
}

// normalise gives each column the length one and returns the lengths.
func normalise(d *mat.Dense) []float64 {
	rows, columns := d.Dims()
	lengths := make([]float64, columns)
	for c := range columns {
		lengths[c] = mat.Norm(d.ColView(c), 2)
		for r := range rows {
			if lengths[c] > 0 {
				d.Set(r, c, d.At(r, c)/lengths[c])
			}
		}
	}
	return lengths
}

// common returns the weights of the series in the common factor: what is
// orthogonal to how they answer to their differences, scaled to sum to one.
func (v *vecm) common() ([]float64, error) {
	m, _ := v.alpha.Dims()
	var svd mat.SVD
	if !svd.Factorize(v.alpha, mat.SVDFull) {
		return nil, fmt.Errorf("finding the common factor: %w", ErrNotIdentified)
	}
	if values := svd.Values(nil); !(values[len(values)-1] > 1e-9*values[0]) {
		return nil, fmt.Errorf("finding the common factor, some books do not answer to the others: %w", ErrNotIdentified)
	}
	var u mat.Dense
	svd.UTo(&u)
	psi, sum, size := make([]float64, m), 0.0, 0.0
	for j := range psi {
		psi[j] = u.At(j, m-1)
		sum += psi[j]
		size += math.Abs(psi[j])
	}
	if math.Abs(sum) < 1e-9*size {
		return nil, fmt.Errorf("finding the common factor, its weights cancel: %w", ErrNotIdentified)
	}
	for j := range psi {
		psi[j] /= sum
	}
	return psi, nil
}
