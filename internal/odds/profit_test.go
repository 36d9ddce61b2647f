package odds

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestProfitsOfRoundedStakes(t *testing.T) {
	for _, c := range []struct {
		prices []float64
		stakes []int64
		want   []int64
	}{
		{[]float64{2.1, 2.05}, []int64{49_398, 50_602}, []int64{3735, 3734}},
		{[]float64{6, 2.5, 3.5}, []int64{2500, 6000, 4286}, []int64{2214, 2214, 2215}}, // the hedge of penaltyblog's docs
		{[]float64{1.15, 3.3}, []int64{100, 100}, []int64{-85, 130}},                   // 1.15 is a little less in binary
		{[]float64{1.999, 2}, []int64{1, 1}, []int64{-1, 0}},
	} {
		if got := Profits(nil, c.prices, c.stakes); !slices.Equal(got, c.want) {
			t.Errorf("%v at %v: got %v, want %v", c.stakes, c.prices, got, c.want)
		}
		if got := Profits(c.stakes, c.prices, slices.Clone(c.stakes)); !slices.Equal(got, c.want) || &got[0] != &c.stakes[0] {
			t.Errorf("%v: in place: got %v", c.prices, got)
		}
	}
}

// TestProfitsAreWhatIsPaidInExactNumbers uses prices with two decimals, whose
// returns are exact in whole numbers.
func TestProfitsAreWhatIsPaidInExactNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "outcomes")
		prices, stakes, total := make([]float64, n), make([]int64, n), new(big.Int)
		hundredths := make([]int64, n)
		for i := range n {
			hundredths[i] = rapid.Int64Range(101, 100_000).Draw(t, "price")
			prices[i] = float64(hundredths[i]) / 100
			stakes[i] = rapid.Int64Range(0, 1_000_000_000).Draw(t, "stake")
			total.Add(total, big.NewInt(stakes[i]))
		}
		for i, got := range Profits(nil, prices, stakes) {
			want := new(big.Int).Mul(big.NewInt(hundredths[i]), big.NewInt(stakes[i]))
			want.Div(want, big.NewInt(100)).Sub(want, total)
			if want.Int64() != got {
				t.Errorf("outcome %d: got %d, want %v", i, got, want)
			}
		}
	})
}
