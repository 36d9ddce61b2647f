package odds

import (
	"errors"
	"fmt"
)

// ErrMargin is returned for a margin that the other side of a price cannot have.
var ErrMargin = errors.New("the margin is finite, not negative, and below the price's implied probability")

// OneSided returns the fair probabilities of an outcome and of its opposite for
// a book that quotes the outcome alone. What is missing is assumed: a margin
// B-1, such as the book takes where it quotes both, makes the opposite's raw
// probability 1+margin-r, and the method reads the pair. The status says so.
//
// dst is as in Fair. The errors are those of Fair and ErrMargin: a long shot of
// less probability than the margin says nothing about the other side.
func OneSided(dst []float64, method Method, price, margin float64) (Result, error) {
	if err := CheckPrice(price); err != nil {
		return Result{}, fmt.Errorf("assuming the other side: %w", err)
	}
	raw := 1 / price
	opposite := 1 / (1 + margin - raw)
	if !(margin >= 0 && margin < raw) || CheckPrice(opposite) != nil {
		return Result{}, fmt.Errorf("assuming the other side: %w", ErrMargin)
	}
	pair := append(dst[:0], price, opposite)
	res, err := Fair(pair, method, pair)
	if err == nil && res.Status == StatusOK {
		res.Status = StatusAssumed
	}
	return res, err
}
