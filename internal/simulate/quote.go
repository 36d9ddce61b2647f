package simulate

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// bookmaker is a Book with its randomness.
type bookmaker struct {
	Book
	seed uint64 // distinguishes the book among the facts of a fixture
}

// marketKind is one of the markets that books offer.
type marketKind int

const (
	h2h marketKind = iota
	h2hLay
	spreads
	totals
)

// marketKeys are The Odds API's names, by kind.
var marketKeys = [...]string{h2h: "h2h", h2hLay: "h2h_lay", spreads: "spreads", totals: "totals"}

// offer is one book's market at an instant.
type offer struct {
	kind    marketKind
	updated feed.Time
	line    float64    // home's handicap or the total
	prices  [3]float64 // decimal: home, away, draw; home, away; over, under
	count   int        // of prices
}

// spells are times in which a book freezes (before a game) or is away (in
// play), for no reason that the game gives.
const (
	freezeSpan  = 10 * feed.Minute
	freezeShare = .01
	awaySpan    = 5 * feed.Minute
	awayShare   = .06
	awayMost    = 100 // seconds
	noiseSpan   = 25 * feed.Minute
	liveNoise   = 90 * feed.Second
)

// offers returns what the book shows of a fixture at an instant, none when it
// has not opened, is suspended or is done.
func (b *bookmaker) offers(f *fixture, t feed.Time) []offer {
	s := f.seed.of("book").at(b.seed)
	if !b.open(f, s, t) {
		return nil
	}
	out := make([]offer, 0, 3)
	for kind := h2h; kind <= totals; kind++ {
		if b.Grid == GridExchange && kind > h2hLay || b.Grid != GridExchange && kind == h2hLay {
			continue
		}
		if o, ok := b.offer(f, s, kind, t); ok {
			out = append(out, o)
		}
	}
	return out
}

// open tells whether the book has prices of the fixture.
func (b *bookmaker) open(f *fixture, s seed, t feed.Time) bool {
	opens := feed.Time(float64(feed.Span(b.Opens)) * (.9 + .2*s.of("opens").uniform()))
	if t < f.Start+f.shift-opens {
		return false
	}
	w := t - f.kickoff()
	if w < 0 {
		return true
	}
	g := f.play()
	if !b.Live || w >= g.end {
		return false
	}
	if spell := s.of("away").at(uint64(w / awaySpan)); spell.uniform() < awayShare {
		if w%awaySpan < feed.Time(20+spell.at(1).below(awayMost-20))*feed.Second {
			return false
		}
	}
	return !f.suspends || !b.suspended(g, w)
}

// suspended tells whether someone has scored so recently that the book has not
// reopened. A book hears of a score at once and closes, and reopens only when
// its own delayed view holds it, so its prices never miss a score.
func (b *bookmaker) suspended(g *game, w feed.Time) bool {
	span := feed.Span(b.LiveLag + b.LiveRefresh + b.Suspend)
	for i := g.done(w) - 1; i >= 0 && g.chances[i].to > w-span; i-- {
		if g.chances[i].points > 0 {
			return true
		}
	}
	return false
}

// updated is when the book last looked at one market, and what it saw then.
func (b *bookmaker) updated(f *fixture, s seed, kind marketKind, t feed.Time) (updated, seen feed.Time) {
	refresh, lag := feed.Span(b.Refresh), feed.Span(b.Lag)
	if t >= f.kickoff() {
		refresh, lag = feed.Span(b.LiveRefresh), feed.Span(b.LiveLag)
	} else if s.of("freeze").at(uint64(t/freezeSpan)).uniform() < freezeShare {
		t = t.Truncate(freezeSpan)
	}
	// One look serves all markets, but the last of them may appear a little later.
	phase := feed.Time(s.of("phase").uniform()*float64(refresh)) + feed.Time(kind)*feed.Second/2
	updated = (t - phase).Truncate(max(refresh, feed.Second)) + phase
	return updated.Truncate(feed.Second), updated - lag
}

// offer prices one market.
func (b *bookmaker) offer(f *fixture, s seed, kind marketKind, t feed.Time) (offer, bool) {
	updated, seen := b.updated(f, s, kind, t)
	o := offer{kind: kind, updated: updated}
	view := f.at(seen)
	n := b.errorAt(f, s, kind, seen)
	var fair []float64
	switch kind {
	case h2h, h2hLay:
		fair = append(o.prices[:0], view.home, view.away)
		if f.league.Draw {
			fair = append(fair, view.draw)
		}
	case spreads:
		o.line = -b.line(view.margin, view.marginTail, n)
		if seen < f.kickoff() && math.Abs(o.line) < f.reach {
			o.line = math.Copysign(f.reach, o.line)
		}
		over, _, under := view.spread(o.line)
		fair = append(o.prices[:0], over, under)
	case totals:
		o.line = b.line(view.total, view.totalTail, n)
		over, _, under := view.over(o.line)
		fair = append(o.prices[:0], over, under)
	}
	o.count = len(fair)
	return o, b.quote(fair, kind, n)
}

// quote turns fair probabilities into prices in place, and tells whether the
// book offers them: it closes a market that is as good as decided.
func (b *bookmaker) quote(fair []float64, kind marketKind, n float64) bool {
	var sum float64
	for _, p := range fair { // without the ties that return stakes
		sum += p
	}
	for i := range fair {
		fair[i] /= sum
	}
	tilt(fair, n)
	for _, p := range fair {
		if !(p > .01 && p < .97) {
			return false
		}
	}
	margin := b.Margin
	if b.Grid == GridExchange {
		margin /= 2
	}
	if kind == h2hLay {
		margin = -margin
	}
	margins(fair, margin)
	for i, implied := range fair {
		fair[i] = b.Grid.price(implied)
	}
	return true
}

// errorAt is how wrong the book is about a market, in logits: partly the same
// on all markets of a fixture, and for minutes at a time.
func (b *bookmaker) errorAt(f *fixture, s seed, kind marketKind, seen feed.Time) float64 {
	span := noiseSpan
	if seen >= f.kickoff() {
		span = liveNoise
	}
	phase := feed.Time(s.of("error").uniform() * float64(span))
	epoch := s.of("error").at(uint64((seen + phase) / span))
	if kind == h2hLay {
		kind = h2h // both sides of an exchange move together
	}
	common := 0.0
	if kind != totals {
		common = epoch.at(0).bell()
	}
	return b.Noise * (.8*common + .6*epoch.at(1+uint64(kind)).bell())
}

// line is where the book draws it: the half point at which the outcomes are
// most even, or the whole number beside it if the book has such lines and it is
// more even.
func (b *bookmaker) line(d dist, tail []float64, n float64) float64 {
	mid := median(d, tail)
	if !b.Whole {
		return mid
	}
	best, line := math.Inf(1), mid
	for _, x := range [...]float64{mid, mid - .5, mid + .5} {
		above, _, below := split(d, tail, x)
		if gap := math.Abs(math.Log(above/below) + n); gap < best {
			best, line = gap, x
		}
	}
	return line
}
