package score

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Norris and Longley of NIST's statistical reference datasets, with the
// certified values.
var norris = [][2]float64{ // y, x
	{.1, .2}, {338.8, 337.4}, {118.1, 118.2}, {888, 884.6}, {9.2, 10.1}, {228.1, 226.5}, {668.5, 666.3}, {998.5, 996.3},
	{449.1, 448.6}, {778.9, 777}, {559.2, 558.2}, {.3, .4}, {.1, .6}, {778.1, 775.5}, {668.8, 666.9}, {339.3, 338},
	{448.9, 447.5}, {10.8, 11.6}, {557.7, 556}, {228.3, 228.1}, {998, 995.8}, {888.8, 887.6}, {119.6, 120.2}, {.3, .3},
	{.6, .3}, {557.6, 556.8}, {339.3, 339.1}, {888, 887.2}, {998.5, 999}, {778.9, 779}, {10.2, 11.1}, {117.6, 118.3},
	{228.9, 229.2}, {668.4, 669.1}, {449.2, 448.9}, {.2, .5},
}

var longley = [][7]float64{ // y, x1 to x6
	{60323, 83.0, 234289, 2356, 1590, 107608, 1947}, {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
	{60171, 88.2, 258054, 3682, 1616, 109773, 1949}, {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
	{63221, 96.2, 328975, 2099, 3099, 112075, 1951}, {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
	{64989, 99.0, 365385, 1870, 3547, 115094, 1953}, {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
	{66019, 101.2, 397469, 2904, 3048, 117388, 1955}, {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
	{68169, 108.4, 442769, 2936, 2798, 120445, 1957}, {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
	{68655, 112.6, 482704, 3813, 2552, 123366, 1959}, {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
	{69331, 115.7, 518173, 4806, 2572, 127852, 1961}, {70551, 116.9, 554894, 4007, 2827, 130081, 1962},
}

func TestOLSOfNISTsReferenceData(t *testing.T) {
	y := column(norris, func(r [2]float64) float64 { return r[0] })
	fit := must[Regression](t)(OLS(y, column(norris, func(r [2]float64) float64 { return r[1] })))
	for i, want := range []struct{ value, se float64 }{{-.262323073774029, .232818234301152}, {1.00211681802045, .429796848199937e-3}} {
		closeTo(t, "value", fit.Coefficients[i].Value, want.value)
		closeTo(t, "SE", fit.Coefficients[i].SE, want.se)
	}
	closeTo(t, "sigma", fit.Sigma, .884796396144373)
	closeTo(t, "R2", fit.R2, .999993745883712)
	if fit.N != 36 || fit.DF != 34 || fit.Coefficients[0].P < .2 || fit.Coefficients[1].P > 1e-20 {
		t.Errorf("%+v", fit)
	}

	x := make([][]float64, 6)
	for j := range x {
		x[j] = column(longley, func(r [7]float64) float64 { return r[j+1] })
	}
	fit = must[Regression](t)(OLS(column(longley, func(r [7]float64) float64 { return r[0] }), x...))
	for i, want := range []struct{ value, se float64 }{
		{-3482258.63459582, 890420.383607373}, {15.0618722713733, 84.9149257747669}, {-.358191792925910e-1, .334910077722432e-1},
		{-2.02022980381683, .488399681651699}, {-1.03322686717359, .214274163161675}, {-.511041056535807e-1, .226073200069370}, {1829.15146461355, 455.478499142212},
	} {
		within(t, "value", fit.Coefficients[i].Value/want.value, 1, 1e-8) // the columns are nearly collinear
		within(t, "SE", fit.Coefficients[i].SE/want.se, 1, 1e-8)
	}
}

func TestOLSFindsAnExactPlane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 30).Draw(t, "n")
		a, b := make([]float64, n), make([]float64, n)
		y := make([]float64, n)
		for i := range y {
			a[i], b[i] = float64(i), float64(i*i%7)
			y[i] = 3 - 2*a[i] + .5*b[i]
		}
		fit, err := OLS(y, a, b)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{3, -2, .5} {
			closeTo(t, "coefficient", fit.Coefficients[i].Value, want)
		}
	})
}

func TestOLSRefusesWhatHasNoAnswer(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5}
	for name, c := range map[string]struct {
		columns [][]float64
		want    error
	}{
		"constant": {[][]float64{{2, 2, 2, 2, 2}}, ErrCollinear},
		"twice":    {[][]float64{x, x}, ErrCollinear},
		"lengths":  {[][]float64{{1, 2}}, ErrRows},
		"few rows": {[][]float64{x, {1, 0, 1, 0, 0}, {0, 1, 1, 0, 0}, {1, 1, 0, 1, 0}}, ErrRows},
	} {
		if _, err := OLS([]float64{1, 2, 4, 3, 5}, c.columns...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fit := must[Regression](t)(OLS([]float64{1, 2, 4, 3, 5}, x))
	ci := fit.Coefficients[1].CI(.95) // 0.9 -+ 3.182 * 0.19149
	within(t, "low", ci.Low, .9-3.182446305284263*fit.Coefficients[1].SE, 1e-9)
	within(t, "SE", fit.Coefficients[1].SE, math.Sqrt(1.9/3/10), 1e-12)
}
