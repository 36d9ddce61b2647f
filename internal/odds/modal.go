package odds

import (
	"cmp"
	"math"
)

// LineCount is a line of a market with how many books quote it, and the fair
// probability they give there to the first outcome.
type LineCount struct {
	Line  float64
	Books int
	Fair  float64
}

// Modal returns the main line of a market: the one that most books quote. Among
// equals it is the most even one, then the one nearest to zero, then the lower.
// ok is false if no book quotes any.
func Modal(lines []LineCount) (main float64, ok bool) {
	best := LineCount{}
	for _, l := range lines {
		if l.Books > 0 && (!ok || l.before(best)) {
			best, ok = l, true
		}
	}
	return best.Line, ok
}

func (l LineCount) before(other LineCount) bool {
	return cmp.Or(
		cmp.Compare(other.Books, l.Books),
		cmp.Compare(l.unevenness(), other.unevenness()),
		cmp.Compare(math.Abs(l.Line), math.Abs(other.Line)),
		cmp.Compare(l.Line, other.Line),
	) < 0
}

// unevenness is how far the line is from even, in billionths: the last digits of
// a mean are no reason to prefer a line.
func (l LineCount) unevenness() float64 { return math.Round(math.Abs(l.Fair-0.5) * 1e9) }
