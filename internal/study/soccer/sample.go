package soccer

import (
	"errors"
	"time"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// sides names the outcomes of a match in their order.
var sides = [3]string{"home", "draw", "away"}

// game is a match that was played.
type game struct {
	*footballdata.Match
	won int // the outcome that came
	day int // days since 1970: games of a day are drawn together
}

// played returns the matches with a result, in their order.
func played(matches []footballdata.Match) []game {
	var out []game
	for i := range matches {
		if m := &matches[i]; m.Played {
			out = append(out, game{m, m.Result(), int(m.Day.Unix() / int64(24*time.Hour/time.Second))})
		}
	}
	return out
}

// fair writes the fair probabilities of prices to dst. Prices without a margin
// have one answer only, the multiplicative one, and every method takes it. So do
// prices for which a method finds none, should there be any: they are
// problematic.
func fair(dst []float64, method odds.Method, prices []float64) odds.Status {
	r, err := odds.Fair(dst, method, prices)
	if err == nil {
		return r.Status
	}
	sum := 0.0
	for _, price := range prices {
		sum += odds.Implied(price)
	}
	for i, price := range prices {
		dst[i] = odds.Implied(price) / sum
	}
	if errors.Is(err, odds.ErrUnderround) {
		return odds.StatusUnderround
	}
	return odds.StatusProblematic
}

// fairH2H is fair of a match's three prices.
func fairH2H(method odds.Method, prices [3]float64) (p [3]float64, status odds.Status) {
	status = fair(p[:], method, prices[:])
	return p, status
}

// byDay sums up values and their weights, such as profits and stakes. Bets of one
// day depend on each other, days hardly: for the interval a day is one bet.
type byDay struct {
	single        score.ROI // of each value
	days          score.ROI // of each day's sum
	day           int
	weight, value float64
}

// add takes a value. Days come in order.
func (d *byDay) add(day int, weight, value float64) {
	if day != d.day {
		d.close()
		d.day = day
	}
	d.single.Add(weight, value)
	d.weight += weight
	d.value += value
}

// close ends the day at hand.
func (d *byDay) close() {
	if d.weight > 0 {
		d.days.Add(d.weight, d.value)
	}
	d.weight, d.value = 0, 0
}

// ratio returns the sum of the values over that of the weights, with its interval
// over days.
func (d *byDay) ratio() study.Estimate {
	d.close()
	return study.Estimated(d.single.Value(), d.days.CI(study.Level))
}

// profit of one unit on an outcome at a price.
func profit(won bool, price float64) float64 {
	if won {
		return price - 1
	}
	return -1
}
