package nfl

import (
	"fmt"
	"strings"

	"github.com/betflow/betflow/internal/study"
)

func (r *Results) weatherSection() (study.Section, bool) {
	w := r.Weather
	if w.Total == nil || w.Line == nil || w.Excess == nil {
		return study.Section{}, false
	}
	s := study.Section{Heading: "Wind, cold and roofs", Figures: r.windFigures()}
	s.Text = append(s.Text, fmt.Sprintf("%s outdoor games since %d with wind and temperature. Ten miles per hour more wind go with %s points less in the game and %s less in its closing total; %s %s",
		study.Count(w.Total.Games), firstWeather, (-10*w.Total.Wind.Value).Text(1), (-10*w.Line.Wind.Value).Text(1),
		either(w.Excess.Wind.Below(0), fmt.Sprintf("the line takes %s of it.", (w.Line.Wind.Value/w.Total.Wind.Value).Percent(0)), "whether the line takes all of it cannot be told."),
		either(w.Excess.Wind.Below(0) == w.Excess.WindByWeek.Below(0), "Drawing weeks instead of games does not change that.", "Drawing weeks instead of games changes that.")))
	text := "No band of wind has an under that is above break-even."
	var strong []string
	for _, b := range w.Wind {
		if b.Under.Share.Above(breakEven) {
			strong = append(strong, fmt.Sprintf("%s (%s, %s)", b.Name, wlp(b.Under), pcCI(b.Under.Share)))
		}
	}
	if len(strong) > 0 {
		text = "In sample, the under is above break-even at " + strings.Join(strong, " and ") + "."
	}
	s.Text = append(s.Text, text)
	low, high := 0, 0
	for _, e := range w.Eras {
		if e.Games >= enoughForFigure {
			high++
			if e.Wind.Below(0) {
				low++
			}
		}
	}
	s.Text = append(s.Text, fmt.Sprintf("Of the %d eras with at least %d games, %d have an effect on total less line whose interval is below zero.", high, enoughForFigure, low))
	if l := w.Later; l != nil {
		s.Text = append(s.Text, fmt.Sprintf("Out of sample: fitted on %s and held against %s, total less line rises by %s points for each point foretold: %s Bets where at least %.1f points were foretold, with the wind known as it came: under %s, %s (%s); over %s, %s (%s).",
			l.Train, l.Test, ci(l.Slope.Estimate, 2),
			either(l.Slope.Above(0), "what the early seasons showed came again.", "nothing sure came again."),
			l.Least, wlp(l.Under), pcCI(l.Under.Share), verdict(l.Under), wlp(l.Over), pcCI(l.Over.Share), verdict(l.Over)))
	}
	s.Text = append(s.Text, r.windCaveat()...)

	fits := study.Table{Caption: "y = a + b wind (mph) + c temperature (F)", Columns: []string{"y", "games", "a", "b, wind", "b by week", "c, temperature", "explained"}}
	for _, f := range []struct {
		name string
		*Fit
	}{{"total", w.Total}, {"closing total", w.Line}, {"total less line", w.Excess}} {
		fits.Rows = append(fits.Rows, fitRow(f.name, f.Fit))
	}
	eras := study.Table{Caption: "total less line, by era", Columns: []string{"seasons", "games", "mean wind", "15 mph or more", "b, wind", "b by week", "under at 15 mph or more", "won", "p (Holm)"}}
	for _, e := range w.Eras {
		row := []string{e.Era, study.Count(e.Games), e.MeanWind.Text(1), e.Windy.Value.Percent(1), ci(e.Wind.Estimate, 3), ci(e.WindByWeek, 3), study.None, study.None, study.None}
		for _, x := range w.Windy {
			if x.Era == e.Era {
				row[6], row[7], row[8] = wlp(x.Record), pcCI(x.Record.Share), prob(x.HolmP)
			}
		}
		eras.Rows = append(eras.Rows, row)
	}
	s.Tables = []study.Table{fits, eras, bandTable("By wind, all seasons", w.Wind), bandTable("By temperature, all seasons", w.Cold), bandTable("By roof, all seasons", w.Roofs)}
	s.Notes = []string{"The wind is the recorded one. Who bets before the game has a forecast, which is worse. The bands were looked at on all seasons: they are in sample."}
	return s, true
}

// windCaveat says how far the column of the wind is the same thing in all
// seasons.
func (r *Results) windCaveat() []string {
	var out []string
	known, outdoors, late, lateOutdoors := 0, 0, 0, 0
	for _, k := range r.Weather.Known {
		if k.Season < lateWeather {
			known, outdoors = known+k.Weather, outdoors+k.Outdoors
		} else {
			late, lateOutdoors = late+k.Weather, lateOutdoors+k.Outdoors
		}
	}
	if outdoors > 0 && lateOutdoors > 0 {
		out = append(out, fmt.Sprintf("The source has the weather of %s of the outdoor games before %d and of %s since%s",
			study.Number(float64(known)/float64(outdoors)).Percent(0), lateWeather, study.Number(float64(late)/float64(lateOutdoors)).Percent(0),
			either(2*late < lateOutdoors, fmt.Sprintf(", and does not say how it chose them: a study of \"%d to %d\" is one of %d to %d.", firstWeather, r.Data.To, firstWeather, lateWeather-1), ".")))
	}
	calm, strong := 1e9, 0.0
	for _, e := range r.Weather.Eras {
		if e.Games >= enoughForFigure {
			calm, strong = min(calm, float64(e.MeanWind)), max(strong, float64(e.MeanWind))
		}
	}
	if strong > 1.3*calm {
		out = append(out, fmt.Sprintf("The mean wind of an era goes from %.1f to %.1f mph. Weather does not change that much; where the column comes from must have. A threshold of 15 mph is not the same wind in all seasons, and coefficients of different eras are in different units.", calm, strong))
	}
	return out
}

func fitRow(name string, f *Fit) []string {
	return []string{name, study.Count(f.Games), ci(f.Constant.Estimate, 2), ci(f.Wind.Estimate, 3), ci(f.WindByWeek, 3), ci(f.Temperature.Estimate, 3), f.R2.Percent(1)}
}

func bandTable(caption string, bands []Band) study.Table {
	t := study.Table{Caption: caption, Columns: []string{"games with", "games", "total", "line", "total less line", "under", "won", "p"}}
	for _, b := range bands {
		t.Rows = append(t.Rows, []string{b.Name, study.Count(b.Games), b.Total.Text(2), b.Line.Text(2), ci(b.Excess, 2), wlp(b.Under), pcCI(b.Under.Share), prob(b.Under.P)})
	}
	return t
}

func (r *Results) homeSection() (study.Section, bool) {
	if len(r.Home.Eras) == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "Home advantage", Figures: present(r.homeFigure())}
	last := r.Home.Eras[len(r.Home.Eras)-1]
	text := fmt.Sprintf("In %s home wins %s of games, by %s points on average, and the closing spread gives it %s.", last.Era, pcCI(last.Won), ci(last.Advantage, 2), ci(last.Spread, 2))
	apart := 0
	for _, e := range r.Home.Eras {
		if e.Spread.N >= enoughForFigure && (e.Spread.Above(float64(e.Advantage.High)) || e.Spread.Below(float64(e.Advantage.Low))) {
			apart++
		}
	}
	text += either(apart == 0, " In no era do the two differ beyond their intervals.", fmt.Sprintf(" In %d eras the two differ beyond their intervals.", apart))
	if n := study.Number(len(r.Home.Seasons)); n > 0 {
		width := study.Number(0)
		for _, s := range r.Home.Seasons {
			width += s.Advantage.High - s.Advantage.Low
		}
		text += fmt.Sprintf(" A season alone says little: its interval is %s points wide on average.", (width / n).Text(1))
	}
	s.Text = []string{text}
	empty, ok := r.Home.era("2020")
	if before, known := r.Home.era("2015-2019"); ok && known {
		s.Text = append(s.Text, fmt.Sprintf("2020, without crowds: %s points and %s won. The %s points of the five seasons before lie %s its interval. It is one season, and nothing else was as usual in it either.",
			ci(empty.Advantage, 2), pcCI(empty.Won), before.Advantage.Value.Text(2), either(empty.Advantage.Holds(float64(before.Advantage.Value)), "inside", "outside")))
	}
	t := study.Table{Caption: "Home's mean margin, without neutral ground", Columns: []string{"seasons", "games", "points", "won", "in the spread", "against the spread", "covered"}}
	for _, e := range r.Home.Eras {
		row := []string{e.Era, study.Count(e.Games), ci(e.Advantage, 2), pcCI(e.Won), study.None, study.None, study.None}
		if e.Spread.N >= enoughForFigure {
			row[4], row[5], row[6] = ci(e.Spread, 2), wlp(e.Cover), pcCI(e.Cover.Share)
		}
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []study.Table{t}
	s.Notes = []string{"Ties are not won. Home teams are as good as away teams over a season, so the mean margin is the advantage; in playoffs home is the better team, and they are in it as in the published figures."}
	return s, true
}

func (r *Results) seasonsSection() (study.Section, bool) {
	p := r.Persistence
	if len(p.Next) == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "From one season to the next", Figures: present(r.pointsFigure())}
	s.Text = []string{fmt.Sprintf("A team that is a point better than the league in one regular season is %s points better in the next: %s of it goes back to the mean, where the usual prior takes a third. What is against the line does not come again where its interval holds zero.",
		ci(p.Next[0].Slope.Estimate, 2), p.Next[0].Revert.Value.Percent(0))}
	t := study.Table{Caption: "next season = b this season, of teams, both less the league's mean, since 1979", Columns: []string{"of a team", "pairs of seasons", "b", "p of b = 0", "back to the mean"}}
	for _, n := range p.Next {
		t.Rows = append(t.Rows, []string{n.Metric, study.Count(n.Slope.N), ci(n.Slope.Estimate, 3), prob(n.Slope.P), pcCI(n.Revert)})
	}
	s.Tables = []study.Table{t}
	return s, true
}
