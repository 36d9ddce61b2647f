package backtest

import (
	"errors"
	"io/fs"
	"math"
	"slices"
	"testing"

	"github.com/betflow/betflow/internal/source/footballdata"
	examples "github.com/betflow/betflow/strategies"
)

// recorded is where ten seasons of five leagues lie on machines that have them.
// They are not part of the project.
const recorded = "../../../shared/data/soccer"

// naive is the example in the plainest way: for each match and outcome the best
// price among those that beat the median of four others by 2 % to 15 %, ten each.
// It returns bets and profit.
func naive(matches []footballdata.Match) (bets int, profit float64) {
	for i := range matches {
		m := &matches[i]
		var prices, fair [][3]float64
		for _, q := range m.Quotes {
			if q.Phase == footballdata.PreMatch && footballdata.IsBook(q.Book) && q.H2H != [3]float64{} {
				prices = append(prices, q.H2H)
				fair = append(fair, powered(q.H2H))
			}
		}
		for outcome := range 3 {
			best, ev := 0.0, 0.0
			for b := range prices {
				var median [3]float64
				others := 0
				for k := range 3 {
					var p []float64
					for c := range fair {
						if c != b && fair[c][0] > 0 {
							p = append(p, fair[c][k])
						}
					}
					slices.Sort(p)
					if others = len(p); others > 0 {
						median[k] = (p[(others-1)/2] + p[others/2]) / 2
					}
				}
				o := prices[b][outcome]
				v := median[outcome]/(median[0]+median[1]+median[2])*o - 1
				if others >= 4 && o > 1 && o <= 6 && v >= 0.02 && v <= 0.15 && v > ev {
					best, ev = o, v
				}
			}
			if best == 0 {
				continue
			}
			bets++
			if m.Result() == outcome {
				profit += 10 * (best - 1)
			} else {
				profit -= 10
			}
		}
	}
	return bets, profit
}

// powered takes the margin out by powers, by bisection; all zero where a price is
// missing or they cross.
func powered(prices [3]float64) (p [3]float64) {
	sum := func(k float64) (s float64) {
		for _, o := range prices {
			s += math.Pow(1/o, k)
		}
		return s
	}
	if slices.Contains(prices[:], 0) || sum(1) < 1 {
		return p
	}
	lo, hi := 1.0, 3.0
	for range 100 {
		if mid := (lo + hi) / 2; sum(mid) > 1 {
			lo = mid
		} else {
			hi = mid
		}
	}
	for i, o := range prices {
		p[i] = math.Pow(1/o, lo)
	}
	return p
}

// TestTheExampleOnRealMatches holds docs/backtest.md to its figures. Without the
// matches the same strategy is tried on three of our own.
func TestTheExampleOnRealMatches(t *testing.T) {
	text, err := examples.Example("soccer")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := footballdata.ReadFolder(recorded, nil)
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("no recorded matches in ", recorded)
		r := run(t, soccerTape(t), string(text))
		if o := r.Strategies[0]; r.Fixtures != 3 || len(o.Bets) != 0 { // two other books are not four
			t.Errorf("%d fixtures, %d bets", r.Fixtures, len(o.Bets))
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, &Soccer{Folder: folder, Name: "soccer"}, string(text))
	o := &r.Strategies[0]
	p := &o.Performance
	if bets, profit := naive(folder.Matches); p.Bets != bets || math.Abs(float64(p.Profit)/100-profit) > 0.005*float64(bets) {
		t.Errorf("%d bets with a profit of %d, recounted %d with %g", p.Bets, p.Profit, bets, profit)
	}
	if r.Results != 18085 || p.Bets != 2937 || p.Settled != 2937 || p.Profit != 97950 || p.Staked != 2937000 {
		t.Errorf("%d results, %d bets, %d settled, %d of %d", r.Results, p.Bets, p.Settled, p.Profit, p.Staked)
	}
	if p.Verdict != "no_edge" || math.Abs(p.CLV.Value-0.0223) > 5e-5 || p.CLV.CI.Low < 0.01 {
		t.Errorf("verdict %s, closing line value %v", p.Verdict, p.CLV)
	}
	clv := o.Buckets["clv"]
	if first, last := clv[0], clv[len(clv)-1]; math.Abs(first.ROI.Value+0.1714) > 5e-5 || math.Abs(last.ROI.Value-0.2660) > 5e-5 {
		t.Errorf("returns from %v to %v", first.ROI, last.ROI)
	}
}
