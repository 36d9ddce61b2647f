package bet

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

func newYork(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestImport(t *testing.T) {
	const file = "\ufeffBet ID,Date Placed,Home Team,Away Team,Game Date,League,Bet Type,Points,Selection,Sportsbook,Odds,Risk,Currency,Commission,Result,Colour\n" +
		"a1,2026-01-10T18:00:00Z,Buffalo Bills,Miami Dolphins,2026-01-11,NFL,Spread,+3.5,Dolphins,DraftKings,-110,\"$1,100.00\",,,W,red\n" +
		"a2,2026-01-10 13:30 -0500,Buffalo Bills,Miami Dolphins,2026-01-11T18:00:00Z,nfl,1H Total,,Over 24.5,fd,2.05,10.50,EUR,,,\n" +
		",,,,,,,,,,,,,,,\n" +
		"a3,2026-01-10T18:00:00Z,Arsenal,Chelsea,2026-01-12,Premier League,moneyline,,X,betfair,12/5,20,GBP,2%,half-lost,\n"
	im := Importer{Leagues: catalog()}
	bets, ignored, err := im.Bets(strings.NewReader(file), "bets.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := []Bet{
		{ID: "a1", Placed: instant(t, "2026-01-10T18:00:00Z"), Event: Event{League: "nfl", Home: "Buffalo Bills", Away: "Miami Dolphins", Start: instant(t, "2026-01-11T12:00:00Z"), DayOnly: true},
			Selection: Selection{Market: "spreads", Period: "full", Line: lineAt(-3.5), Outcome: "away"}, Book: "DraftKings",
			Price: 1 + 100./110, Text: "-110", Format: odds.FormatAmerican, Stake: 110000, Currency: "USD", Result: Won},
		{ID: "a2", Placed: instant(t, "2026-01-10T18:30:00Z"), Event: Event{League: "nfl", Home: "Buffalo Bills", Away: "Miami Dolphins", Start: instant(t, "2026-01-11T18:00:00Z")},
			Selection: Selection{Market: "totals", Period: "h1", Line: lineAt(24.5), Outcome: "over"}, Book: "fd",
			Price: 2.05, Text: "2.05", Format: odds.FormatDecimal, Stake: 1050, Currency: "EUR"},
		{ID: "a3", Placed: instant(t, "2026-01-10T18:00:00Z"), Event: Event{League: "epl", Home: "Arsenal", Away: "Chelsea", Start: instant(t, "2026-01-12T12:00:00Z"), DayOnly: true},
			Selection: Selection{Market: "h2h", Period: "full", Outcome: "draw", Ways: ThreeWay}, Book: "betfair",
			Price: 3.4, Text: "12/5", Format: odds.FormatFractional, Stake: 2000, Currency: "GBP", Commission: 0.02, Result: HalfLost},
	}
	if len(bets) != len(want) {
		t.Fatalf("%d bets, want %d: %+v", len(bets), len(want), bets)
	}
	for i := range want {
		if bets[i] != want[i] {
			t.Errorf("bet %d:\ngot  %+v\nwant %+v", i, bets[i], want[i])
		}
	}
	if len(ignored) != 1 || ignored[0] != "Colour" {
		t.Errorf("ignored %q", ignored)
	}
}

func TestImportReadsOtherShapes(t *testing.T) {
	im := Importer{Zone: newYork(t), Currency: "EUR", Format: odds.FormatAmerican}
	bets, _, err := im.Bets(strings.NewReader("placed;event;market;selection;home_line;price;stake\n"+
		"2026-07-01 20:00;Dolphins @ Bills;asian handicap;away;-0.25;+105;3\n"+
		"2026-01-01 20:00;Bills v Dolphins;ah;Bills -3;;EVEN;3\n"), "x")
	if err != nil {
		t.Fatal(err)
	}
	if b := bets[0]; b.Placed != instant(t, "2026-07-02T00:00:00Z") || b.Home != "Bills" || b.Away != "Dolphins" || b.Line != lineAt(-0.25) ||
		b.OwnLine() != lineAt(0.25) || b.Price != 2.05 || b.Currency != "EUR" {
		t.Errorf("got %+v", b)
	}
	if b := bets[1]; b.Placed != instant(t, "2026-01-02T01:00:00Z") || b.Home != "Bills" || b.Outcome != "home" || b.Line != lineAt(-3) || b.Price != 2 {
		t.Errorf("got %+v", b)
	}
}

func TestImportNamesTheCellThatIsWrong(t *testing.T) {
	const head = "placed,home,away,market,line,selection,odds,stake,commission,result\n"
	const good = "2026-01-10T18:00:00Z,A,B,h2h,,home,2.0,10,,\n"
	for _, c := range []struct{ row, line, column, about string }{
		{"2026-01-10 18:00,A,B,h2h,,home,2.0,10,,", "3", "placed", "no time zone"},
		{"01/02/2026,A,B,h2h,,home,2.0,10,,", "3", "placed", "write an instant"},
		{",A,B,h2h,,home,2.0,10,,", "3", "placed", "empty"},
		{"2026-01-10T18:00:00Z,A,,h2h,,home,2.0,10,,", "3", "", "game is not named"},
		{"2026-01-10T18:00:00Z,A,B,,,home,2.0,10,,", "3", "market", "empty"},
		{"2026-01-10T18:00:00Z,A,B,spread,,home,2.0,10,,", "3", "line", "has a line"},
		{"2026-01-10T18:00:00Z,A,B,spread,three,home,2.0,10,,", "3", "line", "no line"},
		{"2026-01-10T18:00:00Z,A,B,spread,4,home -3,2.0,10,,", "3", "line", "the outcome says -3"},
		{"2026-01-10T18:00:00Z,A,B,h2h,,C,2.0,10,,", "3", "selection", "nor one of the teams"},
		{"2026-01-10T18:00:00Z,A,B,h2h,,home,0.5,10,,", "3", "odds", "impossible"},
		{"2026-01-10T18:00:00Z,A,B,h2h,,home,2.0,1.005,,", "3", "stake", "more decimals"},
		{"2026-01-10T18:00:00Z,A,B,h2h,,home,2.0,10,150%,", "3", "commission", "no commission"},
		{"2026-01-10T18:00:00Z,A,B,h2h,,home,2.0,10,,maybe", "3", "result", "no result"},
		{`2026-01-10T18:00:00Z,"A,B,h2h,,home,2.0,10,,`, "3", "", ""},
	} {
		bets, _, err := (Importer{}).Bets(strings.NewReader(head+good+c.row+"\n"), "bets.csv")
		var cell *CellError
		if !errors.As(err, &cell) || bets != nil {
			t.Errorf("%s: got %d bets and %v", c.row, len(bets), err)
			continue
		}
		if cell.File != "bets.csv" || cell.Line != 3 || cell.Column != c.column || !strings.Contains(err.Error(), c.about) {
			t.Errorf("%s: got %v, want line 3, column %q, %q", c.row, err, c.column, c.about)
		}
	}
	for header, about := range map[string]string{
		"":                                       "empty",
		"placed,home,away,market,selection,odds": "the stake",
		"placed,market,selection,odds,stake":     "the game",
		"placed,home,away,market,selection,odds,price,stake": "the same as column odds",
	} {
		if _, _, err := (Importer{}).Bets(strings.NewReader(header), "b"); err == nil || !strings.Contains(err.Error(), about) {
			t.Errorf("header %q: %v", header, err)
		}
	}
	many := strings.Repeat("x,A,B,h2h,,home,2.0,10,,\n", 30)
	if _, _, err := (Importer{}).Bets(strings.NewReader(head+many), "b"); err == nil || !strings.Contains(err.Error(), "and 10 more") {
		t.Errorf("many problems: %v", err)
	}
}

func TestClosingFile(t *testing.T) {
	const file = "home,away,date,league,market,line,outcome,book,price,home score,away score,status\n" +
		"Buffalo Bills,Miami Dolphins,2026-01-11,NFL,h2h,,home,pinnacle,1.50,27,24,\n" +
		"Buffalo Bills,Miami Dolphins,2026-01-11,NFL,h2h,,away,pinnacle,2.80,,,\n" +
		"Buffalo Bills,Miami Dolphins,2026-01-11,NFL,spreads,+3.5,away,pinnacle,1.95,27,24,final\n" +
		"Arsenal,Chelsea,2026-01-12,epl,,,,,,,,postponed\n"
	games, _, err := Importer{Leagues: catalog()}.Closing(strings.NewReader(file), "closing.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(games) != 2 || len(games[0].Quotes) != 3 || games[0].Quotes[2].Line != lineAt(-3.5) || games[0].Quotes[0].Ways != TwoWay {
		t.Fatalf("got %+v", games)
	}
	if f := games[0].Final; f == nil || f.State != feed.GamePost || f.Home != 27 || f.Away != 24 || f.Regular != 4 {
		t.Errorf("final %+v", f)
	}
	if f := games[1].Final; f == nil || f.State != feed.GamePostponed {
		t.Errorf("final %+v", f)
	}
	_, _, err = Importer{}.Closing(strings.NewReader("fixture,home_score,away_score\nf,1,2\nf,2,2\ng,1,\n"), "c")
	if err == nil || !strings.Contains(err.Error(), "c:3: column home_score: another row") || !strings.Contains(err.Error(), "c:4: a score has two sides") {
		t.Errorf("got %v", err)
	}
}

// FuzzImport: whatever the file, there are bets that can be graded and paid, or
// an error and none.
func FuzzImport(f *testing.F) {
	f.Add("placed,home,away,market,line,selection,odds,stake\n2026-01-10T18:00:00Z,A,B,spread,-3.25,home,2.0,10\n")
	f.Add("date;event;market;pick;price;amount;currency\n2026-01-10 10:00;A @ B;total;over 5.5;-110;$3;JPY\n")
	f.Add("fixture\tplaced\tmarket\tside\todds\twager\n\"x\t1\n")
	f.Fuzz(func(t *testing.T, text string) {
		bets, _, err := Importer{Zone: time.UTC, Leagues: catalog()}.Bets(strings.NewReader(text), "f")
		if err != nil && bets != nil {
			t.Fatal("bets beside an error")
		}
		for i := range bets {
			b := &bets[i]
			if b.Stake <= 0 || odds.CheckPrice(b.Price) != nil || b.Placed.IsZero() || b.Market == "" || b.Outcome == "" || b.Period == "" {
				t.Fatalf("no bet: %+v", b)
			}
			g := Game{Event: b.Event, Final: &Final{State: feed.GamePost, Home: 2, Away: 1}, Quotes: []Quote{{Selection: b.Selection, Book: "x", Price: 2}}}
			if graded := Assess(*b, &g, Reading{Method: odds.Power}); graded.Profit < -b.Stake {
				t.Fatalf("lost more than the stake: %+v", graded)
			}
		}
	})
}

func FuzzClosing(f *testing.F) {
	f.Add("home,away,date,market,outcome,book,price,home_score,away_score\nA,B,2026-01-01,h2h,home,x,1.9,1,0\n")
	f.Add("fixture,status\nf,void\n")
	f.Fuzz(func(t *testing.T, text string) {
		games, _, err := Importer{Leagues: catalog()}.Closing(strings.NewReader(text), "f")
		if err != nil && games != nil {
			t.Fatal("games beside an error")
		}
		NewGames(games, catalog())
	})
}
