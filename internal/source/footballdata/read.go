package footballdata

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

// File is what one file holds.
type File struct {
	Matches  []Match // in the order of the file
	Defects  []feed.Defect
	Repaired int // days whose month and day of the month were exchanged
}

// Read reads one file's text. The name stands in the places of defects. It
// returns ErrLayout if the first row is no header of these files, and errors of
// the reader.
func Read(r io.Reader, name string) (*File, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = -1, true, true
	names, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", name, ErrLayout)
	}
	if err != nil {
		return nil, fmt.Errorf("reading header of %s: %w", name, err)
	}
	h, err := parseHeader(names)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	p := parser{header: h, file: name, rows: rows, out: &File{}, quotes: make([]Quote, len(h.quotes))}
	for {
		cells, err := rows.Read()
		var malformed *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			tellSeasons(p.out.Matches)
			if h.years {
				p.out.Repaired = repairDays(p.out.Matches)
			}
			return p.out, nil
		case errors.As(err, &malformed):
			p.out.Defects = append(p.out.Defects, feed.Defect{
				Place: fmt.Sprintf("%s:%d:%d", name, malformed.Line, malformed.Column), Reason: malformed.Err.Error()})
		case err != nil:
			return nil, fmt.Errorf("reading %s: %w", name, err)
		default:
			p.row(cells)
		}
	}
}

// parser turns rows into matches.
type parser struct {
	header *header
	file   string
	rows   *csv.Reader
	out    *File
	quotes []Quote // of the row at hand
}

// row reads one row.
func (p *parser) row(cells []string) {
	m := Match{HomeGoals: -1, AwayGoals: -1}
	copy(p.quotes, p.header.quotes)
	var div string
	full := false
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if isMissing(cell) {
			continue
		}
		full = true
		if i >= len(p.header.columns) {
			p.defect(i, cell, errors.New("the header has no column here"))
			continue
		}
		var err error
		switch c := &p.header.columns[i]; c.role {
		case date:
			m.Day, err = parseDay(cell)
		case league:
			m.League = strings.Clone(cell)
		case division:
			div = " " + cell
		case season:
			m.Season, err = parseYear(cell)
		case homeTeam:
			m.Home = strings.Clone(cell)
		case awayTeam:
			m.Away = strings.Clone(cell)
		case homeGoals:
			m.HomeGoals, err = parseGoals(cell)
		case awayGoals:
			m.AwayGoals, err = parseGoals(cell)
		case price:
			err = p.quotes[c.quote].read(c.side, cell)
		}
		if err != nil {
			p.defect(i, cell, err)
		}
	}
	if !full {
		return // some files end in rows of commas
	}
	if m.Day.IsZero() || m.Home == "" || m.Away == "" {
		p.defect(0, strings.Join(cells, ","), errors.New("a match needs a day and two teams"))
		return
	}
	m.League += div
	m.Played = m.HomeGoals >= 0 && m.AwayGoals >= 0
	m.Quotes = quoting(p.quotes)
	p.out.Matches = append(p.out.Matches, m)
}

// defect notes what is wrong with a cell of the row at hand.
func (p *parser) defect(at int, body string, err error) {
	line, _ := p.rows.FieldPos(at)
	name := strconv.Itoa(at + 1)
	if at < len(p.header.columns) {
		name = p.header.columns[at].name
	}
	p.out.Defects = append(p.out.Defects, feed.Defect{
		Place: fmt.Sprintf("%s:%d:%s", p.file, line, name), Reason: err.Error(), Body: []byte(body)})
}

// quoting copies those quotes that have a price.
func quoting(all []Quote) []Quote {
	n := 0
	for i := range all {
		if all[i].priced() {
			n++
		}
	}
	out := make([]Quote, 0, n)
	for i := range all {
		if all[i].priced() {
			out = append(out, all[i])
		}
	}
	return out
}

func (q *Quote) priced() bool { return q.H2H != [3]float64{} || q.Total != [2]float64{} }

// read takes a price in; one that is impossible leaves the place missing.
func (q *Quote) read(side int, cell string) error {
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return errors.New("a price is a decimal number")
	}
	if err := odds.CheckPrice(v); err != nil {
		return err
	}
	if side < len(q.H2H) {
		q.H2H[side] = v
	} else {
		q.Total[side-len(q.H2H)] = v
	}
	return nil
}

// isMissing tells whether a cell says that there is no value.
func isMissing(cell string) bool {
	switch cell {
	case "", "NA", "nan", "NaN":
		return true
	}
	return false
}

// parseGoals reads a number of goals. -1 is written for an unknown one and
// returned as it is.
func parseGoals(cell string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(cell, ".0"))
	if err != nil || n < -1 || n > 99 {
		return -1, errors.New("goals are a whole number")
	}
	return n, nil
}

// parseYear reads 2020 and 2019/2020.
func parseYear(cell string) (int, error) {
	n, err := strconv.Atoi(cell[strings.LastIndexByte(cell, '/')+1:])
	if err != nil || n < 1800 || n > 9999 {
		return 0, errors.New("a season is written as the year in which it ends")
	}
	return n, nil
}
