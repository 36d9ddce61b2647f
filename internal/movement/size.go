package movement

import (
	"math"
	"slices"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// Velocity is the sum of the moves in (from, to] per minute; N counts them.
func Velocity(p *Path, from, to feed.Time) Estimate {
	minutes := to.Sub(from).Minutes()
	if _, known := p.At(from); !known || minutes <= 0 {
		return tooFew(0, 1) // a book that was not there did not stand still
	}
	sum := 0.0
	moves := p.Moves(from, to)
	for _, m := range moves {
		sum += m.Delta
	}
	return of(sum/minutes, len(moves))
}

// Acceleration is the velocity in the window that ends at an instant less that
// in the window before it, per minute of distance between the two.
func Acceleration(p *Path, at, window feed.Time) Estimate {
	late, early := Velocity(p, at-window, at), Velocity(p, at-2*window, at-window)
	if !late.Enough() || !early.Enough() {
		return tooFew(0, 1)
	}
	return of((*late.Value-*early.Value)/window.Sub(0).Minutes(), late.N+early.N)
}

// leastMoves is how many moves a volatility needs.
const leastMoves = 5

// Volatility is the realised volatility of the moves in (from, to], the square
// root of the sum of their squares, per square root of an hour. Its standard
// error follows from the realised quarticity, Var(RV) = 2/3 sum r^4, by the delta
// method (O. Barndorff-Nielsen and N. Shephard, "Econometric analysis of realized
// volatility", JRSS B 64, 2002).
func Volatility(p *Path, from, to feed.Time) Estimate {
	moves := p.Moves(from, to)
	hours := to.Sub(from).Hours()
	if len(moves) < leastMoves || hours <= 0 {
		return tooFew(len(moves), leastMoves)
	}
	squares, fourths := 0.0, 0.0
	for _, m := range moves {
		squares += m.Delta * m.Delta
		fourths += math.Pow(m.Delta, 4)
	}
	root := math.Sqrt(squares)
	return of(root/math.Sqrt(hours), len(moves)).withSE(math.Sqrt(2*fourths/3) / (2 * root) / math.Sqrt(hours))
}

// Hour is how the market moved in one hour before the start.
type Hour struct {
	Before     int      `json:"hours_to_start"` // 0 is the last hour
	Volatility Estimate `json:"volatility"`     // of all books together, per square root of an hour and book
}

// Hours returns the realised volatility by the hour before the start, the last
// hour first: the root of the mean over the books of the sum of squares. Books
// count in the hours for which they have a price at the beginning.
func Hours(paths []Path, start feed.Time, hours int) []Hour {
	out := make([]Hour, hours)
	for h := range out {
		to := start - feed.Time(h)*feed.Hour
		from := to - feed.Hour
		squares, books, n := 0.0, 0, 0
		for i := range paths {
			if _, known := paths[i].At(from); !known {
				continue
			}
			books++
			for _, m := range paths[i].Moves(from, to) {
				squares += m.Delta * m.Delta
				n++
			}
		}
		out[h] = Hour{Before: h, Volatility: tooFew(n, leastMoves)}
		if n >= leastMoves {
			out[h].Volatility = of(math.Sqrt(squares/float64(books)), n)
		}
	}
	return out
}

// Dispersion is how far the books' fair probabilities lie apart at an instant.
type Dispersion struct {
	At     feed.Time `json:"at"`
	Books  int       `json:"books"`
	Mean   float64   `json:"mean"`
	StdDev float64   `json:"stddev"` // of the sample; 0 for a single book
	Range  float64   `json:"range"`  // highest less lowest
}

// DispersionAt compares the books that have a price at an instant. ok is false if
// none has.
func DispersionAt(paths []Path, at feed.Time) (d Dispersion, ok bool) {
	d.At = at
	var ps []float64
	for i := range paths {
		if x, known := paths[i].At(at); known {
			ps = append(ps, odds.Logistic(x))
		}
	}
	if d.Books = len(ps); d.Books == 0 {
		return d, false
	}
	slices.Sort(ps) // the order of the books must not show in the last digit
	for _, p := range ps {
		d.Mean += p / float64(len(ps))
	}
	d.Range = ps[len(ps)-1] - ps[0]
	if len(ps) > 1 {
		squares := 0.0
		for _, p := range ps {
			squares += (p - d.Mean) * (p - d.Mean)
		}
		d.StdDev = math.Sqrt(squares / float64(len(ps)-1))
	}
	return d, true
}

// Deviation is a book's fair probability less the mean of all books that have a
// price, its own included. ok is false if it has none.
func Deviation(paths []Path, book int, at feed.Time) (float64, bool) {
	x, known := paths[book].At(at)
	d, _ := DispersionAt(paths, at)
	return odds.Logistic(x) - d.Mean, known
}

// Freeze thresholds: see Frozen.
const (
	frozenTickets = 0.70
	frozenMove    = 0.02
)

// Frozen tells whether a price is frozen: at least 70 % of the tickets are on one
// side, and the log odds have moved by less than 0.02 (half a percentage point at
// even chances) since the opening. It describes and promises nothing. The share
// must come from a source that has splits.
func Frozen(tickets, moved float64) bool {
	return max(tickets, 1-tickets) >= frozenTickets && math.Abs(moved) < frozenMove
}

// sortedOnce sorts times and leaves out repetitions.
func sortedOnce(times []feed.Time) []feed.Time {
	slices.Sort(times)
	return slices.Compact(times)
}
