package inplay

import (
	"errors"
	"fmt"
	"strings"

	"github.com/betflow/betflow/internal/league"
)

// Clock is what a source tells of how far a game has come.
type Clock struct {
	Period  int32    // 0 before the start
	Seconds *float64 // on the clock, nil where no source tells
	Detail  string   // for people; in baseball it names the half of the inning
}

// Left returns the share of the regular game that is still to be played, from 1
// to 0, or an error that says why it is not known.
func Left(p league.Periods, c Clock) (float64, error) {
	count := float64(p.Count)
	switch {
	case c.Period < 1:
		return 0, errors.New("no source tells the period")
	case float64(c.Period) > count:
		return 0, errors.New("overtime is not modelled")
	case p.Minutes == 0:
		return leftInnings(count, c)
	case c.Seconds == nil:
		return 0, errors.New("no source tells the clock")
	}
	period := p.Minutes * 60
	whole := count * period
	seconds := *c.Seconds
	if p.CountsUp {
		if seconds >= whole {
			return 0, errors.New("added time is not modelled")
		}
		seconds = min(seconds, float64(c.Period)*period) // time added to an earlier period
		return (whole - seconds) / whole, nil
	}
	if seconds < 0 || seconds > period {
		return 0, fmt.Errorf("a clock of %g seconds is none of this league", seconds)
	}
	return (seconds + (count-float64(c.Period))*period) / whole, nil
}

// leftInnings counts half innings. The one that is being played counts half.
func leftInnings(count float64, c Clock) (float64, error) {
	played := 2 * float64(c.Period-1)
	half, _, _ := strings.Cut(strings.ToLower(c.Detail), " ")
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
