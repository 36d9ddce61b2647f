package backtest

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/chart"
)

//go:embed report.html
var files embed.FS

// page is the report's template; it parses, or the program does not start.
var page = template.Must(template.New("report.html").Funcs(template.FuncMap{
	"percent": bet.Percent, "amount": bet.FormatAmount,
	"price": func(v float64) string { return fmt.Sprintf("%.3f", v) },
}).ParseFS(files, "report.html"))

// mostRows is how many bets a page lists.
const mostRows = 500

// section is one strategy on the page.
type section struct {
	*Outcome
	Level   float64
	Figures []template.HTML
	Tables  []table
	Rows    []Struck
	Left    int // bets beyond those in Rows
}

// table is the buckets of one grouping.
type table struct {
	Name    string
	Buckets []bet.Bucket
}

// HTML returns the report as one page that needs nothing else: no script, no
// font, no address.
func (r *Report) HTML() ([]byte, error) {
	data := struct {
		*Report
		Sections []section
	}{Report: r}
	for i := range r.Strategies {
		o := &r.Strategies[i]
		s := section{Outcome: o, Level: r.Level, Rows: o.Bets}
		if s.Left = len(o.Bets) - mostRows; s.Left > 0 {
			s.Rows = o.Bets[:mostRows]
		}
		for _, g := range bet.Groupings() {
			if b := o.Buckets[g.Name]; len(b) > 0 {
				s.Tables = append(s.Tables, table{g.Name, b})
			}
		}
		for _, f := range o.figures() {
			svg, err := f.SVG(chart.Inherit)
			if errors.Is(err, chart.ErrEmpty) {
				continue
			}
			if err != nil {
				return nil, err
			}
			s.Figures = append(s.Figures, template.HTML(svg)) // our own drawing
		}
		data.Sections = append(data.Sections, s)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("writing report: %w", err)
	}
	return out.Bytes(), nil
}

// figures are those of one strategy.
func (o *Outcome) figures() []chart.Figure {
	out := []chart.Figure{o.equity(), o.values()}
	for _, name := range []string{"price", "clv", "market", "book", "league"} {
		if b := o.Buckets[name]; len(b) > 1 && slices.ContainsFunc(b, told) {
			out = append(out, returns(name, b))
		}
	}
	return out
}

// told tells whether a bucket's return has an interval: without any a figure of
// returns would show noise.
func told(b bet.Bucket) bool { return b.ROI != nil && b.ROI.CI != nil }

// equity draws the sum of profits over settled bets, beside the sum of what the
// close says the bets were worth.
func (o *Outcome) equity() chart.Figure {
	unit := minorUnits(o.Currency)
	settled := slices.DeleteFunc(slices.Clone(o.Bets), func(s Struck) bool { return !s.Result.Settled() })
	slices.SortStableFunc(settled, func(a, b Struck) int { return cmp.Compare(a.Start, b.Start) })
	profit := chart.Series{Name: "profit", Mark: chart.Steps, Points: []chart.Point{{}}}
	worth := chart.Series{Name: "what the close says it was worth", Mark: chart.Line, Points: []chart.Point{{}}}
	sum, expected, valued := 0.0, 0.0, false
	for i, s := range settled {
		sum += float64(s.Profit) / unit
		if s.Value != nil && !s.Late() {
			expected += s.Value.NoVig * float64(s.Stake) / unit
			valued = true
		}
		x := float64(i + 1)
		profit.Points = append(profit.Points, chart.Point{X: x, Y: sum})
		worth.Points = append(worth.Points, chart.Point{X: x, Y: expected})
	}
	f := chart.Figure{Title: "Profit, " + o.Currency, X: chart.Axis{Label: "settled bets, in the order of their games"}}
	if len(settled) == 0 {
		return f
	}
	f.Series = append(f.Series, profit)
	if valued {
		f.Series = append(f.Series, worth)
	}
	f.Series = append(f.Series, chart.Series{Mark: chart.Dashed, Points: []chart.Point{{}, {X: float64(len(settled))}}})
	return f
}

// histogram's bins of closing line value, in per cent.
const (
	binWidth = 2
	mostBin  = 12
)

// values draws how closing line values are distributed.
func (o *Outcome) values() chart.Figure {
	n := 2*mostBin/binWidth + 2
	counts := make([]chart.Point, n)
	f := chart.Figure{Title: "Closing line value of each bet, %", X: chart.Axis{Label: "from, in steps of two per cent"}, Y: chart.Axis{Label: "bets"}}
	for i := range n {
		counts[i].X = float64(i)
		edge := -mostBin + (i-1)*binWidth
		switch {
		case i == 0:
			f.Categories = append(f.Categories, fmt.Sprintf("<%d", -mostBin))
		case i == n-1:
			f.Categories = append(f.Categories, fmt.Sprintf(">%d", mostBin))
		default:
			f.Categories = append(f.Categories, fmt.Sprintf("%d", edge))
		}
	}
	valued := false
	for _, s := range o.Bets {
		if s.Value == nil || s.Late() {
			continue
		}
		valued = true
		at := int((100*s.Value.NoVig + mostBin) / binWidth)
		if 100*s.Value.NoVig < -mostBin {
			at = -1
		}
		counts[min(n-1, max(0, at+1))].Y++
	}
	if valued {
		f.Series = []chart.Series{{Mark: chart.Bars, Points: counts}}
	}
	return f
}

// returns draws the return by buckets with its interval.
func returns(by string, buckets []bet.Bucket) chart.Figure {
	if by == "clv" {
		by = "closing line value"
	}
	f := chart.Figure{Title: "Return by " + by, Y: chart.Axis{Percent: true}}
	points := make([]chart.Point, 0, len(buckets))
	for i, b := range buckets {
		f.Categories = append(f.Categories, short(b.Name))
		if b.ROI == nil {
			continue
		}
		p := chart.Point{X: float64(i), Y: b.ROI.Value}
		if told(b) {
			p.Low, p.High = b.ROI.CI.Low, b.ROI.CI.High
		}
		points = append(points, p)
	}
	f.Series = []chart.Series{
		{Mark: chart.Dots, Points: points},
		{Mark: chart.Dashed, Points: []chart.Point{{X: -0.5}, {X: float64(len(buckets)) - 0.5}}},
	}
	return f
}

// short makes room under an axis.
func short(name string) string {
	name = strings.NewReplacer("below ", "<", " and above", "+", " to ", "–").Replace(name)
	if r := []rune(name); len(r) > 12 {
		return string(r[:11]) + "…"
	}
	return name
}
