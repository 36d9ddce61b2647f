package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/betflow/betflow/internal/feed"
)

// Errors of a file as a whole.
var (
	ErrNoHeader = errors.New("there is no first row that names the columns")
	ErrNoColumn = errors.New("a column is missing")
	ErrTwice    = errors.New("a column is there twice")
	errCells    = errors.New("the row has another number of cells than the header")
)

// Table is an open CSV file. Its rows are read in order.
type Table struct {
	name    string
	rows    *csv.Reader
	columns []string
	index   map[string]int
	cells   []string // of the present row
	defects []feed.Defect
}

// Open reads the header of a text; name stands for it in errors and defects.
// The columns asked for must be there. The error wraps ErrNoHeader, ErrNoColumn,
// ErrTwice or a *csv.ParseError.
func Open(name string, text []byte, required ...string) (*Table, error) {
	rows := csv.NewReader(bytes.NewReader(unify(text)))
	rows.FieldsPerRecord = -1 // told row by row, with the place
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		err = ErrNoHeader
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	t := &Table{name: name, rows: rows, columns: header, index: make(map[string]int, len(header))}
	for i, column := range header {
		column = strings.TrimSpace(column)
		if _, twice := t.index[column]; twice {
			return nil, fmt.Errorf("reading %s: line 1: %w: %s", name, ErrTwice, column)
		}
		t.columns[i], t.index[column] = column, i
	}
	for _, column := range required {
		if _, ok := t.index[column]; !ok {
			return nil, fmt.Errorf("reading %s: line 1: %w: %s", name, ErrNoColumn, column)
		}
	}
	return t, nil
}

// Columns lists the columns in their order.
func (t *Table) Columns() []string { return t.columns }

// Next goes to the next row and tells whether there is one. A row that has more
// or fewer cells than the header is a defect and passed over; broken quoting
// ends the file with a defect, for nobody knows where the next row begins.
func (t *Table) Next() bool {
	for {
		cells, err := t.rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			return false
		case err != nil:
			var broken *csv.ParseError
			if errors.As(err, &broken) {
				t.defect(broken.Line, broken.Column, "", broken.Err.Error()+"; the rest of the file is not read", nil)
			}
			return false
		case len(cells) == len(t.columns):
			t.cells = cells
			return true
		}
		line, column := t.rows.FieldPos(0)
		t.defect(line, column, "", fmt.Sprintf("%v: %d, not %d", errCells, len(cells), len(t.columns)), []byte(strings.Join(cells, ",")))
	}
}

// Text returns a cell of the present row without the space around it. It is
// empty when the cell is, or when the file has no such column.
func (t *Table) Text(column string) string {
	i, ok := t.index[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(t.cells[i])
}

// Reject notes that a cell of the present row cannot be read, and why. An empty
// name of a column rejects the row.
func (t *Table) Reject(column, reason string) {
	i, ok := t.index[column]
	if !ok {
		line, col := t.rows.FieldPos(0)
		t.defect(line, col, "", reason, []byte(strings.Join(t.cells, ",")))
		return
	}
	line, col := t.rows.FieldPos(i)
	t.defect(line, col, column, reason, []byte(t.cells[i]))
}

// Defects returns what was rejected so far, in the order of the file.
func (t *Table) Defects() []feed.Defect { return t.defects }

// defect notes a defect with a place such as week_1.csv:2:15 (week).
func (t *Table) defect(line, col int, column, reason string, body []byte) {
	place := fmt.Sprintf("%s:%d:%d", t.name, line, col)
	if column != "" {
		place += " (" + column + ")"
	}
	t.defects = append(t.defects, feed.Defect{Place: place, Reason: reason, Body: body})
}
