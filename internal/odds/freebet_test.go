package odds

import (
	"testing"

	"pgregory.net/rapid"
)

// TestAFreeBetIsWorthTheSameEitherWay settles both bets by hand.
func TestAFreeBetIsWorthTheSameEitherWay(t *testing.T) {
	// 10 free at 5.0, laid at 5.2 with 2 %: 40/5.18 laid.
	lay := MatchFreeLay(10, 5, 5.2, .02)
	closeTo(t, "stake", lay.Stake, 7.72200772200772)
	closeTo(t, "liability", lay.Liability, 32.43243243243243)
	closeTo(t, "result", lay.Result, 7.56756756756757)
	rapid.Check(t, func(t *rapid.T) {
		stake := rapid.Float64Range(1, 100).Draw(t, "stake")
		price, offer := rapid.Float64Range(1.01, 50).Draw(t, "price"), rapid.Float64Range(1.2, 50).Draw(t, "lay")
		commission := rapid.Float64Range(0, .1).Draw(t, "commission")
		lay := MatchFreeLay(stake, price, offer, commission)
		closeTo(t, "if it comes", stake*(price-1)-lay.Stake*(offer-1), lay.Result)
		closeTo(t, "if it does not", lay.Stake*(1-commission), lay.Result)
	})
}
