package nfl

import (
	"math"
	"slices"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/table"
)

// market is a game with lines that was played.
type market struct {
	*nfllines.Game
	week          int     // season and week in one: games of a week are drawn together
	margin        float64 // home's points less away's
	points        float64
	spread, total float64 // the closing lines: medians of the books; Missing without any
}

// markets returns the games that were played.
func markets(games []nfllines.Game) []market {
	var out []market
	for i := range games {
		g := &games[i]
		if !g.Played() {
			continue
		}
		out = append(out, market{
			Game: g, week: 100*g.Season + g.Week,
			margin: g.HomeScore - g.AwayScore, points: g.HomeScore + g.AwayScore,
			spread: medianOf(g.Books, func(b *nfllines.Book) float64 { return b.Spread }),
			total:  medianOf(g.Books, func(b *nfllines.Book) float64 { return b.Total }),
		})
	}
	return out
}

func weekOf(m market) int { return m.week }

// medianOf returns the median of what the books have, Missing if none has.
func medianOf(books []nfllines.Book, value func(*nfllines.Book) float64) float64 {
	values := make([]float64, 0, len(books))
	for i := range books {
		if v := value(&books[i]); table.Has(v) {
			values = append(values, v)
		}
	}
	return median(values)
}

// median sorts the values.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return table.Missing
	}
	slices.Sort(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// rangeOf returns how far apart the lowest and the highest value of the books
// are, among those within a distance of the median.
func rangeOf(books []nfllines.Book, middle, within float64, value func(*nfllines.Book) float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range books {
		if v := value(&books[i]); math.Abs(v-middle) <= within {
			low, high = min(low, v), max(high, v)
		}
	}
	return max(0, high-low) // none is that near
}

// live is how many points from the median of the books a spread was hardly
// before kick-off: it is the last one of a game that was under way.
const live = 4

// isLive tells whether a book's lines are those of a running game.
func (m *market) isLive(b *nfllines.Book) bool {
	return math.Abs(b.Spread-m.spread) > live || math.Abs(b.Total-m.total) > live
}

// fairHome returns home's fair probability by a method. It is Missing unless
// both prices are there and the book has a margin that the method can take out.
func fairHome(method odds.Method, prices nfllines.Sides) float64 {
	if !table.Has(prices.Home, prices.Away) {
		return table.Missing
	}
	var p [2]float64
	if _, err := odds.Fair(p[:], method, []float64{prices.Home, prices.Away}); err != nil {
		return table.Missing
	}
	return p[0]
}

// closeHome returns the median of the books' fair probabilities of home.
func (m *market) closeHome(method odds.Method) float64 {
	return medianOf(m.Books, func(b *nfllines.Book) float64 { return fairHome(method, b.Moneyline) })
}
