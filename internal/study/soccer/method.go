package soccer

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Comparison compares the methods on one book's prices.
type Comparison struct {
	Book    string     `json:"book"`
	Phase   string     `json:"phase"`
	Matches int        `json:"matches"`
	Rows    []Compared `json:"rows"` // the lowest loss first
}

// Compared is one method.
type Compared struct {
	Method  odds.Method    `json:"method"`
	LogLoss study.Number   `json:"log_loss"`
	Behind  study.Estimate `json:"behind"` // log loss less that of the best, interval by bootstrap over days
}

// compare scores every method on the same prices.
func compare(games []game, book string, phase footballdata.Phase, o Options) *Comparison {
	methods := odds.Methods()
	var rows []losses
	cards := make([]score.Card, len(methods))
	for _, g := range games {
		prices, ok := g.H2H(book, phase)
		if !ok {
			continue
		}
		l := losses{g.day, make([]float64, len(methods))}
		for i, m := range methods {
			p, _ := fairH2H(m, prices)
			l.of[i] = judge(&cards[i], p, g.won)
		}
		rows = append(rows, l)
	}
	if len(rows) < fewest {
		return nil
	}
	out := &Comparison{Book: book, Phase: phase.String(), Matches: len(rows)}
	behind := behindBest(rows, o)
	for i, m := range methods {
		out.Rows = append(out.Rows, Compared{m, study.Number(cards[i].LogLoss.Value()), behind[i]})
	}
	slices.SortStableFunc(out.Rows, func(a, b Compared) int { return cmp.Compare(a.LogLoss, b.LogLoss) })
	return out
}

// methodSection tells what the choice of a method is worth.
func methodSection(r *Results) study.Section {
	s := study.Section{Heading: "Which method takes the margin out best"}
	for _, c := range r.Comparisons {
		best, worst := c.Rows[0], c.Rows[len(c.Rows)-1]
		text := fmt.Sprintf("At the %s, %s is best and %s worst, %s nats apart (95 %%: %s).", priceName(c.Book, c.Phase),
			best.Method, worst.Method, worst.Behind.Value.Text(5), worst.Behind.Span(5))
		even := 0 // those whose distance to the best may be chance
		for _, row := range c.Rows[1:] {
			if !row.Behind.Above(0) {
				even++
			}
		}
		text += fmt.Sprintf(" %s of the other %d can be told from the best with this many matches.", either(even == len(c.Rows)-1, "None", study.Count(len(c.Rows)-1-even)), len(c.Rows)-1)
		s.Text = append(s.Text, text)
	}
	for _, e := range r.Efficiency {
		for _, c := range r.Comparisons {
			if worst := c.Rows[len(c.Rows)-1]; c.Book == e.Book && e.Gain.Above(0) && worst.Behind.Value > 0 {
				s.Text = append(s.Text, fmt.Sprintf(
					"From pre-match to close, %s gains %s nats (95 %%: %s): when a price is taken matters %.0f times as much as how it is read.",
					bookName(e.Book), e.Gain.Value.Text(5), e.Gain.Span(5), float64(e.Gain.Value/worst.Behind.Value)))
			}
		}
	}
	t := study.Table{
		Caption: "The market's average price, means per match; log loss in nats",
		Columns: []string{"method", "matches", "log loss, close", "Brier", "RPS", "matches", "log loss, pre-match", "Brier", "RPS", "problematic"},
	}
	for _, m := range odds.Methods() {
		a, b := r.LogLoss.Closing[m], r.LogLoss.PreMatch[m]
		t.Rows = append(t.Rows, []string{string(m), study.Count(a.Matches), a.LogLoss.Text(6), a.Brier.Text(6), a.RPS.Text(6),
			study.Count(b.Matches), b.LogLoss.Text(6), b.Brier.Text(6), b.RPS.Text(6), study.Count(a.Problematic + b.Problematic)})
	}
	s.Tables = append(s.Tables, t, bookTable(r.Books))
	if len(r.Comparisons) > 0 {
		s.Figures = append(s.Figures, methodFigure(r.Comparisons))
	}
	s.Notes = append(s.Notes,
		"A match counts if it has a result and all three prices; every method is scored on the same ones. Prices without a margin are read by the multiplicative method whatever the method. A linear method can call an outcome of a large margin impossible (problematic); a winner is scored with at least 1e-6, which the JSON counts as floored.")
	return s
}

// bookTable lists the loss of every book by every method.
func bookTable(books []Book) study.Table {
	t := study.Table{
		Caption: "Log loss by book and method, each book on all matches that it quotes: compare within a row, for the matches differ from row to row",
		Columns: []string{"prices", "matches"},
	}
	for _, m := range odds.Methods() {
		t.Columns = append(t.Columns, string(m))
	}
	for _, b := range books {
		row := []string{priceName(b.Book, b.Phase), study.Count(b.Matches)}
		for _, m := range odds.Methods() {
			row = append(row, b.Methods[m].LogLoss.Text(5))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// methodFigure shows how far the methods are behind the best.
func methodFigure(all []*Comparison) chart.Figure {
	f := chart.Figure{Title: "Log loss behind the best method", Y: chart.Axis{Label: "nats per match"}}
	for _, m := range odds.Methods() {
		f.Categories = append(f.Categories, shortened(m))
	}
	for i, c := range all {
		s := chart.Series{Name: priceName(c.Book, c.Phase)}
		for _, row := range c.Rows {
			s.Points = append(s.Points, row.Behind.Point(float64(slices.Index(odds.Methods(), row.Method))+beside(i, len(all))))
		}
		f.Series = append(f.Series, s)
	}
	return f
}

// shortened is a method's name where room is short.
func shortened(m odds.Method) string {
	if m == odds.Multiplicative {
		return "multipl."
	}
	return string(m)
}
