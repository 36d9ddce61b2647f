package process

import (
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// digest is what of a state has to differ for it to be published again: the
// numbers, not the times.
type digest struct {
	Books    int32
	Hold     float64
	Main     bool
	Outcomes []outcomeBrief
}

type outcomeBrief struct {
	Outcome string
	Price   float64
	Book    string
	Fair    float64
	Prices  int32
	Common  float64
}

// same is how far numbers may lie apart and still be the same. Weights change
// with every second, and the last digits of a mean with them.
const same = 1e-9

// news tells whether the state differs from the one last published, and takes it
// for that if it does.
func (m *market) news(s *feed.MarketState) bool {
	if m.Digest == nil {
		m.Digest = &digest{}
	} else if m.Digest.fits(s) {
		return false
	}
	d := m.Digest
	d.Books, d.Hold, d.Main = s.Books, value(s.Hold), s.Main
	d.Outcomes = slices.Grow(d.Outcomes[:0], len(s.Outcomes))[:len(s.Outcomes)]
	for i := range s.Outcomes {
		d.Outcomes[i] = briefOf(&s.Outcomes[i])
	}
	return true
}

func (d *digest) fits(s *feed.MarketState) bool {
	if d.Books != s.Books || d.Main != s.Main || !alike(d.Hold, value(s.Hold)) || len(d.Outcomes) != len(s.Outcomes) {
		return false
	}
	for i := range s.Outcomes {
		a, b := d.Outcomes[i], briefOf(&s.Outcomes[i])
		if !alike(a.Fair, b.Fair) || !alike(a.Common, b.Common) {
			return false
		}
		a.Fair, a.Common = b.Fair, b.Common
		if a != b {
			return false
		}
	}
	return true
}

func briefOf(o *feed.OutcomeState) outcomeBrief {
	return outcomeBrief{
		Outcome: o.Outcome, Price: value(o.BestPrice), Book: o.BestBook, Fair: value(o.Fair), Prices: o.Prices, Common: value(o.Common),
	}
}

func alike(a, b float64) bool { return math.Abs(a-b) <= same }

// value is a number that may be missing, 0 then.
func value(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}
