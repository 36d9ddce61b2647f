package calculator

import (
	"errors"

	"github.com/betflow/betflow/internal/odds"
)

// Comparison is a market without its margin by every method.
type Comparison struct {
	Prices  []float64      `json:"prices"`
	Winners int            `json:"winners"`
	Margin  float64        `json:"margin"`
	Hold    float64        `json:"hold"`
	Methods []MethodAnswer `json:"methods"`
	// Spread is, for each outcome, the distance of the largest from the smallest
	// probability of methods whose status is ok.
	Spread    []float64 `json:"spread"`
	MaxSpread float64   `json:"max_spread"`
}

// MethodAnswer is what one method says.
type MethodAnswer struct {
	Method    odds.Method `json:"method"`
	Fair      []float64   `json:"fair"` // nil if it has no answer
	Parameter *float64    `json:"parameter"`
	Status    odds.Status `json:"status"`
}

// Compare takes the margin out by every method; Method is not asked.
func (q Fair) Compare() (Comparison, error) {
	prices, winners, err := q.read()
	if err != nil {
		return Comparison{}, err
	}
	a := Comparison{Prices: prices, Winners: winners}
	for _, m := range odds.Methods() {
		r, err := odds.FairWinners(nil, m, prices, a.Winners)
		if err != nil && !errors.Is(err, odds.ErrUnderround) {
			return Comparison{}, err
		}
		a.Margin, a.Hold = r.Margin, r.Hold
		one := MethodAnswer{Method: m, Fair: r.Probabilities, Status: r.Status}
		if err == nil {
			one.Parameter = parameter(r)
		}
		a.Methods = append(a.Methods, one)
	}
	a.spread()
	return a, nil
}

func (a *Comparison) spread() {
	a.Spread = make([]float64, len(a.Prices))
	for i := range a.Spread {
		least, most := 1.0, 0.0
		for _, m := range a.Methods {
			if m.Status == odds.StatusOK {
				least, most = min(least, m.Fair[i]), max(most, m.Fair[i])
			}
		}
		a.Spread[i] = max(0, most-least)
		a.MaxSpread = max(a.MaxSpread, a.Spread[i])
	}
}
