package odds

import (
	"errors"
	"testing"
)

func TestMarginHoldAndPayoutOfABook(t *testing.T) {
	for _, tc := range []struct {
		prices                     []float64
		booksum, margin, hold, pay float64
	}{
		{[]float64{210.0 / 110, 210.0 / 110}, 22.0 / 21, 1.0 / 21, 1.0 / 22, 21.0 / 22},
		{[]float64{1.5, 2.74}, 1.0316301703163017, .031630170316301703, .030660377358490566, .969339622641509434},
		{[]float64{2, 2}, 1, 0, 0, 1},
	} {
		sum, err := Booksum(tc.prices)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "booksum", sum, tc.booksum)
		closeTo(t, "margin", Margin(sum), tc.margin)
		closeTo(t, "hold", Hold(sum), tc.hold)
		closeTo(t, "payout", Payout(sum), tc.pay)
		closeTo(t, "hold and payout", Hold(sum)+Payout(sum), 1)
	}
	// The break-even probability of -110.
	closeTo(t, "implied", Implied(210.0/110), .5238095238095238)
	var refused *PriceError
	if _, err := Booksum([]float64{2, 1}); !errors.As(err, &refused) {
		t.Errorf("error %v, want a PriceError", err)
	}
}

func TestNoPushLeavesReturnedStakesOut(t *testing.T) {
	closeTo(t, "no push", NoPush(.45, .45), .5)
	closeTo(t, "no push", NoPush(.48, .42), .48/.9)
}
