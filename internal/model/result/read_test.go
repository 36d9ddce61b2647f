package result

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func read(t *testing.T, text string) File {
	t.Helper()
	f, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func TestFilesOfManyShapes(t *testing.T) {
	want := Game{Date: day(2023, 8, 12), Home: "Arsenal", Away: "Nottm Forest", HomeScore: 2, AwayScore: 1}
	for name, text := range map[string]string{
		"plain":         "date,home,away,home_score,away_score\n2023-08-12,Arsenal,Nottm Forest,2,1\n",
		"football-data": "\ufeffDiv,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,12/08/2023,12:30,Arsenal,Nottm Forest,2,1,H\nE0,13/08/2023,,A,B,0,0,D\n",
		"short years":   "Date,HomeTeam,AwayTeam,FTHG,FTAG\n12/08/23,Arsenal,Nottm Forest,2,1\n25/12/99,A,B,0,0\n",
		"spreadspoke":   "schedule_date,team_home,score_home,score_away,team_away\n8/12/2023,Arsenal,2,1,Nottm Forest\n8/13/2023,A,0,0,B\n",
		"other order":   "Away Team; with commas inside,away_score,HOME-SCORE,home team,away team,game_date\nx,1.0,2,Arsenal,Nottm Forest,2023-08-12T15:00:00Z\n",
		"time behind":   "date,home,away,home_score,away_score\n2023-08-12 15:00,\" Arsenal \",Nottm Forest,2,1\n",
		"digits":        "date,home,away,home_score,away_score\n20230812,Arsenal,Nottm Forest,2,1\n",
	} {
		if got := read(t, text).Games[0]; got != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestSeasonsNeutralGroundsAndGamesToCome(t *testing.T) {
	f := read(t, `year,date,home,away,home_score,away_score,neutral,season
2023,2024-01-01,A,B,3,3,TRUE,2023-24
2024,2024-09-01,A,B,21,7,,2024-25
2024,2024-09-08,B,A,,,0,2024-25
2024,2024-09-15,B,A,NA,NA,0,2024-25
`)
	want := []Game{
		{day(2024, 1, 1), "2023-24", "A", "B", 3, 3, true},
		{day(2024, 9, 1), "2024-25", "A", "B", 21, 7, false},
	}
	if !slices.Equal(f.Games, want) || f.Unplayed != 2 || f.Games[1].Margin() != 14 {
		t.Errorf("%+v", f)
	}
}

func TestBadRowsAreNamedByLine(t *testing.T) {
	const header = "date,home,away,home_score,away_score,neutral\n"
	good := "2023-08-12,A,B,2,1,\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":        {"", "line 1: the file is empty"},
		"no column":    {"date,home,away,home_score\n", "line 1: there is no column away_score (other names: awayscore, scoreaway"},
		"score":        {header + good + "2023-08-12,A,B,two,1,\n", `line 3, column home_score: "two": a score is a whole number`},
		"half a score": {header + "2023-08-12,A,B,2,,\n", `line 2, column away_score: a score`},
		"half a point": {header + "2023-08-12,A,B,2,1.5,\n", `"1.5"`},
		"negative":     {header + "2023-08-12,A,B,-2,1,\n", `"-2"`},
		"not a number": {header + "2023-08-12,A,B,nan,1,\n", `"nan"`},
		"team":         {header + "2023-08-12,,B,2,1,\n", "column home: a team is missing"},
		"itself":       {header + "2023-08-12,A,A,2,1,\n", "does not play itself"},
		"date":         {header + "12.8.2023,A,B,2,1,\n", `column date: "12.8.2023": write the date as 2024-03-09`},
		"no such day":  {header + "2023-02-30,A,B,2,1,\n", "2023-02-30"},
		"nor this":     {header + "31/04/2023,A,B,2,1,\n", `"31/04/2023": there is no such day`},
		"either order": {header + "2/4/2023,A,B,2,1,\n3/4/2023,A,B,2,1,\n", `line 2, column date: "2/4/2023": no date of the file tells`},
		"both orders":  {header + "25/4/2023,A,B,2,1,\n3/14/2023,A,B,2,1,\n", `line 3, column date: "3/14/2023": here the month comes first, in line 2 the day`},
		"half a date":  {header + "25/4,A,B,2,1,\n", `"25/4"`},
		"neutral":      {header + "2023-08-12,A,B,2,1,perhaps\n", `column neutral: "perhaps"`},
		"fields":       {header + "2023-08-12,A,B\n", "line 2: wrong number of fields"},
		"quotes":       {header + good + "2023-08-12,\"A,B,2,1,\n", "line 3"},
	} {
		_, err := Read(strings.NewReader(c.text))
		var row *RowError
		if !errors.As(err, &row) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read(strings.NewReader(header + "2023-08-12,A,B,,,\n")); !errors.Is(err, ErrNoGames) {
		t.Errorf("no score: %v", err)
	}
}

func TestByDateKeepsTheOrderOfADay(t *testing.T) {
	games := []Game{{Date: day(2024, 2, 1), Home: "A"}, {Date: day(2024, 1, 1), Home: "B"}, {Date: day(2024, 2, 1), Home: "C"}, {Date: day(2024, 1, 1), Home: "D"}}
	ByDate(games)
	var order []string
	for _, g := range games {
		order = append(order, g.Home)
	}
	if !slices.Equal(order, []string{"B", "D", "A", "C"}) {
		t.Errorf("%v", order)
	}
}

func TestReadGivesBackWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []Game
		layout := rapid.SampledFrom([]string{"2006-01-02", "20060102", "02/01/2006", "1/2/2006"}).Draw(t, "layout")
		text := "date,home,away,home_score,away_score,season,neutral\n"
		write := func(g Game) {
			want = append(want, g)
			text += fmt.Sprintf("%s,%s,%s,%d,%d,%s,%v\n", g.Date.Format(layout), g.Home, g.Away, g.HomeScore, g.AwayScore, g.Season, g.Neutral)
		}
		write(Game{Date: day(2020, 1, 31), Home: "A", Away: "B"}) // tells the order
		for range rapid.IntRange(0, 9).Draw(t, "games") {
			write(Game{
				day(2020, 1, 1).AddDate(0, 0, rapid.IntRange(0, 2000).Draw(t, "day")), rapid.StringMatching("[0-9a-z]{0,3}").Draw(t, "season"),
				rapid.StringMatching("h[a-z ]*h").Draw(t, "home"), rapid.StringMatching("a[a-z ]*a").Draw(t, "away"),
				rapid.IntRange(0, 200).Draw(t, "hs"), rapid.IntRange(0, 200).Draw(t, "as"), rapid.Bool().Draw(t, "neutral"),
			})
		}
		f, err := Read(strings.NewReader(text))
		if err != nil || !slices.Equal(f.Games, want) || f.Unplayed != 0 {
			t.Errorf("%s became %+v, %v", text, f, err)
		}
	})
}

// FuzzRead holds that no file makes it panic, and that what it takes is games.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "date,home,away,home_score,away_score\n2023-08-12,A,B,2,1\n", "Date,HomeTeam,AwayTeam,FTHG,FTAG\n25/12/99,A,B,0,0\n1/2/03,A,B,,\n",
		"date,home,away,home_score,away_score,neutral\n3/14/2023,A,\"B\nC\",2,1e2,yes\n", "\ufeffdate,home,away,home_score,away_score\n,,,,\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, g := range file.Games {
			if g.Home == "" || g.Away == "" || g.Home == g.Away || g.HomeScore < 0 || g.AwayScore < 0 || g.Date.IsZero() && !strings.Contains(text, "0001") {
				t.Errorf("%q became %+v", text, g)
			}
		}
	})
}
