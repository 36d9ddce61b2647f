package exchange

// Offer is the best prices on both sides of a runner.
type Offer struct {
	Back Level // highest price that can be backed
	Lay  Level // lowest price that can be laid
}

// Offer returns the runner's best prices. ok is false unless both sides have
// one.
func (r *Runner) Offer() (o Offer, ok bool) {
	o = Offer{Back: r.BestBack(), Lay: r.BestLay()}
	return o, o.Back.Price > 0 && o.Lay.Price > 0
}

// Spread is the distance of the best prices.
func (o Offer) Spread() Price { return o.Lay.Price - o.Back.Price }

// Ticks is the spread in steps of the price ladder.
func (o Offer) Ticks() int { return ticksBelow(o.Lay.Price) - ticksBelow(o.Back.Price) }

// Microprice is the middle of the best prices, each weighted by the size on the
// other side: (back*S_lay + lay*S_back)/(S_lay + S_back). Where much can be
// backed and little laid, the little is taken first, and the price is about to
// rise. It is the first approximation in S. Stoikov, "The micro-price",
// Quantitative Finance 18 (2018).
func (o Offer) Microprice() float64 {
	back, lay := float64(o.Back.Size), float64(o.Lay.Size)
	return (o.Back.Price.Float()*lay + o.Lay.Price.Float()*back) / (lay + back)
}

// steps is the CLASSIC price ladder: from each price on, the distance to the
// next. Prices begin at 1.01 and end at 1000.
var steps = []struct{ from, step Price }{
	{101, 1}, {200, 2}, {300, 5}, {400, 10}, {600, 20}, {1000, 50}, {2000, 100}, {3000, 200}, {5000, 500}, {10000, 1000}, {100000, 0},
}

// ticksBelow counts the prices of the ladder from 1.01 to below p.
func ticksBelow(p Price) int {
	n := 0
	for i, s := range steps[:len(steps)-1] {
		if p <= s.from {
			break
		}
		n += int((min(p, steps[i+1].from) - s.from) / s.step)
	}
	return n
}
