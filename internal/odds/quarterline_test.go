package odds

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestSplitLineHalvesQuarterLinesOnly(t *testing.T) {
	for line, want := range map[float64][2]float64{
		-0.75: {-1, -0.5}, -0.25: {-0.5, 0}, 0.25: {0, 0.5}, 2.75: {2.5, 3},
		0: {0, 0}, -0.5: {-0.5, -0.5}, -3: {-3, -3}, 2.5: {2.5, 2.5}, 0.1: {0.1, 0.1},
	} {
		low, high := SplitLine(line)
		if low != want[0] || high != want[1] {
			t.Errorf("SplitLine(%v) = %v, %v, want %v", line, low, high, want)
		}
	}
}

func TestSettlePaysEachHalf(t *testing.T) {
	for _, tc := range []struct {
		name                string
		margin, line, price float64
		want                float64
	}{
		{"cover", 4, -3.5, 1.9, 0.9},
		{"miss", 3, -3.5, 1.9, -1},
		{"push", 3, -3, 1.9, 0},
		{"quarter won", 2, -0.75, 1.9, 0.9},
		{"quarter half won", 1, -0.75, 1.9, 0.45},
		{"quarter lost", 0, -0.75, 1.9, -1},
		{"quarter half lost", 0, -0.25, 1.9, -0.5},
		{"over 2.25 with two goals", 2, -2.25, 1.9, -0.5},
		{"under 2.25 with two goals", -2, 2.25, 1.9, 0.45},
	} {
		t.Run(tc.name, func(t *testing.T) {
			closeTo(t, "profit", Settle(tc.margin, tc.line, tc.price), tc.want)
		})
	}
}

func TestSettlementExpectsWhatSettlingPays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		line := float64(rapid.IntRange(-12, 12).Draw(rt, "quarters")) / 4
		price := rapid.Float64Range(1.01, 20).Draw(rt, "price")
		var s Settlement
		paid := 0.0
		const results = 21
		for margin := -10; margin <= 10; margin++ {
			profit := Settle(float64(margin), line, price)
			paid += profit / results
			low, high := SplitLine(line)
			low, high = float64(margin)+low, float64(margin)+high
			switch {
			case low > 0:
				s.Win += 1.0 / results
			case high > 0:
				s.HalfWin += 1.0 / results
			case high < 0:
				s.Loss += 1.0 / results
			case low < 0:
				s.HalfLoss += 1.0 / results
			default:
				s.Push += 1.0 / results
			}
		}
		closeTo(rt, "EV", s.EV(price), paid)
		if s.Win+s.HalfWin > 0 && s.Loss+s.HalfLoss > 0 {
			closeTo(rt, "EV at the fair price", s.EV(s.FairPrice()), 0)
			closeTo(rt, "chance", s.Chance(), 1/s.FairPrice())
		}
	})
}

func TestSettlementWithoutPushIsPlainValue(t *testing.T) {
	s := Settlement{Win: .55, Loss: .45}
	closeTo(t, "EV", s.EV(2), EV(.55, 2))
	closeTo(t, "fair price", s.FairPrice(), 1/.55)
	if got := (Settlement{Loss: 1}).FairPrice(); !math.IsInf(got, 1) {
		t.Errorf("fair price of a lost bet = %v", got)
	}
}
