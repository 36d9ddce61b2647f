package footballdata

import (
	"fmt"
	"time"
)

// dateLayouts are the ways in which days are written.
var dateLayouts = []string{time.DateOnly, "02/01/2006", "02/01/06"}

// parseDay reads a day. What stands behind a space, an hour, is left out.
func parseDay(text string) (time.Time, error) {
	for _, layout := range dateLayouts {
		if len(text) > len(layout) && text[len(layout)] == ' ' {
			text = text[:len(layout)]
		}
		if day, err := time.Parse(layout, text); err == nil {
			return day, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date such as 2019-08-09 or 09/08/2019", text)
}

// endOf returns the year in which the season of a day ends: seasons end in
// summer.
func endOf(day time.Time) int {
	if day.Month() >= time.July {
		return day.Year() + 1
	}
	return day.Year()
}

// tellSeasons fills in the seasons of matches whose file has none. A file of no
// more than a year is one season, the end of which may lie beyond summer.
func tellSeasons(matches []Match) {
	var first, last time.Time
	for i := range matches {
		if m := &matches[i]; m.Season == 0 {
			if first.IsZero() || m.Day.Before(first) {
				first = m.Day
			}
			if m.Day.After(last) {
				last = m.Day
			}
		}
	}
	one := last.Before(first.AddDate(1, 1, 0))
	for i := range matches {
		switch m := &matches[i]; {
		case m.Season != 0:
		case one:
			m.Season = endOf(first)
		default:
			m.Season = endOf(m.Day)
		}
	}
}

// inSeason tells whether a day can be in the season that ends in a year. The
// one of 2020 ended in August.
func inSeason(day time.Time, year int) bool {
	return !day.Before(time.Date(year-1, time.July, 1, 0, 0, 0, 0, time.UTC)) &&
		day.Before(time.Date(year, time.September, 1, 0, 0, 0, 0, time.UTC))
}

// swapped returns the day with month and day of the month exchanged, the same
// day if there is none.
func swapped(day time.Time) time.Time {
	if day.Day() > 12 {
		return day
	}
	return time.Date(day.Year(), time.Month(day.Day()), int(day.Month()), 0, 0, 0, 0, time.UTC)
}

// repairDays undoes what happened to some files when others rewrote them: a day
// of the month up to 12 was taken for the month, so that the season of 2015
// begins in January 2014. It is recognised by days outside the season that all
// lie inside it when every ambiguous day of the file is exchanged. It returns
// how many days have changed.
func repairDays(matches []Match) int {
	wrong, still := 0, 0
	for i := range matches {
		m := &matches[i]
		if !inSeason(m.Day, m.Season) {
			wrong++
		}
		if !inSeason(swapped(m.Day), m.Season) {
			still++
		}
	}
	if wrong == 0 || still > 0 {
		return 0
	}
	changed := 0
	for i := range matches {
		if day := swapped(matches[i].Day); day != matches[i].Day {
			matches[i].Day = day
			changed++
		}
	}
	return changed
}
