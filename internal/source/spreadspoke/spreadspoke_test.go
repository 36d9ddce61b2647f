package spreadspoke_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/betflow/betflow/internal/source/spreadspoke"
	"github.com/betflow/betflow/internal/source/table"
)

const scores = "schedule_date,schedule_season,schedule_week,schedule_playoff,team_home,score_home,score_away,team_away,team_favorite_id,spread_favorite,over_under_line,stadium,stadium_neutral,weather_temperature,weather_wind_mph,weather_humidity,weather_detail\n" +
	"1/5/1991,1990,Wildcard,TRUE,San Diego Chargers,9,24,Los Angeles Raiders,LAC,-3,37.5,Qualcomm Stadium,FALSE,68,10,55,\n" +
	"9/9/1990,1990,1,FALSE,St. Louis Rams,10,7,Houston Oilers,TEN,-2.5, ,Old Dome,FALSE,,,,rain | fog\n" +
	"9/16/1990,1990,2,FALSE,Dallas Cowboys,10,7,New York Giants,PICK,0,40,Tom's Field,TRUE,72,0,,indoor\n" +
	"9/16/1990,1990,2,FALSE,Arizona Cardinals,10,7,Denver Broncos,NJY,-6,40,State Farm,FALSE,72,5,,retractable (open roof)\n" +
	"10/6/2025,2025,5,FALSE,Jacksonville Jaguars,,,Kansas City Chiefs,,,,,,,,,\n" +
	"13/6/2025,2025,5,FALSE,Jacksonville Jaguars,,,Kansas City Chiefs,,,,,,,,,\n" +
	"10/6/2025,2025,5,FALSE,Jacksonville Jaguars,,,Jacksonville Jaguars,,,,,,,,,\n" +
	"10/7/2025,2025,5,no,Jacksonville Jaguars,3,x,Kansas City Chiefs,KC,,45,,,200,-1,,\n" +
	"10/8/2025,2025,5,FALSE,Jacksonville Jaguars,3,0,Kansas City Chiefs,PICK,-1,45,,,,,,\n"

const stadiums = "stadium_name,stadium_location,stadium_type\rOld Dome,\"St. Louis, MO\",indoor\rQualcomm Stadium,\"San Diego\",outdoor\rState Farm,Glendale,retractable\rBarn,x,wooden\r,x,indoor\r"

func TestRowsAreGames(t *testing.T) {
	games, defects, err := spreadspoke.Load(fstest.MapFS{
		"spreadspoke_scores.csv": {Data: []byte(scores)}, "nfl_stadiums.csv": {Data: []byte(stadiums)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(games) != 7 {
		t.Fatalf("%d games", len(games))
	}
	byHome := map[string]spreadspoke.Game{}
	for i, g := range games {
		if i > 0 && g.Day.Before(games[i-1].Day) {
			t.Error("the games are not in the order of their days")
		}
		byHome[g.Home] = g
	}
	g := byHome["San Diego Chargers"]
	if g.Day != time.Date(1991, 1, 5, 0, 0, 0, 0, time.UTC) || g.Season != 1990 || !g.Playoff || g.Neutral || g.HomeScore != 9 || g.AwayScore != 24 ||
		g.Spread != -3 || g.Total != 37.5 || g.Temperature != 68 || g.Wind != 10 || !g.Outdoors() || !g.Played() {
		t.Errorf("%+v", g)
	}
	if g := byHome["St. Louis Rams"]; g.Spread != 2.5 || table.Has(g.Total) || table.Has(g.Wind) || g.Detail != "rain | fog" || g.Outdoors() {
		t.Errorf("the favourite is away, the total missing, the stadium a dome: %+v", g)
	}
	if g := byHome["Dallas Cowboys"]; g.Spread != 0 || !g.Neutral || g.Roof != spreadspoke.Indoor || g.Detail != "" {
		t.Errorf("a pick 'em indoors: %+v", g)
	}
	if g := byHome["Arizona Cardinals"]; table.Has(g.Spread) || g.Roof != spreadspoke.Opened || !g.Outdoors() {
		t.Errorf("an unknown favourite under an opened roof: %+v", g)
	}
	want := []string{
		"spreadspoke_scores.csv:5:62 (team_favorite_id) the favourite is neither Arizona Cardinals nor Denver Broncos",
		"spreadspoke_scores.csv:7:1 (schedule_date) it is not a date such as 9/25/2022",
		"spreadspoke_scores.csv:8:1 the row does not name a season and two teams",
		`spreadspoke_scores.csv:9:18 (schedule_playoff) it is neither TRUE nor FALSE`,
		`spreadspoke_scores.csv:9:44 (score_away) "x" is not a number from 0 to 150`,
		`spreadspoke_scores.csv:9:74 (weather_temperature) "200" is not a number from -80 to 140`,
		`spreadspoke_scores.csv:9:78 (weather_wind_mph) "-1" is not a number from 0 to 120`,
		`spreadspoke_scores.csv:9:68 (spread_favorite) a favourite has a handicap and "KC" has none`,
		`spreadspoke_scores.csv:10:73 (spread_favorite) a favourite has a handicap and "PICK" has none`,
		"nfl_stadiums.csv:5:8 (stadium_type) it is none of outdoor, indoor, retractable",
		"nfl_stadiums.csv:6:1 (stadium_name) a stadium has a name",
	}
	var got []string
	for _, d := range defects {
		got = append(got, d.Place+" "+d.Reason)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("defects\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLoadNeedsScoresAndCanDoWithoutStadiums(t *testing.T) {
	games, _, err := spreadspoke.Load(fstest.MapFS{"spreadspoke_scores.csv": {Data: []byte(scores)}})
	if err != nil || len(games) != 7 {
		t.Errorf("without stadiums: %v, %d games", err, len(games))
	}
	if _, _, err := spreadspoke.Load(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "spreadspoke_scores.csv") {
		t.Errorf("without scores: %v", err)
	}
	_, _, err = spreadspoke.Load(fstest.MapFS{"spreadspoke_scores.csv": {Data: []byte("a,b\n")}})
	if !errors.Is(err, table.ErrNoColumn) {
		t.Errorf("another file: %v", err)
	}
}

// The recorded table has two favourites that are none; everything else is read.
// Where it is absent, the synthetic rows above have the same shapes.
func TestRecordedScores(t *testing.T) {
	const recorded = "../../../../shared/data/nfl-weather"
	if _, err := os.Stat(recorded); errors.Is(err, fs.ErrNotExist) {
		t.Log("no recorded scores on this machine")
		return
	}
	games, defects, err := spreadspoke.Load(os.DirFS(recorded))
	if err != nil {
		t.Fatal(err)
	}
	played, spreads, roofs := 0, 0, map[spreadspoke.Roof]int{}
	for _, g := range games {
		roofs[g.Roof]++
		if g.Played() {
			played++
		}
		if table.Has(g.Spread) {
			spreads++
		}
	}
	if len(games) != 14164 || played != 14150 || spreads != 11669 || len(defects) != 2 || roofs[spreadspoke.Indoor] != 2901 || roofs[spreadspoke.Opened] != 69 {
		t.Errorf("%d games, %d played, %d with spreads, roofs %v, defects %v", len(games), played, spreads, roofs, defects)
	}
}

// Whatever the text, a game's numbers are within bounds or missing.
func FuzzParse(f *testing.F) {
	f.Add([]byte(scores))
	f.Add([]byte(strings.ReplaceAll(scores, "\n", "\r\n")))
	f.Add([]byte(scores[:300]))
	f.Fuzz(func(t *testing.T, text []byte) {
		games, _, err := spreadspoke.Parse("f.csv", text)
		if err != nil {
			return
		}
		for _, g := range games {
			if g.Home == "" || g.Away == "" || g.Home == g.Away || g.Season == 0 || g.Wind < 0 || g.Total <= 0 || g.Spread > 60 || g.Spread < -60 {
				t.Fatalf("%+v", g)
			}
		}
	})
}

func FuzzParseStadiums(f *testing.F) {
	f.Add([]byte(stadiums))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, _, _ := spreadspoke.ParseStadiums("f.csv", text)
		for _, s := range list {
			if s.Name == "" || s.Roof == "" {
				t.Fatalf("%+v", s)
			}
		}
	})
}
