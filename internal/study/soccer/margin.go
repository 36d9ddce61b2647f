package soccer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Margin is one book's mean margin of the three-way market in a season.
type Margin struct {
	Book    string       `json:"book"`
	Phase   string       `json:"phase"`
	Season  int          `json:"season"` // in which it ends; 0: all
	Matches int          `json:"matches"`
	Margin  study.Number `json:"margin"`
}

// margins averages the margin by book, phase and season, played or not; all
// seasons together come last.
func margins(games []game) []Margin {
	type key struct {
		quoter
		season int
	}
	means := map[key]*score.Mean{}
	add := func(k key, v float64) {
		if means[k] == nil {
			means[k] = &score.Mean{}
		}
		means[k].Add(v)
	}
	for _, g := range games {
		for i := range g.Quotes {
			q := &g.Quotes[i]
			if !q.HasH2H() || isMaximum(q.Book) {
				continue
			}
			booksum := 1/q.H2H[0] + 1/q.H2H[1] + 1/q.H2H[2]
			who := quoter{q.Book, q.Phase}
			add(key{who, g.Season}, odds.Margin(booksum))
			add(key{who, 0}, odds.Margin(booksum))
		}
	}
	out := make([]Margin, 0, len(means))
	for k, m := range means {
		out = append(out, Margin{k.book, k.phase.String(), k.season, m.N(), study.Number(m.Value())})
	}
	slices.SortFunc(out, func(a, b Margin) int {
		return cmp.Or(cmp.Compare(a.Book, b.Book), cmp.Compare(a.Phase, b.Phase), cmp.Compare(uint(a.Season-1), uint(b.Season-1)))
	})
	return out
}

// marginSection tells what the books keep.
func marginSection(all []Margin) study.Section {
	s := study.Section{Heading: "Margins by book and season"}
	first, last := seasons(all)
	cells := map[quoterSeason]Margin{}
	var books []string
	for _, m := range all {
		cells[quoterSeason{m.Book, m.Phase, m.Season}] = m
		if !slices.Contains(books, m.Book) {
			books = append(books, m.Book)
		}
	}
	before, closing := footballdata.PreMatch.String(), footballdata.Closing.String()
	t := study.Table{
		Caption: "Mean margin of the three-way market: booksum less 1",
		Columns: []string{"book", "matches", "pre-match", seasonName(first), seasonName(last), "matches", "close", seasonName(first), seasonName(last)},
	}
	cell := func(book, phase string, season int) string {
		if m, ok := cells[quoterSeason{book, phase, season}]; ok {
			return m.Margin.Percent(2)
		}
		return study.None
	}
	lowest := Margin{Margin: 1}
	for _, b := range books {
		row := []string{bookName(b)}
		for _, phase := range []string{before, closing} {
			m := cells[quoterSeason{b, phase, 0}]
			row = append(row, study.Count(m.Matches), cell(b, phase, 0), cell(b, phase, first), cell(b, phase, last))
			if m.Matches >= fewest && m.Margin < lowest.Margin {
				lowest = m
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if lowest.Matches > 0 {
		s.Text = append(s.Text, fmt.Sprintf("The lowest is at the %s, %s over all seasons.", priceName(lowest.Book, lowest.Phase), lowest.Margin.Percent(2)))
	}
	var down, up []string
	for _, b := range books {
		a, ok := cells[quoterSeason{b, before, first}]
		z, also := cells[quoterSeason{b, before, last}]
		switch {
		case !ok || !also || first == last:
		case z.Margin < a.Margin:
			down = append(down, fmt.Sprintf("%s (%s to %s)", bookName(b), a.Margin.Percent(1), z.Margin.Percent(1)))
		default:
			up = append(up, fmt.Sprintf("%s (%s to %s)", bookName(b), a.Margin.Percent(1), z.Margin.Percent(1)))
		}
	}
	if len(down)+len(up) > 0 {
		s.Text = append(s.Text, fmt.Sprintf("Pre-match, from %s to %s, it fell at %s and rose at %s.", seasonName(first), seasonName(last), listed(down), listed(up)))
	}
	s.Tables = append(s.Tables, t)
	for _, phase := range []string{before, closing} {
		if f := marginFigure(all, phase, first, last); len(f.Series) > 0 {
			s.Figures = append(s.Figures, f)
		}
	}
	return s
}

// quoterSeason is a row of the margins.
type quoterSeason struct {
	book, phase string
	season      int
}

// seasons returns the first and last one.
func seasons(all []Margin) (first, last int) {
	for _, m := range all {
		if m.Season > 0 && (first == 0 || m.Season < first) {
			first = m.Season
		}
		last = max(last, m.Season)
	}
	return first, last
}

// seasonName writes the year in which a season ends as 2014/15.
func seasonName(year int) string { return fmt.Sprintf("%d/%02d", year-1, year%100) }

// marginFigure draws a line for each book that quotes in half of the seasons.
func marginFigure(all []Margin, phase string, first, last int) chart.Figure {
	f := chart.Figure{
		Title: "Margin by season, " + phaseName(phase), X: chart.Axis{Label: "season"},
		Y: chart.Axis{Label: "margin", Percent: true},
	}
	for year := first; year <= last; year++ {
		f.Categories = append(f.Categories, fmt.Sprintf("%02d/%02d", (year-1)%100, year%100))
	}
	quoted := map[string]int{} // seasons by book
	drawn := func(m Margin) bool { return m.Phase == phase && m.Season > 0 && m.Matches >= fewest }
	for _, m := range all {
		if drawn(m) {
			quoted[m.Book]++
		}
	}
	for _, m := range all {
		if !drawn(m) || 2*quoted[m.Book] < last-first+1 {
			continue
		}
		name := bookName(m.Book)
		if n := len(f.Series); n == 0 || f.Series[n-1].Name != name {
			f.Series = append(f.Series, chart.Series{Name: name, Mark: chart.Line})
		}
		s := &f.Series[len(f.Series)-1]
		s.Points = append(s.Points, chart.Point{X: float64(m.Season - first), Y: float64(m.Margin)})
	}
	return f
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
