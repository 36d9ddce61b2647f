package nfl

import (
	"math"

	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// Agreement holds the two sources' closing spreads against each other, on the
// games that both have. If many last lines of the books were those of running
// games, their median would be nearer to the result than the other source's
// close.
type Agreement struct {
	Games    int          `json:"games"`
	Missing  int          `json:"missing"`  // games with lines that the other source does not have
	Scores   int          `json:"scores"`   // games of which the sources give another score
	Near     Estimate     `json:"near"`     // share of spreads that differ by half a point or less
	Distance study.Number `json:"distance"` // mean, points
	Median   study.Number `json:"mae_median"`
	Other    study.Number `json:"mae_other"`
	Gain     Estimate     `json:"gain"` // absolute error of the other less that of the median, by bootstrap over weeks
}

// pairing is what a game is found by in both sources.
type pairing struct {
	season     int
	playoff    bool
	home, away string
}

// agreement joins the sources. It is nil if they share no game.
func agreement(games []market, past []result, teams Finder, o Options) *Agreement {
	id := func(name string) string {
		if m := teams.FindTeam("nfl", name); m.Team != nil {
			return m.Team.ID
		}
		return ""
	}
	other := map[pairing]*result{}
	for i := range past {
		r := &past[i]
		other[pairing{r.Season, r.Playoff, id(r.Home), id(r.Away)}] = r
	}
	type row struct {
		week          int
		median, other float64 // absolute errors
	}
	var out Agreement
	var rows []row
	var distance, medians, others score.Mean
	near := 0
	for i := range games {
		m := &games[i]
		r := other[pairing{m.Season, m.Playoff(), id(m.Home), id(m.Away)}]
		if r == nil {
			out.Missing++
			continue
		}
		if r.margin != m.margin {
			out.Scores++
		}
		if !table.Has(m.spread, r.Spread) {
			continue
		}
		d := math.Abs(m.spread - r.Spread)
		if d <= 0.5 {
			near++
		}
		w := row{m.week, math.Abs(m.margin + m.spread), math.Abs(m.margin + r.Spread)}
		distance.Add(d)
		medians.Add(w.median)
		others.Add(w.other)
		rows = append(rows, w)
	}
	if out.Games = len(rows); out.Games == 0 {
		return nil
	}
	out.Near, out.Distance = share(near, out.Games), study.Number(distance.Value())
	out.Median, out.Other = study.Number(medians.Value()), study.Number(others.Value())
	out.Gain = average(score.Clusters(rows, func(r row) int { return r.week }), o, func(r row) float64 { return r.other - r.median })
	return &out
}
