package nfl

import (
	"slices"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// Book is what one book keeps and knows.
type Book struct {
	ID        int            `json:"id"`
	Moneyline Estimate       `json:"moneyline_hold"`
	Spread    Estimate       `json:"spread_hold"`
	Total     Estimate       `json:"total_hold"`
	Live      int            `json:"live"`   // games whose lines are left out, as those of running games
	Behind    Estimate       `json:"behind"` // log loss less that of the books' median, on the games that it quotes
	Seasons   []HoldOfSeason `json:"seasons"`
}

// HoldOfSeason is the mean hold of a book's moneylines in a season.
type HoldOfSeason struct {
	Season int          `json:"season"`
	Hold   study.Number `json:"hold"`
	N      int          `json:"n"`
}

// sharpBooks are the source's numbers of books that are told to be sharp.
var sharpBooks = [...]int{20, 130}

// books describes every book, the lowest hold of moneylines first.
func books(games []market, o Options) []Book {
	ids := map[int]bool{}
	for _, m := range games {
		for _, b := range m.Books {
			ids[b.ID] = true
		}
	}
	var out []Book
	for id := range ids {
		out = append(out, book(games, id, o))
	}
	slices.SortFunc(out, func(a, b Book) int {
		if d := a.Moneyline.Value - b.Moneyline.Value; d < 0 {
			return -1
		} else if d > 0 {
			return 1
		}
		return a.ID - b.ID
	})
	return out
}

func book(games []market, id int, o Options) Book {
	out := Book{ID: id}
	var moneyline, spread, total score.Mean
	seasons := map[int]*score.Mean{}
	type row struct {
		week   int
		behind float64
	}
	var rows []row
	for i := range games {
		m := &games[i]
		at := slices.IndexFunc(m.Books, func(b nfllines.Book) bool { return b.ID == id })
		if at < 0 {
			continue
		}
		b := &m.Books[at]
		if m.isLive(b) {
			out.Live++
			continue
		}
		if hold := holdOf(b.Moneyline.Home, b.Moneyline.Away); table.Has(hold) {
			moneyline.Add(hold)
			if seasons[m.Season] == nil {
				seasons[m.Season] = &score.Mean{}
			}
			seasons[m.Season].Add(hold)
		}
		add(&spread, holdOf(b.SpreadPrices.Home, b.SpreadPrices.Away))
		add(&total, holdOf(b.TotalPrices.Over, b.TotalPrices.Under))
		p, q := fairHome(odds.DefaultMethod, b.Moneyline), m.closeHome(odds.DefaultMethod)
		if m.margin != 0 && table.Has(p, q) {
			rows = append(rows, row{m.week, loss(p, m.margin > 0) - loss(q, m.margin > 0)})
		}
	}
	out.Moneyline, out.Spread, out.Total = mean(&moneyline), mean(&spread), mean(&total)
	out.Behind = average(score.Clusters(rows, func(r row) int { return r.week }), o, func(r row) float64 { return r.behind })
	for season, m := range seasons {
		out.Seasons = append(out.Seasons, HoldOfSeason{season, study.Number(m.Value()), m.N()})
	}
	slices.SortFunc(out.Seasons, func(a, b HoldOfSeason) int { return a.Season - b.Season })
	return out
}

// holdOf is the hold of two prices, Missing without both.
func holdOf(a, b float64) float64 { return odds.Hold(1/a + 1/b) }

// add takes a value that is there.
func add(m *score.Mean, v float64) {
	if table.Has(v) {
		m.Add(v)
	}
}
