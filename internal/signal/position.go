package signal

import (
	"math"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// maxSides is the most outcomes of a market whose movement is followed.
const maxSides = 3

// sides says where a book stands on each outcome, so that more is always a move
// to that outcome: fair probabilities, or in markets with lines the mean that
// line and prices imply, in points, and for the second outcome its negative.
type sides [maxSides]float64

// family is one market and period of a fixture over all its lines: what the
// rules on movement look at. Its exported fields are stored.
type family struct {
	Market string
	Period string
	Tracks []*track // by book, in order of name
}

// track is the recent way of one book's position.
type track struct {
	Book     string
	Points   []point   // oldest first: those within the longest window and the one before it; none while the book has no position
	Anchor   sides     // where the others stood when it last moved
	Anchored bool      // there were others
	Lagging  feed.Time // since when they have been far from there; 0 if they are not
	Side     int       // to which they have gone

	stand stand
	moved bool // in the evaluation at hand
	last  placed
}

// placed is the position that a fair probability at a line led to. Most books
// stand where they stood, and to find out where is work.
type placed struct {
	fair  float64
	line  feed.Line
	sides sides
}

// point is a position from a time on.
type point struct {
	At    feed.Time // when we saw it
	Until feed.Time // when we last saw that it still was; 0 for the newest
	Event feed.Time // the provider's time
	Line  feed.Line
	Sides sides
}

// stand is where a book stands at the moment: at the line that is closest to
// even of those that it quotes.
type stand struct {
	market *Market // nil without a position
	book   *Book
	sides  sides
	uneven float64
}

// maxPoints bounds a track. A book that moves more often within a window is
// followed over a shorter one.
const maxPoints = 16

// ground is what the positions of a family are measured by.
type ground struct {
	outcomes int
	lined    bool
	model    odds.LineModel // of a lined market
	spread   bool           // a spread's line is home's handicap, a total's is what the result must exceed
	rough    bool           // scores are so low that half a point is more than a move: the model does not compare lines well enough
}

// groundOf tells how a family's positions are measured; ok is false for markets
// whose movement is not followed: parts of games with lines, whose results no
// model here describes, and those with many outcomes.
func (d *Detector) groundOf(lines []Market) (g ground, ok bool) {
	id := &lines[0].ID
	g = ground{outcomes: len(lines[0].Outcomes), lined: id.Line.Set, spread: id.Market == feed.MarketSpreads}
	if !g.lined {
		return g, len(lines) == 1 && g.outcomes >= 2 && g.outcomes <= maxSides
	}
	for i := range lines {
		if len(lines[i].Outcomes) != 2 || !lines[i].ID.Line.Set {
			return g, false
		}
	}
	g.model, ok = d.models[id.Market]
	g.rough = d.steps[id.Market] < d.rules.Steam.Points
	return g, ok && id.Period == feed.PeriodFull
}

// handicap is the line as the model takes it: added to the first outcome's
// result.
func (g ground) handicap(line feed.Line) float64 {
	if g.spread {
		return line.Points
	}
	return -line.Points
}

// probability is the fair probability of an outcome at a line from a position.
func (g ground) probability(at float64, side int, line feed.Line) float64 {
	switch {
	case !g.lined:
		return at
	case side == 1:
		return 1 - g.model.Chance(-at, g.handicap(line))
	}
	return g.model.Chance(at, g.handicap(line))
}

// points is how far an even line must move to change its probability by p.
func points(m odds.LineModel, p float64) float64 { return m.Mean(0.5+p, 0.5) - m.Mean(0.5, 0.5) }

// shown is a position as records carry it: points count to the first outcome.
func (g ground) shown(at float64, side int) number {
	if g.lined && side == 1 {
		at = -at
	}
	return some(at)
}

// locate finds where each book of a family stands and follows its track.
func (d *Detector) locate(f *family, lines []Market, g ground) {
	for _, t := range f.Tracks {
		t.stand, t.moved = stand{}, false
	}
	for k := range lines {
		m := &lines[k]
		at := 0
		for j := range m.Books {
			b := &m.Books[j]
			if !b.complete() || len(b.Fair) != g.outcomes || d.now.Sub(b.oldest()) > time.Duration(d.rules.Opinions.MaxAge) {
				continue
			}
			for at < len(f.Tracks) && f.Tracks[at].Book < b.Name {
				at++
			}
			if at == len(f.Tracks) || f.Tracks[at].Book != b.Name {
				f.insert(at, b.Name)
			}
			t := f.Tracks[at]
			if uneven := math.Abs(b.Fair[0] - 0.5); t.stand.market == nil || uneven < t.stand.uneven {
				t.stand = stand{market: m, book: b, uneven: uneven}
			}
		}
	}
	oldest := d.now - d.window
	for _, t := range f.Tracks {
		if t.stand.market == nil || !t.place(g) {
			t.stand = stand{}
			t.Points, t.Anchored, t.Lagging = t.Points[:0], false, 0
			continue
		}
		t.follow(d.now, oldest, g.rough)
	}
}

// place finds the position of the book's stand, and reports whether it has one.
func (t *track) place(g ground) bool {
	fair, line := t.stand.book.Fair, t.stand.market.ID.Line
	if !g.lined {
		copy(t.stand.sides[:], fair)
		return true
	}
	if t.last.fair != fair[0] || t.last.line != line {
		mean := g.model.Mean(fair[0], g.handicap(line))
		t.last = placed{fair[0], line, sides{mean, -mean}}
	}
	t.stand.sides = t.last.sides
	return !math.IsNaN(t.stand.sides[0])
}

func (f *family) insert(at int, book string) {
	f.Tracks = append(f.Tracks, nil)
	copy(f.Tracks[at+1:], f.Tracks[at:])
	f.Tracks[at] = &track{Book: book}
}

// follow adds the position to the track if it is another one, and forgets what
// lies before the window but for the last point there. On rough ground a track
// begins anew with each line.
func (t *track) follow(now, oldest feed.Time, rough bool) {
	line := t.stand.market.ID.Line
	if n := len(t.Points); rough && n > 0 && t.Points[n-1].Line != line {
		t.Points = t.Points[:0]
	}
	if n := len(t.Points); n == 0 || t.Points[n-1].Sides != t.stand.sides {
		t.moved = true
		if n > 0 {
			t.Points[n-1].Until = t.stand.book.Before
		}
		if n == maxPoints {
			copy(t.Points, t.Points[1:])
			t.Points = t.Points[:n-1]
		}
		t.Points = append(t.Points, point{At: now, Event: t.stand.book.changed(), Line: line, Sides: t.stand.sides})
	}
	drop := 0
	for drop+1 < len(t.Points) && t.Points[drop+1].At <= oldest {
		drop++
	}
	if drop > 0 {
		t.Points = t.Points[:copy(t.Points, t.Points[drop:])]
	}
}

// rise is how far the book has moved to a side since its lowest point within a
// window, and the place of the first point that lies the threshold above that. A
// move counts if we have seen the book within the window before it: when polls
// are further apart, nobody knows how fast it was.
func (t *track) rise(side int, since feed.Time, threshold float64) (by float64, first int) {
	n := len(t.Points)
	if n < 2 {
		return 0, -1
	}
	begin := n - 1
	for begin > 0 && t.Points[begin].At > since {
		begin--
	}
	if begin < n-1 && max(t.Points[begin].At, t.Points[begin].Until) < since {
		begin++
	}
	low := t.Points[begin].Sides[side]
	first = -1
	for k := begin + 1; k < n; k++ {
		at := t.Points[k].Sides[side]
		if at < low {
			low, first = at, -1
		}
		if first < 0 && at-low >= threshold {
			first = k
		}
	}
	return t.Points[n-1].Sides[side] - low, first
}

// crowd is the sorted positions of all books of a family on one side.
type crowd []float64

// gather sorts the positions on a side, of the books at one line or, if that is
// nil, at any.
func (f *family) gather(to crowd, side int, at *Market) crowd {
	to = to[:0]
	for _, t := range f.Tracks {
		if t.stand.market != nil && (at == nil || t.stand.market == at) {
			to = append(to, t.stand.sides[side])
		}
	}
	if len(to) > 0 {
		median(to)
	}
	return to
}

// middle is the median position.
func (c crowd) middle() float64 { return (c[(len(c)-1)/2] + c[len(c)/2]) / 2 }

// without is the median position of all but one of the books. It needs two.
func (c crowd) without(own float64) float64 {
	rank := 0
	for rank < len(c)-1 && c[rank] != own {
		rank++
	}
	at := func(k int) float64 {
		if k < rank {
			return c[k]
		}
		return c[k+1]
	}
	n := len(c) - 1
	return (at((n-1)/2) + at(n/2)) / 2
}
