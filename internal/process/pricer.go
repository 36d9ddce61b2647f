package process

import (
	"cmp"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// pricer computes market states. It keeps its scratch space between calls, so
// that computing allocates nothing.
type pricer struct {
	main  int       // position in pricedBy of the method of Fair and Hold
	rule  odds.Rule // of the consensus; prices older than its MaxAge take no part in anything
	books odds.Books

	result    feed.MarketState
	numbers   []float64 // that the result points to
	prices    []float64
	opinions  []odds.Opinion
	used      []odds.Opinion // by another method
	views     []*bookView    // of the opinions
	outliers  []string
	consensus odds.Consensus
	others    odds.Consensus
	lines     []odds.LineCount
	nearest   []nearest
	pairs     [][2]float64
}

func newPricer(cc *ComputeConfig) pricer {
	return pricer{
		main:  max(0, slices.Index(pricedBy[:], cc.Method)),
		rule:  odds.Rule{Average: cmp.Or(cc.Average, odds.Mean), HalfLife: cc.HalfLife, MaxAge: cc.MaxAge, MADs: cc.OutlierMADs},
		books: cc.Books,
	}
}

// state computes the market as of a response seen at a time. fixture and league
// are the caller's to fill in. The state is valid until the next call.
func (p *pricer) state(f *fixtureMarkets, m *market, seen feed.Time, models LineModels) *feed.MarketState {
	s := p.begin(m, seen)
	p.consult(s, f, m)
	p.quoteBest(s, f, m)
	p.conclude(s)
	if m.ID.Line.Set && m.Main {
		p.combineLines(s, f, m, seen, models)
	}
	return s
}

// begin empties the result.
func (p *pricer) begin(m *market, seen feed.Time) *feed.MarketState {
	const each, once = 6, 4 // numbers of an outcome and of a state
	n := len(m.Outcomes)
	p.numbers = slices.Grow(p.numbers[:0], n*each+once)
	outcomes := slices.Grow(p.result.Outcomes[:0], n)[:n]
	for i, o := range m.Outcomes {
		outcomes[i] = feed.OutcomeState{Outcome: o}
	}
	p.result = feed.MarketState{
		Kind: feed.KindMarket, Market: m.ID.Market, Period: m.ID.Period,
		Method: string(pricedBy[p.main]), Average: string(p.rule.Average), SeenTime: seen,
		Outcomes: outcomes, LeftOut: p.result.LeftOut[:0], Main: m.Main || !m.ID.Line.Set,
	}
	if m.ID.Line.Set {
		p.result.Line = p.number(m.ID.Line.Points)
	}
	return &p.result
}

// number keeps a number for the result to point to. There is room for all.
func (p *pricer) number(v float64) *float64 {
	p.numbers = append(p.numbers, v)
	return &p.numbers[len(p.numbers)-1]
}

// consult combines what the books say into the consensus, and notes whom it
// leaves out.
func (p *pricer) consult(s *feed.MarketState, f *fixtureMarkets, m *market) {
	p.opinions, p.views, p.outliers = p.opinions[:0], p.views[:0], p.outliers[:0]
	for _, b := range m.Books {
		switch r := p.read(b); r.status {
		case readable:
			p.views = append(p.views, b)
			p.opinions = append(p.opinions, odds.Opinion{
				Book: b.Book, Fair: r.fair[p.main], Weight: r.trust.Weight, Age: s.SeenTime.Sub(b.oldest(f.confirmed(m, b))),
			})
		case crossed:
			s.LeftOut = append(s.LeftOut, feed.LeftOut{Book: b.Book, Reason: feed.ReasonCrossed})
		case incomplete:
			s.LeftOut = append(s.LeftOut, feed.LeftOut{Book: b.Book, Reason: feed.ReasonIncomplete})
		}
	}
	// The only error is that no opinion is left, and then there is no book in it.
	_ = p.rule.Combine(&p.consensus, p.opinions)
	for i, v := range p.consensus.Verdicts {
		switch book := p.views[i].Book; v {
		case odds.Stale:
			s.LeftOut = append(s.LeftOut, feed.LeftOut{Book: book, Reason: feed.ReasonStale})
		case odds.Outlier:
			p.outliers = append(p.outliers, book)
			s.LeftOut = append(s.LeftOut, feed.LeftOut{Book: book, Reason: feed.ReasonOutlier})
		case odds.Left:
			s.LeftOut = append(s.LeftOut, feed.LeftOut{Book: book, Reason: feed.ReasonUntrusted})
		}
	}
	slices.SortFunc(s.LeftOut, func(a, b feed.LeftOut) int { return cmp.Compare(a.Book, b.Book) })
	s.Books = int32(p.consensus.Books)
}

// quoteBest finds the best price of each outcome among those that are fresh and
// of no outlier.
func (p *pricer) quoteBest(s *feed.MarketState, f *fixtureMarkets, m *market) {
	for _, b := range m.Books {
		if b.reading.status == closed {
			continue
		}
		confirmed := f.confirmed(m, b)
		outlier := slices.Contains(p.outliers, b.Book)
		for i, bp := range b.Prices {
			event, seen := max(bp.Event, confirmed.Event), max(bp.Seen, confirmed.Seen)
			if !bp.Open || s.SeenTime.Sub(event) > p.rule.MaxAge {
				continue
			}
			s.EventTime = max(s.EventTime, event)
			o := &s.Outcomes[i]
			o.Prices++
			if o.OldestEventTime == 0 || event < o.OldestEventTime {
				o.OldestEventTime = event
			}
			// Among equal prices the freshest is named, then the first by name.
			if best := o.BestPrice; outlier || best != nil && (bp.Price < *best || bp.Price == *best && event <= o.BestEventTime) {
				continue
			}
			if o.BestPrice == nil {
				o.BestPrice = p.number(0)
			}
			*o.BestPrice = bp.Price
			o.BestBook, o.BestEventTime, o.BestSeenTime = b.Book, event, seen
		}
	}
	sum := 0.0
	for i := range s.Outcomes {
		if s.Outcomes[i].BestPrice == nil {
			return
		}
		sum += 1 / *s.Outcomes[i].BestPrice
	}
	if len(s.Outcomes) > 1 {
		s.BestSum = p.number(sum)
	}
}

// conclude writes what the books in the consensus say together.
func (p *pricer) conclude(s *feed.MarketState) {
	if s.Books == 0 {
		return
	}
	hold, first, squares := 0.0, 0.0, 0.0 // first: mean of the first outcome
	n := 0.0
	for i, v := range p.consensus.Verdicts {
		if v != odds.Used {
			continue
		}
		n++
		r := &p.views[i].reading
		hold += r.hold
		delta := r.fair[p.main][0] - first // Welford's recurrence
		first += delta / n
		squares += delta * (r.fair[p.main][0] - first)
	}
	s.Hold = p.number(hold / n)
	if n > 1 {
		s.Dispersion = p.number(math.Sqrt(squares / (n - 1)))
	}
	for i := range s.Outcomes {
		s.Outcomes[i].Fair = p.number(p.consensus.Fair[i])
	}
	for k := range pricedBy {
		fair := p.consensus.Fair
		if k != p.main {
			fair = p.readBy(k)
		}
		for i := range fair {
			o := &s.Outcomes[i]
			switch pricedBy[k] {
			case odds.Multiplicative:
				o.Multiplicative = p.number(fair[i])
			case odds.Power:
				o.Power = p.number(fair[i])
			case odds.Shin:
				o.Shin = p.number(fair[i])
			}
		}
	}
}

// readBy returns the consensus of the same books with the same weights, each
// read by another method.
func (p *pricer) readBy(k int) []float64 {
	p.used = p.used[:0]
	for i, w := range p.consensus.Weights {
		if w > 0 {
			p.used = append(p.used, odds.Opinion{Fair: p.views[i].reading.fair[k], Weight: w})
		}
	}
	_ = odds.Rule{Average: p.rule.Average}.Combine(&p.others, p.used) // somebody is used
	return p.others.Fair
}
