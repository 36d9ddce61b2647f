package soccer

import (
	"fmt"
	"math"
	"slices"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Longshot is the favourite-longshot bias at one book: the return of a unit on
// every outcome, by its price.
type Longshot struct {
	Book    string         `json:"book"`
	Phase   string         `json:"phase"`
	Matches int            `json:"matches"`
	Buckets []Bucket       `json:"buckets"` // by decimal price
	All     study.Estimate `json:"all"`
}

// longshot sorts a unit on every outcome by price.
func longshot(games []game, book string, phase footballdata.Phase) *Longshot {
	sorted := newBuckets(score.PriceEdges())
	var all byDay
	out := &Longshot{Book: book, Phase: phase.String()}
	for _, g := range games {
		prices, ok := g.H2H(book, phase)
		if !ok {
			continue
		}
		out.Matches++
		for side, price := range prices {
			sorted.add(g.day, price, side == g.won, price)
			all.add(g.day, 1, profit(side == g.won, price))
		}
	}
	if out.Matches == 0 {
		return nil
	}
	out.Buckets, out.All = sorted.list(), all.ratio()
	return out
}

// longshotSection tells what a price range returns.
func longshotSection(all []*Longshot) study.Section {
	s := study.Section{Heading: "Favourites and long shots"}
	for _, l := range all {
		short, long := l.side(func(b Bucket) bool { return b.High <= 2 }), l.side(func(b Bucket) bool { return b.Low >= 4 })
		if short.n == 0 || long.n == 0 {
			continue
		}
		gap, se := short.mean()-long.mean(), math.Hypot(short.se(), long.se())
		s.Text = append(s.Text, fmt.Sprintf(
			"At the %s a unit on everything returns %s (95 %%: %s); prices below 2 return %s, prices of 4 and more %s. The gap of %s %s.",
			priceName(l.Book, l.Phase), l.All.Value.Percent(2), l.All.PercentSpan(2), study.Number(short.mean()).Percent(2), study.Number(long.mean()).Percent(2),
			study.Number(gap).Percent(1),
			either(gap > 1.96*se, "is a favourite-longshot bias", either(gap < -1.96*se, "is the reverse of a favourite-longshot bias", "may be chance"))))
	}
	for _, l := range all {
		t := study.Table{
			Caption: fmt.Sprintf("A unit on every outcome at the %s, %s matches; SE is sd/sqrt(bets), the interval is over days", priceName(l.Book, l.Phase), study.Count(l.Matches)),
			Columns: []string{"price", "bets", "won", "mean price", "return", "SE", "95 %"},
		}
		for _, b := range l.Buckets {
			t.Rows = append(t.Rows, []string{b.prices(), study.Count(b.Bets), study.Count(b.Won), b.Mean.Text(2),
				b.ROI.Value.Percent(2), b.SE.Percent(2), b.ROI.PercentSpan(1)})
		}
		s.Tables = append(s.Tables, t)
	}
	if f := longshotFigure(all); len(f.Series) > 0 {
		s.Figures = append(s.Figures, f)
	}
	s.Notes = append(s.Notes, "Above a price of 10 winners are few and returns hang on some of them: the intervals there are too narrow rather than too wide.")
	return s
}

// pooled is the bets of several buckets, each bucket a sample of its own.
type pooled struct{ n, sum, variance float64 }

func (p pooled) mean() float64 { return p.sum / p.n }
func (p pooled) se() float64   { return math.Sqrt(p.variance) / p.n }

// side pools the buckets for which a condition holds.
func (l *Longshot) side(in func(Bucket) bool) (p pooled) {
	for _, b := range l.Buckets {
		if n := float64(b.Bets); in(b) && n > 1 {
			p.n += n
			p.sum += n * float64(b.ROI.Value)
			p.variance += n * n * float64(b.SE*b.SE)
		}
	}
	return p
}

// longshotFigure shows the closes side by side.
func longshotFigure(all []*Longshot) chart.Figure {
	f := chart.Figure{
		Title: "Return of a unit by price, at the close", X: chart.Axis{Label: "decimal price"},
		Y: chart.Axis{Label: "return", Percent: true, Min: -0.5, Max: 0.5},
	}
	closes := slices.DeleteFunc(slices.Clone(all), func(l *Longshot) bool { return l.Phase != footballdata.Closing.String() })
	for i, l := range closes {
		s := chart.Series{Name: priceName(l.Book, l.Phase)}
		for _, b := range l.Buckets {
			name := b.prices()
			at := slices.Index(f.Categories, name)
			if at < 0 {
				at = len(f.Categories)
				f.Categories = append(f.Categories, name)
			}
			s.Points = append(s.Points, b.ROI.Point(float64(at)+beside(i, len(closes))))
		}
		f.Series = append(f.Series, s)
	}
	return f
}
