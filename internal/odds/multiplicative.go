package odds

// multiplicative divides by the booksum, p = kr/B. It is also called
// proportional, basic or normalisation, and takes no account of the bias against
// long shots.
func (b booksum) multiplicative(p, prices []float64) {
	scale := b.winners / b.sum
	for i, price := range prices {
		p[i] = scale / price
	}
}
