package backtest

import (
	"context"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/footballdata"
)

// season is three matches in the layout of football-data.co.uk: B365 is soft on
// Arsenal, the second match has no close but Pinnacle's, the third was not played.
const season = `Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A,PSH,PSD,PSA,WHH,WHD,WHA,AvgH,AvgD,AvgA,B365CH,B365CD,B365CA,PSCH,PSCD,PSCA,WHCH,WHCD,WHCA
E0,13/08/2021,Arsenal,Chelsea,2,1,2.40,3.40,3.20,2.10,3.50,3.60,2.10,3.40,3.50,2.2,3.4,3.4,2.05,3.50,3.60,2.05,3.50,3.70,2.05,3.40,3.60
E0,14/08/2021,Leeds,Everton,1,1,2.40,3.40,3.20,2.10,3.50,3.60,2.10,3.40,3.50,2.2,3.4,3.4,,,,2.00,3.60,3.90,,,
E0,15/08/2021,Leeds,Chelsea,,,2.40,3.40,3.20,2.10,3.50,3.60,2.10,3.40,3.50,2.2,3.4,3.4,,,,,,,,,
`

func soccerTape(t *testing.T) *Soccer {
	t.Helper()
	f, err := footballdata.Read(strings.NewReader(season), "season.csv")
	if err != nil || len(f.Defects) > 0 {
		t.Fatal(err, f)
	}
	return &Soccer{Folder: &footballdata.Folder{Matches: f.Matches, Files: 1}, Name: "season"}
}

func TestSoccerIsPlayedInItsOrder(t *testing.T) {
	last := feed.Time(0)
	var story []string
	err := soccerTape(t).Play(context.Background(), func(at feed.Time, record any) error {
		if at < last {
			t.Errorf("back from %s to %s", last, at)
		}
		last = at
		switch r := record.(type) {
		case *feed.Fixture:
			story = append(story, "announced "+r.FixtureID)
		case *feed.Game:
			story = append(story, string(r.State)+" "+r.FixtureID)
		case *feed.Quote:
			if r.Book == footballdata.MarketAverage {
				t.Errorf("an average is quoted as a book: %+v", r)
			}
			if r.Last {
				story = append(story, "priced "+r.FixtureID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const a, b, c = "e0-2021-08-13-arsenal-chelsea", "e0-2021-08-14-leeds-everton", "e0-2021-08-15-leeds-chelsea"
	want := []string{
		"announced " + a, "priced " + a,
		"announced " + b, "priced " + a, "priced " + b, "in " + a, "post " + a,
		"announced " + c, "priced " + b, "priced " + c, "in " + b, "post " + b,
		"priced " + c, "in " + c,
	}
	slices := strings.Join(story, "\n")
	for _, w := range want {
		if !strings.Contains(slices, w) {
			t.Errorf("no %q in\n%s", w, slices)
		}
	}
	if len(story) != len(want) {
		t.Errorf("%d things happened, want %d:\n%s", len(story), len(want), slices)
	}
}

func TestSoccerStrategies(t *testing.T) {
	r := run(t, soccerTape(t), "name: x\nuniverse: {start: {to: 1h}}\nentry: {ev: {min: 0.02}, min_books: 2, books: [bet365]}\nstaking: {flat: 10}\ncurrency: EUR\n")
	bets := r.Strategies[0].Bets
	if len(bets) != 3 {
		t.Fatalf("%d bets: %+v", len(bets), bets)
	}
	for i, want := range []struct {
		result bet.Result
		books  int
	}{{bet.Won, 3}, {bet.Lost, 1}, {bet.Pending, 0}} {
		b := bets[i]
		if b.Book != "bet365" || b.Outcome != "home" || b.Price != 2.4 || b.Ways != bet.ThreeWay || b.Result != want.result {
			t.Errorf("bet %d: %+v", i, b)
		}
		if (b.Value != nil) != (want.books > 0) || b.Value != nil && b.Value.Books != want.books {
			t.Errorf("bet %d closed at %+v, want %d books", i, b.Value, want.books)
		}
	}
	if r.Results != 2 || r.Source.Kind != "soccer" || len(r.Source.Notes) == 0 {
		t.Errorf("%+v", r)
	}
}
