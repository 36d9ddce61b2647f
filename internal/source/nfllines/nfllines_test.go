package nfllines_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/table"
)

const header = "game_id,team_id,season,week,team,date,time,score,outcome,rotation," +
	"opening_moneyline,opening_spread,opening_spread_odds,opening_total,opening_total_odds," +
	"moneyline_bet_pct,moneyline_dollar_pct,spread_bet_pct,spread_dollar_pct,total_bet_pct,total_dollar_pct," +
	"8_moneyline,8_spread,8_spread_odds,8_total,8_total_odds,20_moneyline,20_spread,20_spread_odds,20_total,20_total_odds\n"

// week has a game, one with everything wrong that the readers know, one that
// was not played, and half a game.
const week = header +
	"7,1,2021,18,Ayton,Sun 1/2,1:00 PM,17,FINAL OT,479,250.0,6.5,-110.0,43.5,-105.0,60,1200.0,70,700,40,400,285.0,7.0,-103.0,44.0,-110.0,,,,,\n" +
	"7,2,2021,18,Beeville,Sun 1/2,1:00 PM,20,FINAL OT,480,-300.0,-6.5,-110.0,43.5,-115.0,40,800.0,30,300,60,600,-340.0,-7.0,-117.0,44.0,-112.0,,,,,\n" +
	"8,1,2021,18,Ceeton,Sun 1/2,1:00 PM,3,FINAL,481,150,3,-110,40,-110,0.0,0.0,50,60,55,0,150,-2.5,-110,44,-110,100,3,-110,,\n" +
	"8,2,2021,18,Deeville,Sun 1/2,1:00 PM,3,FINAL,482,-170,-3,-110,41,-110,0.0,0.0,40,50,45,0,-170,-2.5,-110,44,-110,,-3,-110,50,-110\n" +
	"8,2,2021,18,Deeville,Sun 1/2,1:00 PM,3,FINAL,482,-170,-3,-110,41,-110,0,0,40,50,45,0,-170,-2.5,-110,44,-110,,-3,-110,50,-110,\n" +
	"8,2,2021,18,Deeville,Sun 1/2,1:00 PM,3,FINAL,482,-170,-3,-110,41,-110,0,0,40,50,45,0,-170,-2.5,-110,44,-110,,-3,-110,50,-110\n" +
	"9,1,2021,18,Eeton,Sun 1/2,1:00 PM,,POSTPONED,483,,,,,,,,,,,,,,,,,,,,,\n" +
	"9,2,2021,18,Efville,Sun 1/2,1:00 PM,,POSTPONED,484,,,,,,,,,,,,,,,,,,,,,\n" +
	"10,2,2021,18,Geeville,Sun 1/2,1:00 PM,10,FINAL,486,-1,70,-110,41,-110,0,0,40,50,45,0,-170,-2.5,-110,44,-110,,-3,-110,50,-110\n" +
	"11,2,2021,18,Haville,Sun 1/2,1:00 PM,10,OVER,486,-110,7,-110,41,-110,0,0,40,50,45,0,-170,-2.5,-110,44,-110,,-3,-110,50,-110\n"

func TestTwoRowsMakeAGame(t *testing.T) {
	games, defects, err := nfllines.Parse("w.csv", []byte(week))
	if err != nil {
		t.Fatal(err)
	}
	if len(games) != 3 {
		t.Fatalf("%d games", len(games))
	}
	g := games[0]
	if g.ID != "7" || g.Season != 2021 || g.Week != 18 || g.Away != "Ayton" || g.Home != "Beeville" || g.AwayScore != 17 || g.HomeScore != 20 || !g.Played() || g.Playoff() {
		t.Errorf("game %+v", g)
	}
	near(t, "opening moneyline", g.Open.Moneyline.Away, 3.5)
	near(t, "opening moneyline", g.Open.Moneyline.Home, 4./3)
	if g.Open.Spread != -6.5 || g.Open.Total != 43.5 {
		t.Errorf("opening lines %+v", g.Open)
	}
	near(t, "over", g.Open.TotalPrices.Over, 1+100./105)
	near(t, "under", g.Open.TotalPrices.Under, 1+100./115)
	if len(g.Books) != 1 || g.Books[0].ID != 8 || g.Books[0].Spread != -7 || g.Books[0].Total != 44 {
		t.Errorf("books %+v", g.Books)
	}
	near(t, "home's spread price", g.Books[0].SpreadPrices.Home, 1+100./117)
	if g.Bets.Spread != (nfllines.Split{First: 0.7, Second: 0.3, Bets: 1000}) || g.Bets.Total.First != 0.4 || g.Bets.Moneyline.Bets != 2000 {
		t.Errorf("bets %+v", g.Bets)
	}

	g = games[1]
	if table.Has(g.Open.Total) || table.Has(g.Books[0].Spread) || table.Has(g.Bets.Moneyline.First) || table.Has(g.Bets.Spread.First) {
		t.Errorf("what the rows contradict each other in is there: %+v", g)
	}
	if b := g.Books[1]; b.ID != 20 || b.Spread != -3 || table.Has(b.Total) || table.Has(b.Moneyline.Home) {
		t.Errorf("a book with half a market: %+v", b)
	}
	if games[2].Played() || games[2].Status != nfllines.Postponed || len(games[2].Books) != 0 {
		t.Errorf("a game that was not played: %+v", games[2])
	}

	want := []string{
		"w.csv:5:63 (opening_total) the rows have totals of 40 and 41",
		"w.csv:5:79 (spread_bet_pct) the shares sum to 0.9, not to 1",
		"w.csv:5:95 (8_spread) the teams' spreads are -2.5 and -2.5: one is not the other's opposite",
		"w.csv:6:1 the row has another number of cells than the header: 32, not 31",
		"w.csv:7:1 (game_id) the game has two rows already",
		"w.csv:10:52 (opening_moneyline) price \"-1\" is impossible: an american price is at least +100 or at most -100",
		"w.csv:10:55 (opening_spread) \"70\" is not a number from -60 to 60",
		"w.csv:11:41 (outcome) it is none of FINAL, FINAL OT, POSTPONED, CANCELED",
		"w.csv no second row completes the game",
	}
	var got []string
	for _, d := range defects {
		got = append(got, d.Place+" "+d.Reason)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("defects\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRowsThatDoNotBelongTogether(t *testing.T) {
	const away = "7,1,2021,18,Ayton,Sun 1/2,1:00 PM,17,FINAL,479,,,,,,,,,,,,,,,,,,,,,\n"
	for home, want := range map[string]string{
		"7,2,2020,18,Beeville,,,20,FINAL,480,,,,,,,,,,,,,,,,,,,,,\n":    "differ from the game's first row",
		"7,2,2021,17,Beeville,,,20,FINAL,480,,,,,,,,,,,,,,,,,,,,,\n":    "differ from the game's first row",
		"7,2,2021,18,Beeville,,,20,FINAL OT,480,,,,,,,,,,,,,,,,,,,,,\n": "differ from the game's first row",
		"7,2,2021,18,Beeville,,,20,FINAL,478,,,,,,,,,,,,,,,,,,,,,\n":    "stands in the first row",
		"7,2,2021,,Beeville,,,20,FINAL,480,,,,,,,,,,,,,,,,,,,,,\n":      "which game and team",
	} {
		games, defects, err := nfllines.Parse("w.csv", []byte(header+away+home))
		if err != nil || len(games) != 0 || len(defects) != 2 || !strings.Contains(defects[0].Reason, want) {
			t.Errorf("%s: %v, %d games, %v", home, err, len(games), defects)
		}
	}
	games, defects, err := nfllines.Parse("w.csv", []byte(header+away+"7,2,2021,18,Beeville,,,,FINAL,480,,,,,,,,,,,,,,,,,,,,,\n"))
	if err != nil || len(games) != 1 || games[0].Played() || len(defects) != 1 {
		t.Errorf("a game that is over without a score: %v, %+v, %v", err, games, defects)
	}
}

func TestPlayoffsBeginAWeekLaterSince2021(t *testing.T) {
	for _, c := range []struct {
		season, week int
		want         bool
	}{{2020, 17, false}, {2020, 18, true}, {2021, 18, false}, {2021, 19, true}} {
		if g := (nfllines.Game{Season: c.season, Week: c.week}); g.Playoff() != c.want {
			t.Errorf("%d week %d: %v", c.season, c.week, !c.want)
		}
	}
}

func TestLoadTakesEveryWeekInOrder(t *testing.T) {
	game := func(season, week string) *fstest.MapFile {
		rest := ",A,,,1,FINAL,1,,,,,,,,,,,,,,,,,,,,,\n"
		return &fstest.MapFile{Data: []byte(header + season + week + ",1," + season + "," + week + rest + season + week + ",2," + season + "," + week + strings.Replace(rest, "A", "B", 1))}
	}
	files := fstest.MapFS{
		"2020/week_10.csv": game("2020", "10"), "2020/week_2.csv": game("2020", "2"), "2019/week_17.csv": game("2019", "17"),
		"2020/notes.csv": {Data: []byte("not a week")},
	}
	calls := 0
	games, defects, err := nfllines.Load(files, func(done, all int) {
		if calls++; done != calls || all != 3 {
			t.Errorf("progress %d of %d", done, all)
		}
	})
	if err != nil || len(defects) != 0 || len(games) != 3 || calls != 3 {
		t.Fatalf("%v, %v, %d games, %d calls", err, defects, len(games), calls)
	}
	if games[0].ID != "201917" || games[1].ID != "20202" || games[2].ID != "202010" {
		t.Errorf("order %s %s %s", games[0].ID, games[1].ID, games[2].ID)
	}
	files["2021/week_1.csv"] = &fstest.MapFile{Data: []byte("a,b\n")}
	if _, _, err := nfllines.Load(files, nil); !errors.Is(err, table.ErrNoColumn) || !strings.Contains(err.Error(), "2021/week_1.csv") {
		t.Errorf("another file: %v", err)
	}
	if _, _, err := nfllines.Load(fstest.MapFS{}, nil); !errors.Is(err, nfllines.ErrNoFiles) {
		t.Errorf("an empty folder: %v", err)
	}
}

// The recorded seasons hold the claims of the package's documentation. Where
// they are absent, the synthetic week above has the same shapes.
func TestRecordedSeasons(t *testing.T) {
	const recorded = "../../../../shared/data/nfl-lines"
	if _, err := os.Stat(recorded); errors.Is(err, fs.ErrNotExist) {
		t.Log("no recorded lines on this machine")
		return
	}
	games, defects, err := nfllines.Load(os.DirFS(recorded), nil)
	if err != nil {
		t.Fatal(err)
	}
	played, books := 0, map[int]bool{}
	for _, g := range games {
		if g.Played() {
			played++
		}
		for _, b := range g.Books {
			books[b.ID] = true
		}
	}
	if len(games) != 1375 || played != 1372 || len(defects) != 51 || len(books) != 14 {
		t.Errorf("%d games, %d played, %d defects, %d books", len(games), played, len(defects), len(books))
	}
}

// The shares of the columns called dollar percentages are the percentages of
// the bets: they count bets.
func TestRecordedDollarsCountBets(t *testing.T) {
	text, err := os.ReadFile("../../../../shared/data/nfl-lines/2022/week_5.csv")
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte(week), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := table.Open("week_5.csv", text)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for f.Next() {
		share, bets := f.Number("spread_bet_pct", 0, 100), f.Number("spread_dollar_pct", 0, 1e9)
		if !f.Next() {
			break
		}
		if other := f.Number("spread_dollar_pct", 0, 1e9); bets+other > 100 {
			checked++
			if math.Abs(share-100*bets/(bets+other)) > 0.01 {
				t.Errorf("%g%% of %g and %g", share, bets, other)
			}
		}
	}
	if checked == 0 {
		t.Error("no game was checked")
	}
}

// Whatever the text, a game's numbers are within bounds or missing.
func FuzzParse(f *testing.F) {
	f.Add([]byte(week))
	f.Add([]byte(header))
	f.Add([]byte(strings.ReplaceAll(week, "\n", "\r")))
	f.Add([]byte(header + "7,1,2021,18,A,,,17,FINAL,479,,,,,,,,,,,,,,,,,,,,,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		games, _, err := nfllines.Parse("f.csv", text)
		if err != nil {
			return
		}
		for _, g := range games {
			if g.ID == "" || g.Home == "" || g.Away == "" {
				t.Fatalf("%+v", g)
			}
			for _, l := range append(g.Books, nfllines.Book{Lines: g.Open}) {
				if math.Abs(l.Spread) > 60 || l.Total < 0 || l.Moneyline.Home <= 1 || l.TotalPrices.Over <= 1 {
					t.Fatalf("%+v", l)
				}
			}
			for _, s := range []nfllines.Split{g.Bets.Moneyline, g.Bets.Spread, g.Bets.Total} {
				if sum := s.First + s.Second; math.Abs(sum-1) > 0.02 || s.Bets < 0 {
					t.Fatalf("%+v", s)
				}
			}
		}
	})
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
