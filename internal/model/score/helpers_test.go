package score

import (
	"math"
	"testing"
)

// failer is what tests and properties have in common.
type failer interface {
	Helper()
	Errorf(string, ...any)
}

// closeTo holds that two numbers agree to 1e-9, relative to the larger ones.
func closeTo(t failer, what string, got, want float64) {
	t.Helper()
	within(t, what, got, want, 1e-9*max(1, math.Abs(want)))
}

func within(t failer, what string, got, want, distance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= distance) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// column picks one number of each row.
func column[T any](rows []T, pick func(T) float64) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		out[i] = pick(r)
	}
	return out
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
