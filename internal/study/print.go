package study

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/betflow/betflow/internal/chart"
)

// textWidth is where paragraphs on a terminal break.
const textWidth = 88

// Print writes the report for a terminal: text and tables, without figures.
func (r *Report) Print(w io.Writer) error {
	var b strings.Builder
	b.WriteString(r.Title + "\n" + strings.Repeat("=", utf8.RuneCountInString(r.Title)) + "\n")
	for _, p := range r.Abstract {
		b.WriteString("\n" + wrap(p, "") + "\n")
	}
	for _, s := range r.Sections {
		b.WriteString("\n" + s.Heading + "\n" + strings.Repeat("-", utf8.RuneCountInString(s.Heading)) + "\n")
		for _, p := range s.Text {
			b.WriteString("\n" + wrap(p, "") + "\n")
		}
		for _, t := range s.Tables {
			b.WriteString("\n")
			if t.Caption != "" {
				b.WriteString("  " + t.Caption + "\n")
			}
			t.print(&b)
		}
		for _, n := range s.Notes {
			b.WriteString("\n" + wrap("Note: "+n, "  ") + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// print aligns a table's columns by what they hold.
func (t *Table) print(b *strings.Builder) {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = utf8.RuneCountInString(c)
		for _, row := range t.Rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	line := func(cells []string) {
		text := ""
		for i, c := range cells {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if t.numeric(i) {
				text += "  " + pad + c
			} else {
				text += "  " + c + pad
			}
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	line(t.Columns)
	for _, row := range t.Rows {
		line(row)
	}
}

// numeric tells whether a column holds numbers: they stand to the right.
func (t *Table) numeric(column int) bool {
	any := false
	for _, row := range t.Rows {
		c := strings.TrimLeft(row[column], "+-(<>= ")
		if c == "" {
			continue
		}
		if !unicode.IsDigit(rune(c[0])) && c[0] != '.' {
			return false
		}
		any = true
	}
	return any
}

// wrap breaks a paragraph into lines.
func wrap(text, indent string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+n > textWidth:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// Write puts the report into a folder as Markdown with a file for each figure,
// and returns the names of the files it wrote.
func (r *Report) Write(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating the folder of the report: %w", err)
	}
	var files []string
	put := func(name string, text []byte) error {
		name = filepath.Join(dir, name)
		files = append(files, name)
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return fmt.Errorf("writing report: %w", err)
		}
		return nil
	}
	var b strings.Builder
	b.WriteString("# " + r.Title + "\n")
	for _, p := range r.Abstract {
		b.WriteString("\n" + p + "\n")
	}
	b.WriteString("\nMade by\n\n    " + r.Command + "\n")
	figure := 0
	for _, s := range r.Sections {
		b.WriteString("\n## " + s.Heading + "\n")
		for _, p := range s.Text {
			b.WriteString("\n" + p + "\n")
		}
		for i := range s.Figures {
			f := &s.Figures[i]
			svg, err := f.SVG(chart.Paper)
			if err != nil {
				return nil, err
			}
			figure++
			name := fmt.Sprintf("%s-%d.svg", r.Name, figure)
			if err := put(name, svg); err != nil {
				return nil, err
			}
			b.WriteString("\n![" + f.Title + "](" + name + ")\n")
		}
		for _, t := range s.Tables {
			t.markdown(&b)
		}
		for _, n := range s.Notes {
			b.WriteString("\n> " + n + "\n")
		}
	}
	if err := put(r.Name+".md", []byte(b.String())); err != nil {
		return nil, err
	}
	return files, nil
}

func (t *Table) markdown(b *strings.Builder) {
	b.WriteString("\n")
	if t.Caption != "" {
		b.WriteString(t.Caption + "\n\n")
	}
	line := func(cells []string) {
		for _, c := range cells {
			b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
		}
		b.WriteString("|\n")
	}
	line(t.Columns)
	for i := range t.Columns {
		b.WriteString("|---")
		if t.numeric(i) {
			b.WriteByte(':')
		}
	}
	b.WriteString("|\n")
	for _, row := range t.Rows {
		line(row)
	}
}
