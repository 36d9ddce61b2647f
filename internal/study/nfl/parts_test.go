package nfl

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/source/nfllines"
	"github.com/betflow/betflow/internal/source/spreadspoke"
	"github.com/betflow/betflow/internal/source/table"
	"github.com/betflow/betflow/internal/study"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// game is a game with lines: spreads are home's handicaps.
func game(week int, away, home, open, close float64) nfllines.Game {
	l := func(spread float64) nfllines.Lines {
		return nfllines.Lines{Spread: spread, Total: 40, Moneyline: nfllines.Sides{Away: table.Missing, Home: table.Missing}}
	}
	return nfllines.Game{
		Season: 2020, Week: week, Status: nfllines.Final, AwayScore: away, HomeScore: home,
		Open: l(open), Books: []nfllines.Book{{ID: 1, Lines: l(close)}},
	}
}

// By hand: margins 7 and -3. Opens 3 and 1 for home miss by 4 and 4, closes 5 and
// -1 by 2 and 2.
func TestErrorsOfLinesByHand(t *testing.T) {
	m := moved(markets([]nfllines.Game{game(1, 10, 17, -3, -5), game(2, 20, 17, -1, 1)}), (*market).spreadLine, Options{Seed: 1, Resamples: 100})
	near(t, "open MAE", float64(m.OpenMAE), 4)
	near(t, "close MAE", float64(m.CloseMAE), 2)
	near(t, "close RMSE", float64(m.CloseRMSE), 2)
	near(t, "gain", float64(m.MAEGain.Value), 2)
	near(t, "low end of the gain", float64(m.MAEGain.Low), 2) // of both weeks, so of every draw
	near(t, "mean move", float64(m.Mean), 2)
	near(t, "moved", float64(m.Moved.Value), 1)
	near(t, "right", float64(m.Right.Value), 1)
	near(t, "range", float64(m.Range), 0)
}

// Home and away have 60 % of the bets in turn and lines move towards the other.
func TestReverseMovesByHand(t *testing.T) {
	split := func(g nfllines.Game, home float64) nfllines.Game {
		g.Bets.Spread = nfllines.Split{First: 1 - home, Second: home, Bets: 1000}
		g.Bets.Total = nfllines.Split{First: table.Missing, Second: table.Missing}
		return g
	}
	games := markets([]nfllines.Game{
		split(game(1, 10, 17, -6, -5), 0.6),   // crowd on home, line to away: away +5 loses, and +6 too
		split(game(1, 10, 16, -7, -5.5), 0.7), // away +5.5 loses, +7 wins
		split(game(2, 10, 17, -5, -7), 0.4),   // crowd on away, line to home: home -7 pushes, -5 wins
		split(game(2, 3, 17, -5, -6), 0.3),    // home -6 wins
		split(game(3, 3, 17, -5, -5.2), 0.3),  // moved too little
		split(game(3, 3, 17, -5, -6), 0.5),    // no crowd
		split(game(3, 3, 17, -6, -5), 0.4),    // moved with the crowd
		split(game(3, 3, 17, -5, -6), table.Missing),
	})
	r := reversal(games, Rule{Market: "spread", Tickets: 0.6, Points: 0.5})
	if c := r.Close; c.Won != 1 || c.Lost != 2 || c.Pushed != 1 {
		t.Errorf("at the close %s", wlp(c))
	}
	if o := r.Open; o.Won != 3 || o.Lost != 1 || o.Pushed != 0 {
		t.Errorf("at the open %s", wlp(o))
	}
	near(t, "mean move", float64(r.Move), (1+1.5+2+1)/4)
	if many := reversal(games, Rule{Market: "spread", Tickets: 0.6, Points: 0.5, Bets: 1001}); many.Close.Won+many.Close.Lost != 0 {
		t.Errorf("too few bets count: %s", wlp(many.Close))
	}
}

func TestMedianAndLiveLines(t *testing.T) {
	near(t, "median of three", median([]float64{3, -1, 2}), 2)
	near(t, "median of four", median([]float64{4, 1, 3, 2}), 2.5)
	if table.Has(median(nil)) {
		t.Error("nothing has a median")
	}
	g := game(1, 0, 0, -3, -3)
	for i, spread := range []float64{-3.5, -2.5, 6, table.Missing} {
		b := g.Books[0]
		b.ID, b.Spread = i+2, spread
		g.Books = append(g.Books, b)
	}
	m := markets([]nfllines.Game{g})[0]
	near(t, "median spread", m.spread, -2.75)
	var live []int
	for i := range m.Books {
		if m.isLive(&m.Books[i]) {
			live = append(live, m.Books[i].ID)
		}
	}
	if len(live) != 1 || live[0] != 4 {
		t.Errorf("live lines of books %v", live)
	}
	of := func(b *nfllines.Book) float64 { return b.Spread }
	near(t, "range", rangeOf(m.Books, m.spread, math.Inf(1), of), 9.5)
	near(t, "range without live lines", rangeOf(m.Books, m.spread, 4, of), 1)
}

func TestRecordsAndVerdicts(t *testing.T) {
	for _, c := range []struct {
		won, lost int
		want      string
	}{
		{0, 0, study.None}, {50, 50, "no edge"}, {84, 121, "no edge, below a coin"},
		{5300, 4900, "no edge, though above a coin"}, {60, 20, "above break-even here"},
	} {
		if got := verdict(tally{won: c.won, lost: c.lost}.record()); got != c.want {
			t.Errorf("%d-%d is %q, want %q", c.won, c.lost, got, c.want)
		}
	}
	// 84-121: z = 37/sqrt(205) = 2.584, two-sided 0.00976; Wilson by the quadratic.
	r := tally{84, 121, 5}.record()
	if math.Abs(float64(r.P)-0.00976) > 1e-5 || math.Abs(float64(r.Share.Low)-0.3447) > 1e-4 || math.Abs(float64(r.Share.High)-0.4781) > 1e-4 {
		t.Errorf("84-121-5: %+v", r)
	}
	if o := r.reversed(); o.Won != 121 || o.Lost != 84 || o.Pushed != 5 || math.Abs(float64(o.Share.Value+r.Share.Value)-1) > 1e-12 {
		t.Errorf("the other side: %+v", o)
	}
}

// Holm by hand, and what must hold always: no p falls, their order stays.
func TestHolm(t *testing.T) {
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		near(t, "p", holm([]float64{0.01, 0.04, 0.03, 0.005})[i], want)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "p")
		out := holm(p)
		for i := range p {
			if out[i] < p[i] || out[i] > 1 {
				t.Fatalf("%v became %v", p, out)
			}
			for j := range p {
				if p[i] < p[j] && out[i] > out[j] {
					t.Fatalf("%v became %v", p, out)
				}
			}
		}
	})
}

// A favourite by 7 with sigma 13.86 wins with .68045641 and ties with .025333058
// (Winston); the rest is shared.
func TestSpreadAsProbability(t *testing.T) {
	near(t, "a favourite by 7", math.Round(homeWins(-7, sternSigma)*1e7)/1e7, math.Round(0.68045641/(1-0.025333058)*1e7)/1e7)
	near(t, "pick 'em", homeWins(0, 12), 0.5)
	near(t, "both sides", homeWins(-4.5, 12)+homeWins(4.5, 12), 1)
}

func TestLowestFindsTheValley(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Float64Range(8.1, 24.9).Draw(t, "valley")
		if got := lowest(func(x float64) float64 { return (x - want) * (x - want) }, 8, 25); math.Abs(got-want) > 2e-3 {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestWeatherBandsByHand(t *testing.T) {
	g := func(wind, points, line float64) result {
		return result{Game: &spreadspoke.Game{Season: 2000, Wind: wind, Temperature: 50, Total: line, Roof: spreadspoke.Outdoor}, points: points}
	}
	games := []result{g(4, 40, 41), g(5, 40, 40), g(14, 50, 40), g(15, 30, 40), g(20, 20, 41)}
	got := bands(games, []string{"calm", "windy"}, []float64{15}, func(r *result) float64 { return r.Wind })
	if len(got) != 2 || got[0].Games != 3 || got[1].Games != 2 || wlp(got[0].Under) != "1-1-1" || wlp(got[1].Under) != "2-0-0" {
		t.Fatalf("%+v", got)
	}
	near(t, "points over the line", float64(got[0].Excess.Value), 3)
	near(t, "line", float64(got[1].Line), 40.5)
	if u := underInWind(games); u != (tally{won: 2}) {
		t.Errorf("under in wind %+v", u)
	}
}

func TestHomeByHand(t *testing.T) {
	g := func(season int, margin, spread float64, neutral bool) result {
		return result{Game: &spreadspoke.Game{Season: season, Spread: spread, Neutral: neutral}, margin: margin}
	}
	h := home([]result{g(1999, 7, -3, false), g(1999, -3, -3, false), g(2004, 0, 0, false), g(2004, 50, -3, true), g(2005, 1, table.Missing, false)})
	e, ok := h.era("1999-2004")
	if !ok || e.Games != 3 || wlp(e.Cover) != "1-1-1" {
		t.Fatalf("%+v", h.Eras)
	}
	near(t, "advantage", float64(e.Advantage.Value), 4.0/3)
	near(t, "in the spread", float64(e.Spread.Value), 2)
	near(t, "won", float64(e.Won.Value), 1.0/3)
	if last, ok := h.era("2005"); !ok || last.Spread.N != 0 {
		t.Errorf("a season without spreads: %+v", h.Eras)
	}
}

// Weeks begin on Tuesday: a Thursday, the Sunday and the Monday after it are one.
func TestWeeksOfTheCalendar(t *testing.T) {
	var games []spreadspoke.Game
	for _, day := range []int{7, 10, 11, 12, 14} { // September 2023: Thursday, Sunday, Monday, Tuesday, Thursday
		games = append(games, spreadspoke.Game{Day: september(day)})
	}
	r := results(games)
	if r[0].week != r[1].week || r[1].week != r[2].week || r[2].week == r[3].week || r[3].week != r[4].week {
		t.Errorf("weeks %d %d %d %d %d", r[0].week, r[1].week, r[2].week, r[3].week, r[4].week)
	}
}
