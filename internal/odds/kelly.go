package odds

import (
	"errors"
	"fmt"
	"math"
)

// ErrProbability is returned for numbers that are not probabilities of outcomes
// of which at most one comes.
var ErrProbability = errors.New("probabilities lie between 0 and 1 and sum to at most 1")

// EV returns the expected profit of one unit staked, p*o-1. The probability must
// not come from the book that offers the price, or the sum says nothing.
func EV(p, price float64) float64 { return p*price - 1 }

// Kelly returns the share of the bankroll that makes it grow fastest,
// (po-1)/(o-1), or 0 for a bet without an edge (Kelly 1956). A careful bettor
// stakes a fraction of it.
func Kelly(p, price float64) float64 {
	return max(0, EV(p, price)/(price-1))
}

// Growth returns the expected growth of the logarithm of the bankroll for each
// bet of the share f: p ln(1+f(o-1)) + (1-p) ln(1-f).
func Growth(p, price, f float64) float64 {
	return weighted(p, 1+f*(price-1)) + weighted(1-p, 1-f)
}

// KellyExclusive writes to dst the shares of the bankroll that make it grow
// fastest with bets on several outcomes of which at most one comes (Smoczynski
// and Tomkins 2010). In falling order of po, outcomes are taken while po exceeds
//
//	R = (1 - sum p) / (1 - sum 1/o)
//
// over those taken; a taken outcome gets p - R/o, which may be a share even for
// a bet without an edge of its own. dst grows if it is too short; it must not be
// one of the other slices. The errors are ErrOutcomes for slices of different or
// no length, ErrProbability, and a wrapped *PriceError.
func KellyExclusive(dst, probabilities, prices []float64) ([]float64, error) {
	if err := checkExclusive(probabilities, prices); err != nil {
		return nil, fmt.Errorf("sizing bets: %w", err)
	}
	const out = -1 // marks outcomes not taken yet
	dst = sized(dst, len(prices))
	for i := range dst {
		dst[i] = out
	}
	rest, uncovered, reserve := 1.0, 1.0, 1.0
	for reserve > 0 {
		best, most := -1, reserve
		for i, p := range probabilities {
			if dst[i] == out && p*prices[i] > most {
				best, most = i, p*prices[i]
			}
		}
		if best < 0 {
			break
		}
		dst[best] = 0
		rest = max(0, rest-probabilities[best])
		uncovered -= 1 / prices[best]
		if reserve = 0; uncovered > 0 { // it is, but for rounding where rest is 0 as well
			reserve = rest / uncovered
		}
	}
	for i, p := range probabilities {
		if dst[i] != out {
			dst[i] = p - reserve/prices[i]
		} else {
			dst[i] = 0
		}
	}
	return dst, nil
}

// GrowthExclusive returns the expected growth of the logarithm of the bankroll
// for bets of the shares on outcomes of which at most one comes; what the
// probabilities leave to 1 is the chance that all lose. The slices have the same
// length.
func GrowthExclusive(probabilities, prices, shares []float64) float64 {
	left, none := 1.0, 1.0
	for i, f := range shares {
		left -= f
		none -= probabilities[i]
	}
	growth := 0.0
	for i, f := range shares {
		growth += weighted(probabilities[i], left+f*prices[i])
	}
	if none > sumSlack {
		growth += weighted(none, left)
	}
	return growth
}

// sumSlack is how far probabilities that sum to one may miss it by rounding.
const sumSlack = 1e-9

// weighted is p ln x, and 0 where p is: what cannot happen does not count.
func weighted(p, x float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log(x)
}

func checkExclusive(probabilities, prices []float64) error {
	if len(prices) == 0 || len(prices) != len(probabilities) {
		return ErrOutcomes
	}
	sum := 0.0
	for _, p := range probabilities {
		if !(p >= 0 && p <= 1) {
			return ErrProbability
		}
		sum += p
	}
	if sum > 1+sumSlack {
		return ErrProbability
	}
	_, err := Booksum(prices)
	return err
}
