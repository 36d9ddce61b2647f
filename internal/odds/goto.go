package odds

import "math"

// gotoSE takes the same number s of standard errors off every raw probability
// (the goto conversion): p = r - s sqrt(1-r), s = (B-k)/sum sqrt(1-r). A long
// shot may become negative.
func (b booksum) gotoSE(p, prices []float64) float64 {
	total := 0.0
	for _, price := range prices {
		total += math.Sqrt((price - 1) / price)
	}
	s := (b.sum - b.winners) / total
	for i, price := range prices {
		p[i] = 1/price - s*math.Sqrt((price-1)/price)
	}
	return s
}
