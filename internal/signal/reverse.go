package signal

// ReverseMove says when a line that moves away from the crowd counts. None of
// the live sources tells how the tickets are split, so no detector runs this
// rule; studies over recorded splits do. At the close of NFL games it has shown
// no edge: it describes, it does not promise.
type ReverseMove struct {
	Tickets float64 // share on one side from which on that is the crowd, such as 0.6
	Points  float64 // least move to the other side, such as 0.5
}

// Side returns the outcome that the line has moved to although the crowd is on
// the other. tickets is the share on the first outcome (home, over), and move
// how far the line has moved to that outcome, in points: now less open for
// totals, and open less now for spreads, whose line is home's handicap. A share
// outside of 0 to 1 or a number that is none is never a reverse move.
func (r ReverseMove) Side(tickets, move float64) (side int, ok bool) {
	switch {
	case !(tickets >= 0 && tickets <= 1):
		return 0, false
	case tickets >= r.Tickets && move <= -r.Points:
		return 1, true
	case 1-tickets >= r.Tickets && move >= r.Points:
		return 0, true
	}
	return 0, false
}
