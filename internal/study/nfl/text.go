package nfl

import (
	"fmt"
	"math"
	"strconv"
)

// none stands for a number that is not there.
const none = "-"

// num writes a number with so many decimals.
func num(v Number, decimals int) string {
	if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
		return none
	}
	return strconv.FormatFloat(float64(v), 'f', decimals, 64)
}

// pc writes a share as per cent.
func pc(v Number, decimals int) string {
	if s := num(100*v, decimals); s != none {
		return s + " %"
	}
	return none
}

// ci writes a value with its interval.
func ci(e Estimate, decimals int) string {
	if e.N == 0 {
		return none
	}
	return fmt.Sprintf("%s [%s, %s]", num(e.Value, decimals), num(e.Low, decimals), num(e.High, decimals))
}

// pcCI writes a share with its interval as per cent.
func pcCI(e Estimate) string {
	if e.N == 0 {
		return none
	}
	return fmt.Sprintf("%s %% [%s, %s]", num(100*e.Value, 1), num(100*e.Low, 1), num(100*e.High, 1))
}

// prob writes a p-value.
func prob(v Number) string {
	if v < 0.0005 {
		return "<0.001"
	}
	return num(v, 3)
}

// wlp writes a record.
func wlp(r Record) string { return fmt.Sprintf("%d-%d-%d", r.Won, r.Lost, r.Pushed) }

// verdict says what a record is worth to somebody who bets at -110.
func verdict(r Record) string {
	switch {
	case r.Won+r.Lost == 0:
		return none
	case r.Share.above(breakEven):
		return "above break-even here"
	case r.Share.above(0.5):
		return "no edge, though above a coin"
	case r.Share.below(0.5):
		return "no edge, below a coin"
	default:
		return "no edge"
	}
}

// either returns one of two texts.
func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// count writes a number of things with a comma between thousands.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
