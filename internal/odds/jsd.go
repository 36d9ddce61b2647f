package odds

import "math"

// jsd moves every raw probability down by the same Jensen-Shannon distance D
// (Long): with both read as coins of chance p and r, the square root of their
// divergence, in nats, is D for all outcomes. A long shot that cannot move that
// far gets 0.
func (b booksum) jsd(p, prices []float64) (float64, error) {
	if len(prices) <= maxCoins {
		if d, ok := b.jsdTogether(p, prices); ok {
			return d, nil
		}
	}
	return b.jsdNested(p, prices)
}

// maxCoins is how many outcomes jsdTogether has room for without allocating.
const maxCoins = 32

// jsdTogether finds D and all drops x in one search. The equations are
//
//	d(x_i) = D for each outcome,   sum x = B-k
//
// Newton's step for all of them at once has a closed form, because D is the only
// thing the outcomes share. The distance is nearly a straight line in x, so two
// steps are enough for the prices of real markets. ok is false where the search
// does not settle, or would move an outcome by more than it has; p is untouched
// then.
func (b booksum) jsdTogether(p, prices []float64) (distance float64, ok bool) {
	var room [maxCoins]struct {
		coin
		drop, at, rate float64 // at and rate: distance and slope at drop
	}
	coins := room[:len(prices)]
	excess := b.sum - b.winners
	width, tilt := 0.0, 0.0
	for i, price := range prices {
		c := coin{raw: 1 / price, tail: (price - 1) / price}
		coins[i].coin = c
		width += c.width()
		tilt += c.raw - c.tail
	}
	d := excess / width
	d = excess / (width + 2*d*tilt) // a coin drops by d width + 2d^2 (r-t) + ...
	for i := range coins {
		coins[i].drop = coins[i].nearDrop(d)
	}
	before := 0.0
	for range 8 { // steps that settle need two or three
		left, span := excess, 0.0
		for i := range coins {
			c := &coins[i]
			if !(c.drop > 0 && c.drop < c.raw) {
				return 0, false
			}
			c.at, c.rate = c.distance(c.drop)
			left += c.at/c.rate - c.drop
			span += 1 / c.rate
		}
		d = left / span
		step := 0.0
		for i := range coins {
			c := &coins[i]
			move := (d - c.at) / c.rate
			c.drop += move
			step = max(step, math.Abs(move)/c.drop)
		}
		following := step
		if before > 0 {
			following = newton.foretell(before, step)
		}
		if following <= rounding {
			for i := range coins {
				p[i] = coins[i].raw - coins[i].drop
			}
			return d, true
		}
		before = step
	}
	return 0, false
}

// jsdNested finds D by one search and each outcome's drop by another inside it,
// both in brackets: it always ends.
func (b booksum) jsdNested(p, prices []float64) (float64, error) {
	reach, width := 0.0, 0.0
	for i, price := range prices {
		c := coin{raw: 1 / price, tail: (price - 1) / price}
		p[i] = price
		farthest, _ := c.distance(c.raw)
		reach = max(reach, farthest)
		width += c.width()
	}
	excess := b.sum - b.winners
	var failed error
	moved := func(d float64) (float64, float64) {
		moved, slope := 0.0, 0.0
		for _, price := range p {
			drop, dropSlope, err := coin{raw: 1 / price, tail: (price - 1) / price}.drop(d)
			if err != nil {
				failed = err
			}
			moved += drop
			slope -= dropSlope
		}
		return excess - moved, slope
	}
	first := min(excess/width, reach)
	y, slope := moved(first)
	d, err := root(0, reach, point{first, y, slope}, b.noise(), newton, moved)
	if err != nil {
		return 0, err
	}
	for i, price := range p {
		drop, _, err := coin{raw: 1 / price, tail: (price - 1) / price}.drop(d)
		if err != nil {
			failed = err
		}
		p[i] = 1/price - drop
	}
	return d, failed
}
