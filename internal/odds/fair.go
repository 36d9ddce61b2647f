package odds

import (
	"errors"
	"fmt"
	"math"
)

// Errors of Fair besides a wrapped *PriceError and ErrUnknownMethod.
var (
	ErrOutcomes   = errors.New("a market needs a price for each of at least two outcomes")
	ErrWinners    = errors.New("a market has at least one winner and fewer winners than outcomes")
	ErrUnderround = errors.New("the prices sum to less than the winners, only the multiplicative method has an answer")
	// ErrNoConvergence is a safeguard: no prices are known that lead to it.
	ErrNoConvergence = errors.New("no fair probabilities were found for these prices")
)

// Status tells how far a result can be trusted.
type Status string

// The states of a result.
const (
	StatusOK          Status = "ok"
	StatusProblematic Status = "problematic" // a probability is not strictly between 0 and 1
	StatusUnderround  Status = "underround"  // the book pays out more than it takes
	StatusAssumed     Status = "assumed"     // one side had no price and was assumed: see OneSided
)

// Result is a market without its margin.
type Result struct {
	Method        Method    // never one of the other names
	Probabilities []float64 // one per price, in their order; they sum to the winners
	Winners       int
	Booksum       float64 // B
	Margin        float64 // B/k-1
	Hold          float64 // 1-k/B
	Parameter     float64 // see Method.ParameterName; 0 where the method has none
	Status        Status
}

// Problematic tells whether a probability lies outside (0, 1), as the linear
// methods produce for long shots in books with a large margin.
func (r Result) Problematic() bool { return r.Status == StatusProblematic }

// fairBook is a booksum that close to the winners, relative to them: the prices
// have no margin beyond rounding and are taken as they are.
const fairBook = 1e-12

// Fair returns the fair probabilities of a market in which one outcome wins. It
// writes them to dst, which grows if it is too short and may be prices itself,
// and allocates nothing else.
//
// The errors are a wrapped *PriceError, ErrUnknownMethod, ErrOutcomes and
// ErrUnderround. With ErrUnderround the result still has all but the
// probabilities and the parameter.
func Fair(dst []float64, method Method, prices []float64) (Result, error) {
	return FairWinners(dst, method, prices, 1)
}

// FairWinners is Fair for a market in which the given number of outcomes win,
// such as the first four or the three that go down. The probabilities sum to
// that number. It returns ErrWinners unless 0 < winners < len(prices).
func FairWinners(dst []float64, method Method, prices []float64, winners int) (Result, error) {
	m, known := method.canonical()
	switch {
	case !known:
		return Result{}, fmt.Errorf("taking the margin out by %q: %w", method, ErrUnknownMethod)
	case len(prices) < 2:
		return Result{}, ErrOutcomes
	case winners < 1 || winners >= len(prices):
		return Result{}, ErrWinners
	}
	sum, err := Booksum(prices)
	if err != nil {
		return Result{}, fmt.Errorf("taking the margin out: %w", err)
	}
	b := booksum{sum: sum, winners: float64(winners), n: float64(len(prices))}
	relative := sum / b.winners
	res := Result{Method: m, Winners: winners, Booksum: sum,
		Margin: Margin(relative), Hold: Hold(relative), Status: StatusOK}
	if relative < 1-fairBook {
		res.Status = StatusUnderround
		if m != Multiplicative {
			return res, ErrUnderround
		}
	}
	if cap(dst) < len(prices) {
		dst = make([]float64, len(prices))
	}
	p := dst[:len(prices)]
	if math.Abs(relative-1) <= fairBook {
		res.Parameter = m.neutral()
		b.multiplicative(p, prices)
	} else if res.Parameter, err = b.fair(m, p, prices); err != nil {
		return Result{}, err
	}
	if !b.sums(p) {
		return Result{}, ErrNoConvergence
	}
	if !proper(p) {
		res.Status = StatusProblematic
	}
	res.Probabilities = p
	return res, nil
}

// booksum is what the methods share. Each has a method of its own on it that
// writes probabilities for prices to p and returns its parameter. p has the
// length of prices and may be the same memory: a method reads a price for the
// last time before it writes that place.
//
// Methods that search for their parameter begin at the one that changes nothing
// (see Method.neutral): there p = r, so value and slope are known without a
// transcendental function, which is what such a search spends its time on.
type booksum struct {
	sum     float64 // B, above winners for all but multiplicative
	winners float64 // k
	n       float64
}

func (b booksum) fair(m Method, p, prices []float64) (float64, error) {
	switch m {
	case Additive:
		return b.additive(p, prices), nil
	case Power:
		return b.power(p, prices)
	case Shin:
		return b.shin(p, prices)
	case OddsRatio:
		return b.oddsRatio(p, prices)
	case Probit:
		return b.probit(p, prices)
	case Balanced:
		return b.balanced(p, prices), nil
	case Goto:
		return b.gotoSE(p, prices), nil
	case JSD:
		return b.jsd(p, prices)
	}
	b.multiplicative(p, prices)
	return 0, nil
}

// noise is the rounding error to expect in a sum of probabilities.
func (b booksum) noise() float64 { return 4 * epsilon * b.winners }

// sums tells whether the probabilities are finite and sum to the winners.
func (b booksum) sums(p []float64) bool {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	return math.Abs(sum-b.winners) <= 1e-10*b.winners
}

// proper tells whether all probabilities lie strictly between 0 and 1.
func proper(p []float64) bool {
	for _, v := range p {
		if !(v > 0 && v < 1) {
			return false
		}
	}
	return true
}
