package footballdata

import (
	"errors"
	"slices"
	"strings"
)

// ErrLayout is returned for a file whose header is of neither layout.
var ErrLayout = errors.New("the header has no date, teams and goals in either of the layouts of football-data.co.uk")

// role is what a column is for.
type role int

const (
	ignored role = iota
	date
	league
	division
	season
	homeTeam
	awayTeam
	homeGoals
	awayGoals
	price
)

// column is a column's place in a match.
type column struct {
	name string
	role role
	// of a price
	quote int // in header.quotes
	side  int // 0 to 2 of H2H, 3 and 4 of the total
}

// header is a file's first row.
type header struct {
	columns []column
	quotes  []Quote // the books and phases that have columns, without prices
	years   bool    // the file is rewritten and names the season by its last year
}

// parseHeader finds out what the columns are.
func parseHeader(names []string) (*header, error) {
	h := &header{columns: make([]column, len(names))}
	codes := priceCodes()
	seen := map[role]bool{}
	closes := slices.ContainsFunc(names, func(name string) bool { return clean(name) == country })
	for i, name := range names {
		name = clean(name)
		c := column{name: name, role: roles[name]}
		if c.role == ignored {
			p, ok := codes[name]
			if !ok {
				p, ok = parsePrice(name)
			}
			if closes {
				p.phase = Closing
			}
			if ok {
				c.role, c.side, c.quote = price, p.side, h.quote(p.book, p.phase)
			}
		}
		seen[c.role] = true
		h.years = h.years || name == "year"
		h.columns[i] = c
	}
	for _, needed := range []role{date, homeTeam, awayTeam, homeGoals, awayGoals} {
		if !seen[needed] {
			return nil, ErrLayout
		}
	}
	return h, nil
}

// clean takes off spaces and the mark that some files begin with.
func clean(name string) string { return strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")) }

// quote returns the index of a book in a phase.
func (h *header) quote(book string, phase Phase) int {
	for i, q := range h.quotes {
		if q.Book == book && q.Phase == phase {
			return i
		}
	}
	h.quotes = append(h.quotes, Quote{Book: book, Phase: phase})
	return len(h.quotes) - 1
}

// roles are the columns that are no prices.
var roles = map[string]role{
	"date": date, "league": league, "division": division, "year": season,
	"home_team": homeTeam, "away_team": awayTeam,
	"target__home_team__full_time_goals": homeGoals, "target__away_team__full_time_goals": awayGoals,

	"Date": date, "Div": league, "HomeTeam": homeTeam, "AwayTeam": awayTeam, "HT": homeTeam, "AT": awayTeam,
	"FTHG": homeGoals, "FTAG": awayGoals,

	// Files of the publisher's further leagues, which hold many seasons.
	country: league, "League": division, "Season": season, "Home": homeTeam, "Away": awayTeam, "HG": homeGoals, "AG": awayGoals,
}

// country is a column that only files of the further leagues have. Their prices
// are those of the close, also where older ones write PH and AvgH for what is
// PSCH and AvgCH now.
const country = "Country"

// quoted is what a column of prices holds.
type quoted struct {
	book  string
	phase Phase
	side  int
}

// parsePrice reads a name such as odds__BOOK_closing__home_win__full_time_goals.
func parsePrice(name string) (quoted, bool) {
	parts := strings.Split(name, "__")
	if len(parts) != 4 || parts[0] != "odds" || parts[3] != "full_time_goals" {
		return quoted{}, false
	}
	side, ok := sides[parts[2]]
	book, closing := strings.CutSuffix(parts[1], "_closing")
	q := quoted{book: book, side: side}
	if closing {
		q.phase = Closing
	}
	return q, ok && book != ""
}

// sides are the outcomes in names of columns; draw_win is how some books' draw
// is spelled.
var sides = map[string]int{"home_win": 0, "draw": 1, "draw_win": 1, "away_win": 2, "over_2.5": 3, "under_2.5": 4}

// books are the publisher's codes of books. Some of a book's columns have the
// one code, some the other.
var books = map[string]string{
	"B365": "bet365", "BF": "betfair", "BFE": "betfair_exchange", "BFD": "betfred", "BMGM": "betmgm",
	"BS": "bluesquare", "BV": "betvictor", "BW": "betwin", "CL": "coral", "GB": "gamebookers", "IW": "interwetten",
	"LB": "ladbrokes", "PS": Pinnacle, "P": Pinnacle, "SB": "sportingbet", "SJ": "stanjames", "SO": "sporting",
	"SY": "stanleybet", "VC": "vcbet", "WH": "williamhill", "1XB": "1xbet",
	"Max": MarketMaximum, "Avg": MarketAverage, "BbMx": BetbrainMaximum, "BbAv": BetbrainAverage,
}

// priceCodes lists the names of all columns of prices in the original layout:
// B365H, PSCD, Avg>2.5, AvgC<2.5.
func priceCodes() map[string]quoted {
	out := make(map[string]quoted, 10*len(books))
	for code, book := range books {
		for side, suffix := range []string{"H", "D", "A", ">2.5", "<2.5"} {
			out[code+suffix] = quoted{book, PreMatch, side}
			out[code+"C"+suffix] = quoted{book, Closing, side}
		}
	}
	return out
}
