package process

import (
	"fmt"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// LineModels are the models by which the lines of a league's markets are brought
// together, by market: spreads and totals of whole games.
type LineModels map[string]odds.LineModel

// NewLineModels makes the models of a league from how its results scatter.
func NewLineModels(l *league.League) (LineModels, error) {
	spreads, err := odds.NewLineModel(l.Score.SigmaMargin, l.Score.KeyNumbers)
	if err != nil {
		return nil, fmt.Errorf("spreads of %s: %w", l.ID, err)
	}
	totals, err := odds.NewLineModel(l.Score.SigmaTotal, nil)
	if err != nil {
		return nil, fmt.Errorf("totals of %s: %w", l.ID, err)
	}
	return LineModels{feed.MarketSpreads: spreads, feed.MarketTotals: totals}, nil
}

// ladder is the lines of one market.
type ladder struct {
	market, period string
	rungs          []*market // in order of line
}

// climb puts a market with a line on its ladder.
func (f *fixtureMarkets) climb(m *market) {
	if !m.ID.Line.Set {
		return
	}
	l := f.ladder(m)
	if l == nil {
		l = &ladder{market: m.ID.Market, period: m.ID.Period}
		f.ladders = append(f.ladders, l)
	}
	at, _ := slices.BinarySearchFunc(l.rungs, m, func(a, b *market) int {
		if a.ID.Line.Less(b.ID.Line) {
			return -1
		}
		return 1
	})
	l.rungs = slices.Insert(l.rungs, at, m)
}

// ladder returns the ladder of a market with a line, nil if there is none yet.
func (f *fixtureMarkets) ladder(m *market) *ladder {
	for _, l := range f.ladders {
		if l.market == m.ID.Market && l.period == m.ID.Period {
			return l
		}
	}
	return nil
}

// elect finds the main line of every ladder that has changed. A main line says
// what the books of all lines say, so it is due when any of them is, and so is
// one that is not the main line any more. The last one stays while no book quotes
// any.
func (p *pricer) elect(f *fixtureMarkets, seen feed.Time) {
	for _, l := range f.ladders {
		if !slices.ContainsFunc(l.rungs, func(m *market) bool { return m.Due }) {
			continue
		}
		p.lines = p.lines[:0]
		for _, m := range l.rungs {
			p.lines = append(p.lines, p.count(f, m, seen))
		}
		main, ok := odds.Modal(p.lines)
		for _, m := range l.rungs {
			was := m.Main
			if ok {
				m.Main = m.ID.Line.Points == main
			}
			m.Due = m.Due || m.Main || was
		}
	}
}

// count counts the books that quote a line whole and in time.
func (p *pricer) count(f *fixtureMarkets, m *market, seen feed.Time) odds.LineCount {
	c := odds.LineCount{Line: m.ID.Line.Points}
	for _, b := range m.Books {
		if p.usable(f, m, b, seen) {
			c.Books++
			c.Fair += (b.reading.fair[p.main][0] - c.Fair) / float64(c.Books)
		}
	}
	return c
}

// usable tells whether a book has an opinion on a market that is not too old.
func (p *pricer) usable(f *fixtureMarkets, m *market, b *bookView, seen feed.Time) bool {
	return p.read(b).status == readable && seen.Sub(b.oldest(f.confirmed(m, b))) <= p.rule.MaxAge
}

// nearest is a book's line that lies nearest to the main one.
type nearest struct {
	market *market
	book   *bookView
}

// combineLines computes the consensus of the books of all lines at the main one.
// Once a game runs there is none: the models are those of whole games.
func (p *pricer) combineLines(s *feed.MarketState, f *fixtureMarkets, main *market, seen feed.Time, models LineModels) {
	model, ok := models[main.ID.Market]
	if !ok || main.ID.Period != feed.PeriodFull || len(main.Outcomes) != 2 || f.running(seen) {
		return
	}
	p.nearest = p.nearest[:0]
	for _, m := range f.ladder(main).rungs {
		if len(m.Outcomes) != 2 {
			continue
		}
		for _, b := range m.Books {
			if p.usable(f, m, b, seen) {
				p.approach(main, nearest{m, b})
			}
		}
	}
	// A book's pair of probabilities must not move while the opinions hold it.
	p.pairs = slices.Grow(p.pairs[:0], len(p.nearest))[:len(p.nearest)]
	p.opinions = p.opinions[:0]
	for i, n := range p.nearest {
		fair := p.moved(model, n, main)
		p.pairs[i] = [2]float64{fair, 1 - fair}
		p.opinions = append(p.opinions, odds.Opinion{
			Book: n.book.Book, Fair: p.pairs[i][:], Weight: n.book.reading.trust.Weight,
			Age: seen.Sub(n.book.oldest(f.confirmed(n.market, n.book))),
		})
	}
	if p.rule.Combine(&p.consensus, p.opinions) != nil {
		return // no book is trusted
	}
	s.CommonBooks = int32(p.consensus.Books)
	for i, fair := range p.consensus.Fair {
		s.Outcomes[i].Common = p.number(fair)
	}
}

// approach keeps of each book the line nearest to the main one, and of two as
// near the lower. They come in order of line.
func (p *pricer) approach(main *market, n nearest) {
	for i, other := range p.nearest {
		if other.book.Book != n.book.Book {
			continue
		}
		if distance(n.market, main) < distance(other.market, main) {
			p.nearest[i] = n
		}
		return
	}
	p.nearest = append(p.nearest, n)
}

func distance(a, b *market) float64 {
	return max(a.ID.Line.Points-b.ID.Line.Points, b.ID.Line.Points-a.ID.Line.Points)
}

// moved returns the fair probability of a book's first outcome at the main line.
func (p *pricer) moved(model odds.LineModel, n nearest, main *market) float64 {
	from, to := n.market.ID.Line.Points, main.ID.Line.Points
	r := &n.book.reading
	if !r.moved.known || r.moved.line != to {
		sign := 1.0
		if n.market.Outcomes[0] == feed.OutcomeOver {
			sign = -1 // a total is what over has to beat: see odds.LineModel
		}
		r.moved = move{line: to, fair: model.Move(r.fair[p.main][0], sign*from, sign*to), known: true}
	}
	return r.moved.fair
}
