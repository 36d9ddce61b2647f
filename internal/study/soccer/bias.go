package soccer

import (
	"fmt"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Bias is a unit on the same side of every match.
type Bias struct {
	Book      string         `json:"book"`
	Phase     string         `json:"phase"`
	Side      string         `json:"side"`
	Bets      int            `json:"bets"`
	Forecast  study.Number   `json:"forecast"`  // mean fair probability
	Surplus   study.Estimate `json:"surplus"`   // frequency less forecast, interval over days
	Frequency study.Number   `json:"frequency"` // of the side
	ROI       study.Estimate `json:"roi"`
}

// biases backs each side at a book.
func biases(games []game, book string, phase footballdata.Phase) []Bias {
	var returns, surplus [3]byDay
	var forecast, won [3]float64
	n := 0
	for _, g := range games {
		prices, ok := g.H2H(book, phase)
		if !ok {
			continue
		}
		n++
		p, _ := fairH2H(odds.DefaultMethod, prices)
		for side, price := range prices {
			y := 0.0
			if side == g.won {
				y = 1
			}
			forecast[side] += p[side]
			won[side] += y
			returns[side].add(g.day, 1, profit(side == g.won, price))
			surplus[side].add(g.day, 1, y-p[side])
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]Bias, len(sides))
	for side, name := range sides {
		out[side] = Bias{
			Book: book, Phase: phase.String(), Side: name, Bets: n, Forecast: study.Number(forecast[side] / float64(n)),
			Frequency: study.Number(won[side] / float64(n)), Surplus: surplus[side].ratio(), ROI: returns[side].ratio(),
		}
	}
	return out
}

// biasSection tells whether a side is too cheap or too dear.
func biasSection(all []Bias) study.Section {
	s := study.Section{Heading: "Home, draw and away"}
	t := study.Table{
		Caption: "A unit on the same side of every match; surplus: frequency less mean fair probability; intervals over days",
		Columns: []string{"prices", "side", "bets", "fair", "came", "surplus", "95 %", "return", "95 %"},
	}
	wrong, gains := 0, 0
	for _, b := range all {
		if !b.Surplus.Holds(0) {
			wrong++
		}
		if b.ROI.Above(0) {
			gains++
		}
		t.Rows = append(t.Rows, []string{priceName(b.Book, b.Phase), b.Side, study.Count(b.Bets), b.Forecast.Percent(2), b.Frequency.Percent(2),
			b.Surplus.Value.Percent(2), b.Surplus.PercentSpan(2), b.ROI.Value.Percent(2), b.ROI.PercentSpan(2)})
	}
	s.Text = append(s.Text, fmt.Sprintf("Of a side's frequency against its fair probability, %s. %s",
		ofTests(wrong, len(all)),
		either(gains == 0, "No side returns a profit that chance does not explain: no edge.", fmt.Sprintf("%d of them return a profit beyond chance.", gains))))
	s.Tables = append(s.Tables, t)
	return s
}
