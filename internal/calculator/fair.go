package calculator

import (
	"errors"

	"github.com/betflow/betflow/internal/odds"
)

// Fair asks for a market's fair probabilities.
type Fair struct {
	Prices  []string // of every outcome
	Format  string
	Method  string
	Winners int // outcomes that win; 1 if 0
}

// FairAnswer is the answer to Fair.
type FairAnswer struct {
	Method    odds.Method `json:"method"`
	Prices    []float64   `json:"prices"`
	Fair      []float64   `json:"fair"`
	Margin    float64     `json:"margin"`
	Hold      float64     `json:"hold"`
	Parameter *float64    `json:"parameter"` // see odds.Method.ParameterName; nil where the method has none
	Status    odds.Status `json:"status"`
	Winners   int         `json:"winners,omitempty"` // where more than one wins
}

// Answer takes the margin out. Prices that pay out more than they take in have
// an answer by the multiplicative method only: it is given, with its status, to
// whoever names no method.
func (q Fair) Answer() (FairAnswer, error) {
	prices, err := readPrices(q.Prices, q.Format)
	if err != nil {
		return FairAnswer{}, err
	}
	r, err := fairBy(q.Method, prices, q.winners())
	if err != nil {
		return FairAnswer{}, err
	}
	a := FairAnswer{Method: r.Method, Prices: prices, Fair: r.Probabilities, Margin: r.Margin, Hold: r.Hold, Parameter: parameter(r), Status: r.Status}
	if r.Winners > 1 {
		a.Winners = r.Winners
	}
	return a, nil
}

func (q Fair) winners() int {
	if q.Winners == 0 {
		return 1
	}
	return q.Winners
}

// fairBy takes the margin out by a named method, or by the default one where it
// has an answer and the multiplicative one where it has none.
func fairBy(method string, prices []float64, winners int) (odds.Result, error) {
	if method != "" {
		m, err := odds.ParseMethod(method)
		if err != nil {
			return odds.Result{}, err
		}
		return odds.FairWinners(nil, m, prices, winners)
	}
	r, err := odds.FairWinners(nil, odds.DefaultMethod, prices, winners)
	if errors.Is(err, odds.ErrUnderround) {
		return odds.FairWinners(nil, odds.Multiplicative, prices, winners)
	}
	return r, err
}

func parameter(r odds.Result) *float64 {
	if r.Method.ParameterName() == "" {
		return nil
	}
	return &r.Parameter
}
