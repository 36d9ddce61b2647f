package result

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var errDate = errors.New("write the date as 2024-03-09")

// dayOf reads 2024-03-09 and 20240309; what stands behind a blank or a T, the
// time of the day, is left out.
func dayOf(text string) (time.Time, error) {
	if i := strings.IndexAny(text, " T"); i > 0 {
		text = text[:i]
	}
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if day, err := time.Parse(layout, text); err == nil {
			return day, nil
		}
	}
	return time.Time{}, errDate
}

// slashed are the dates of a file that are written with slashes. Which of the
// first two numbers is the day is not known until one of them is above 12.
type slashed []slash

type slash struct {
	text          string
	line          int
	game          int // its index
	first, second int
	year          int
}

// add takes the date of the game with that index.
func (s *slashed) add(text string, line, game int) error {
	text, _, _ = strings.Cut(text, " ")
	d := slash{text: strings.Clone(text), line: line, game: game}
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return errDate
	}
	for i, to := range []*int{&d.first, &d.second, &d.year} {
		n, err := strconv.ParseUint(parts[i], 10, 14)
		if err != nil {
			return errDate
		}
		*to = int(n)
	}
	switch { // two digits are read as Go does
	case d.year < 69:
		d.year += 2000
	case d.year < 100:
		d.year += 1900
	}
	*s = append(*s, d)
	return nil
}

// resolve fills in the dates.
func (s slashed) resolve(games []Game) *RowError {
	if len(s) == 0 {
		return nil
	}
	var dayFirst, monthFirst *slash
	for i := range s {
		if d := &s[i]; d.first > 12 && dayFirst == nil {
			dayFirst = d
		} else if d.second > 12 && monthFirst == nil {
			monthFirst = d
		}
	}
	switch {
	case dayFirst == nil && monthFirst == nil:
		return &RowError{Line: s[0].line, Text: s[0].text, Reason: "no date of the file tells whether the day or the month comes first: " + errDate.Error()}
	case dayFirst != nil && monthFirst != nil:
		return &RowError{Line: monthFirst.line, Text: monthFirst.text, Reason: fmt.Sprintf("here the month comes first, in line %d the day: %s", dayFirst.line, errDate)}
	}
	for _, d := range s {
		month, day := d.first, d.second
		if dayFirst != nil {
			month, day = day, month
		}
		at := time.Date(d.year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if at.Month() != time.Month(month) || at.Day() != day { // such as 31 April
			return &RowError{Line: d.line, Text: d.text, Reason: "there is no such day"}
		}
		games[d.game].Date = at
	}
	return nil
}
