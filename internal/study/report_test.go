package study

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/chart"
)

func sample() *Report {
	return &Report{
		Name: "sample", Title: "A sample", Command: "betflow study sample", Abstract: []string{strings.Repeat("word ", 40)},
		Sections: []Section{{
			Heading: "Numbers", Text: []string{"As the table says."},
			Tables:  []Table{{Caption: "By book", Columns: []string{"book", "loss"}, Rows: [][]string{{"pinnacle", "1.0009"}, {"a|b", "-12"}}}},
			Figures: []chart.Figure{{Title: "Loss", Series: []chart.Series{{Points: []chart.Point{{X: 1, Y: 2}}}}}},
			Notes:   []string{"a small sample"},
		}},
		Results: map[string]float64{"loss": 1.5},
	}
}

func TestReportOnATerminal(t *testing.T) {
	var out bytes.Buffer
	if err := sample().Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A sample\n========\n", "  book        loss\n", "  pinnacle  1.0009\n", "  a|b          -12\n", "  Note: a small sample\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if len(line) > textWidth {
			t.Errorf("a line of %d characters", len(line))
		}
	}
}

func TestReportAsFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "studies")
	files, err := sample().Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 {
		t.Fatal(files)
	}
	text, err := os.ReadFile(filepath.Join(dir, "sample.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# A sample\n", "    betflow study sample\n", "![Loss](sample-1.svg)\n", "| book | loss |\n|---|---:|\n", `| a\|b | -12 |`, "> a small sample\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if svg, err := os.ReadFile(filepath.Join(dir, "sample-1.svg")); err != nil || !bytes.Contains(svg, []byte("<svg")) {
		t.Errorf("the figure is %q, %v", svg, err)
	}
	again, err := sample().Write(dir)
	if err != nil || len(again) != len(files) {
		t.Fatal(again, err)
	}
	if second, _ := os.ReadFile(filepath.Join(dir, "sample.md")); !bytes.Equal(second, text) {
		t.Error("the second report differs from the first")
	}
}

func TestReportAsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := sample().JSON(&out); err != nil {
		t.Fatal(err)
	}
	var back map[string]float64
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["loss"] != 1.5 {
		t.Error(back, err)
	}
}
