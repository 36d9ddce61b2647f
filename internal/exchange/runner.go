package exchange

// Runner is the state of one runner.
type Runner struct {
	ID        RunnerID
	LastPrice Price    // last traded; 0 before the first trade
	Volume    Money    // traded, as the exchange says; the sum of the traded ladder
	Near, Far *float64 // projected starting prices
	ladders   [sides]Ladder
	ranks     [views]Ranks
}

// Ladder returns one of the runner's ladders.
func (r *Runner) Ladder(s Side) *Ladder { return &r.ladders[s] }

// Ranks returns one of the runner's ranked lists.
func (r *Runner) Ranks(v View) *Ranks { return &r.ranks[v] }

// BestBack returns the best offer to who wants to back: the highest price. It is
// taken from the full ladder, or from the ranked lists where those came instead.
func (r *Runner) BestBack() Level {
	return r.best(r.ladders[ToBack].Highest(), BestToBack, DisplayToBack)
}

// BestLay returns the best offer to who wants to lay: the lowest price.
func (r *Runner) BestLay() Level {
	return r.best(r.ladders[ToLay].Lowest(), BestToLay, DisplayToLay)
}

func (r *Runner) best(full Level, lists ...View) Level {
	for _, v := range lists {
		if full.Price != 0 {
			break
		}
		full = r.ranks[v].Best()
	}
	return full
}

// Reconciles tells whether the traded ladder sums to the traded volume, which
// holds after every message of a complete stream.
func (r *Runner) Reconciles() bool { return r.ladders[Traded].total.Volume == r.Volume }

func (r *Runner) apply(c *RunnerChange) {
	if c.LastPrice != 0 {
		r.LastPrice = c.LastPrice
	}
	if c.Volume != nil {
		r.Volume = *c.Volume
	}
	if c.Near != nil {
		r.Near = c.Near
	}
	if c.Far != nil {
		r.Far = c.Far
	}
	for s := range c.Ladders {
		for _, level := range c.Ladders[s] {
			r.ladders[s].Set(level)
		}
	}
	for v := range c.Ranks {
		for _, level := range c.Ranks[v] {
			r.ranks[v].Set(level)
		}
	}
}

func (r *Runner) clone() *Runner {
	out := *r
	for s := range r.ladders {
		out.ladders[s] = r.ladders[s].clone()
	}
	for v := range r.ranks {
		out.ranks[v] = r.ranks[v].clone()
	}
	return &out
}
