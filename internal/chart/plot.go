package chart

import (
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const boldWeight = font.WeightBold

// entry is one line of the legend.
type entry struct {
	name      string
	thumbnail func(draw.Canvas)
}

// plot builds gonum's figure, without title and legend.
func (f *Figure) plot() (*plot.Plot, []entry, error) {
	p := plot.New()
	p.BackgroundColor = color.White
	f.X.style(&p.X)
	f.Y.style(&p.Y)
	lines := plotter.NewGrid()
	lines.Vertical.Color, lines.Horizontal.Color = grid, grid
	if f.Categories != nil {
		lines.Vertical.Width = 0
		p.X.Tick.Marker = categories(f.Categories)
		p.X.Min, p.X.Max = -0.5, float64(len(f.Categories))-0.5
	}
	p.Add(lines)
	var entries []entry
	bars := 0
	for _, s := range f.Series {
		if s.Mark == Bars {
			bars++
		}
	}
	colours, bar, drawn := 0, 0, false
	for _, s := range f.Series {
		points := usable(s.Points, f.X.Log, f.Y.Log)
		if len(points) == 0 {
			continue
		}
		drawn = true
		c := rule
		if s.Mark != Dashed {
			c = palette[colours%len(palette)]
			colours++
		}
		thumbnail, err := add(p, s.Mark, points, c, slot{bar, bars, len(f.Categories)})
		if err != nil {
			return nil, nil, err
		}
		if s.Mark == Bars {
			bar++
		}
		if s.Name != "" {
			entries = append(entries, entry{s.Name, thumbnail})
		}
	}
	if !drawn {
		return nil, nil, ErrEmpty
	}
	f.X.limit(&p.X)
	f.Y.limit(&p.Y)
	return p, entries, nil
}

// usable leaves out points that have no place on the axes.
func usable(points []Point, logX, logY bool) []Point {
	var out []Point
	for _, p := range points {
		if finite(p) && (!logX || p.X > 0) && (!logY || p.Y > 0) {
			out = append(out, p)
		}
	}
	return out
}

// slot is a series' place among those that stand side by side as bars.
type slot struct{ at, of, categories int }

// add draws one series and returns what stands for it in the legend.
func add(p *plot.Plot, mark Mark, points []Point, c color.RGBA, s slot) (func(draw.Canvas), error) {
	xys := make(plotter.XYs, len(points))
	for i, q := range points {
		xys[i] = plotter.XY{X: q.X, Y: q.Y}
	}
	switch mark {
	case Line, Steps, Dashed:
		l, err := plotter.NewLine(xys)
		if err != nil {
			return nil, err
		}
		l.Color, l.Width = c, 1.6
		if mark == Steps {
			l.StepStyle = plotter.PostStep
		}
		if mark == Dashed {
			l.Width, l.Dashes = 1, []vg.Length{4, 3}
		}
		p.Add(l)
		if err := addErrors(p, points, c, 0); err != nil {
			return nil, err
		}
		return func(d draw.Canvas) { l.Thumbnail(&d) }, nil
	case Bars:
		room := (width - 80) / vg.Length(max(1, s.categories)) * 0.75
		each := room / vg.Length(max(1, s.of))
		offset := each * (vg.Length(s.at) - vg.Length(s.of-1)/2)
		values := make(plotter.Values, s.categories)
		for _, q := range points {
			if i := int(q.X); i >= 0 && i < len(values) {
				values[i] = q.Y
			}
		}
		b, err := plotter.NewBarChart(values, each*0.92)
		if err != nil {
			return nil, err
		}
		b.Color, b.Offset, b.LineStyle.Width = c, offset, 0
		p.Add(b)
		if err := addErrors(p, points, ink, offset); err != nil {
			return nil, err
		}
		return func(d draw.Canvas) { b.Thumbnail(&d) }, nil
	default:
		if err := addErrors(p, points, c, 0); err != nil {
			return nil, err
		}
		d, err := plotter.NewScatter(xys)
		if err != nil {
			return nil, err
		}
		d.Color, d.Radius, d.Shape = c, 3, draw.CircleGlyph{}
		p.Add(d)
		return func(cv draw.Canvas) { d.Thumbnail(&cv) }, nil
	}
}

// shifted draws error bars beside their category, where the bar stands.
type shifted struct {
	*plotter.YErrorBars
	by vg.Length
}

func (s shifted) Plot(c draw.Canvas, p *plot.Plot) {
	c.Min.X += s.by
	c.Max.X += s.by
	s.YErrorBars.Plot(c, p)
}

func addErrors(p *plot.Plot, points []Point, c color.RGBA, offset vg.Length) error {
	var bars struct {
		plotter.XYs
		plotter.YErrors
	}
	for _, q := range points {
		if q.Low < q.High {
			bars.XYs = append(bars.XYs, plotter.XY{X: q.X, Y: q.Y})
			bars.YErrors = append(bars.YErrors, struct{ Low, High float64 }{q.Y - q.Low, q.High - q.Y})
		}
	}
	if len(bars.XYs) == 0 {
		return nil
	}
	e, err := plotter.NewYErrorBars(bars)
	if err != nil {
		return err
	}
	e.Color, e.Width, e.CapWidth = c, 1.2, 5
	p.Add(shifted{e, offset})
	return nil
}

// style gives an axis its looks.
func (a Axis) style(to *plot.Axis) {
	to.Label.Text = a.Label
	to.Label.TextStyle = withAlign(label(textSize), to.Label.TextStyle)
	to.Tick.Label = withAlign(label(textSize), to.Tick.Label)
	to.LineStyle.Color, to.LineStyle.Width = ink, 0.6
	to.Tick.LineStyle = to.LineStyle
	to.Padding = 4
	switch {
	case a.Log:
		to.Scale, to.Tick.Marker = plot.LogScale{}, a.ticks(plot.LogTicks{Prec: -1})
	default:
		to.Tick.Marker = a.ticks(roundTicks{})
	}
}

// withAlign keeps where gonum puts the name and the numbers of an axis.
func withAlign(s, from draw.TextStyle) draw.TextStyle {
	s.XAlign, s.YAlign, s.Rotation = from.XAlign, from.YAlign, from.Rotation
	return s
}

// limit sets the range that is shown.
func (a Axis) limit(to *plot.Axis) {
	if a.Min != a.Max {
		to.Min, to.Max = a.Min, a.Max
	}
	if to.Min == to.Max {
		to.Min, to.Max = to.Min-1, to.Max+1
	}
}

// ticks writes the axis' numbers.
func (a Axis) ticks(by plot.Ticker) plot.Ticker {
	if !a.Percent {
		return by
	}
	return plot.TickerFunc(func(lo, hi float64) []plot.Tick {
		ticks := by.Ticks(lo, hi)
		for i := range ticks {
			if ticks[i].Label != "" {
				ticks[i].Label = strconv.FormatFloat(math.Round(ticks[i].Value*1e6)/1e4, 'f', -1, 64) + "%"
			}
		}
		return ticks
	})
}

// roundTicks are up to eight ticks at round numbers: steps of 1, 2 or 5.
type roundTicks struct{}

// Ticks returns the ticks of a range.
func (roundTicks) Ticks(lo, hi float64) []plot.Tick {
	const most, sliver = 7, 1e-9
	rough := (hi - lo) / most
	power := math.Pow10(int(math.Floor(math.Log10(rough))))
	step := 10 * power
	for _, factor := range []float64{5, 2, 1} {
		if factor*power >= rough*(1-sliver) {
			step = factor * power
		}
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+sliver)))
	var out []plot.Tick
	for i := math.Ceil(lo/step - sliver); i*step <= hi+sliver*step; i++ {
		v := i*step + 0 // no minus zero
		out = append(out, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', decimals, 64)})
	}
	return out
}

// categories puts a name under each position.
type categories []string

// Ticks returns a tick for each category.
func (c categories) Ticks(_, _ float64) []plot.Tick {
	out := make([]plot.Tick, len(c))
	for i, name := range c {
		out[i] = plot.Tick{Value: float64(i), Label: name}
	}
	return out
}
