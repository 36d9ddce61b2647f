package soccer

import (
	"fmt"

	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/study"
)

// Report writes the results up. Every sentence is made of the numbers.
func (r *Results) Report(command string) *study.Report {
	report := &study.Report{Name: "soccer", Title: "The soccer market: prices against results", Command: command, Results: r, Abstract: r.abstract()}
	add := func(there bool, section func() study.Section) {
		if there {
			report.Sections = append(report.Sections, section())
		}
	}
	add(len(r.Books) > 0, func() study.Section { return methodSection(r) })
	add(r.Ranking != nil, func() study.Section { return r.Ranking.section() })
	add(len(r.Longshot) > 0, func() study.Section { return longshotSection(r.Longshot) })
	add(len(r.Calibration) > 0, func() study.Section { return calibrationSection(r.Calibration) })
	add(len(r.CLV) > 0, func() study.Section { return valueSection(r.CLV) })
	add(len(r.Arbitrage.Guarded) > 0, func() study.Section { return r.Arbitrage.section() })
	add(len(r.Margins) > 0, func() study.Section { return marginSection(r.Margins) })
	add(len(r.Efficiency) > 0, func() study.Section { return efficiencySection(r.Efficiency) })
	add(len(r.Bias) > 0, func() study.Section { return biasSection(r.Bias) })
	add(len(r.Totals) > 0, func() study.Section { return totalSection(r.Totals) })
	add(r.Models != nil, func() study.Section { return r.Models.section() })
	report.Sections = append(report.Sections, r.data())
	return report
}

// abstract is the answers in short.
func (r *Results) abstract() []string {
	out := []string{fmt.Sprintf(
		"What do the prices of %s football matches in %d leagues, from %s to %s, say about the market that made them? This describes markets; it is no advice to bet. In short:",
		study.Count(r.Data.Played), r.Data.Leagues, r.Data.First, r.Data.Last)}
	say := func(format string, args ...any) { out = append(out, "- "+fmt.Sprintf(format, args...)) }
	for _, c := range r.Comparisons {
		worst := c.Rows[len(c.Rows)-1]
		say("Methods: at the %s, %s reads prices best; the worst of %d is %s nats behind.", priceName(c.Book, c.Phase), c.Rows[0].Method, len(c.Rows), worst.Behind.Value.Text(5))
	}
	if r.Ranking != nil {
		best := r.Ranking.Rows[0]
		say("Books: the best forecast is the %s, with a log loss of %s on %s matches.", priceName(best.Book, best.Phase), best.LogLoss.Text(5), study.Count(r.Ranking.Matches))
	}
	for _, v := range r.CLV[:min(1, len(r.CLV))] {
		say("Closing line value: at %s a point of it comes with %s points of return (95 %%: %s).", bookName(v.Book), v.Slopes[0].Slope.Value.Text(2), v.Slopes[0].Slope.Span(2))
	}
	for _, p := range r.Arbitrage.Guarded {
		say("Arbitrage, %s: %s of matches in the market's maximum, %s under guards, %s with a return of %s and more.", phaseName(p.Phase),
			p.Steps[0].Share.Value.Percent(1), p.Steps[len(p.Steps)-2].Share.Value.Percent(1), p.Steps[len(p.Steps)-1].Share.Value.Percent(1), study.Number(r.Arbitrage.Guards.Return).Percent(0))
	}
	for _, e := range r.Efficiency[:min(1, len(r.Efficiency))] {
		say("Efficiency: from pre-match to close the log loss of %s changes by %s (95 %%: %s).", bookName(e.Book), (-e.Gain.Value).Text(5), study.Estimate{Low: -e.Gain.High, High: -e.Gain.Low}.Span(5))
	}
	if r.Models != nil {
		for _, row := range r.Models.Rows[2:4] {
			say("Models: %s, from results alone, is %s behind the close.", row.Model, row.Behind.Value.Text(5))
		}
	}
	return out
}

// data tells what the study rests on and how its numbers are made.
func (r *Results) data() study.Section {
	d := r.Data
	s := study.Section{Heading: "Data and method"}
	s.Text = append(s.Text,
		fmt.Sprintf("%d files in the columns of football-data.co.uk, or those that georgedouzas/sports-betting gives them, with %s matches, %s of them with a result. %d cells or rows could not be read and are left out. In %s rows month and day of the month had been exchanged by whoever rewrote the file, so that they lay outside their season; they are put right.",
			d.Files, study.Count(d.Matches), study.Count(d.Played), d.Defects, study.Count(d.Repaired)),
		fmt.Sprintf("Fair probabilities are by the method %s unless a table says otherwise. Log loss is in nats, the Brier score over three outcomes from 0 to 2, the ranked probability score in the order home, draw, away.", odds.DefaultMethod),
		"Matches of one day depend on each other. Intervals over days take a day's sum for one observation; bootstrap intervals draw days with replacement. Both are for 95 %. Nothing is corrected for the number of questions that are asked of the same matches.")
	s.Notes = append(s.Notes,
		"Pre-match is the time at which the publisher collected the prices, not the opening. The close is the last price before the start as the publisher has it.",
		"Averages and maxima are the publisher's own, over books that the files do not name.",
		"The results are those of past matches in these leagues. They say nothing certain about others, and a price that was published is not one that could be had at any stake.")
	return s
}
