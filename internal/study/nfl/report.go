package nfl

import (
	"fmt"
	"slices"
	"time"

	"github.com/betflow/betflow/internal/study"
)

// Report writes the results up. The command is the one that makes them again.
func (r *Results) Report(command string) *study.Report {
	report := &study.Report{
		Name: "nfl", Title: "NFL: what the close knows, and what wind, home and the crowd are worth",
		Abstract: r.abstract(), Command: command, Results: r,
	}
	for _, section := range []func() (study.Section, bool){
		r.movementSection, r.booksSection, r.reverseSection, r.efficiencySection, r.keySection, r.winningSection,
		r.ratingSection, r.weatherSection, r.homeSection, r.seasonsSection, r.publishedSection, r.methodSection,
	} {
		if s, ok := section(); ok {
			report.Sections = append(report.Sections, s)
		}
	}
	return report
}

// abstract is the page in three paragraphs.
func (r *Results) abstract() []string {
	d := r.Data
	out := []string{fmt.Sprintf("Two sources: opening lines, the last lines of up to %d books and the split of the bets for %s games of the seasons %d to %d (kcdavs/NFL_Perdiction_Model), and %s results from %d to %s with closing lines and weather (tobycrabtree/spreadspoke). Brackets hold 95 %% intervals.",
		len(r.Books), study.Count(d.Played), d.First, d.Last, study.Count(d.Results), d.From, d.LastDay)}
	if m := r.Movement.Spread; m != nil && r.Movement.Total != nil {
		text := fmt.Sprintf("The closing spread misses the margin by %s points, the opening one by %s; the close is nearer by %s. ", m.CloseMAE.Text(2), m.OpenMAE.Text(2), ci(m.MAEGain, 2))
		if len(r.Reversals) > 0 {
			first := r.Reversals[0]
			text += fmt.Sprintf("Bets on the side to which a line moves against at least %s of the bets are %s at the closing spread, %s: %s.",
				study.Number(first.Tickets).Percent(0), wlp(first.Close), pcCI(first.Close.Share), verdict(first.Close))
		}
		out = append(out, text)
	}
	text := ""
	if w := r.Weather; w.Total != nil && w.Line != nil && w.Excess != nil {
		text += fmt.Sprintf("Outdoors a mile per hour of wind takes %s points from a game and %s from its line, so that %s is left of it, in sample. ",
			ci(negative(w.Total.Wind.Estimate), 2), ci(negative(w.Line.Wind.Estimate), 2), ci(negative(w.Excess.Wind.Estimate), 2))
	}
	if n := len(r.Home.Eras); n > 1 {
		was, is := r.Home.Eras[0], r.Home.Eras[n-1]
		text += fmt.Sprintf("Playing at home was worth %s points in %s and %s in %s.", ci(was.Advantage, 2), was.Era, ci(is.Advantage, 2), is.Era)
	}
	if text != "" {
		out = append(out, text)
	}
	return append(out, "Nothing here is advice to bet. What stands out in one sample of many that were looked at mostly goes away in the next.")
}

// negative turns the sign.
func negative(e Estimate) Estimate {
	return Estimate{study.Estimate{Value: -e.Value, Low: -e.High, High: -e.Low}, e.N}
}

func (r *Results) movementSection() (study.Section, bool) {
	m, t := r.Movement.Spread, r.Movement.Total
	if m == nil || t == nil {
		return study.Section{}, false
	}
	s := study.Section{Heading: "Opening line against closing line"}
	s.Text = append(s.Text,
		fmt.Sprintf("On %s games the close is nearer to the result than the open by %s points of the spread and %s of the total. %s",
			study.Count(m.Games), ci(m.MAEGain, 3), ci(t.MAEGain, 3),
			either(m.MAEGain.Above(0) && t.MAEGain.Above(0), "Neither interval holds zero: what happens between open and close is information, and it is small beside what nobody knows.", "An interval that holds zero means that chance alone may have done it.")),
		fmt.Sprintf("%s of the spreads and %s of the totals moved by half a point or more, by %s and %s points on average. Of the moves that changed the distance to the result, %s of the spreads' and %s of the totals' went the right way%s",
			m.Moved.Value.Percent(1), t.Moved.Value.Percent(1), m.Mean.Text(2), t.Mean.Text(2), pcCI(m.Right), pcCI(t.Right),
			either(max(m.Right.Value, t.Right.Value) < 0.56, ": of one game a move tells hardly more than a coin.", ".")),
		fmt.Sprintf("The highest and the lowest spread of the books are %s points apart on average, but %s of %s last spreads are farther than %d points from the median, too far for a line from before kick-off. Without them the books are %s apart. A median of many is hardly moved by them.",
			m.Range.Text(2), study.Count(m.LiveLines), study.Count(m.BookLines), live, m.RangeCalm.Text(2)))
	if a := r.Agreement; a != nil {
		s.Text = append(s.Text, fmt.Sprintf("The other source has the same closing spread to half a point in %s of %s games. Its mean error is %s, that of the median %s on the same games; the difference is %s, %s",
			a.Near.Value.Percent(1), study.Count(a.Games), a.Other.Text(3), a.Median.Text(3), ci(a.Gain, 3),
			either(a.Gain.Above(0), "so the median does seem to know something of the games' course.", "so there is no sign that the median knows the course of the games.")))
	}
	table := study.Table{Caption: "Points by which lines miss the result", Columns: []string{"line", "games", "open MAE", "close MAE", "gain", "open RMSE", "close RMSE", "gain "}}
	for _, x := range []struct {
		name string
		*Moved
	}{{"spread", m}, {"total", t}} {
		table.Rows = append(table.Rows, []string{x.name, study.Count(x.Games), x.OpenMAE.Text(4), x.CloseMAE.Text(4), ci(x.MAEGain, 3), x.OpenRMSE.Text(4), x.CloseRMSE.Text(4), ci(x.RMSEGain, 3)})
	}
	methods := study.Table{Caption: "Log loss of fair moneylines, nats a game; the close is the median of the books", Columns: []string{"method", "games", "open", "close", "gain"}}
	for _, l := range r.Movement.LogLoss {
		methods.Rows = append(methods.Rows, []string{string(l.Method), study.Count(l.Games), l.Open.Text(5), l.Close.Text(5), ci(l.Gain, 5)})
	}
	s.Tables = []study.Table{table, methods}
	s.Figures = present(r.gainFigure())
	s.Notes = []string{"Intervals of gains are bootstrapped over weeks, open and close drawn together."}
	return s, true
}

func (r *Results) booksSection() (study.Section, bool) {
	if len(r.Books) == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "What the books keep"}
	first, last := r.Books[0], r.Books[len(r.Books)-1]
	s.Text = append(s.Text, fmt.Sprintf("The source names books by number. Book %d keeps least, %s of balanced moneyline bets, book %d most, %s. Low prices and good forecasts need not go together: the last column compares each book's fair moneyline with the median of all on the games that it quotes, and where its interval holds zero there is nothing to tell them apart.",
		first.ID, first.Moneyline.Value.Percent(2), last.ID, last.Moneyline.Value.Percent(2)))
	holds := study.Table{Caption: "Mean theoretical hold, 1 - 1/booksum, and log loss (power) less that of the median", Columns: []string{"book", "games", "moneyline", "spread", "total", "live lines", "loss behind the median"}}
	seasons := study.Table{Caption: "Mean hold of moneylines by season", Columns: []string{"book"}}
	for season := r.Data.First; season <= r.Data.Last; season++ {
		seasons.Columns = append(seasons.Columns, fmt.Sprint(season))
	}
	for _, b := range r.Books {
		holds.Rows = append(holds.Rows, []string{fmt.Sprint(b.ID), study.Count(b.Moneyline.N), b.Moneyline.Value.Percent(2), b.Spread.Value.Percent(2), b.Total.Value.Percent(2), study.Count(b.Live), ci(b.Behind, 4)})
		row := []string{fmt.Sprint(b.ID)}
		for season := r.Data.First; season <= r.Data.Last; season++ {
			cell := study.None
			for _, h := range b.Seasons {
				if h.Season == season {
					cell = h.Hold.Percent(2)
				}
			}
			row = append(row, cell)
		}
		seasons.Rows = append(seasons.Rows, row)
	}
	s.Tables = []study.Table{holds, seasons}
	note := fmt.Sprintf("Games whose line at the book is farther than %d points from the median are left out as live. %d and %d are told to be sharp books", live, sharpBooks[0], sharpBooks[1])
	for _, id := range sharpBooks {
		if !slices.ContainsFunc(r.Books, func(b Book) bool { return b.ID == id }) {
			note += fmt.Sprintf("; these seasons do not have %d", id)
		}
	}
	s.Notes = []string{note + "."}
	return s, true
}

func (r *Results) reverseSection() (study.Section, bool) {
	if len(r.Reversals) == 0 || r.Reversals[0].Close.Won+r.Reversals[0].Close.Lost == 0 {
		return study.Section{}, false
	}
	s := study.Section{Heading: "Lines that move against the bets"}
	first := r.Reversals[0]
	other := first.Close.reversed()
	s.Text = append(s.Text,
		fmt.Sprintf("A reverse move is at least %s of the bets on one side while the line moves to the other by at least %s. Bets on that other side at the closing line were %s, %s: %s. Bets with the crowd instead were %s; break-even at -110 is %s, that is: %s.",
			study.Number(first.Tickets).Percent(0), study.Number(first.Points).Text(1), wlp(first.Close), pcCI(first.Close.Share), verdict(first.Close), pcCI(other.Share), study.Number(breakEven).Percent(1), verdict(other)),
		r.publishedReversal(first.Close),
		fmt.Sprintf("Rules that are told apart from a coin after Holm's correction for having tried them all: %d of %d.", significant(r.Reversals), len(r.Reversals)),
		"Against the opening line the same bets look better, for the move is part of their record; nobody could know of the move and still have that line.")
	t := study.Table{Caption: "Bets on the side to which the line moved against the bets", Columns: []string{"market", "bets", "move", "least bets", "at the close", "won", "p", "p (Holm)", "at the open", "verdict at the close"}}
	for _, x := range r.Reversals {
		t.Rows = append(t.Rows, []string{x.Market, study.Number(x.Tickets).Percent(0), study.Number(x.Points).Text(1), study.Count(int(x.Bets)), wlp(x.Close), pcCI(x.Close.Share), prob(x.Close.P), prob(x.HolmP), wlp(x.Open), verdict(x.Close)})
	}
	years := study.Table{Caption: "The first rule by season, at the close", Columns: []string{"season", "record", "won", "verdict"}}
	for _, y := range first.Seasons {
		years.Rows = append(years.Rows, []string{fmt.Sprint(y.Season), wlp(y.Record), pcCI(y.Record.Share), verdict(y.Record)})
	}
	s.Tables, s.Figures = []study.Table{t, years}, present(r.reverseFigure())
	s.Notes = []string{
		fmt.Sprintf("The split is known for %s games, from at least %s bets for %s; among the others are shares of a handful of bets. It has no time, so nobody knows whether it stood so before the line moved.", study.Count(r.Data.Splits), study.Count(manyBets), study.Count(r.Data.ManyBets)),
		"The columns called dollar percentages count bets: their shares are the ticket percentages again. A split of the money cannot be studied with these files.",
	}
	return s, true
}

// publishedReversal puts the published record of the first rule beside the one
// here.
func (r *Results) publishedReversal(here Record) string {
	p := publishedReverse
	text := fmt.Sprintf("The published record of this rule over 2018 to %d is %s, %s: %s.", publishedTo, wlp(p.record()), pcCI(p.record().Share), verdict(p.record()))
	rest := tally{p.won - here.Won, p.lost - here.Lost, p.pushed - here.Pushed}
	if r.Data.First != 2018 || r.Data.Last >= publishedTo || min(rest.won, rest.lost, rest.pushed) < 0 {
		return text
	}
	return text + fmt.Sprintf(" If it counts as here, the seasons that the files lack were %s, %s%s", wlp(rest.record()), pcCI(rest.record().Share),
		either(here.Share.Below(0.5) && rest.record().Share.Holds(0.5), ": what this sample shows did not go on.", "."))
}

// significant counts the rules whose corrected p is below five per cent.
func significant(rs []Reversal) int {
	n := 0
	for _, r := range rs {
		if r.HolmP < 0.05 {
			n++
		}
	}
	return n
}

func (r *Results) publishedSection() (study.Section, bool) {
	if len(r.Published) == 0 {
		return study.Section{}, false
	}
	agree, equal := 0, 0
	t := study.Table{Columns: []string{"figure", "published", "games", "here", "games here", "then", "games then", "same"}}
	for _, c := range r.Published {
		if c.Games != reportedLineGames {
			equal++
			if c.Agrees {
				agree++
			}
		}
		published := study.None
		if c.Games > 0 {
			published = study.Count(c.Games)
		}
		t.Rows = append(t.Rows, []string{
			c.Figure, c.Published.Text(c.Digits), published, c.Here.Text(c.Digits), study.Count(c.N), c.Then.Text(c.Digits), study.Count(c.ThenGames), either(c.Agrees, "yes", "no"),
		})
	}
	s := study.Section{Heading: "Beside the published figures", Tables: []study.Table{t}}
	s.Text = append(s.Text, fmt.Sprintf("These figures of the same sources were published before. Of the %d of weather and home advantage %d come out the same to the published digits, as the file is or cut behind %s, where the published one ended (then).",
		equal, agree, thePublishedFile.AddDate(0, 0, -1).Format(time.DateOnly)))
	if r.Movement.Spread != nil {
		s.Text = append(s.Text, fmt.Sprintf("Those of lines are of %s games of 2018 to %d, the files here of %s to %d: they can be near and not equal.", study.Count(reportedLineGames), publishedTo, study.Count(r.Movement.Spread.Games), r.Data.Last))
	}
	return s, true
}

func (r *Results) methodSection() (study.Section, bool) {
	return study.Section{
		Heading: "Data, method, caveats",
		Text: []string{
			fmt.Sprintf("Closing line: in the first source the median of the books' last lines, in the second the one line that it has. Opening line: the first source's own. Spreads are home's handicap, prices are decimal, fair probabilities by the power method unless a table says otherwise. %d cells or rows could not be read and are left out; the command lists them.", r.Data.Defects),
			"Intervals: Wilson's for shares, Student's t for means, bootstrap over weeks for differences between forecasts on the same games, because games of a week share news and weather. Coefficients have the textbook intervals of least squares; for wind the bootstrap over weeks stands beside them.",
			"In sample and out of sample: whatever is fitted on all seasons describes them and promises nothing. Three things are tested on seasons that they were not fitted on: the standard deviation of margins (before and since 2018), the effect of wind (1999 to 2008 and since), and Elo, which forecasts every game from those before it.",
			"Many tests: tables of records carry Holm's correction over all their rows. Across tables nothing is corrected. One in twenty honest intervals misses the truth.",
		},
		Notes: []string{"The data are not part of this project and only aggregates are printed here. There are no scores by quarter in them, so nothing is said of quarters."},
	}, true
}
