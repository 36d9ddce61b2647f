package odds

import "fmt"

// LineCLV is closing line value of a bet on a line that may have moved since,
// such as a spread or a total. Positive is better in both.
type LineCLV struct {
	Points float64 // the bet's line less the closing one
	NoVig  float64 // expected profit of one unit at the close's opinion, with returned stakes counted
}

// CLV compares a bet at price on a line with the close: the closing line and the
// fair probability there. Lines are those of the bet's side, as everywhere in
// the model. It returns a wrapped *PriceError, or ErrProbability for a fair
// probability outside (0, 1).
func (m LineModel) CLV(price, line, closingLine, fair float64) (LineCLV, error) {
	if err := CheckPrice(price); err != nil {
		return LineCLV{}, fmt.Errorf("comparing with the closing line: %w", err)
	}
	if !(fair > 0 && fair < 1) {
		return LineCLV{}, fmt.Errorf("comparing with the closing line: %w", ErrProbability)
	}
	s := m.Settle(m.Mean(fair, closingLine), line)
	return LineCLV{Points: line - closingLine, NoVig: s.EV(price)}, nil
}
