package models

import (
	"errors"
	"fmt"
	"strings"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/league"
)

// left returns the share of the regular game that is still to be played, from 1
// to 0, or an error that says why it is not known.
func left(l *league.League, v *board.FixtureView) (float64, error) {
	count := float64(l.Periods.Count)
	switch {
	case v.Period < 1:
		return 0, errors.New("no source tells the period")
	case float64(v.Period) > count:
		return 0, errors.New("overtime is not modelled")
	case l.Periods.Minutes == 0:
		return leftInnings(count, v)
	case v.Seconds == nil:
		return 0, errors.New("no source tells the clock")
	}
	period := l.Periods.Minutes * 60
	whole := count * period
	seconds := *v.Seconds
	if l.Periods.CountsUp {
		if seconds >= whole {
			return 0, errors.New("added time is not modelled")
		}
		seconds = min(seconds, float64(v.Period)*period) // time added to an earlier period
		return (whole - seconds) / whole, nil
	}
	if seconds < 0 || seconds > period {
		return 0, fmt.Errorf("a clock of %g seconds is none of this league", seconds)
	}
	return (seconds + (count-float64(v.Period))*period) / whole, nil
}

// leftInnings counts half innings. The one that is being played counts half.
func leftInnings(count float64, v *board.FixtureView) (float64, error) {
	played := 2 * float64(v.Period-1)
	half, _, _ := strings.Cut(strings.ToLower(v.Detail), " ")
	switch half {
	case "top":
		played += 0.5
	case "mid", "middle":
		played++
	case "bot", "bottom":
		played += 1.5
	case "end":
		played += 2
	default:
		return 0, errors.New("no source tells the half of the inning")
	}
	return 1 - played/(2*count), nil
}
