package exchanges

import "math"

// Score is how well one kind of price before the start foretold the winners.
type Score struct {
	Price   string   `json:"price"`
	Markets int      `json:"markets"`  // with one winner and this price of every runner
	LogLoss *float64 `json:"log_loss"` // mean over the markets, natural logarithm
	Booksum *float64 `json:"booksum"`  // mean sum of the raw probabilities
}

// candidates are the prices that are compared, by name.
var candidates = []struct {
	name string
	of   func(*Runner) *float64
}{
	{"vwap", func(r *Runner) *float64 { return r.VWAP }},
	{"vwap_last_hour", func(r *Runner) *float64 { return r.HourVWAP }},
	{"last", func(r *Runner) *float64 { return r.Last }},
	{"back", func(r *Runner) *float64 { return r.Back }},
	{"lay", func(r *Runner) *float64 { return r.Lay }},
	{"microprice", func(r *Runner) *float64 { return r.Microprice }},
}

// scores compares the prices just before the events began, as raw probabilities
// scaled to sum to one.
func scores(markets []*Market) []Score {
	var out []Score
	for _, c := range candidates {
		s := Score{Price: c.name}
		loss, booksum := 0.0, 0.0
		for _, m := range markets {
			if winner, sum, ok := chance(m.BeforeInPlay, c.of); ok {
				s.Markets++
				loss -= math.Log(winner)
				booksum += sum
			}
		}
		if s.Markets > 0 {
			s.LogLoss, s.Booksum = number(loss/float64(s.Markets), true), number(booksum/float64(s.Markets), true)
		}
		out = append(out, s)
	}
	return out
}

// chance returns the scaled probability of the winner and the sum of the raw
// ones. ok is false unless one runner won and all that ran have a price.
func chance(runners []Runner, of func(*Runner) *float64) (winner, sum float64, ok bool) {
	winners := 0
	for i := range runners {
		r := &runners[i]
		if r.Result == "REMOVED" {
			continue
		}
		p := of(r)
		if p == nil {
			return 0, 0, false
		}
		sum += 1 / *p
		if r.Result == "WINNER" {
			winners++
			winner = 1 / *p
		}
	}
	return winner / sum, sum, winners == 1
}
