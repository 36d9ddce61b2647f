// Package study answers questions about markets from files of past prices and
// results: a table for each claim, a figure where a figure says it faster, and
// an interval around every number that rests on a sample.
//
// A study is a function from data to a Report. The sentences of a report are
// made from the numbers, and everything random has a seed: the same files give
// the same report.
package study

import (
	"encoding/json"
	"io"

	"github.com/betflow/betflow/internal/chart"
)

// Report is what a study has found.
type Report struct {
	Name     string   // of its files and of the subcommand: soccer
	Title    string   // of the page
	Abstract []string // paragraphs: what was asked, of which data, and the answer in short
	Command  string   // that makes the report again
	Sections []Section
	Results  any // the numbers, for JSON
}

// Section is one claim with what supports it.
type Section struct {
	Heading string
	Text    []string // paragraphs
	Tables  []Table
	Figures []chart.Figure
	Notes   []string // caveats, set apart from the text
}

// Table is numbers with their names. Every row has a cell for each column.
type Table struct {
	Caption string
	Columns []string
	Rows    [][]string
}

// JSON writes the numbers as one object.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r.Results)
}
