package odds

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestLogOddsAtKnownPoints(t *testing.T) {
	for p, want := range map[float64]float64{
		.5: 0, .75: 1.098612288668109691, .7: 0.847297860387203617, 1e-9: -20.723265835946411156, .999: 6.906754778648553519,
	} {
		if got := LogOdds(p); math.Abs(got-want) > 1e-12 {
			t.Errorf("LogOdds(%v) = %v, want %v", p, got, want)
		}
	}
}

func TestLogisticUndoesLogOdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(1e-12, 1-1e-12).Draw(t, "p")
		if got := Logistic(LogOdds(p)); math.Abs(got-p) > 1e-12 {
			t.Errorf("got %v back from %v", got, p)
		}
	})
}
