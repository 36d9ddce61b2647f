package nfl

import (
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/study"
)

// Persistence is how much of a team's regular season comes again in the next.
type Persistence struct {
	Seasons []SeasonMean `json:"seasons"`
	Next    []NextSeason `json:"next"`
}

// SeasonMean is what a season looked like.
type SeasonMean struct {
	Season int      `json:"season"`
	Points Estimate `json:"points"` // of both sides together
	Spread Estimate `json:"spread_error"`
}

// NextSeason is next = a + b this over teams and pairs of seasons. What does not
// come again, 1 - b, has gone back to the mean.
type NextSeason struct {
	Metric string      `json:"metric"`
	Slope  Coefficient `json:"slope"` // P of 0
	Revert Estimate    `json:"revert"`
}

// Finder finds teams by the names of any season.
type Finder interface {
	FindTeam(leagueID, name string) league.TeamMatch
}

// persistence follows teams from season to season, through their changes of name.
func persistence(past []result, teams Finder) Persistence {
	var out Persistence
	games := filter(past, func(r *result) bool { return r.Season >= 1979 })
	for _, season := range score.Clusters(games, func(r result) int { return r.Season }) {
		var points, miss score.Mean
		for i := range season {
			points.Add(season[i].points)
			if season[i].lined() {
				miss.Add(max(season[i].cover(), -season[i].cover()))
			}
		}
		out.Seasons = append(out.Seasons, SeasonMean{season[0].Season, mean(&points), mean(&miss)})
	}
	for _, metric := range []struct {
		name  string
		value func(r *result) (home, away float64, ok bool)
	}{
		{"mean margin", func(r *result) (float64, float64, bool) { return r.margin, -r.margin, true }},
		{"mean margin against the spread", func(r *result) (float64, float64, bool) { return r.cover(), -r.cover(), r.lined() }},
		{"mean points of both sides", func(r *result) (float64, float64, bool) { return r.points, r.points, true }},
		{"mean points over the total", func(r *result) (float64, float64, bool) { return r.excess(), r.excess(), r.totalled() }},
	} {
		if n := nextSeason(metric.name, games, teams, metric.value); n != nil {
			out.Next = append(out.Next, *n)
		}
	}
	return out
}

// teamSeason is a team in a season.
type teamSeason struct {
	team   string
	season int
}

// nextSeason regresses teams' means on those of the season before, both less
// their season's mean. It is nil without enough pairs.
func nextSeason(name string, games []result, teams Finder, value func(*result) (home, away float64, ok bool)) *NextSeason {
	const enough = 10 // games of a season
	means, all := map[teamSeason]*score.Mean{}, map[int]*score.Mean{}
	take := func(club string, season int, v float64) {
		m := teams.FindTeam("nfl", club)
		if m.Team == nil {
			return
		}
		k := teamSeason{m.Team.ID, season}
		if means[k] == nil {
			means[k] = &score.Mean{}
		}
		if all[season] == nil {
			all[season] = &score.Mean{}
		}
		means[k].Add(v)
		all[season].Add(v)
	}
	for i := range games {
		g := &games[i]
		if h, a, ok := value(g); ok && !g.Playoff {
			take(g.Home, g.Season, h)
			take(g.Away, g.Season, a)
		}
	}
	var keys []teamSeason
	for k, m := range means {
		if next := means[teamSeason{k.team, k.season + 1}]; m.N() >= enough && next != nil && next.N() >= enough {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b teamSeason) int {
		if a.team == b.team {
			return a.season - b.season
		}
		return strings.Compare(a.team, b.team)
	})
	var this, next []float64
	for _, k := range keys {
		this = append(this, means[k].Value()-all[k.season].Value())
		next = append(next, means[teamSeason{k.team, k.season + 1}].Value()-all[k.season+1].Value())
	}
	r, err := score.OLS(next, this)
	if err != nil {
		return nil
	}
	slope := coefficient(r.Coefficients[1], 0, r.N)
	return &NextSeason{Metric: name, Slope: slope, Revert: Estimate{study.Estimate{Value: 1 - slope.Value, Low: 1 - slope.High, High: 1 - slope.Low}, slope.N}}
}
