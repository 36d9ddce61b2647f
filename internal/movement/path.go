package movement

import (
	"cmp"
	"slices"

	"github.com/betflow/betflow/internal/feed"
)

// Point is a value of x that holds from an instant on.
type Point struct {
	At   feed.Time
	X    float64
	Gone bool // nothing is on offer from here on; X is that of the point before
}

// Path is one book's x over time: points in order of time, one an instant.
type Path struct {
	Book   string
	Points []Point
}

// NewPath puts points in order. Of several at one instant the last one counts.
// What is gone before it was there is left out.
func NewPath(book string, points []Point) Path {
	sorted := slices.Clone(points)
	slices.SortStableFunc(sorted, func(a, b Point) int { return cmp.Compare(a.At, b.At) })
	p := Path{Book: book}
	for i, q := range sorted {
		n := len(p.Points)
		if i+1 < len(sorted) && sorted[i+1].At == q.At || q.Gone && n == 0 {
			continue
		}
		if q.Gone {
			q.X = p.Points[n-1].X
		}
		p.Points = append(p.Points, q)
	}
	return p
}

// At returns the value that holds at an instant. ok is false before the first
// point and where nothing is on offer.
func (p *Path) At(t feed.Time) (x float64, ok bool) {
	q, ok := p.last(t)
	return q.X, ok && !q.Gone
}

// last returns the last point up to an instant.
func (p *Path) last(t feed.Time) (q Point, ok bool) {
	i, found := slices.BinarySearchFunc(p.Points, t, func(q Point, t feed.Time) int { return cmp.Compare(q.At, t) })
	if !found {
		i--
	}
	if i < 0 {
		return Point{}, false
	}
	return p.Points[i], true
}

// Move is a change of x at an instant.
type Move struct {
	Book  string
	At    feed.Time
	Delta float64
}

// Moves returns the changes in (from, to]. Points that repeat a value are none;
// a book that comes back at another price than it left has moved then.
func (p *Path) Moves(from, to feed.Time) []Move {
	var moves []Move
	for i := 1; i < len(p.Points); i++ {
		q := p.Points[i]
		if d := q.X - p.Points[i-1].X; d != 0 && q.At > from && q.At <= to {
			moves = append(moves, Move{p.Book, q.At, d})
		}
	}
	return moves
}

// between returns the path's points in [from, to], with the value at from first
// if it has one.
func (p *Path) between(from, to feed.Time) Path {
	out := Path{Book: p.Book}
	if q, ok := p.last(from); ok {
		q.At = from
		out.Points = append(out.Points, q)
	}
	for _, q := range p.Points {
		if q.At > from && q.At <= to {
			out.Points = append(out.Points, q)
		}
	}
	return out
}
