package odds

// balanced is Shin's model for a book that seeks the least risk instead of the
// most profit (Fingleton and Waldron 1999): z = (B-k)/(n-k), p = (r-z)/(1-z). A
// long shot may become negative.
//
// It is computed as 1-p = (1-r)/(1-z), which loses nothing where z is near 1.
func (b booksum) balanced(p, prices []float64) float64 {
	tails := 0.0
	for _, price := range prices {
		tails += (price - 1) / price
	}
	scale := (b.n - b.winners) / tails // 1/(1-z)
	for i, price := range prices {
		p[i] = 1 - scale*(price-1)/price
	}
	return (b.sum - b.winners) / (b.n - b.winners)
}
