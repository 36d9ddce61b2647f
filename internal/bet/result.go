package bet

import (
	"fmt"
	"strings"
)

// Result is how a bet was settled.
type Result string

// The results. Pending is the zero value.
const (
	Pending  Result = ""
	Won      Result = "won"
	HalfWon  Result = "half_won" // of a quarter line: one half won, one returned
	Push     Result = "push"     // the stake is returned because of the score
	HalfLost Result = "half_lost"
	Lost     Result = "lost"
	Void     Result = "void" // the stake is returned because the game was not played as announced
)

// Settled tells whether the bet is over.
func (r Result) Settled() bool { return r != Pending }

// Decided tells whether the bet was won or lost, be it in half.
func (r Result) Decided() bool { return r.Settled() && r != Push && r != Void }

// Unit is the profit of one unit staked at a price.
func (r Result) Unit(price float64) float64 {
	switch r {
	case Won:
		return price - 1
	case HalfWon:
		return (price - 1) / 2
	case HalfLost:
		return -0.5
	case Lost:
		return -1
	}
	return 0
}

// resultOf names what odds.Settle returns for a price of 2.
func resultOf(unit float64) Result {
	switch {
	case unit >= 1:
		return Won
	case unit > 0:
		return HalfWon
	case unit == 0:
		return Push
	case unit > -1:
		return HalfLost
	}
	return Lost
}

// results are the ways in which results are written, in lower case, with
// underscores for what stands between words.
var results = map[string]Result{
	"": Pending, "pending": Pending, "open": Pending, "unsettled": Pending,
	"won": Won, "win": Won, "w": Won, "winner": Won,
	"half_won": HalfWon, "half_win": HalfWon, "won_half": HalfWon, "win_half": HalfWon, "hw": HalfWon,
	"push": Push, "p": Push, "tie": Push, "returned": Push, "refunded": Push, "refund": Push,
	"half_lost": HalfLost, "half_loss": HalfLost, "lost_half": HalfLost, "loss_half": HalfLost, "hl": HalfLost,
	"lost": Lost, "lose": Lost, "loss": Lost, "l": Lost, "loser": Lost,
	"void": Void, "voided": Void, "cancelled": Void, "canceled": Void, "no_action": Void, "v": Void,
}

// ParseResult reads a result.
func ParseResult(text string) (Result, error) {
	r, ok := results[key(text)]
	if !ok {
		return Pending, fmt.Errorf("%q is no result: write won, half_won, push, half_lost, lost, void or pending", text)
	}
	return r, nil
}

// key is a word of a file as tables look it up: lower case, with underscores for
// what stands between its parts.
func key(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '\t' || r == '\u00a0'
	}), "_")
}
