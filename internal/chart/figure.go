// Package chart draws the figures of studies and reports as SVG: lines, dots
// with error bars and bars, over numbers or over categories. It is a thin coat
// over gonum/plot, which does the axes, ticks and geometry.
//
// The same figure gives the same bytes.
package chart

import "errors"

// Mark is how a series is drawn.
type Mark int

// The marks.
const (
	Dots   Mark = iota // a dot for each point, with its error bar
	Line               // a line through the points, in their order
	Steps              // a line that keeps its height until the next point
	Bars               // a bar from zero to each point; over categories only
	Dashed             // a thin dashed line: a reference such as y = x
)

// Point is one value of a series. Low and High are the ends of its error bar;
// it has none where they are equal.
type Point struct {
	X, Y      float64
	Low, High float64
}

// Series is what one entry of the legend stands for. Over categories X is the
// category's position, from 0.
type Series struct {
	Name   string // empty: not in the legend
	Mark   Mark
	Points []Point
}

// Axis is one side of a figure.
type Axis struct {
	Label    string
	Min, Max float64 // the range to show; equal: that of the data
	Percent  bool    // values are fractions and read as per cent
	Log      bool    // logarithmic; values are above zero
}

// Figure is a chart.
type Figure struct {
	Title      string
	X, Y       Axis
	Categories []string // names of the positions 0, 1, ... on the x axis; nil for numbers
	Series     []Series
}

// Theme says what a figure is drawn on.
type Theme int

// The themes.
const (
	Paper   Theme = iota // dark ink on a white ground: for files
	Inherit              // the page's text colour, no ground: for SVG that stands in HTML
)

// ErrEmpty is returned for a figure without a finite point.
var ErrEmpty = errors.New("a figure needs at least one point with finite coordinates")
