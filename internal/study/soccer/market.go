package soccer

import (
	"slices"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
)

// market is the best prices of one match under each guard.
type market struct {
	mixed, named, enough, clean best

	opinions  []odds.Opinion
	prices    [][3]float64
	fair      []float64
	consensus odds.Consensus
}

// take combines a match's prices of one phase.
func (m *market) take(match *footballdata.Match, phase footballdata.Phase) {
	m.mixed, m.named, m.enough, m.clean = best{}, best{}, best{}, best{}
	m.opinions, m.prices, m.fair = m.opinions[:0], m.prices[:0], slices.Grow(m.fair[:0], 3*len(match.Quotes))
	for i := range match.Quotes {
		q := &match.Quotes[i]
		if !footballdata.IsBook(q.Book) {
			continue
		}
		m.mixed.add(q.H2H)
		if q.Phase != phase {
			continue
		}
		m.named.add(q.H2H)
		if !q.HasH2H() {
			continue
		}
		at := len(m.fair)
		m.fair = m.fair[:at+3]
		fair(m.fair[at:], odds.DefaultMethod, q.H2H[:])
		m.opinions = append(m.opinions, odds.Opinion{Book: q.Book, Fair: m.fair[at : at+3 : at+3], Weight: 1})
		m.prices = append(m.prices, q.H2H)
	}
	if len(m.opinions) < guards.Books {
		return
	}
	for _, p := range m.prices {
		m.enough.add(p)
	}
	rule := odds.Rule{MADs: guards.MADs}
	if err := rule.Combine(&m.consensus, m.opinions); err != nil || m.consensus.Books < guards.Books {
		return
	}
	for i, p := range m.prices {
		if m.consensus.Verdicts[i] == odds.Used {
			m.clean.add(p)
		}
	}
}
