package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"
)

// figures shows every mark, both kinds of axis and error bars.
func figures() []Figure {
	return []Figure{
		{
			Title: "Calibration <close> & \"open\"", X: Axis{Label: "fair probability", Percent: true, Max: 1}, Y: Axis{Label: "share that came", Percent: true, Max: 1},
			Series: []Series{
				{Name: "perfect", Mark: Dashed, Points: []Point{{X: 0, Y: 0}, {X: 1, Y: 1}}},
				{Name: "power", Mark: Dots, Points: []Point{{X: 0.2, Y: 0.21, Low: 0.18, High: 0.24}, {X: 0.5, Y: 0.49, Low: 0.47, High: 0.52}, {X: 0.8, Y: 0.83}}},
				{Name: "shin", Mark: Line, Points: []Point{{X: 0.2, Y: 0.2}, {X: 0.5, Y: 0.5}, {X: 0.8, Y: 0.8}}},
				{Name: "steps", Mark: Steps, Points: []Point{{X: 0.1, Y: 0.3}, {X: 0.4, Y: 0.6}, {X: 0.9, Y: 0.6}}},
			},
		},
		{
			Title: "Return by price", X: Axis{Label: "price"}, Y: Axis{Label: "return", Percent: true}, Categories: []string{"1-1.5", "1.5-2", "2-3"},
			Series: []Series{
				{Name: "pinnacle", Mark: Bars, Points: []Point{{X: 0, Y: -0.01, Low: -0.02, High: 0.01}, {X: 1, Y: -0.02}, {X: 2, Y: -0.08}}},
				{Name: "average", Mark: Bars, Points: []Point{{X: 0, Y: -0.03}, {X: 1, Y: -0.05, Low: -0.06, High: -0.03}, {X: 2, Y: -0.1}}},
			},
		},
		{
			Title: "Cost", X: Axis{Label: "keys", Log: true}, Y: Axis{Label: "ns"},
			Series: []Series{{Mark: Line, Points: []Point{{X: 1e3, Y: 10}, {X: 1e4, Y: 12}, {X: 0, Y: 1}, {X: 1e6, Y: 30}}}},
		},
	}
}

func TestFiguresAreWellFormedAndRepeatable(t *testing.T) {
	for i, f := range figures() {
		for _, theme := range []Theme{Paper, Inherit} {
			svg, err := f.SVG(theme)
			if err != nil {
				t.Fatal(err)
			}
			again, _ := f.SVG(theme)
			if !bytes.Equal(svg, again) {
				t.Errorf("figure %d is drawn in two ways", i)
			}
			texts := textsOf(t, svg)
			for _, want := range []string{f.Title, f.X.Label, f.Y.Label} {
				if !strings.Contains(texts, want) {
					t.Errorf("figure %d does not say %q", i, want)
				}
			}
			for _, s := range f.Series {
				if !strings.Contains(texts, s.Name) {
					t.Errorf("figure %d has no legend for %q", i, s.Name)
				}
			}
			if theme == Inherit && bytes.Contains(svg, []byte(hex(ink))) {
				t.Errorf("figure %d keeps its own ink on a page", i)
			}
			if dir := os.Getenv("BETFLOW_FIGURES"); dir != "" && theme == Paper {
				if err := os.WriteFile(dir+"/figure"+string(rune('0'+i))+".svg", svg, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// textsOf parses the drawing and returns what it says.
func textsOf(t *testing.T, svg []byte) string {
	t.Helper()
	var out strings.Builder
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			out.Write(text)
		}
	}
}

func TestErrorBarsAreDrawn(t *testing.T) {
	f := Figure{Title: "one", Series: []Series{{Points: []Point{{X: 1, Y: 2}, {X: 2, Y: 3}}}}}
	without, err := f.SVG(Paper)
	if err != nil {
		t.Fatal(err)
	}
	f.Series[0].Points[0].Low, f.Series[0].Points[0].High = 2, 2.5 // within the range of the points, so that the ticks stay
	with, err := f.SVG(Paper)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(with, []byte("<path")) <= bytes.Count(without, []byte("<path")) {
		t.Error("an error bar adds nothing to the drawing")
	}
}

func TestAFigureWithoutPointsIsRefused(t *testing.T) {
	for _, f := range []Figure{
		{}, {Series: []Series{{Name: "none"}}}, {Series: []Series{{Points: []Point{{X: math.NaN(), Y: 1}, {X: 1, Y: math.Inf(1)}}}}},
	} {
		if _, err := f.SVG(Paper); !errors.Is(err, ErrEmpty) {
			t.Errorf("%v", err)
		}
	}
}

func TestTicksStandAtRoundNumbers(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{-5.6, 2.3, "-4 -2 0 2"},
		{0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{-0.36, 0.79, "-0.2 0.0 0.2 0.4 0.6"},
		{1979, 2025, "1980 1990 2000 2010 2020"},
		{12, 12.001, "12.0000 12.0002 12.0004 12.0006 12.0008 12.0010"},
		{-3e6, 5e6, "-2000000 0 2000000 4000000"},
	} {
		var got []string
		for _, tick := range (roundTicks{}).Ticks(c.lo, c.hi) {
			got = append(got, tick.Label)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%v to %v: %s, want %s", c.lo, c.hi, text, c.want)
		}
	}
}
