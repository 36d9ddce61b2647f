package nfl

import (
	"time"

	"github.com/betflow/betflow/internal/source/spreadspoke"
	"github.com/betflow/betflow/internal/source/table"
)

// result is a game that was played, with its closing line and weather.
type result struct {
	*spreadspoke.Game
	week   int     // of the calendar: games of a week are drawn together
	margin float64 // home's points less away's
	points float64
}

// results returns the games that were played.
func results(games []spreadspoke.Game) []result {
	const days = 7
	var out []result
	for i := range games {
		if g := &games[i]; g.Played() {
			// Weeks begin on Tuesdays, the day without games; day 0 was a Thursday.
			day := int(g.Day.Unix()/int64(24*time.Hour/time.Second)) + 2
			out = append(out, result{g, day / days, g.HomeScore - g.AwayScore, g.HomeScore + g.AwayScore})
		}
	}
	return out
}

// during returns the games of an era.
func during(games []result, e era) []result {
	return filter(games, func(r *result) bool { return e.has(r.Season) })
}

// lined tells whether the game has a spread.
func (r *result) lined() bool { return table.Has(r.Spread) }

// totalled tells whether the game has a total.
func (r *result) totalled() bool { return table.Has(r.Total) }

// cover is by how many points home beat the spread.
func (r *result) cover() float64 { return r.margin + r.Spread }

// filter returns the rows that are wanted.
func filter[T any](rows []T, want func(*T) bool) []T {
	var out []T
	for i := range rows {
		if want(&rows[i]) {
			out = append(out, rows[i])
		}
	}
	return out
}

// column returns a value of every row.
func column[T any](rows []T, value func(*T) float64) []float64 {
	out := make([]float64, len(rows))
	for i := range rows {
		out[i] = value(&rows[i])
	}
	return out
}
