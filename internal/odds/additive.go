package odds

// additive takes the same amount off every raw probability, p = r - (B-k)/n. The
// differential margin weighting of Buchdahl, (n - Mo)/(no), is the same formula
// written in prices. A long shot may become negative.
func (b booksum) additive(p, prices []float64) float64 {
	margin := (b.sum - b.winners) / b.n
	for i, price := range prices {
		p[i] = 1/price - margin
	}
	return margin
}
