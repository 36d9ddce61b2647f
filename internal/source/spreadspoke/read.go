package spreadspoke

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/table"
)

// Bounds of what can be in a football game.
const (
	maxScore  = 150
	maxSpread = 60
	maxTotal  = 120
	coldest   = -80
	hottest   = 140
	maxWind   = 120
)

// Parse reads the scores. Name stands for the file in errors and defects. A row
// without day, season or teams is a defect and left out; a cell that cannot be
// read is a defect and missing.
//
// The error is that of table.Open: the text as a whole is no such table.
func Parse(name string, text []byte) ([]Game, []feed.Defect, error) {
	t, err := table.Open(name, text,
		"schedule_date", "schedule_season", "schedule_week", "schedule_playoff", "team_home", "score_home", "score_away", "team_away",
		"team_favorite_id", "spread_favorite", "over_under_line", "stadium", "stadium_neutral", "weather_temperature", "weather_wind_mph", "weather_detail")
	if err != nil {
		return nil, nil, err
	}
	var games []Game
	for t.Next() {
		if g, ok := game(t); ok {
			games = append(games, g)
		}
	}
	return games, t.Defects(), nil
}

// game reads the present row.
func game(t *table.Table) (Game, bool) {
	day, err := time.Parse("1/2/2006", t.Text("schedule_date"))
	if err != nil {
		t.Reject("schedule_date", "it is not a date such as 9/25/2022")
		return Game{}, false
	}
	season, ok := t.Whole("schedule_season", 1920, 2200)
	home, away := t.Text("team_home"), t.Text("team_away")
	if !ok || home == "" || away == "" || home == away {
		t.Reject("", "the row does not name a season and two teams")
		return Game{}, false
	}
	g := Game{
		Day: day, Season: season, Week: t.Text("schedule_week"), Playoff: flag(t, "schedule_playoff"), Neutral: flag(t, "stadium_neutral"),
		Home: home, Away: away, HomeScore: t.Number("score_home", 0, maxScore), AwayScore: t.Number("score_away", 0, maxScore),
		Total: t.Number("over_under_line", 1, maxTotal), Stadium: t.Text("stadium"), Roof: Outdoor,
		Temperature: t.Number("weather_temperature", coldest, hottest), Wind: t.Number("weather_wind_mph", 0, maxWind),
	}
	g.Spread = spread(t, home, away)
	switch detail := t.Text("weather_detail"); detail {
	case "indoor":
		g.Roof = Indoor
	case "retractable (open roof)":
		g.Roof = Opened
	default:
		g.Detail = detail
	}
	return g, true
}

// flag reads TRUE or FALSE; nothing is false.
func flag(t *table.Table, column string) bool {
	text := t.Text(column)
	if text != "" && text != "TRUE" && text != "FALSE" {
		t.Reject(column, "it is neither TRUE nor FALSE")
	}
	return text == "TRUE"
}

// spread turns the favourite's handicap into home's.
func spread(t *table.Table, home, away string) float64 {
	handicap := t.Number("spread_favorite", -maxSpread, 0)
	favourite := t.Text("team_favorite_id")
	switch {
	case !table.Has(handicap) && favourite == "":
		return table.Missing
	case favourite == "PICK" && handicap == 0:
		return 0
	case !table.Has(handicap) || favourite == "PICK":
		t.Reject("spread_favorite", fmt.Sprintf("a favourite has a handicap and %q has none", favourite))
		return table.Missing
	}
	switch clubs := franchises[favourite]; {
	case slices.Contains(clubs, home):
		return handicap
	case slices.Contains(clubs, away):
		return 0 - handicap
	}
	t.Reject("team_favorite_id", fmt.Sprintf("the favourite is neither %s nor %s", home, away))
	return table.Missing
}

// franchises are the ids of favourites and what the clubs were called.
var franchises = map[string][]string{
	"ARI": {"Arizona Cardinals", "Phoenix Cardinals", "St. Louis Cardinals"},
	"ATL": {"Atlanta Falcons"},
	"BAL": {"Baltimore Ravens"},
	"BUF": {"Buffalo Bills"},
	"CAR": {"Carolina Panthers"},
	"CHI": {"Chicago Bears"},
	"CIN": {"Cincinnati Bengals"},
	"CLE": {"Cleveland Browns"},
	"DAL": {"Dallas Cowboys"},
	"DEN": {"Denver Broncos"},
	"DET": {"Detroit Lions"},
	"GB":  {"Green Bay Packers"},
	"HOU": {"Houston Texans"},
	"IND": {"Indianapolis Colts", "Baltimore Colts"},
	"JAX": {"Jacksonville Jaguars"},
	"KC":  {"Kansas City Chiefs"},
	"LAC": {"Los Angeles Chargers", "San Diego Chargers"},
	"LAR": {"Los Angeles Rams", "St. Louis Rams"},
	"LVR": {"Las Vegas Raiders", "Oakland Raiders", "Los Angeles Raiders"},
	"MIA": {"Miami Dolphins"},
	"MIN": {"Minnesota Vikings"},
	"NE":  {"New England Patriots", "Boston Patriots"},
	"NO":  {"New Orleans Saints"},
	"NYG": {"New York Giants"},
	"NYJ": {"New York Jets"},
	"PHI": {"Philadelphia Eagles"},
	"PIT": {"Pittsburgh Steelers"},
	"SEA": {"Seattle Seahawks"},
	"SF":  {"San Francisco 49ers"},
	"TB":  {"Tampa Bay Buccaneers"},
	"TEN": {"Tennessee Titans", "Tennessee Oilers", "Houston Oilers"},
	"WAS": {"Washington Commanders", "Washington Football Team", "Washington Redskins"},
}

// ParseStadiums reads the list of stadiums as Parse reads the scores. The file's
// text is in an old encoding of which only plain letters are sure.
func ParseStadiums(name string, text []byte) ([]Stadium, []feed.Defect, error) {
	t, err := table.Open(name, text, "stadium_name", "stadium_type")
	if err != nil {
		return nil, nil, err
	}
	var stadiums []Stadium
	for t.Next() {
		s := Stadium{Name: strings.ToValidUTF8(t.Text("stadium_name"), "\ufffd"), Roof: Roof(t.Text("stadium_type"))}
		switch {
		case s.Name == "":
			t.Reject("stadium_name", "a stadium has a name")
		case s.Roof != Outdoor && s.Roof != Indoor && s.Roof != Retractable:
			t.Reject("stadium_type", "it is none of outdoor, indoor, retractable")
		default:
			stadiums = append(stadiums, s)
		}
	}
	return stadiums, t.Defects(), nil
}
