package nfl

import (
	"fmt"

	"github.com/betflow/betflow/internal/study"
)

// ci writes a value with its interval.
func ci(e Estimate, decimals int) string {
	if e.N == 0 {
		return study.None
	}
	return fmt.Sprintf("%s [%s, %s]", e.Value.Text(decimals), e.Low.Text(decimals), e.High.Text(decimals))
}

// pcCI writes a share with its interval as per cent.
func pcCI(e Estimate) string {
	if e.N == 0 {
		return study.None
	}
	return fmt.Sprintf("%s %% [%s, %s]", (100 * e.Value).Text(1), (100 * e.Low).Text(1), (100 * e.High).Text(1))
}

// prob writes a p-value.
func prob(v study.Number) string {
	if v < 0.0005 {
		return "<0.001"
	}
	return v.Text(3)
}

// wlp writes a record.
func wlp(r Record) string { return fmt.Sprintf("%d-%d-%d", r.Won, r.Lost, r.Pushed) }

// verdict says what a record is worth to somebody who bets at -110.
func verdict(r Record) string {
	switch {
	case r.Won+r.Lost == 0:
		return study.None
	case r.Share.Above(breakEven):
		return "above break-even here"
	case r.Share.Above(0.5):
		return "no edge, though above a coin"
	case r.Share.Below(0.5):
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
