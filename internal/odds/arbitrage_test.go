package odds

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestArbitrageAndItsStakes(t *testing.T) {
	for _, tc := range []struct {
		prices   []float64
		sum, roi float64
		stakes   []float64 // of a total of 1000
	}{
		{[]float64{3.1, 3.5, 3.1}, .930875576036866, .07425742574257426, []float64{346.53465346534654, 306.93069306930693, 346.53465346534654}},
		{[]float64{2.10, 2.05}, .963995354239257, .03734939759036145, []float64{493.9759036144578, 506.0240963855422}},
		{[]float64{1.9, 1.9}, 1.0526315789473684, -.05, []float64{500, 500}},
	} {
		sum, roi, err := Arbitrage(tc.prices)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "S", sum, tc.sum)
		closeTo(t, "ROI", roi, tc.roi)
		closeTo(t, "hold", Hold(sum), 1-tc.sum/(tc.sum*tc.sum))
		stakes, err := Stakes(nil, tc.prices, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range tc.stakes {
			closeTo(t, "stake", stakes[i], want)
			closeTo(t, "profit", stakes[i]*tc.prices[i]-1000, 1000*tc.roi)
		}
	}
}

func TestArbitrageRefusesWhatIsNoMarket(t *testing.T) {
	var refused *PriceError
	if _, _, err := Arbitrage([]float64{2.1}); !errors.Is(err, ErrOutcomes) {
		t.Errorf("one outcome: error %v", err)
	}
	if _, _, err := Arbitrage([]float64{2.1, 1}); !errors.As(err, &refused) {
		t.Errorf("impossible price: error %v", err)
	}
	for _, total := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := Stakes(nil, []float64{2.1, 2.1}, total); !errors.Is(err, ErrStake) {
			t.Errorf("total %v: error %v", total, err)
		}
		if _, _, err := Hedge(nil, total, 2, []float64{2}); !errors.Is(err, ErrStake) {
			t.Errorf("stake %v: error %v", total, err)
		}
	}
	for _, tc := range [][2]int64{{100, 0}, {100, -1}, {99, 100}, {0, 1}} {
		if _, _, err := RoundStakes(nil, []float64{2.1, 2.1}, tc[0], tc[1]); !errors.Is(err, ErrStake) {
			t.Errorf("total %d in steps of %d: error %v", tc[0], tc[1], err)
		}
	}
}

func TestRoundStakesKeepTheProfit(t *testing.T) {
	// 1000.00 in whole units: 494 and 506, which return 1037.40 and 1037.30.
	stakes, profit, err := RoundStakes(nil, []float64{2.10, 2.05}, 100_000, 100)
	if err != nil {
		t.Fatal(err)
	}
	if stakes[0] != 49_400 || stakes[1] != 50_600 {
		t.Errorf("stakes = %v", stakes)
	}
	closeTo(t, "certain profit", profit, 3730)
}

func TestRoundStakesAreTheBestOnTheirGrid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		prices := rapid.SliceOfN(rapid.Float64Range(1.05, 8), 3, 3).Draw(rt, "prices")
		step := rapid.Int64Range(1, 7).Draw(rt, "step")
		steps := rapid.Int64Range(1, 12).Draw(rt, "steps")
		total := step*steps + rapid.Int64Range(0, step-1).Draw(rt, "rest")
		stakes, profit, err := RoundStakes(nil, prices, total, step)
		if err != nil {
			rt.Fatal(err)
		}
		spent := int64(0)
		for _, s := range stakes {
			if s < 0 || s%step != 0 {
				rt.Errorf("stakes %v are not multiples of %d", stakes, step)
			}
			spent += s
		}
		if spent != step*steps {
			rt.Errorf("spent %d of %d in steps of %d", spent, total, step)
		}
		best := math.Inf(-1)
		for a := int64(0); a <= steps; a++ {
			for b := int64(0); a+b <= steps; b++ {
				_, least := leastReturn(prices, []int64{a * step, b * step, (steps - a - b) * step})
				best = max(best, least)
			}
		}
		closeTo(rt, "certain profit", profit, best-float64(spent))
	})
}

func TestHedgeLocksTheResultIn(t *testing.T) {
	// 25 on the away side at 6, hedged on home and draw (penaltyblog).
	stakes, certain, err := Hedge(nil, 25, 6, []float64{2.5, 3.5})
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "home", stakes[0], 60)
	closeTo(t, "draw", stakes[1], 150/3.5)
	closeTo(t, "certain", certain, 125-60-150/3.5)
	var refused *PriceError
	if _, _, err := Hedge(nil, 25, 6, []float64{1}); !errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
}

func TestMiddleBreaksEven(t *testing.T) {
	m, err := NewMiddle(210.0/110, 210.0/110)
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "break-even", m.BreakEven, 10.0/210)
	closeTo(t, "cost", m.Cost, 10.0/220) // 10 lost of 220 staked
	closeTo(t, "EV at break-even", m.EV(m.BreakEven), 0)
	closeTo(t, "EV of a sure hit", m.EV(1), 200.0/220)
	var refused *PriceError
	if _, err := NewMiddle(2, 1); !errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
}
