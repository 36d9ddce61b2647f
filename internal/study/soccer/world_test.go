package soccer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/betflow/betflow/internal/source/footballdata"
)

// truth is a match whose probabilities are known.
type truth struct {
	p   [3]float64
	won int
}

// priced returns prices from which the power method takes out exactly the margin
// that was put in: r = p^(1/k).
func priced(p [3]float64, k float64) (prices [3]float64) {
	for i, v := range p {
		prices[i] = math.Pow(v, -1/k)
	}
	return prices
}

// world makes a league in which the close of pinnacle is the truth and all other
// prices are guesses around it. Ten matches are played a day.
func world(seed uint64, matches int) (*footballdata.Folder, []truth) {
	r := rand.New(rand.NewPCG(seed, 7))
	guess := func(p [3]float64, error float64) (q [3]float64) {
		sum := 0.0
		for i, v := range p {
			q[i] = v * math.Exp(error*r.NormFloat64())
			sum += q[i]
		}
		for i := range q {
			q[i] /= sum
		}
		return q
	}
	f := &footballdata.Folder{Files: 1, Repaired: 3}
	var truths []truth
	start := time.Date(2019, time.August, 1, 0, 0, 0, 0, time.UTC)
	for i := range matches {
		strength := 0.5 * r.NormFloat64()
		p := [3]float64{0.45 * math.Exp(strength), 0.25, 0.3 * math.Exp(-strength)}
		sum := p[0] + p[1] + p[2]
		for k := range p {
			p[k] /= sum
		}
		day := start.AddDate(0, 0, i/10)
		m := footballdata.Match{
			League: "Test 1", Season: 2020 + i/2000, Day: day, Home: fmt.Sprintf("team %d", i%10), Away: fmt.Sprintf("team %d", 10+(i+i/10)%10), Played: true,
		}
		m.HomeGoals = r.IntN(3)
		m.AwayGoals = m.HomeGoals
		u, won := r.Float64(), footballdata.Away
		switch {
		case u < p[0]:
			won = footballdata.Home
			m.HomeGoals++
		case u < p[0]+p[1]:
			won = footballdata.Draw
		default:
			m.AwayGoals++
		}
		before := guess(p, 0.3)
		quote := func(book string, phase footballdata.Phase, p [3]float64, k float64) [3]float64 {
			prices := priced(p, k)
			m.Quotes = append(m.Quotes, footballdata.Quote{Book: book, Phase: phase, H2H: prices})
			return prices
		}
		for phase, p := range [2][3]float64{before, p} {
			phase := footballdata.Phase(phase)
			quote(footballdata.Pinnacle, phase, p, 1.02)
			for _, book := range []string{"bet365", "vcbet", "williamhill"} {
				quote(book, phase, guess(p, 0.1), 1.06)
			}
			quote(footballdata.MarketAverage, phase, guess(p, 0.06), 1.05)
			quote(footballdata.MarketMaximum, phase, guess(p, 0.05), 0.995+0.01*r.Float64())
		}
		f.Matches = append(f.Matches, m)
		truths = append(truths, truth{p, won})
	}
	return f, truths
}
