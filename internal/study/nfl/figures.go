package nfl

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/betflow/betflow/internal/chart"
)

// present lists the figures that have anything to show.
func present(figures ...chart.Figure) []chart.Figure {
	var out []chart.Figure
	for _, f := range figures {
		for _, s := range f.Series {
			if s.Mark != chart.Dashed && len(s.Points) > 0 {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// at is an estimate as a point with its error bar.
func at(x float64, e Estimate) chart.Point {
	return chart.Point{X: x, Y: float64(e.Value), Low: float64(e.Low), High: float64(e.High)}
}

// across draws a dashed line over n categories.
func across(name string, n int, y float64) chart.Series {
	return flat(name, -0.5, float64(n)-0.5, y)
}

// flat draws a dashed line from one x to another.
func flat(name string, from, to, y float64) chart.Series {
	return chart.Series{Name: name, Mark: chart.Dashed, Points: []chart.Point{{X: from, Y: y}, {X: to, Y: y}}}
}

// beside is how far two series over the same categories stand from the middle.
const beside = 0.12

func (r *Results) gainFigure() chart.Figure {
	f := chart.Figure{
		Title: "By how much the close is nearer to the result than the open", X: chart.Axis{Label: "season"},
		Y: chart.Axis{Label: "points of mean absolute error"},
	}
	spread, total := chart.Series{Name: "spread"}, chart.Series{Name: "total"}
	for i, s := range r.Movement.Seasons {
		f.Categories = append(f.Categories, strconv.Itoa(s.Season))
		spread.Points = append(spread.Points, at(float64(i)-beside, s.Spread))
		total.Points = append(total.Points, at(float64(i)+beside, s.Total))
	}
	if m, t := r.Movement.Spread, r.Movement.Total; m != nil && t != nil && len(f.Categories) > 0 {
		i := float64(len(f.Categories))
		f.Categories = append(f.Categories, "all")
		spread.Points = append(spread.Points, at(i-beside, m.MAEGain))
		total.Points = append(total.Points, at(i+beside, t.MAEGain))
	}
	f.Series = []chart.Series{spread, total, across("", len(f.Categories), 0)}
	return f
}

func (r *Results) reverseFigure() chart.Figure {
	f := chart.Figure{
		Title: "Bets on the side to which the line moved against the bets", X: chart.Axis{Label: "least share of the bets on the other side"},
		Y: chart.Axis{Label: "won", Percent: true},
	}
	here := chart.Series{Name: fmt.Sprintf("%d-%d", r.Data.First, r.Data.Last)}
	for i, x := range r.Reversals {
		f.Categories = append(f.Categories, x.short())
		if x.Close.Share.N > 0 {
			here.Points = append(here.Points, at(float64(i), x.Close.Share))
		}
	}
	published := chart.Series{Name: "published, 2018-2025", Points: []chart.Point{at(2*beside, publishedReverse.record().Share)}}
	n := len(f.Categories)
	f.Series = []chart.Series{here, published, across("break-even at -110", n, breakEven), across("", n, 0.5)}
	return f
}

// short names a rule where there is little room: what is not the usual is named.
func (r Rule) short() string {
	name := fmt.Sprintf("%.0f%%", 100*r.Tickets)
	if r.Market != "spread" {
		name = r.Market + " " + name
	}
	if r.Points > smallMove {
		name += fmt.Sprintf(", %g pt", r.Points)
	}
	if r.Bets > 0 {
		name += ", many"
	}
	return name
}

func (r *Results) sidesFigure() chart.Figure {
	f := chart.Figure{Title: "Sides against the closing line", Y: chart.Axis{Label: "won", Percent: true}}
	var series []chart.Series
	for _, s := range r.Efficiency.Sides {
		side := slices.Index(f.Categories, s.Side)
		if side < 0 {
			side = len(f.Categories)
			f.Categories = append(f.Categories, s.Side)
		}
		if n := len(series); n == 0 || series[n-1].Name != s.Era {
			series = append(series, chart.Series{Name: s.Era})
		}
		last := &series[len(series)-1]
		last.Points = append(last.Points, at(float64(side)+beside*float64(2*len(series)-3), s.Record.Share))
	}
	n := len(f.Categories)
	f.Series = append(series, across("break-even at -110", n, breakEven), across("", n, 0.5))
	return f
}

func (r *Results) marginFigure() chart.Figure {
	f := chart.Figure{Title: "How games since 2015 end", X: chart.Axis{Label: "margin, points"}, Y: chart.Axis{Label: "share of games", Percent: true}}
	bars := chart.Series{Mark: chart.Bars}
	for i, m := range r.Efficiency.Margins {
		f.Categories = append(f.Categories, strconv.Itoa(m.Margin))
		bars.Points = append(bars.Points, at(float64(i), m.Share))
	}
	f.Series = []chart.Series{bars}
	return f
}

func (r *Results) winFigure() chart.Figure {
	f := chart.Figure{
		Title: "How often home wins at a closing spread", X: chart.Axis{Label: "home's handicap, points"},
		Y: chart.Axis{Label: "home won", Percent: true, Min: 0, Max: 1},
	}
	won, model := chart.Series{Name: "games since 1979"}, chart.Series{Name: "normal margins, sigma " + r.Winning.Test.Best.Text(2), Mark: chart.Line}
	for _, p := range r.Winning.Points {
		won.Points = append(won.Points, at(float64(p.Spread), p.Won))
		model.Points = append(model.Points, chart.Point{X: float64(p.Spread), Y: float64(p.Model)})
	}
	f.Series = []chart.Series{won, model}
	return f
}

func (r *Results) windFigures() []chart.Figure {
	points := chart.Figure{Title: "Points over the closing total, by wind", X: chart.Axis{Label: "wind"}, Y: chart.Axis{Label: "points of total less line"}}
	under := chart.Figure{Title: "How often games stay under the closing total, by wind", X: chart.Axis{Label: "wind"}, Y: chart.Axis{Label: "under", Percent: true}}
	var excess, share chart.Series
	for i, b := range r.Weather.Wind {
		points.Categories = append(points.Categories, b.Name)
		excess.Points = append(excess.Points, at(float64(i), b.Excess))
		share.Points = append(share.Points, at(float64(i), b.Under.Share))
	}
	under.Categories = points.Categories
	n := len(points.Categories)
	points.Series = []chart.Series{excess, across("", n, 0)}
	under.Series = []chart.Series{share, across("break-even at -110", n, breakEven), across("", n, 0.5)}
	eras := chart.Figure{Title: "What a mile per hour of wind adds to total less line", X: chart.Axis{Label: "seasons"}, Y: chart.Axis{Label: "points"}}
	var slope chart.Series
	for _, e := range r.Weather.Eras {
		if e.Games < enoughForFigure {
			continue
		}
		slope.Points = append(slope.Points, at(float64(len(eras.Categories)), e.Wind.Estimate))
		eras.Categories = append(eras.Categories, e.Era)
	}
	eras.Series = []chart.Series{slope, across("", len(eras.Categories), 0)}
	known := chart.Figure{Title: "Outdoor games whose weather the source has", X: chart.Axis{Label: "season"}, Y: chart.Axis{Label: "share of games", Percent: true, Min: 0, Max: 1.05}}
	var covered chart.Series
	for _, k := range r.Weather.Known {
		if k.Outdoors > 0 {
			covered.Points = append(covered.Points, chart.Point{X: float64(k.Season), Y: float64(k.Weather) / float64(k.Outdoors)})
		}
	}
	covered.Mark = chart.Line
	known.Series = []chart.Series{covered}
	return present(points, under, eras, known)
}

// enoughForFigure is how many games an era needs to be drawn.
const enoughForFigure = 50

func (r *Results) homeFigure() chart.Figure {
	f := chart.Figure{Title: "What playing at home is worth", X: chart.Axis{Label: "season"}, Y: chart.Axis{Label: "points"}}
	margin, spread := chart.Series{Name: "mean margin of the season"}, chart.Series{Name: "in the closing spread", Mark: chart.Line}
	for _, s := range r.Home.Seasons {
		x, err := strconv.ParseFloat(s.Era, 64)
		if err != nil {
			continue
		}
		margin.Points = append(margin.Points, at(x, s.Advantage))
		spread.Points = append(spread.Points, chart.Point{X: x, Y: float64(s.Spread.Value)})
	}
	if n := len(margin.Points); n > 0 {
		f.Series = []chart.Series{margin, spread, flat("", margin.Points[0].X, margin.Points[n-1].X, 0)}
	}
	return f
}

func (r *Results) pointsFigure() chart.Figure {
	f := chart.Figure{Title: "Points in a game", X: chart.Axis{Label: "season"}, Y: chart.Axis{Label: "points of both sides"}}
	var points chart.Series
	for _, s := range r.Persistence.Seasons {
		points.Points = append(points.Points, at(float64(s.Season), s.Points))
	}
	f.Series = []chart.Series{points}
	return f
}
