package bet

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// Quote is one book's price of an outcome at the close: the last one before the
// game started.
type Quote struct {
	Selection
	Book  string
	Price float64
	Age   time.Duration // from its last confirmation to the start; 0 if not known
}

// Reading says how closing prices are read.
type Reading struct {
	Method odds.Method   // that takes the margin out
	Books  []string      // whose prices make the fair probability; empty for all
	MaxAge time.Duration // older prices take no part; 0: all do
	// Margin and Total bring a fair probability from the closing line to the
	// bet's. Where one is nil, a bet on a line that is gone at the close cannot be
	// valued.
	Margin, Total *odds.LineModel
}

// For returns the reading with the line models of a league.
func (r Reading) For(l *league.League) Reading {
	if m, err := odds.NewLineModel(l.Score.SigmaMargin, l.Score.KeyNumbers); err == nil {
		r.Margin = &m
	}
	if m, err := odds.NewLineModel(l.Score.SigmaTotal, nil); err == nil {
		r.Total = &m
	}
	return r
}

// Close is the closing market of one game.
type Close struct {
	reading Reading
	markets map[marketKey]*closingMarket
}

// marketKey names outcomes that sum to one.
type marketKey struct {
	market, period string
	line           feed.Line
	ways           int
}

type closingMarket struct {
	key   marketKey
	books map[string][]Quote
	names []string // of all outcomes
}

// Errors of Value.
var (
	ErrNoClose = errors.New("no book has closing prices of this market")
	ErrNoLine  = errors.New("no book closed on this line, and none from which it could be told")
)

// NewClose gathers closing prices of one game.
func NewClose(r Reading, quotes []Quote) *Close {
	c := &Close{reading: r, markets: map[marketKey]*closingMarket{}}
	for _, q := range quotes {
		k := marketKey{q.Market, q.Period, q.Line, q.Ways}
		m := c.markets[k]
		if m == nil {
			m = &closingMarket{key: k, books: map[string][]Quote{}}
			c.markets[k] = m
		}
		m.books[q.Book] = append(m.books[q.Book], q)
		if !slices.Contains(m.names, q.Outcome) {
			m.names = append(m.names, q.Outcome)
		}
	}
	return c
}

// Value is what a bet's price was worth at the close. Percentages are fractions.
type Value struct {
	Fair   float64       `json:"fair"`            // fair probability of the bet at the close, pushes left out
	NoVig  float64       `json:"no_vig"`          // expected profit of a unit at Fair, commission taken off
	Price  *float64      `json:"price"`           // o_bet/o_close - 1 at the same book and line; nil if it had none
	Points *float64      `json:"points"`          // how much better the line is than the closing one; nil for h2h
	Book   float64       `json:"closing_price"`   // of the same book on the same line; 0 if it had none
	Line   *float64      `json:"closing_line"`    // the one that most books quote; nil for h2h
	Moved  bool          `json:"from_other_line"` // Fair was brought from the closing line to the bet's
	Books  int           `json:"books"`           // behind Fair
	Age    time.Duration `json:"closing_age_ns"`  // of the oldest price behind Fair
}

// Value compares a bet with the close. It returns ErrNoClose or ErrNoLine.
func (c *Close) Value(b *Bet) (Value, error) {
	lines := c.lines(b)
	if len(lines) == 0 {
		return Value{}, ErrNoClose
	}
	main := lines[0]
	v := Value{Line: main.key.line.Ptr()}
	at := main
	for _, l := range lines {
		if l.key.line == b.Line {
			at = l
			v.Book = l.priceOf(b.Book, b.Outcome)
		}
	}
	v.Fair, v.Books, v.Age = at.fair, at.used, at.age
	if at.key.line != b.Line {
		p, ok := c.bring(at, b)
		if !ok {
			return Value{}, ErrNoLine
		}
		v.Fair, v.Moved = p, true
	}
	if v.Book > 0 {
		price := b.Price/v.Book - 1
		v.Price = &price
	}
	if b.Line.Set {
		points := gained(b, main.key.line)
		v.Points = &points
	}
	v.NoVig = odds.EV(v.Fair, odds.NetPrice(b.Price, b.Commission))
	return v, nil
}

// gained is how many points better the bet's line is than another one.
func gained(b *Bet, than feed.Line) float64 {
	d := b.Line.Points - than.Points
	if b.Outcome == feed.OutcomeAway || isOver(b) {
		return -d + 0
	}
	return d
}

// isOver tells whether a lower total is better.
func isOver(b *Bet) bool {
	if b.Market == feed.MarketTeamTotals {
		_, over, _ := b.teamTotal()
		return over
	}
	return b.Outcome == feed.OutcomeOver
}

// pricedLine is one line of the bet's market with the fair probability of the
// bet's outcome.
type pricedLine struct {
	*closingMarket
	fair float64
	used int
	age  time.Duration
}

// lines lists the lines of the bet's market that have a fair probability, the
// closing line first.
func (c *Close) lines(b *Bet) []pricedLine {
	var out []pricedLine
	for _, ways := range waysOf(b.Ways) {
		for _, m := range c.markets {
			if m.key.market != b.Market || m.key.period != b.Period || m.key.ways != ways {
				continue
			}
			if p, ok := c.fair(m, b.Outcome); ok {
				out = append(out, p)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	counts := make([]odds.LineCount, len(out))
	for i, p := range out {
		counts[i] = odds.LineCount{Line: p.key.line.Points, Books: p.used, Fair: p.fair}
	}
	if main, ok := odds.Modal(counts); ok {
		i := slices.IndexFunc(out, func(p pricedLine) bool { return p.key.line.Points == main })
		out[0], out[i] = out[i], out[0]
	}
	return out
}

// waysOf lists which kinds of an h2h market a bet may be on.
func waysOf(ways int) []int {
	if ways == 0 {
		return []int{0, TwoWay, ThreeWay}
	}
	return []int{ways, 0}
}

// fair is the consensus of the books that have a price on every outcome.
func (c *Close) fair(m *closingMarket, outcome string) (pricedLine, bool) {
	at := slices.Index(m.names, outcome)
	if at < 0 {
		return pricedLine{}, false
	}
	out := pricedLine{closingMarket: m}
	var opinions []odds.Opinion
	for book, quotes := range m.books {
		prices, age, ok := c.complete(m, book, quotes)
		if !ok {
			continue
		}
		r, err := odds.Fair(nil, c.reading.Method, prices)
		if err != nil {
			continue // its own prices cross: one of them is of another moment
		}
		opinions = append(opinions, odds.Opinion{Book: book, Fair: r.Probabilities, Weight: 1})
		out.age = max(out.age, age)
	}
	// The order of a map must not show in the last digit.
	slices.SortFunc(opinions, func(a, b odds.Opinion) int { return cmp.Compare(a.Book, b.Book) })
	var consensus odds.Consensus
	if err := (odds.Rule{}).Combine(&consensus, opinions); err != nil {
		return pricedLine{}, false
	}
	out.fair, out.used = consensus.Fair[at], consensus.Books
	return out, true
}

// complete returns a book's prices in the order of the market's outcomes.
func (c *Close) complete(m *closingMarket, book string, quotes []Quote) (prices []float64, age time.Duration, ok bool) {
	if len(m.names) < 2 || len(c.reading.Books) > 0 && !slices.Contains(c.reading.Books, book) {
		return nil, 0, false
	}
	prices = make([]float64, len(m.names))
	for _, q := range quotes {
		if c.reading.MaxAge > 0 && q.Age > c.reading.MaxAge {
			return nil, 0, false
		}
		prices[slices.Index(m.names, q.Outcome)] = q.Price
		age = max(age, q.Age)
	}
	return prices, age, !slices.Contains(prices, 0)
}

// priceOf returns a book's price of an outcome, 0 if it has none.
func (m *closingMarket) priceOf(book, outcome string) float64 {
	for _, q := range m.books[book] {
		if q.Outcome == outcome {
			return q.Price
		}
	}
	return 0
}

// bring moves the fair probability from the closing line to the bet's.
func (c *Close) bring(from pricedLine, b *Bet) (float64, bool) {
	model := c.reading.Margin
	switch {
	case b.Period != feed.PeriodFull || !b.Line.Set:
		return 0, false
	case b.Market == feed.MarketTotals:
		model = c.reading.Total
	case b.Market != feed.MarketSpreads:
		return 0, false
	}
	if model == nil {
		return 0, false
	}
	// A side's line is what is added to its result: over's result is the total.
	side := 1.0
	if b.Outcome == feed.OutcomeAway || isOver(b) {
		side = -1
	}
	p := model.Move(from.fair, side*from.key.line.Points, side*b.Line.Points)
	return p, p > 0 && p < 1
}
