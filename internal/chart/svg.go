package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The size of a figure in points, and of its parts.
const (
	width      = vg.Length(560)
	height     = vg.Length(320)
	margin     = vg.Length(10)
	titleSize  = vg.Length(13)
	textSize   = vg.Length(10)
	lineHeight = vg.Length(16)
)

// ink is the colour of text and axes. It stands for the page's colour where the
// theme says so.
var (
	ink  = color.RGBA{R: 0x24, G: 0x29, B: 0x2f, A: 0xff}
	grid = color.NRGBA{R: 0x8c, G: 0x95, B: 0x9f, A: 0x50}
	rule = color.RGBA{R: 0x6e, G: 0x77, B: 0x81, A: 0xff}
)

// palette is the order of the series' colours: those of Okabe and Ito, which
// people who see few colours can tell apart.
var palette = []color.RGBA{
	{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}, {R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}, {R: 0x00, G: 0x9e, B: 0x73, A: 0xff},
	{R: 0xcc, G: 0x79, B: 0xa7, A: 0xff}, {R: 0xe6, G: 0x9f, B: 0x00, A: 0xff}, {R: 0x56, G: 0xb4, B: 0xe9, A: 0xff},
	{R: 0x8c, G: 0x6d, B: 0x31, A: 0xff}, {R: 0x6a, G: 0x3d, B: 0x9a, A: 0xff},
}

// SVG draws the figure. It returns ErrEmpty where there is nothing to draw.
func (f *Figure) SVG(theme Theme) ([]byte, error) {
	p, entries, err := f.plot()
	if err != nil {
		return nil, fmt.Errorf("drawing %q: %w", f.Title, err)
	}
	canvas := vgsvg.New(width, height)
	area := draw.Crop(draw.New(canvas), margin, -margin, margin, -margin)
	area = f.header(area, entries)
	p.Draw(area)

	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("writing %q: %w", f.Title, err)
	}
	return dress(out.Bytes(), theme, f.Title), nil
}

// header writes title and legend and returns what is left below them.
func (f *Figure) header(area draw.Canvas, entries []entry) draw.Canvas {
	title := label(titleSize)
	title.Font.Weight = boldWeight
	title.YAlign = draw.YTop
	if f.Title != "" {
		area.FillText(title, vg.Point{X: area.Min.X, Y: area.Max.Y}, f.Title)
		area = draw.Crop(area, 0, 0, 0, -titleSize-margin)
	}
	if len(entries) == 0 {
		return area
	}
	const swatch, gap = vg.Length(18), vg.Length(5)
	text := label(textSize)
	text.YAlign = draw.YCenter
	at := vg.Point{X: area.Min.X, Y: area.Max.Y - lineHeight/2}
	for _, e := range entries {
		needed := swatch + gap + text.Width(e.name)
		if at.X > area.Min.X && at.X+needed > area.Max.X {
			at = vg.Point{X: area.Min.X, Y: at.Y - lineHeight}
		}
		box := draw.Canvas{Canvas: area.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: at.X, Y: at.Y - lineHeight/4}, Max: vg.Point{X: at.X + swatch, Y: at.Y + lineHeight/4},
		}}
		e.thumbnail(box)
		area.FillText(text, vg.Point{X: at.X + swatch + gap, Y: at.Y}, e.name)
		at.X += needed + 3*gap
	}
	return draw.Crop(area, 0, 0, 0, at.Y-lineHeight-area.Max.Y)
}

// label is the style of text of a size.
func label(size vg.Length) draw.TextStyle {
	return draw.TextStyle{
		Color: ink, Font: font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size), Handler: plot.DefaultTextHandler,
	}
}

var (
	family = regexp.MustCompile(`font-family:[^;"]*`)
	size   = regexp.MustCompile(`<svg width="[^"]*" height="[^"]*"`)
	ground = regexp.MustCompile(`(?m)^<path d="[^"]*" style="fill:#FFFFFF" />\n`)
)

// dress makes the drawing a good guest: the reader's own font, a width that
// gives way, a name for who cannot see it, and the colours of the theme.
func dress(svg []byte, theme Theme, title string) []byte {
	svg = family.ReplaceAll(svg, []byte("font-family:system-ui,-apple-system,'Segoe UI','Liberation Sans',Arial,sans-serif"))
	open := `<svg role="img" aria-label=` + strconv.Quote(escape(title)) + ` style="max-width:100%;height:auto" width="` +
		strconv.Itoa(int(width)) + `" height="` + strconv.Itoa(int(height)) + `"`
	svg = size.ReplaceAllLiteral(svg, []byte(open))
	if theme == Inherit {
		svg = ground.ReplaceAll(svg, nil)
		svg = bytes.ReplaceAll(svg, []byte(hex(ink)), []byte("currentColor"))
		if i := bytes.Index(svg, []byte("<svg")); i > 0 {
			svg = svg[i:] // the XML declaration has no place within HTML
		}
	}
	return svg
}

func escape(s string) string {
	var b bytes.Buffer
	for _, r := range s {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '&':
			b.WriteString("&amp;")
		case '"':
			b.WriteString("&quot;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

func finite(p Point) bool {
	return !math.IsNaN(p.X) && !math.IsInf(p.X, 0) && !math.IsNaN(p.Y) && !math.IsInf(p.Y, 0)
}
