package nfl

import (
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/source/spreadspoke"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

// firstWeather is the first season of the weather study.
const firstWeather = 1999

// Weather is what wind and cold do to totals and to their lines.
type Weather struct {
	Known  []Known      `json:"known"`
	Total  *Fit         `json:"total"`
	Line   *Fit         `json:"line"`
	Excess *Fit         `json:"excess"` // total less line
	Eras   []EraFit     `json:"eras"`
	Later  *Later       `json:"out_of_sample"`
	Wind   []Band       `json:"wind"`
	Cold   []Band       `json:"cold"`
	Roofs  []Band       `json:"roofs"`
	Windy  []SideRecord `json:"under_in_wind"` // under with the windy threshold or more, by era
}

// Known is how many games have what the study needs.
type Known struct {
	Season   int `json:"season"`
	Outdoors int `json:"outdoors"` // not indoors, with a total
	Weather  int `json:"weather"`  // of these, with wind and temperature
}

// Fit is a regression on wind, in mph, and temperature, in degrees Fahrenheit.
type Fit struct {
	Games       int          `json:"games"`
	Constant    Coefficient  `json:"constant"`
	Wind        Coefficient  `json:"wind"`
	Temperature Coefficient  `json:"temperature"`
	WindByWeek  Estimate     `json:"wind_by_week"` // the interval by bootstrap over weeks
	R2          study.Number `json:"r2"`
}

// EraFit is total less line in one era.
type EraFit struct {
	Era      string       `json:"era"`
	MeanWind study.Number `json:"mean_wind"` // mph
	Windy    Estimate     `json:"windy"`     // share of games with the windy threshold or more
	Fit
}

// Later is a fit of total less line on early seasons, and what it foretold of
// later ones.
type Later struct {
	Train string      `json:"train"`
	Test  string      `json:"test"`
	Slope Coefficient `json:"slope"` // of the later excess on the forecast: 1 if all of it came again, 0 if nothing; P of 0
	Under Record      `json:"under"` // bets on under where it foretold at least so many points less than the line
	Over  Record      `json:"over"`  // bets on over where it foretold at least so many points more
	Least float64     `json:"points"`
}

// Band is the games of a range of weather.
type Band struct {
	Name   string       `json:"name"`
	Games  int          `json:"games"`
	Total  study.Number `json:"total"`
	Line   study.Number `json:"line"`
	Excess Estimate     `json:"excess"` // total less line
	Under  Record       `json:"under"`
}

// excess is by how many points a game went over.
func (r *result) excess() float64 { return r.points - r.Total }

// hasWeather tells whether a game was outdoors and its weather is known.
func (r *result) hasWeather() bool {
	return r.Outdoors() && r.totalled() && table.Has(r.Wind, r.Temperature)
}

// outdoors returns the games since 1999 whose weather is known.
func outdoors(past []result) []result {
	return filter(past, func(r *result) bool { return r.Season >= firstWeather && r.hasWeather() })
}

// weather studies the totals since 1999.
func weather(past []result, o Options) Weather {
	last := lastSeason(past)
	rows := filter(past, func(r *result) bool { return r.Season >= firstWeather && r.totalled() })
	open := outdoors(past)
	out := Weather{
		Known:  known(rows),
		Total:  fit(open, func(r *result) float64 { return r.points }, o),
		Line:   fit(open, func(r *result) float64 { return r.Total }, o),
		Excess: fit(open, (*result).excess, o),
		Later:  later(open),
		Wind: bands(open, []string{"0-4 mph", "5-9 mph", "10-14 mph", "15-19 mph", "20+ mph"}, []float64{5, 10, 15, 20},
			func(r *result) float64 { return r.Wind }),
		Cold: bands(open, []string{"under 20 F", "20-31 F", "32-49 F", "50-69 F", "70+ F"}, []float64{20, 32, 50, 70},
			func(r *result) float64 { return r.Temperature }),
	}
	for _, e := range erasUpTo(firstWeather, last) {
		games := during(open, e)
		if f := fit(games, (*result).excess, o); f != nil {
			var wind score.Mean
			windyGames := 0
			for i := range games {
				wind.Add(games[i].Wind)
				if games[i].Wind >= windy {
					windyGames++
				}
			}
			out.Eras = append(out.Eras, EraFit{e.String(), study.Number(wind.Value()), share(windyGames, len(games)), *f})
		}
		if t := underInWind(games); t.won+t.lost > 0 {
			out.Windy = append(out.Windy, SideRecord{Side: "under", Era: e.String(), Record: t.record()})
		}
	}
	for i, p := range holm(column(out.Windy, func(s *SideRecord) float64 { return float64(s.Record.P) })) {
		out.Windy[i].HolmP = study.Number(p)
	}
	for _, roof := range []struct {
		name string
		roof spreadspoke.Roof
	}{{"outdoors", spreadspoke.Outdoor}, {"opened roof", spreadspoke.Opened}, {"indoors", spreadspoke.Indoor}} {
		if games := filter(rows, func(r *result) bool { return r.Roof == roof.roof }); len(games) > 0 {
			out.Roofs = append(out.Roofs, band(roof.name, games))
		}
	}
	return out
}

// windy is the wind from which the table of eras bets on the under, in mph.
const windy = 15

func underInWind(games []result) tally {
	var t tally
	for i := range games {
		if games[i].Wind >= windy {
			t.add(-games[i].excess())
		}
	}
	return t
}

// known counts by season.
func known(rows []result) []Known {
	var out []Known
	for _, season := range score.Clusters(rows, func(r result) int { return r.Season }) {
		k := Known{Season: season[0].Season}
		for i := range season {
			if season[i].Outdoors() {
				k.Outdoors++
			}
			if season[i].hasWeather() {
				k.Weather++
			}
		}
		out = append(out, k)
	}
	return out
}

// fit regresses a value on wind and temperature. It is nil where the games do
// not determine it.
func fit(games []result, value func(*result) float64, o Options) *Fit {
	r, err := regress(games, value)
	if err != nil {
		return nil
	}
	weeks := score.Clusters(games, func(r result) int { return r.week })
	drawn := score.Bootstrap(weeks, o.Seed, o.Resamples/4, func(sample [][]result) float64 {
		var all []result
		for _, week := range sample {
			all = append(all, week...)
		}
		again, err := regress(all, value)
		if err != nil {
			return r.Coefficients[1].Value
		}
		return again.Coefficients[1].Value
	})
	return &Fit{
		Games: r.N, Constant: coefficient(r.Coefficients[0], 0, r.N), Wind: coefficient(r.Coefficients[1], 0, r.N),
		Temperature: coefficient(r.Coefficients[2], 0, r.N), R2: study.Number(r.R2),
		WindByWeek: estimated(r.Coefficients[1].Value, drawn.CI(study.Level), r.N),
	}
}

func regress(games []result, value func(*result) float64) (score.Regression, error) {
	return score.OLS(column(games, value), column(games, func(r *result) float64 { return r.Wind }), column(games, func(r *result) float64 { return r.Temperature }))
}

// lateWeather is the season from which most games lack the weather.
const lateWeather = 2019

// later fits on the seasons to 2008 and tests on those from then on that have
// their weather. It is nil where either is too little.
func later(games []result) *Later {
	const least = 1.5
	first, second := era{firstWeather, 2008}, era{2009, lateWeather - 1}
	train, test := during(games, first), during(games, second)
	r, err := regress(train, (*result).excess)
	if err != nil {
		return nil
	}
	forecast := func(g *result) float64 {
		return r.Coefficients[0].Value + r.Coefficients[1].Value*g.Wind + r.Coefficients[2].Value*g.Temperature
	}
	again, err := score.OLS(column(test, (*result).excess), column(test, forecast))
	if err != nil {
		return nil
	}
	out := &Later{
		Train: first.String(), Test: second.String(), Least: least,
		Slope: coefficient(again.Coefficients[1], 0, again.N),
	}
	var under, over tally
	for i := range test {
		switch f := forecast(&test[i]); {
		case f >= least:
			over.add(test[i].excess())
		case f <= -least:
			under.add(-test[i].excess())
		}
	}
	out.Under, out.Over = under.record(), over.record()
	return out
}

// bands sorts games into ranges between edges; an edge belongs to the range
// above it. Ranges without games are left out.
func bands(games []result, names []string, edges []float64, of func(*result) float64) []Band {
	var out []Band
	for i, name := range names {
		in := filter(games, func(r *result) bool {
			v := of(r)
			return (i == 0 || v >= edges[i-1]) && (i == len(edges) || v < edges[i])
		})
		if len(in) > 0 {
			out = append(out, band(name, in))
		}
	}
	return out
}

func band(name string, games []result) Band {
	var total, line, excess score.Mean
	var under tally
	for i := range games {
		g := &games[i]
		total.Add(g.points)
		line.Add(g.Total)
		excess.Add(g.excess())
		under.add(-g.excess())
	}
	return Band{name, len(games), study.Number(total.Value()), study.Number(line.Value()), mean(&excess), under.record()}
}
