package result

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// File is what a file of results holds.
type File struct {
	Games    []Game // in the file's order
	Unplayed int    // rows with neither score: games to come
}

// column is a field of a game with the names that files give it. Names are
// compared in lower case without anything but letters and digits.
type column struct {
	name    string
	aliases []string
	needed  bool
}

// Fields of a row, the index of their column in columns.
const (
	colDate = iota
	colHome
	colAway
	colHomeScore
	colAwayScore
	colSeason
	colNeutral
)

func columns() []column {
	return []column{
		colDate:      {"date", []string{"date", "gamedate", "gameday", "matchdate", "scheduledate", "day"}, true},
		colHome:      {"home", []string{"home", "hometeam", "teamhome", "team1"}, true},
		colAway:      {"away", []string{"away", "awayteam", "teamaway", "visitor", "team2"}, true},
		colHomeScore: {"home_score", []string{"homescore", "scorehome", "homegoals", "homepoints", "fthg", "hg", "score1", "targethometeamfulltimegoals"}, true},
		colAwayScore: {"away_score", []string{"awayscore", "scoreaway", "awaygoals", "awaypoints", "ftag", "ag", "score2", "visitorscore", "targetawayteamfulltimegoals"}, true},
		colSeason:    {"season", []string{"season", "scheduleseason", "year"}, false},
		colNeutral:   {"neutral", []string{"neutral", "stadiumneutral", "neutralsite", "neutralvenue"}, false},
	}
}

// RowError is a row, or a header, that cannot be read.
type RowError struct {
	Line   int    // 1 is the header
	Column string // as the file names it; empty if the whole row is at fault
	Text   string // what stands there
	Reason string
}

// Error says where the row is and what is wrong with it.
func (e *RowError) Error() string {
	where := fmt.Sprintf("line %d", e.Line)
	if e.Column != "" {
		where += fmt.Sprintf(", column %s", e.Column)
	}
	if e.Text != "" {
		return fmt.Sprintf("%s: %q: %s", where, e.Text, e.Reason)
	}
	return where + ": " + e.Reason
}

// ErrNoGames is returned for a file without a single score.
var ErrNoGames = errors.New("no game with a score")

// Read reads a CSV file with a header: the columns date, home, away, home_score
// and away_score, and season and neutral if there are any, under their usual
// names (home_team, FTHG, score_home, ...), in any order, others ignored. Dates
// are 2024-03-09, with a time behind it or not, or written with slashes if the
// file tells by itself whether the day or the month comes first. Rows without
// scores are counted, not read. Any other row that cannot be read is a *RowError.
func Read(in io.Reader) (File, error) {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return File{}, &RowError{Line: 1, Reason: "the file is empty, it needs a header"}
	}
	if err != nil {
		return File{}, syntaxError(err)
	}
	table, err := tableOf(header)
	if err != nil {
		return File{}, err
	}
	var f File
	var dates slashed
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return File{}, syntaxError(err)
		}
		line, _ := r.FieldPos(0)
		g, played, err := table.game(row, line)
		if err != nil {
			return File{}, err
		}
		if !played {
			f.Unplayed++
			continue
		}
		if day := table.text(row, colDate); strings.Contains(day, "/") {
			err = dates.add(day, line, len(f.Games))
		} else {
			g.Date, err = dayOf(day)
		}
		if err != nil {
			return File{}, table.fault(row, line, colDate, err.Error())
		}
		f.Games = append(f.Games, g)
	}
	if len(f.Games) == 0 {
		return File{}, ErrNoGames
	}
	if err := dates.resolve(f.Games); err != nil {
		err.Column = table.names[colDate]
		return File{}, err
	}
	return f, nil
}

// syntaxError keeps the place of what is not CSV.
func syntaxError(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &RowError{Line: p.Line, Reason: p.Err.Error()}
	}
	return fmt.Errorf("reading results: %w", err)
}

// table says where a file keeps each field.
type table struct {
	at    [colNeutral + 1]int // -1 where there is none
	names [colNeutral + 1]string
}

func tableOf(header []string) (t table, err error) {
	for field, c := range columns() {
		t.at[field] = -1
		for _, alias := range c.aliases { // the first name of the list wins: a file may have season and year
			for i, name := range header {
				if plain(name) == alias && t.at[field] < 0 {
					t.at[field], t.names[field] = i, strings.Clone(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
				}
			}
		}
		if c.needed && t.at[field] < 0 {
			return t, &RowError{Line: 1, Reason: fmt.Sprintf("there is no column %s (other names: %s)", c.name, strings.Join(c.aliases, ", "))}
		}
	}
	return t, nil
}

// plain reduces a name to its letters and digits.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// text returns a field of a row, empty where the file has no such column.
func (t *table) text(row []string, field int) string {
	if t.at[field] < 0 {
		return ""
	}
	return strings.TrimSpace(row[t.at[field]])
}

func (t *table) fault(row []string, line, field int, reason string) error {
	return &RowError{line, t.names[field], strings.Clone(t.text(row, field)), reason}
}

// game reads all of a row but its date; played is false where both scores are
// missing.
func (t *table) game(row []string, line int) (g Game, played bool, err error) {
	for _, field := range []int{colHome, colAway} {
		if t.text(row, field) == "" {
			return g, false, t.fault(row, line, field, "a team is missing")
		}
	}
	g.Home, g.Away = strings.Clone(t.text(row, colHome)), strings.Clone(t.text(row, colAway))
	if g.Home == g.Away {
		return g, false, t.fault(row, line, colAway, "a team does not play itself")
	}
	if missing(t.text(row, colHomeScore)) && missing(t.text(row, colAwayScore)) {
		return g, false, nil
	}
	var ok bool
	if g.HomeScore, ok = score(t.text(row, colHomeScore)); !ok {
		return g, false, t.fault(row, line, colHomeScore, badScore)
	}
	if g.AwayScore, ok = score(t.text(row, colAwayScore)); !ok {
		return g, false, t.fault(row, line, colAwayScore, badScore)
	}
	if g.Neutral, ok = truth(t.text(row, colNeutral)); !ok {
		return g, false, t.fault(row, line, colNeutral, "write true or false, 1 or 0, yes or no, or nothing")
	}
	g.Season = strings.Clone(t.text(row, colSeason))
	return g, true, nil
}

const badScore = "a score is a whole number from 0 to 1000"

// score reads a score; 21.0 is what spreadsheets make of 21.
func score(text string) (int, bool) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v <= 1000) || v != float64(int(v)) {
		return 0, false
	}
	return int(v), true
}

func missing(text string) bool { return text == "" || text == "NA" || text == "NaN" || text == "null" }

func truth(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "t", "yes", "y", "1", "1.0":
		return true, true
	case "", "false", "f", "no", "n", "0", "0.0", "na":
		return false, true
	}
	return false, false
}
