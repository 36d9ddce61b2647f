package movement

import (
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// Quote is what one book offers on a market from one response on: a price for
// every outcome at one line, or nothing.
type Quote struct {
	Line   feed.Line
	Prices []float64 // decimal, in the order of the market's outcomes; nil when nothing whole is on offer
	Limits []float64 // the most that the book takes at each price, 0 where it does not say; nil if it never does
	Event  feed.Time // the newest of the prices' event times
	Seen   feed.Time // of the response
}

// Open tells whether the quote is two-sided: every outcome has a price.
func (q *Quote) Open() bool { return q.Prices != nil }

// Track is one book's quotes on a market in the order in which they were seen,
// each different from the one before.
type Track struct {
	Book   string
	Quotes []Quote
}

// Market is what every book has quoted on one question of a fixture, whichever
// the line.
type Market struct {
	Market   string
	Period   string
	Outcomes []string // home before draw before away, over before under
	Tracks   []Track  // in order of book
}

// Fair returns the fair probabilities of a quote; ok is false if it has none by
// the method, as for one side, or for a book that pays out more than it takes.
func (q *Quote) Fair(m odds.Method) (p []float64, ok bool) {
	if !q.Open() {
		return nil, false
	}
	r, err := odds.Fair(nil, m, q.Prices)
	if err != nil || r.Status != odds.StatusOK {
		return nil, false
	}
	return r.Probabilities, true
}

// Lines says what a point of a market's line is worth, by market. Where there is
// no model fair probabilities of one line say nothing of another.
type Lines map[string]odds.LineModel

// LinesOf returns the models of a league: results that are normal around what is
// expected.
func LinesOf(s league.Score) Lines {
	l := Lines{}
	for market, sigma := range map[string]float64{feed.MarketSpreads: s.SigmaMargin, feed.MarketTotals: s.SigmaTotal} {
		if m, err := odds.NewLineModel(sigma, nil); err == nil { // a league without a score model has no lines
			l[market] = m
		}
	}
	return l
}

// Move returns the fair probability of a market's first outcome at another line.
// ok is false if the lines cannot be compared.
func (l Lines) Move(market string, p float64, from, to feed.Line) (moved float64, ok bool) {
	if from == to {
		return p, true
	}
	m, known := l[market]
	if !known || !from.Set || !to.Set {
		return 0, false
	}
	sign := 1.0
	if market == feed.MarketTotals {
		sign = -1 // over wins above the line
	}
	moved = m.Move(p, sign*from.Points, sign*to.Points)
	return moved, moved > 0 && moved < 1
}

// Path returns a track's x at a reference line, of the quotes seen up to an
// instant. A quote that has no fair price or cannot be brought to the line counts
// as gone.
func (m *Market) Path(t *Track, by odds.Method, l Lines, reference feed.Line, until feed.Time) (p Path, without int) {
	var points []Point
	for i := range t.Quotes {
		q := &t.Quotes[i]
		if q.Seen > until {
			continue
		}
		// A provider's clock may be ahead of ours; nothing happened after it was seen.
		at := min(q.Event, q.Seen)
		if !q.Open() {
			points = append(points, Point{At: at, Gone: true})
			continue
		}
		fair, ok := q.Fair(by)
		if ok {
			fair[0], ok = l.Move(m.Market, fair[0], q.Line, reference)
		}
		if !ok {
			without++
			points = append(points, Point{At: at, Gone: true}) // what stood before does not any more
			continue
		}
		points = append(points, Point{At: at, X: odds.LogOdds(fair[0])})
	}
	return NewPath(t.Book, points), without
}

// Reference returns the line at which most books stood last, up to an instant;
// see odds.Modal for equals. A market without lines has none.
func (m *Market) Reference(until feed.Time) feed.Line {
	var lines []odds.LineCount
	for i := range m.Tracks {
		q := m.Tracks[i].closing(until)
		if q == nil || !q.Line.Set {
			continue
		}
		k := slices.IndexFunc(lines, func(l odds.LineCount) bool { return l.Line == q.Line.Points })
		if k < 0 {
			k = len(lines)
			lines = append(lines, odds.LineCount{Line: q.Line.Points})
		}
		fair, ok := q.Fair(odds.Multiplicative)
		if !ok {
			continue
		}
		l := &lines[k]
		l.Fair = (l.Fair*float64(l.Books) + fair[0]) / float64(l.Books+1)
		l.Books++
	}
	line, ok := odds.Modal(lines)
	return feed.Line{Points: line, Set: ok}
}
