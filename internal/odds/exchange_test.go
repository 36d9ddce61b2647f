package odds

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNetPriceTakesCommissionOffWinnings(t *testing.T) {
	closeTo(t, "net", NetPrice(3, .05), 2.9)
	closeTo(t, "net without commission", NetPrice(3, 0), 3)
}

func TestLayAsBackIsTheOtherSide(t *testing.T) {
	closeTo(t, "lay at 2", LayAsBack(2, 0), 2)
	closeTo(t, "lay at 4", LayAsBack(4, 0), 4.0/3)
	closeTo(t, "lay at 4 less 5 %", LayAsBack(4, .05), 1+.95/3)
}

func TestMatchLayEvensOutBothResults(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		stake := rapid.Float64Range(1, 1000).Draw(rt, "stake")
		price := rapid.Float64Range(1.05, 50).Draw(rt, "price")
		lay := rapid.Float64Range(1.05, 50).Draw(rt, "lay")
		commission := rapid.Float64Range(0, 0.05).Draw(rt, "commission")
		got := MatchLay(stake, price, lay, commission)
		comes := stake*(price-1) - got.Liability
		misses := got.Stake*(1-commission) - stake
		closeTo(rt, "results, relative to the stake", (comes-misses)/(stake*price), 0)
		closeTo(rt, "result, relative to the stake", (got.Result-misses)/stake, 0)
	})
	// A qualifying bet: 10 at 5.0, laid at 5.2 with 2 % commission.
	got := MatchLay(10, 5, 5.2, .02)
	closeTo(t, "lay stake", got.Stake, 50/5.18)
	closeTo(t, "liability", got.Liability, 50/5.18*4.2)
	if got.Result >= 0 {
		t.Errorf("result %v, want a qualifying loss", got.Result)
	}
}
