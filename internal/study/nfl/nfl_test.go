package nfl

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/spreadspoke"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

const linesDir, weatherDir = "../../../../shared/data/nfl-lines", "../../../../shared/data/nfl-weather"

// The study finds what was put into the world.
func TestStudyFindsWhatIsTrue(t *testing.T) {
	r := Study(world(t, 5, 1999, 2022), catalog(t), Options{Seed: 1, Resamples: 400})
	// One in twenty intervals misses by design; none of these twice as wide may.
	holds := func(what string, e Estimate, x float64) {
		t.Helper()
		if wide := (study.Estimate{Low: 2*e.Low - e.Value, High: 2*e.High - e.Value}); !wide.Holds(x) {
			t.Errorf("%s is %s, the truth %g", what, ci(e, 3), x)
		}
	}
	for _, e := range r.Home.Eras {
		holds("home advantage "+e.Era, e.Advantage, trueHome)
		holds("home advantage in the spread "+e.Era, e.Spread, trueHome)
		holds("home against the spread "+e.Era, e.Cover.Share, 0.5)
	}
	holds("wind on totals", r.Weather.Total.Wind.Estimate, trueWind)
	holds("wind on lines", r.Weather.Line.Wind.Estimate, trueWindLine)
	holds("wind on totals over lines", r.Weather.Excess.Wind.Estimate, trueWind-trueWindLine)
	holds("the same by week", r.Weather.Excess.WindByWeek, trueWind-trueWindLine)
	holds("what came again of the forecast", r.Weather.Later.Slope.Estimate, 1)
	for _, x := range r.Reversals {
		holds("reverse moves of "+x.Rule.short(), x.Close.Share, 0.5)
	}
	for _, l := range r.Efficiency.Lines {
		if strings.HasPrefix(l.Line, "spread") {
			// A close with an error of a point has a slope just below one.
			holds(l.Line, l.B.Estimate, 0.97)
		}
	}
	if m := r.Movement; !m.Spread.MAEGain.Above(0) || !m.Spread.RMSEGain.Above(0) || m.Total.Games != m.Spread.Games || m.Spread.LiveLines != 0 {
		t.Errorf("open and close %+v", m.Spread)
	}
	for _, l := range r.Movement.LogLoss {
		if !l.Gain.Above(0) || l.Close >= l.Open {
			t.Errorf("log loss by %s: %+v", l.Method, l)
		}
	}
	if s := float64(r.Winning.Test.Best); math.Abs(s-trueSigma) > 1.5 {
		t.Errorf("sigma is %.2f, the truth %g", s, trueSigma)
	}
	if a := r.Agreement; a.Missing != 0 || a.Scores != 0 || a.Near.Value != 1 || a.Median != a.Other {
		t.Errorf("agreement %+v", a)
	}
	for _, b := range r.Books {
		if math.Abs(float64(b.Moneyline.Value)-(1-1/1.04)) > 1e-12 || math.Abs(float64(b.Spread.Value)-(1-1.9/2)) > 1e-12 {
			t.Errorf("book %d keeps %v and %v", b.ID, b.Moneyline.Value, b.Spread.Value)
		}
	}
	for _, e := range r.Rating.Eras {
		if e.Behind.Below(0) {
			t.Errorf("Elo is better than the truth in %s: %s", e.Era, ci(e.Behind, 4))
		}
	}
	for _, n := range r.Persistence.Next {
		if n.Metric == "mean margin" {
			if !n.Slope.Above(0) || !n.Slope.Below(0.6) { // what comes again of the strength, less what was luck
				t.Errorf("%s comes again by %s", n.Metric, ci(n.Slope.Estimate, 3))
			}
			continue
		}
		holds(n.Metric, n.Slope.Estimate, 0)
	}
}

// With home and away exchanged, what has no side stays and what has one turns.
func TestExchangedSides(t *testing.T) {
	d := world(t, 7, 2017, 2019)
	o := Options{Seed: 3, Resamples: 50}
	was := Study(d, catalog(t), o)
	turned := &Data{}
	for _, g := range d.Games {
		g.Home, g.Away, g.HomeScore, g.AwayScore, g.Spread = g.Away, g.Home, g.AwayScore, g.HomeScore, -g.Spread
		turned.Games = append(turned.Games, g)
	}
	swap := func(l nfllines.Lines) nfllines.Lines {
		l.Moneyline.Home, l.Moneyline.Away = l.Moneyline.Away, l.Moneyline.Home
		l.Spread = -l.Spread
		return l
	}
	for _, g := range d.Lines {
		g.Home, g.Away, g.HomeScore, g.AwayScore, g.Open = g.Away, g.Home, g.AwayScore, g.HomeScore, swap(g.Open)
		g.Bets.Spread.First, g.Bets.Spread.Second = g.Bets.Spread.Second, g.Bets.Spread.First
		g.Books = slices.Clone(g.Books)
		for i := range g.Books {
			g.Books[i].Lines = swap(g.Books[i].Lines)
		}
		turned.Lines = append(turned.Lines, g)
	}
	is := Study(turned, catalog(t), o)
	same := func(what string, a, b study.Number) {
		t.Helper()
		if math.Abs(float64(a-b)) > 1e-9 {
			t.Errorf("%s was %v and is %v", what, a, b)
		}
	}
	same("error of the close", was.Movement.Spread.CloseMAE, is.Movement.Spread.CloseMAE)
	same("gain", was.Movement.Spread.MAEGain.Low, is.Movement.Spread.MAEGain.Low)
	same("log loss", was.Movement.LogLoss[0].Close, is.Movement.LogLoss[0].Close)
	same("wind", was.Weather.Excess.Wind.Value, is.Weather.Excess.Wind.Value)
	same("sigma", was.Winning.Eras[0].Deviation, is.Winning.Eras[0].Deviation)
	for i := range was.Reversals {
		if a, b := was.Reversals[i].Close, is.Reversals[i].Close; a != b {
			t.Errorf("reverse moves %+v were %+v", b, a)
		}
	}
	same("home advantage", was.Home.Eras[0].Advantage.Value, -is.Home.Eras[0].Advantage.Value)
	same("home advantage in the spread", was.Home.Eras[0].Spread.Value, -is.Home.Eras[0].Spread.Value)
}

// The same data and seed give the same bytes; another seed moves bootstrapped
// intervals only.
func TestSameSeedSameBytes(t *testing.T) {
	d := world(t, 9, 2017, 2019)
	text := func(seed uint64) string {
		var b bytes.Buffer
		if err := Study(d, catalog(t), Options{seed, 60}).Report("x").JSON(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if text(1) != text(1) {
		t.Error("the same seed gave other numbers")
	}
	if text(1) == text(2) {
		t.Error("another seed gave the same numbers")
	}
}

// Parts of the data that are missing make parts of the report missing, not
// wrong: no empty numbers reach JSON, and every row of a table has its cells.
func TestReportsOfPartsOfTheData(t *testing.T) {
	d := world(t, 11, 2017, 2019)
	one := d.Games[:1]
	for name, d := range map[string]*Data{
		"all": d, "nothing": {}, "no lines": {Games: d.Games}, "no results": {Lines: d.Lines}, "one game": {Games: one, Lines: d.Lines[:1]},
		"unplayed": {Games: []spreadspoke.Game{{Home: "a", Away: "b", HomeScore: table.Missing, AwayScore: table.Missing}}, Lines: []nfllines.Game{{Status: nfllines.Postponed}}},
	} {
		r := Study(d, catalog(t), Options{Seed: 1, Resamples: 20}).Report("betflow study nfl A B")
		var b bytes.Buffer
		if err := r.JSON(&b); err != nil || !json.Valid(b.Bytes()) {
			t.Fatalf("%s: %v", name, err)
		}
		if err := r.Print(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text := b.String(); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "%!") {
			t.Errorf("%s: the report has empty numbers", name)
		}
		if _, err := r.Write(t.TempDir()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkTables(t, r)
	}
}

func checkTables(t *testing.T, r *study.Report) {
	t.Helper()
	for _, s := range r.Sections {
		for _, table := range s.Tables {
			for _, row := range table.Rows {
				if len(row) != len(table.Columns) {
					t.Errorf("%s, %s: %d cells for %d columns", s.Heading, table.Caption, len(row), len(table.Columns))
				}
			}
		}
	}
}

// Every published figure of weather and home advantage comes out, and the
// sentences that the files' documentation makes hold. Without the recorded data
// the study runs on the world, where it must agree with nothing published.
func TestRecordedDataGiveThePublishedFigures(t *testing.T) {
	d, err := Load(linesDir, weatherDir, nil)
	recorded := err == nil
	if errors.Is(err, nfllines.ErrNoFiles) || errors.Is(err, fs.ErrNotExist) {
		d, err = world(t, 13, 1999, 2022), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, missing := os.Stat(linesDir); missing == nil && !recorded {
		t.Fatal("the recorded data are there and cannot be read")
	}
	r := Study(d, catalog(t), Options{Seed: 1, Resamples: 100})
	agree, weather := 0, 0
	for _, c := range r.Published {
		if c.Games != reportedLineGames {
			weather++
			if c.Agrees {
				agree++
			}
		}
	}
	if !recorded {
		if weather == 0 || agree > weather/2 {
			t.Errorf("%d of %d figures of an invented world are the published ones", agree, weather)
		}
		return
	}
	if agree != 34 || weather != 34 {
		t.Errorf("%d of %d figures agree", agree, weather)
	}
	m := r.Movement
	if m.Spread.Games != 1352 || m.Spread.OpenMAE.Text(4) != "9.9615" || m.Spread.CloseMAE.Text(4) != "9.8173" || !m.Spread.MAEGain.Above(0) || !m.Total.MAEGain.Above(0) {
		t.Errorf("open and close %+v %+v", m.Spread, m.Total)
	}
	if first := r.Reversals[0].Close; first.Won != 84 || first.Lost != 121 || first.Pushed != 5 {
		t.Errorf("reverse moves %+v", first)
	}
	if a := r.Agreement; a.Missing != 0 || a.Gain.Above(0) {
		t.Errorf("the sources' closing lines %+v", a)
	}
	if r.Books[0].ID != 20 {
		t.Errorf("book %d keeps least", r.Books[0].ID)
	}
}

func TestLoadNamesTheFolder(t *testing.T) {
	if _, err := Load("nowhere", weatherDir, nil); !errors.Is(err, nfllines.ErrNoFiles) || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("no lines: %v", err)
	}
}
