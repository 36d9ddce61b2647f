package footballdata

import (
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/odds"
)

// long is the layout that names its columns out.
const long = "date,league,division,year,home_team,away_team," +
	"odds__bet365__home_win__full_time_goals,odds__bet365__draw__full_time_goals,odds__bet365__away_win__full_time_goals," +
	"odds__bet365__over_2.5__full_time_goals,odds__bet365__under_2.5__full_time_goals,odds__bet365__asian_handicap_home_team__full_time_goals," +
	"odds__betbrain_average__home_win__full_time_goals,odds__betbrain_average__draw_win__full_time_goals,odds__betbrain_average__away_win__full_time_goals," +
	"odds__market_average_closing__home_win__full_time_goals,odds__market_average_closing__draw__full_time_goals,odds__market_average_closing__away_win__full_time_goals," +
	"target__home_team__full_time_goals,target__away_team__full_time_goals,target__home_team__half_time_goals\n"

// short is the publisher's own layout, with the mark that some files begin with.
const short = "\ufeffDiv,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HC,B365H,B365D,B365A,PSCH,PSCD,PSCA,AvgC>2.5,AvgC<2.5,BbMxH,BFD,BFDD\n"

func read(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(strings.NewReader(text), "f.csv")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBothLayoutsAreRead(t *testing.T) {
	f := read(t, long+
		"2019-08-09,England,1,2020,Leeds,Derby,2.0,3.5,4.0,1.9,1.95,1.88,2.1,3.4,3.9,,3.3,3.8,2,1,1\n"+
		"2019-08-10,England,1,2020,Derby,Hull,,,,,,,,,,1.5,4.1,6.5,-1,-1,\n")
	if len(f.Defects) > 0 || len(f.Matches) != 2 {
		t.Fatalf("got %+v", f)
	}
	m := f.Matches[0]
	if m.League != "England 1" || m.Season != 2020 || m.Day.Format(time.DateOnly) != "2019-08-09" ||
		m.Home != "Leeds" || m.Away != "Derby" || !m.Played || m.HomeGoals != 2 || m.AwayGoals != 1 || m.Result() != Home {
		t.Errorf("got %+v", m)
	}
	if q := m.Quote("bet365", PreMatch); q == nil || q.H2H != [3]float64{2, 3.5, 4} || q.Total != [2]float64{1.9, 1.95} || !q.HasTotal() {
		t.Errorf("bet365 asks %+v", q)
	}
	if p, ok := m.H2H(BetbrainAverage, PreMatch); !ok || p != [3]float64{2.1, 3.4, 3.9} {
		t.Errorf("the draw that is spelled draw_win: %v %v", p, ok)
	}
	if q := m.Quote(MarketAverage, Closing); q == nil || q.HasH2H() || q.H2H != [3]float64{0, 3.3, 3.8} {
		t.Errorf("a missing price makes %+v", q)
	}
	if _, ok := m.H2H(MarketAverage, Closing); ok {
		t.Error("two prices were taken for three")
	}
	if m := f.Matches[1]; m.Played || len(m.Quotes) != 1 || m.Quotes[0].Book != MarketAverage || m.Quotes[0].Phase != Closing {
		t.Errorf("got %+v", m)
	}

	f = read(t, short+
		"E0,17/08/19,Leeds,Derby,0,2,A,7,2.0,3.5,4.0,2.05,3.55,4.05,1.8,2.0,2.2,3.6,3.7\n"+
		"E0,03/05/2020,Hull,Derby,0,0,D,7,,,,,,,,,,,\n,,,,,,,,,,,,,,,,,,\n")
	if len(f.Defects) > 0 || len(f.Matches) != 2 {
		t.Fatalf("got %+v", f)
	}
	m = f.Matches[0]
	if m.League != "E0" || m.Season != 2020 || m.Day.Format(time.DateOnly) != "2019-08-17" || m.Result() != Away {
		t.Errorf("got %+v", m)
	}
	if p, _ := m.H2H(Pinnacle, Closing); p != [3]float64{2.05, 3.55, 4.05} {
		t.Errorf("Pinnacle closes at %v", p)
	}
	if q := m.Quote(MarketAverage, Closing); q == nil || q.Total != [2]float64{1.8, 2} {
		t.Errorf("the average total is %+v", q)
	}
	if q := m.Quote(BetbrainMaximum, PreMatch); q == nil || q.H2H[Home] != 2.2 || q.HasH2H() {
		t.Errorf("the maximum is %+v", q)
	}
	if bf, bfd := m.Quote("betfair", PreMatch), m.Quote("betfred", PreMatch); bf == nil || bf.H2H[Draw] != 3.6 || bfd == nil || bfd.H2H[Draw] != 3.7 {
		t.Errorf("codes that begin alike: %+v, %+v", bf, bfd)
	}
	if m := f.Matches[1]; m.Day.Format(time.DateOnly) != "2020-05-03" || len(m.Quotes) != 0 || m.Result() != Draw {
		t.Errorf("got %+v", m)
	}
}

func TestFurtherLeaguesHoldClosesOfManySeasons(t *testing.T) {
	f := read(t, "\ufeffCountry,League,Season,Date,Time,Home,Away,HG,AG,Res,PH,PD,PA,MaxCH\n"+
		"Austria,Bundesliga,2012/2013,21/07/2012,15:00,Ried,Wacker,1,0,H,2.1,3.4,3.6,2.2\n"+
		"Brazil,Serie A,2013,01/02/2013,15:00,Santos,Bahia,1,0,H,2.1,3.4,3.6,2.2\n")
	if len(f.Defects) > 0 || len(f.Matches) != 2 {
		t.Fatalf("got %+v", f)
	}
	for i, league := range []string{"Austria Bundesliga", "Brazil Serie A"} {
		m := f.Matches[i]
		if p, ok := m.H2H(Pinnacle, Closing); !ok || p[Home] != 2.1 || m.League != league || m.Season != 2013 || len(m.Quotes) != 2 {
			t.Errorf("got %+v", m)
		}
	}
}

func TestSeasonsAreToldByDays(t *testing.T) {
	for text, want := range map[string][]int{
		"E0,09/08/19,a,b\nE0,01/08/20,a,b\n":                    {2020, 2020}, // a late end
		"E0,01/08/20,a,b\nE0,09/08/19,a,b\n":                    {2020, 2020},
		"E0,09/08/19,a,b\nE0,09/05/20,a,b\nE0,12/09/20,a,b\n":   {2020, 2020, 2021},
		"E0,02/03/19,a,b\nE0,09/11/19,a,b\n":                    {2019, 2019}, // within a year
		"E0,09/08/19,a,b\nE0,12/09/22,a,b\nE0,12/05/23,a,b,,\n": {2020, 2023, 2023},
	} {
		f := read(t, short+text)
		for i, m := range f.Matches {
			if m.Season != want[i] {
				t.Errorf("%q: match %d is of %d, want %d", text, i, m.Season, want[i])
			}
		}
	}
}

func TestBadCellsAreDefectsAndTheRestIsKept(t *testing.T) {
	f := read(t, long+
		"2019-08-09,England,1,2020,Leeds,Derby,0.42,abc,4.0,0,1.95,,,,,,,,2,one,\n"+
		"\"2019-08-32\",England,1,2020,Leeds,Hull,2,3,4,,,,,,,,,,1,1,\n"+
		"2019-08-11,England,1,2020,,Hull,2,3,4,,,,,,,,,,1,1,\n"+
		"2019-08-12,England,1,20x,Leeds,Hull,2,3,4,,,,,,,,,,1,1,1,surplus\n"+
		"2019-08-13,England,1\n")
	var places []string
	for _, d := range f.Defects {
		if d.Reason == "" || len(d.Body) == 0 {
			t.Errorf("%+v says too little", d)
		}
		places = append(places, d.Place)
	}
	want := "f.csv:2:odds__bet365__home_win__full_time_goals f.csv:2:odds__bet365__draw__full_time_goals f.csv:2:odds__bet365__over_2.5__full_time_goals " +
		"f.csv:2:target__away_team__full_time_goals f.csv:3:date f.csv:3:date f.csv:4:date f.csv:5:year f.csv:5:22 f.csv:6:date"
	if got := strings.Join(places, " "); got != want {
		t.Errorf("defects at\n%s\nwant\n%s", got, want)
	}
	if len(f.Matches) != 2 {
		t.Fatalf("got %+v", f.Matches)
	}
	if m := f.Matches[0]; m.Played || m.Quotes[0].H2H != [3]float64{0, 0, 4} || m.Quotes[0].Total != [2]float64{0, 1.95} {
		t.Errorf("got %+v", m)
	}
	if m := f.Matches[1]; m.Season != 2020 || !m.Quotes[0].HasH2H() {
		t.Errorf("got %+v", m)
	}
}

func TestNoTwoColumnsHaveOneName(t *testing.T) {
	if codes := priceCodes(); len(codes) != 10*len(books) {
		t.Errorf("%d names for %d columns", len(codes), 10*len(books))
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	for _, text := range []string{"", "a,b,c\n1,2,3\n", strings.Replace(short, "FTAG", "x", 1)} {
		if _, err := Read(strings.NewReader(text), "f.csv"); !errors.Is(err, ErrLayout) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestExchangedDaysAreRepaired(t *testing.T) {
	row := func(day string) string { return day + ",England,1,2015,Leeds,Derby" + strings.Repeat(",", 15) + "\n" }
	days := func(f *File) (out []string) {
		for _, m := range f.Matches {
			out = append(out, m.Day.Format(time.DateOnly))
		}
		return out
	}
	// 1 November, 11 August and 30 August: the first can't be in January.
	f := read(t, long+row("2014-01-11")+row("2014-11-08")+row("2014-08-30"))
	if got := strings.Join(days(f), " "); got != "2014-11-01 2014-08-11 2014-08-30" || f.Repaired != 2 {
		t.Errorf("%d repaired: %s", f.Repaired, got)
	}
	// Every day is possible, or an exchange does not help: nothing is touched.
	for _, rows := range []string{row("2014-11-08") + row("2014-08-30"), row("2014-01-11") + row("2013-05-30")} {
		f = read(t, long+rows)
		if f.Repaired != 0 || len(f.Matches) != 2 || f.Matches[0].Day.Format(time.DateOnly) != rows[:10] {
			t.Errorf("%q became %v", rows, days(f))
		}
	}
}

func TestFoldersAreReadInOrderAndOnce(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if !strings.HasSuffix(name, ".gz") {
			_, err = file.WriteString(text)
		} else {
			z := gzip.NewWriter(file)
			_, _ = z.Write([]byte(text))
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ReadFolder(dir, nil); !errors.Is(err, ErrNoMatches) {
		t.Errorf("an empty folder: %v", err)
	}
	write("b.csv.gz", short+"E0,18/08/19,Leeds,Derby,0,2,A\nE0,17/08/19,York,Hull,0,2,A\n")
	write("a.csv", short+"E0,17/08/19,Derby,Hull,1,0,H\nE0,18/08/19,Leeds,Derby,0,2,A\n")
	write("c.csv", "x,y\n")
	write("notes.txt", "no matches")
	calls := 0
	f, err := ReadFolder(dir, func(done, total int) {
		if calls++; done != calls || total != 3 {
			t.Errorf("progress says %d of %d", done, total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var homes []string
	for _, m := range f.Matches {
		homes = append(homes, m.Home)
	}
	if got := strings.Join(homes, " "); got != "Derby York Leeds" || f.Files != 2 || calls != 3 {
		t.Errorf("%d files: %s", f.Files, got)
	}
	if len(f.Defects) != 2 || f.Defects[0].Place != "b.csv.gz" || f.Defects[1].Place != "c.csv" {
		t.Errorf("defects %+v", f.Defects)
	}
	if _, err := ReadFolder(filepath.Join(dir, "none"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "d.csv.gz"), []byte("no gzip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFolder(dir, nil); err == nil || !strings.Contains(err.Error(), "d.csv.gz") {
		t.Errorf("broken compression: %v", err)
	}
}

// recorded is where the files lie on machines that have them. They are not part
// of the project; the tests above say the same of rows of their own.
const recorded = "../../../../shared/data/soccer"

func TestRecordedSeasons(t *testing.T) {
	if _, err := os.Stat(recorded); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the recorded seasons are not on this machine")
	}
	f, err := ReadFolder(recorded, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f.Files != 50 || len(f.Matches) != 18085 || len(f.Defects) != 3 {
		t.Errorf("%d files, %d matches, defects %+v", f.Files, len(f.Matches), f.Defects)
	}
	type teamDay struct {
		team string
		day  time.Time
	}
	busy := map[teamDay]bool{}
	for i := range f.Matches {
		m := &f.Matches[i]
		if !m.Played || !inSeason(m.Day, m.Season) {
			t.Errorf("%+v", m)
		}
		for _, team := range []string{m.League + m.Home, m.League + m.Away} {
			if busy[teamDay{team, m.Day}] {
				t.Errorf("%s plays twice on %v", team, m.Day)
			}
			busy[teamDay{team, m.Day}] = true
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(long + "2019-08-09,England,1,2020,Leeds,Derby,2.0,3.5,4.0,1.9,1.95,1.88,2.1,3.4,3.9,,3.3,3.8,2,1,1\n")
	f.Add(short + "E0,17/08/19,Leeds,Derby,0,2,A,7,2.0,3.5,4.0,2.05,3.55,4.05,1.8,2.0,2.2,3.6,3.7\n")
	f.Add(long + "2014-01-11,England,1,2015,\"Leeds\nDerby,0,1e99,-2,NaN,\"\"\n2014-13-13,,,,,,,,,,,,,,,,,,,,,,,,\n")
	f.Add(short + ",,,,\n\"")
	f.Add("Country,League,Season,Date,Home,Away,HG,AG,PH,PD,PA\nA,B,2012/2013,21/07/2012,x,y,1,0,2,3,4\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read(strings.NewReader(text), "f.csv")
		if err != nil {
			return
		}
		for _, m := range file.Matches {
			if m.Day.IsZero() || m.Home == "" || m.Away == "" || m.Played != (m.HomeGoals >= 0 && m.AwayGoals >= 0) {
				t.Errorf("%+v", m)
			}
			for _, q := range m.Quotes {
				for _, p := range append(q.H2H[:], q.Total[:]...) {
					if p != 0 && odds.CheckPrice(p) != nil {
						t.Errorf("%+v", q)
					}
				}
				if !q.priced() {
					t.Errorf("an empty quote: %+v", q)
				}
			}
		}
		for _, d := range file.Defects {
			if !strings.HasPrefix(d.Place, "f.csv:") || d.Reason == "" {
				t.Errorf("%+v", d)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	row := "2019-08-09,England,1,2020,Leeds,Derby,2.0,3.5,4.0,1.9,1.95,1.88,2.1,3.4,3.9,2.0,3.3,3.8,2,1,1\n"
	text := long + strings.Repeat(row, 380)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if f, err := Read(strings.NewReader(text), "f.csv"); err != nil || len(f.Matches) != 380 {
			b.Fatal(err)
		}
	}
}
