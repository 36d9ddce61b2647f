package bet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// CellError is a cell of a file that could not be read.
type CellError struct {
	File   string
	Line   int    // counted from 1, the header included
	Column string // the header's name; empty where it is about the whole row
	Err    error
}

func (e *CellError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
	}
	return fmt.Sprintf("%s:%d: column %s: %v", e.File, e.Line, e.Column, e.Err)
}

func (e *CellError) Unwrap() error { return e.Err }

// mostProblems is how many bad cells are told before reading on is pointless.
const mostProblems = 20

// table reads a CSV file with a header by the names of columns.
type table struct {
	file     string
	rows     *csv.Reader
	names    []string       // as written
	at       map[string]int // our name of a column -> its position
	ignored  []string       // columns that mean nothing here
	cells    []string       // of the row at hand
	line     int
	problems []error
	more     int // problems beyond those told
}

// openTable reads the header. Aliases map the spellings of a column, as key
// gives them, to our name of it. The separator is a comma, a semicolon or a tab,
// whichever the header has most of.
func openTable(r io.Reader, file string, aliases map[string]string) (*table, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	t := &table{file: file, rows: csv.NewReader(in), at: map[string]int{}}
	t.rows.Comma = separator(string(head))
	t.rows.FieldsPerRecord, t.rows.TrimLeadingSpace = -1, true
	names, err := t.rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: the file is empty: its first line names the columns", file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the header of %s: %w", file, err)
	}
	for i, name := range names {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		t.names = append(t.names, name)
		ours, ok := aliases[key(name)]
		if !ok {
			if name != "" {
				t.ignored = append(t.ignored, name)
			}
			continue
		}
		if other, taken := t.at[ours]; taken {
			return nil, &CellError{file, 1, name, fmt.Errorf("it means the same as column %s", t.names[other])}
		}
		t.at[ours] = i
	}
	return t, nil
}

func separator(head string) rune {
	line, _, _ := strings.Cut(head, "\n")
	best, most := ',', strings.Count(line, ",")
	for _, c := range ";\t" {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// need refuses a header without one of some columns.
func (t *table) need(what string, anyOf ...string) error {
	if slices.ContainsFunc(anyOf, t.has) {
		return nil
	}
	return &CellError{t.file, 1, "", fmt.Errorf("no column for %s: name one %s", what, strings.Join(anyOf, " or "))}
}

func (t *table) has(column string) bool { _, ok := t.at[column]; return ok }

// next moves to the next row that is not empty; false at the end.
func (t *table) next() bool {
	for {
		cells, err := t.rows.Read()
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return false
		case errors.As(err, &malformed):
			t.line = malformed.Line
			t.problem("", malformed.Err)
			continue
		case err != nil:
			t.problems = append(t.problems, fmt.Errorf("reading %s: %w", t.file, err))
			return false
		}
		t.line, _ = t.rows.FieldPos(0)
		t.cells = cells
		if slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			return true
		}
	}
}

// cell returns a column's text in the row at hand, without space around it.
func (t *table) cell(column string) string {
	i, ok := t.at[column]
	if !ok || i >= len(t.cells) {
		return ""
	}
	return strings.TrimSpace(t.cells[i])
}

// problem notes that a column of the row at hand could not be read.
func (t *table) problem(column string, err error) {
	if len(t.problems) >= mostProblems {
		t.more++
		return
	}
	if i, ok := t.at[column]; ok {
		column = t.names[i]
	}
	t.problems = append(t.problems, &CellError{t.file, t.line, column, err})
}

// err is all that could not be read.
func (t *table) err() error {
	if t.more > 0 {
		t.problems = append(t.problems, fmt.Errorf("%s: and %d more", t.file, t.more))
	}
	return errors.Join(t.problems...)
}

// read puts a cell through a parser of its kind; an empty cell is left alone.
func read[T any](t *table, column string, parse func(string) (T, error)) (value T) {
	text := t.cell(column)
	if text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		t.problem(column, err)
	}
	return value
}
