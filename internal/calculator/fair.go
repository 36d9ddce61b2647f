package calculator

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/betflow/betflow/internal/odds"
)

// Fair asks for a market's fair probabilities.
type Fair struct {
	Prices  []string // of every outcome
	Format  string
	Method  string
	Winners string // how many outcomes win; 1 if empty
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
	prices, winners, err := q.read()
	if err != nil {
		return FairAnswer{}, err
	}
	r, err := fairBy(q.Method, prices, winners)
	if err != nil {
		return FairAnswer{}, err
	}
	a := FairAnswer{Method: r.Method, Prices: prices, Fair: r.Probabilities, Margin: r.Margin, Hold: r.Hold, Parameter: parameter(r), Status: r.Status}
	if r.Winners > 1 {
		a.Winners = r.Winners
	}
	return a, nil
}

// read returns the prices and the number of winners.
func (q Fair) read() (prices []float64, winners int, err error) {
	winners = 1
	if q.Winners != "" {
		if winners, err = strconv.Atoi(q.Winners); err != nil {
			return nil, 0, fmt.Errorf("winners %q is not a number", q.Winners)
		}
	}
	prices, err = readPrices(q.Prices, q.Format)
	return prices, winners, err
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
