package soccer

import (
	"fmt"
	"math"

	"github.com/betflow/betflow/internal/chart"
	"github.com/betflow/betflow/internal/model/score"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/source/footballdata"
	"github.com/betflow/betflow/internal/study"
)

// Value asks whether closing line value foretells the return: every outcome is
// backed with a unit at a book's pre-match price, and the expected return by the
// same book's fair close is held against the realised one.
type Value struct {
	Book    string       `json:"book"`
	Method  odds.Method  `json:"method"`
	Bets    int          `json:"bets"`
	Days    int          `json:"days"`
	CLV     study.Number `json:"clv"`     // mean of all bets
	Buckets []Bucket     `json:"buckets"` // by closing line value
	Slopes  []Slope      `json:"slopes"`
}

// Slope is that of the return on closing line value over single bets, 1 where it
// is worth what it says. Intervals by bootstrap over days.
type Slope struct {
	Method    odds.Method    `json:"method"`
	Stakes    string         `json:"stakes"`
	Slope     study.Estimate `json:"slope"`
	Intercept study.Estimate `json:"intercept"`
}

// The ways to stake. With a unit on each the long shots decide: their return has
// the largest variance. Staked to win the same, the return of every bet is a
// unit or nothing, and the slope is that of what came on the closing probability.
const (
	unitStakes  = "one unit"
	equalReturn = "to return one unit"
)

// valueEdges are the edges of the buckets.
func valueEdges() []float64 {
	return []float64{-0.10, -0.08, -0.06, -0.04, -0.02, 0, 0.02, 0.04, 0.06, 0.08, 0.10, 0.12}
}

// moments of a line through points: they add up over clusters.
type moments struct{ n, x, y, xx, xy float64 }

func (m *moments) add(x, y float64) {
	m.n++
	m.x += x
	m.y += y
	m.xx += x * x
	m.xy += x * y
}

// slope and intercept are those of least squares.
func (m moments) slope() float64 { return (m.n*m.xy - m.x*m.y) / (m.n*m.xx - m.x*m.x) }

func (m moments) intercept() float64 { return (m.y - m.slope()*m.x) / m.n }

// sum adds up a sample of clusters.
func sum(sample []moments) moments {
	var all moments
	for _, m := range sample {
		all.n += m.n
		all.x += m.x
		all.y += m.y
		all.xx += m.xx
		all.xy += m.xy
	}
	return all
}

// line fits a line through points that come in clusters.
func line(method odds.Method, stakes string, clusters []moments, o Options) Slope {
	all := sum(clusters)
	slopes := score.Bootstrap(clusters, o.Seed, o.Resamples, func(s []moments) float64 { return sum(s).slope() })
	intercepts := score.Bootstrap(clusters, o.Seed, o.Resamples, func(s []moments) float64 { return sum(s).intercept() })
	return Slope{
		Method: method, Stakes: stakes,
		Slope: study.Estimated(all.slope(), slopes.CI(study.Level)), Intercept: study.Estimated(all.intercept(), intercepts.CI(study.Level)),
	}
}

// clv backs every outcome before the match and values it at the close.
func clv(games []game, book string, o Options) *Value {
	sorted := newBuckets(valueEdges())
	var mean score.Mean
	out := &Value{Book: book, Method: odds.DefaultMethod}
	methods := []odds.Method{odds.DefaultMethod, odds.Shin, odds.Multiplicative}
	units, returns := make([][]moments, len(methods)), make([][]moments, len(methods))
	day := math.MinInt
	for _, g := range games {
		before, ok := g.H2H(book, footballdata.PreMatch)
		closing, closes := g.H2H(book, footballdata.Closing)
		if !ok || !closes {
			continue
		}
		if g.day != day {
			day = g.day
			out.Days++
			for i := range methods {
				units[i], returns[i] = append(units[i], moments{}), append(returns[i], moments{})
			}
		}
		for i, method := range methods {
			p, _ := fairH2H(method, closing)
			for side, price := range before {
				value, made := odds.EV(p[side], price), profit(side == g.won, price)
				units[i][out.Days-1].add(value, made)
				returns[i][out.Days-1].add(value/price, made/price)
				if method == out.Method {
					sorted.add(g.day, value, side == g.won, price)
					mean.Add(value)
				}
			}
		}
	}
	if out.Days < 2 {
		return nil
	}
	for i, m := range methods {
		out.Slopes = append(out.Slopes, line(m, unitStakes, units[i], o), line(m, equalReturn, returns[i], o))
	}
	out.Bets, out.CLV, out.Buckets = mean.N(), study.Number(mean.Value()), sorted.list()
	return out
}

// valueSection tells what closing line value is worth.
func valueSection(all []*Value) study.Section {
	s := study.Section{Heading: "Closing line value against the realised return"}
	for _, v := range all {
		b := v.Slopes[0]
		s.Text = append(s.Text, fmt.Sprintf(
			"A unit on each of %s outcomes at the %s, valued by the same prices at the close: the slope of the return on closing line value is %s (95 %%: %s), %s. %s",
			study.Count(v.Bets), priceName(v.Book, "pre_match"), b.Slope.Value.Text(2), b.Slope.Span(2),
			either(b.Slope.Holds(1), "which agrees with 1: a point of closing line value is worth a point of return",
				either(b.Slope.Above(1), "above 1: it is worth more than it says", "below 1: it is worth less than it says")),
			either(b.Slope.Above(0), "It is above 0 beyond chance, so closing line value tells good bets from bad ones.", "It cannot be told from 0.")))
		t := study.Table{
			Caption: fmt.Sprintf("By closing line value, %s (margin taken out by %s); SE is sd/sqrt(bets), the interval is over days", bookName(v.Book), v.Method),
			Columns: []string{"closing line value", "bets", "mean", "return", "SE", "95 %"},
		}
		for _, k := range v.Buckets {
			t.Rows = append(t.Rows, []string{k.percents(), study.Count(k.Bets), k.Mean.Percent(2), k.ROI.Value.Percent(2), k.SE.Percent(2), k.ROI.PercentSpan(1)})
		}
		slopes := study.Table{
			Caption: fmt.Sprintf("Slope over single bets, %s, by method and stakes; 95 %% by bootstrap over %s days", bookName(v.Book), study.Count(v.Days)),
			Columns: []string{"method", "stakes", "slope", "95 %", "intercept", "95 %"},
		}
		for _, k := range v.Slopes {
			slopes.Rows = append(slopes.Rows, []string{string(k.Method), k.Stakes, k.Slope.Value.Text(3), k.Slope.Span(2), k.Intercept.Value.Percent(2), k.Intercept.PercentSpan(2)})
		}
		s.Tables = append(s.Tables, t, slopes)
		s.Figures = append(s.Figures, v.figure())
	}
	s.Notes = append(s.Notes,
		fmt.Sprintf("Nobody knows the close when he bets. This asks whether beating it is a good measure of bets, not whether there is a way to beat it: the mean closing line value of all these bets is %s.", all[0].CLV.Percent(2)),
		"With stakes to return one unit long shots weigh no more than favourites; the slope is then that of what came on the closing probability, both less the price's own.")
	return s
}

// figure shows the buckets and both lines.
func (v *Value) figure() chart.Figure {
	f := chart.Figure{
		Title: "Return by closing line value, " + priceName(v.Book, "pre_match") + " against close",
		X:     chart.Axis{Label: "closing line value", Percent: true}, Y: chart.Axis{Label: "realised return", Percent: true},
	}
	dots := chart.Series{Name: "bets, 95 % over days"}
	low, high := math.Inf(1), math.Inf(-1)
	for _, b := range v.Buckets {
		x := float64(b.Mean)
		low, high = min(low, x), max(high, x)
		dots.Points = append(dots.Points, b.ROI.Point(x))
	}
	const room = 0.02
	f.X.Min, f.X.Max = low-room, high+room
	slope, intercept := float64(v.Slopes[0].Slope.Value), float64(v.Slopes[0].Intercept.Value)
	f.Series = []chart.Series{
		dots,
		{Name: "fitted to single bets", Mark: chart.Line, Points: []chart.Point{{X: low, Y: intercept + slope*low}, {X: high, Y: intercept + slope*high}}},
		{Name: "return = closing line value", Mark: chart.Dashed, Points: []chart.Point{{X: low, Y: low}, {X: high, Y: high}}},
	}
	return f
}
