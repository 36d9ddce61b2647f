package process

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// fixtureMarkets is what the books say about one fixture. Its exported fields
// are its form in a checkpoint.
type fixtureMarkets struct {
	Markets []*market           `json:"markets"`
	Seen    map[string]bookSeen `json:"seen"` // by book and market name: when it was last confirmed
	Touched feed.Time           `json:"touched"`

	index map[marketID]*market
}

// marketID names a market within a fixture.
type marketID struct {
	Market string    `json:"market"`
	Period string    `json:"period"`
	Line   feed.Line `json:"line"`
}

type bookSeen struct {
	Event feed.Time `json:"event"`
	Seen  feed.Time `json:"seen"`
}

// market is one market and line of a fixture.
type market struct {
	ID       marketID    `json:"id"`
	Outcomes []string    `json:"outcomes"` // all ever quoted, in the order of the market
	Books    []*bookView `json:"books"`    // in order of name
	Digest   *digest     `json:"digest"`   // of the state last published
	Due      bool        `json:"due"`      // changed by the response that is being applied
}

// bookView is one book's prices, in the order of the market's outcomes.
type bookView struct {
	Book   string      `json:"book"`
	Prices []bookPrice `json:"prices"`
}

type bookPrice struct {
	Price float64   `json:"price"`
	Open  bool      `json:"open"`
	Event feed.Time `json:"event"`
	Seen  feed.Time `json:"seen"`
}

// digest is what of a state has to differ for it to be published again: the
// numbers, not the times.
type digest struct {
	Books    int32          `json:"books"`
	Hold     float64        `json:"hold"`
	Outcomes []outcomeBrief `json:"outcomes"`
}

type outcomeBrief struct {
	Outcome string  `json:"outcome"`
	Price   float64 `json:"price"`
	Book    string  `json:"book"`
	Fair    float64 `json:"fair"`
	Prices  int32   `json:"prices"`
}

func newFixtureMarkets() *fixtureMarkets {
	return &fixtureMarkets{Seen: map[string]bookSeen{}, index: map[marketID]*market{}}
}

// reindex rebuilds what a checkpoint leaves out.
func (f *fixtureMarkets) reindex() {
	f.index = make(map[marketID]*market, len(f.Markets))
	for _, m := range f.Markets {
		f.index[m.ID] = m
	}
	if f.Seen == nil {
		f.Seen = map[string]bookSeen{}
	}
}

// see notes that a book's market was confirmed. Changing times alone is no
// reason to publish a state.
func (f *fixtureMarkets) see(q *feed.Quote) {
	f.Touched = q.SeenTime
	f.Seen[q.Book+"|"+q.Market] = bookSeen{Event: q.EventTime, Seen: q.SeenTime}
}

// apply takes a quote into its market, which is then due.
func (f *fixtureMarkets) apply(q *feed.Quote) {
	f.Touched = q.SeenTime
	id := marketID{q.Market, q.Period, feed.LineOf(q.Line)}
	m := f.index[id]
	if m == nil {
		m = &market{ID: id}
		f.index[id] = m
		f.Markets = append(f.Markets, m)
	}
	m.book(q.Book).Prices[m.outcome(q.Outcome)] = bookPrice{
		Price: q.Price, Open: q.State == feed.StateOpen, Event: q.EventTime, Seen: q.SeenTime,
	}
	m.Due = true
}

// outcome returns the outcome's position, making room for a new one.
func (m *market) outcome(name string) int {
	if i := slices.Index(m.Outcomes, name); i >= 0 {
		return i
	}
	i, _ := slices.BinarySearchFunc(m.Outcomes, name, compareOutcomes)
	m.Outcomes = slices.Insert(m.Outcomes, i, name)
	for _, b := range m.Books {
		b.Prices = slices.Insert(b.Prices, i, bookPrice{})
	}
	return i
}

// book returns the book's view, sized for the market's outcomes.
func (m *market) book(name string) *bookView {
	i, ok := slices.BinarySearchFunc(m.Books, name, func(b *bookView, n string) int { return cmp.Compare(b.Book, n) })
	if !ok {
		m.Books = slices.Insert(m.Books, i, &bookView{Book: name, Prices: make([]bookPrice, len(m.Outcomes))})
	}
	return m.Books[i]
}

// compareOutcomes puts home before draw before away and over before under; any
// other names follow in their own order.
func compareOutcomes(a, b string) int {
	return cmp.Or(cmp.Compare(outcomeRank(a), outcomeRank(b)), cmp.Compare(a, b))
}

func outcomeRank(o string) int {
	switch o {
	case feed.OutcomeHome, feed.OutcomeOver:
		return 0
	case feed.OutcomeDraw:
		return 1
	case feed.OutcomeAway, feed.OutcomeUnder:
		return 2
	}
	return 3
}

// pricer computes market states. It keeps scratch space between calls.
type pricer struct {
	method odds.Method   // of Fair and Hold
	maxAge time.Duration // older prices take no part

	prices  []float64
	fair    [3][]float64 // by pricedBy: one book's fair probabilities
	sums    [3][]float64 // by pricedBy: sum over books of the fair probabilities
	perBook []float64    // each book's fair probability of the first outcome, by the pricer's method
}

// pricedBy are the methods that every state shows, in the order of its fields.
var pricedBy = [3]odds.Method{odds.Multiplicative, odds.Power, odds.Shin}

// state computes the market as of a response seen at a time. fixture and league
// are the caller's to fill in.
func (p *pricer) state(f *fixtureMarkets, m *market, seen feed.Time) feed.MarketState {
	s := feed.MarketState{
		Kind: feed.KindMarket, Market: m.ID.Market, Period: m.ID.Period, Line: m.ID.Line.Ptr(),
		Method: string(p.method), SeenTime: seen,
		Outcomes: make([]feed.OutcomeState, len(m.Outcomes)),
	}
	for i, o := range m.Outcomes {
		s.Outcomes[i].Outcome = o
	}
	n := len(m.Outcomes)
	for k := range p.sums {
		p.sums[k] = resize(p.sums[k], n)
	}
	p.perBook = p.perBook[:0]
	holds := 0.0
	for _, b := range m.Books {
		confirmed := f.Seen[b.Book+"|"+m.ID.Market]
		if !p.takePrices(&s, b, confirmed) {
			continue
		}
		if hold, ok := p.takeFair(); ok {
			holds += hold
			s.Books++
		}
	}
	p.conclude(&s, holds)
	return s
}

// takePrices moves the book's fresh open prices into the state's best prices
// and reports whether it had one on every outcome of a real market.
func (p *pricer) takePrices(s *feed.MarketState, b *bookView, confirmed bookSeen) (complete bool) {
	p.prices = p.prices[:0]
	for i, bp := range b.Prices {
		if !bp.Open {
			continue
		}
		event, seen := max(bp.Event, confirmed.Event), max(bp.Seen, confirmed.Seen)
		if s.SeenTime.Sub(event) > p.maxAge {
			continue
		}
		p.prices = append(p.prices, bp.Price)
		s.EventTime = max(s.EventTime, event)
		o := &s.Outcomes[i]
		o.Prices++
		if o.OldestEventTime == 0 || event < o.OldestEventTime {
			o.OldestEventTime = event
		}
		// Among equal prices the freshest is named, then the first by name.
		better := o.BestPrice == nil || bp.Price > *o.BestPrice || bp.Price == *o.BestPrice && event > o.BestEventTime
		if better {
			price := bp.Price
			o.BestPrice, o.BestBook, o.BestEventTime, o.BestSeenTime = &price, b.Book, event, seen
		}
	}
	return len(p.prices) == len(s.Outcomes) && len(p.prices) > 1
}

// takeFair adds the fair probabilities of p.prices to the sums. A book whose
// prices a method cannot read takes no part: its own prices cross, or one of
// them is out of date.
func (p *pricer) takeFair() (hold float64, ok bool) {
	for k, method := range pricedBy {
		r, err := odds.Fair(p.fair[k][:0], method, p.prices)
		if err != nil {
			return 0, false
		}
		p.fair[k] = r.Probabilities
		hold = r.Hold
	}
	for k, method := range pricedBy {
		for i, v := range p.fair[k] {
			p.sums[k][i] += v
		}
		if method == p.method {
			p.perBook = append(p.perBook, p.fair[k][0])
		}
	}
	return hold, true
}

// conclude turns sums over books into means that sum to one.
func (p *pricer) conclude(s *feed.MarketState, holds float64) {
	best := 0.0
	for i := range s.Outcomes {
		if s.Outcomes[i].BestPrice == nil {
			best = math.NaN()
			continue
		}
		best += 1 / *s.Outcomes[i].BestPrice
	}
	if len(s.Outcomes) > 1 && !math.IsNaN(best) {
		s.BestSum = &best
	}
	if s.Books == 0 {
		return
	}
	hold := holds / float64(s.Books)
	s.Hold = &hold
	if d, ok := deviation(p.perBook); ok {
		s.Dispersion = &d
	}
	for k, method := range pricedBy {
		total := 0.0
		for _, v := range p.sums[k] {
			total += v
		}
		for i, v := range p.sums[k] {
			fair := v / total
			o := &s.Outcomes[i]
			switch method {
			case odds.Multiplicative:
				o.Multiplicative = &fair
			case odds.Power:
				o.Power = &fair
			case odds.Shin:
				o.Shin = &fair
			}
			if method == p.method {
				o.Fair = &fair
			}
		}
	}
}

// deviation is the sample standard deviation.
func deviation(v []float64) (float64, bool) {
	if len(v) < 2 {
		return 0, false
	}
	mean := 0.0
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	sum := 0.0
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return math.Sqrt(sum / float64(len(v)-1)), true
}

func resize(v []float64, n int) []float64 {
	v = slices.Grow(v[:0], n)[:n]
	clear(v)
	return v
}

// digestOf extracts what makes a state worth publishing.
func digestOf(s *feed.MarketState) *digest {
	d := &digest{Books: s.Books, Outcomes: make([]outcomeBrief, len(s.Outcomes))}
	if s.Hold != nil {
		d.Hold = *s.Hold
	}
	for i, o := range s.Outcomes {
		b := outcomeBrief{Outcome: o.Outcome, Book: o.BestBook, Prices: o.Prices}
		if o.BestPrice != nil {
			b.Price = *o.BestPrice
		}
		if o.Fair != nil {
			b.Fair = *o.Fair
		}
		d.Outcomes[i] = b
	}
	return d
}

func (d *digest) equal(e *digest) bool {
	return d != nil && e != nil && d.Books == e.Books && d.Hold == e.Hold && slices.Equal(d.Outcomes, e.Outcomes)
}
