package models

import (
	"encoding/json"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/model/goals"
	"github.com/betflow/betflow/leagues"
)

// noon is when the tests' games start.
const noon = feed.Time(1_790_000_000) * feed.Second

// failer is what tests and properties have in common.
type failer interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

var catalog = sync.OnceValues(func() (*league.Catalog, error) {
	all, err := leagues.Load()
	if err != nil {
		return nil, err
	}
	return league.NewCatalog(all)
})

func leagueOf(t failer, id string) *league.League {
	t.Helper()
	c, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	l, ok := c.League(id)
	if !ok {
		t.Fatalf("no league %s", id)
	}
	return l
}

func ptr[T any](v T) *T { return &v }

// market returns a market of five books whose outcomes have these fair
// probabilities.
func market(name string, line *float64, seen feed.Time, outcomes []string, fair ...float64) board.MarketView {
	m := board.MarketView{Market: name, Period: feed.PeriodFull, Line: line, Books: 5, Method: "power", SeenTime: seen}
	for i, o := range outcomes {
		m.Outcomes = append(m.Outcomes, board.OutcomeView{Outcome: o, Fair: &fair[i], BestPrice: ptr(1 / fair[i]), BestBook: "pinnacle", BestSeenTime: seen, Prices: 5})
	}
	return m
}

var (
	two      = []string{"home", "away"}
	threeWay = []string{"home", "draw", "away"}
	total    = []string{"over", "under"}
)

// nfl is a game in an hour, even at home -3.5 and 44.5 points, seen a minute ago.
func nfl() board.Detail {
	seen := noon - feed.Hour - feed.Minute
	h2h := market("h2h", nil, seen, two, .58, .42)
	spread, points := market("spreads", ptr(-3.5), seen, two, .5, .5), market("totals", ptr(44.5), seen, total, .5, .5)
	return board.Detail{
		Fixture: board.FixtureView{FixtureID: "f", League: "nfl", StartTime: noon, State: feed.GamePre, Markets: []board.MarketView{h2h, spread, points}},
		Markets: []board.MarketView{h2h, market("spreads", ptr(-3.0), seen, two, .53, .47), spread, points, market("totals", ptr(47.0), seen, total, .42, .58)},
	}
}

// running is the game with score and clock, and the spread it closed at.
func running() board.Detail {
	d := nfl()
	d.Closing = []board.MarketView{market("h2h", nil, noon-feed.Minute, two, .6, .4), market("spreads", ptr(-3.0), noon-feed.Minute, two, .5, .5)}
	v := &d.Fixture
	v.State, v.Period, v.Seconds, v.GameSeen = feed.GameIn, 2, ptr(0.0), noon+feed.Hour
	v.Home.Score, v.Away.Score = ptr(int32(10)), ptr(int32(3))
	for i := range v.Markets {
		for j := range v.Markets[i].Outcomes {
			v.Markets[i].Outcomes[j].BestSeenTime = noon + feed.Hour - 30*feed.Second
		}
	}
	return d
}

func pick(t failer, v View, name Name) Model {
	t.Helper()
	for _, m := range v.Models {
		if m.Model == name {
			return m
		}
	}
	t.Fatalf("no model %s in %+v", name, v)
	return Model{}
}

func (m Model) of(t failer, market string, line *float64, outcome string) Comparison {
	t.Helper()
	for _, c := range m.Markets {
		if c.Market == market && c.Outcome == outcome && feed.LineOf(c.Line) == feed.LineOf(line) {
			return c
		}
	}
	t.Fatalf("%s says nothing of %s %v %s: %+v", m.Model, market, line, outcome, m)
	return Comparison{}
}

func closeTo(t failer, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestTheSpreadBesideTheResultMarket(t *testing.T) {
	v := Of(nfl(), leagueOf(t, "nfl"), noon-feed.Hour)
	m := pick(t, v, NormalMargin)
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	win := (phi(3/13.45) + phi(4/13.45)) / 2 // a tie, from -0.5 to 0.5, is half a win
	home := m.of(t, "h2h", nil, "home")
	closeTo(t, "home", home.Probability, win)
	closeTo(t, "difference", *home.Difference, win-.58)
	closeTo(t, "away", m.of(t, "h2h", nil, "away").Probability, 1-win)
	if c := home.Consensus; c.Fair != .58 || c.Books != 5 || c.Seconds != 60 || c.BestBook != "pinnacle" || home.Input {
		t.Errorf("%+v", home)
	}
	made := m.of(t, "spreads", ptr(-3.5), "home")
	closeTo(t, "the spread itself", made.Probability, .5)
	if !made.Input || m.of(t, "spreads", ptr(-3.0), "home").Input {
		t.Errorf("%+v", m.Markets)
	}
	// At -3 exactly three points are returned.
	cover, push := phi((3.5-3.5)/13.45), phi((3.5-2.5)/13.45)-phi(0)
	closeTo(t, "another spread", m.of(t, "spreads", ptr(-3.0), "home").Probability, cover/(1-push))
	if len(m.Inputs) != 2 || m.Inputs[0].Market != "spreads" || *m.Inputs[0].Seconds != 60 || m.Inputs[1].Name != "sigma" || m.Inputs[1].Value != 13.45 || m.Parameters[0] != (Parameter{"mean_margin", 3.5}) {
		t.Errorf("%+v, %+v", m.Inputs, m.Parameters)
	}
	points := pick(t, v, NormalTotal)
	closeTo(t, "over 44.5", points.of(t, "totals", ptr(44.5), "over").Probability, .5)
	under := points.of(t, "totals", ptr(47.0), "under")
	a, b := phi((46.5-44.5)/13.2), phi((47.5-44.5)/13.2)
	closeTo(t, "under 47", under.Probability, a/(a+1-b))
	closeTo(t, "difference", *under.Difference, under.Probability-.58)
	if m := pick(t, v, Brownian); m.Absent != "the game has not begun" || len(m.Markets) != 0 {
		t.Errorf("%+v", m)
	}
}

func TestTheScoreBesideTheLiveMarket(t *testing.T) {
	v := Of(running(), leagueOf(t, "nfl"), noon+feed.Hour)
	m := pick(t, v, Brownian)
	home := m.of(t, "h2h", nil, "home")
	closeTo(t, "home", math.Round(home.Probability*1e10)/1e10, .8142697351) // lead 7, spread 3, half to play, sigma 13.45
	closeTo(t, "difference", *home.Difference, home.Probability-.58)
	if home.Consensus.Seconds != 30 || home.Input || len(m.Markets) != 2 || m.Inputs[0].Market != "spreads" || *m.Inputs[0].Line != -3 {
		t.Errorf("%+v", m)
	}
	for _, name := range []Name{NormalMargin, NormalTotal} {
		if m := pick(t, v, name); m.Absent != "the game has begun: its prices know the score" {
			t.Errorf("%+v", m)
		}
	}
	d := running()
	d.Closing = d.Closing[:1]
	m = pick(t, Of(d, leagueOf(t, "nfl"), noon+feed.Hour), Brownian)
	if m.Absent != "" || m.Inputs[0].Market != "h2h" || m.Inputs[0].Value != .6 {
		t.Errorf("without a closing spread: %+v", m)
	}
}

func TestWhatIsMissingOrOldIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		detail board.Detail
		change func(*board.Detail)
		model  Name
		now    feed.Time
		want   string
	}{
		"old spread":    {nfl(), nil, NormalMargin, noon - feed.Minute, ""},
		"older spread":  {nfl(), func(d *board.Detail) { d.Fixture.StartTime += feed.Hour }, NormalMargin, noon + feed.Minute, "the prices of spreads are old: last seen 1h2m0s ago"},
		"no spread":     {nfl(), func(d *board.Detail) { d.Fixture.Markets = d.Fixture.Markets[:1] }, NormalMargin, noon - feed.Hour, "no book has an open price on every outcome of spreads"},
		"no book":       {nfl(), func(d *board.Detail) { d.Fixture.Markets[1].Books = 0 }, NormalMargin, noon - feed.Hour, "no book has"},
		"no consensus":  {nfl(), func(d *board.Detail) { d.Fixture.Markets[1].Outcomes[1].Fair = nil }, NormalMargin, noon - feed.Hour, "there is no consensus on spreads"},
		"no total":      {nfl(), func(d *board.Detail) { d.Fixture.Markets = d.Fixture.Markets[:2] }, NormalTotal, noon - feed.Hour, "no book has"},
		"silence":       {nfl(), nil, NormalMargin, noon + feed.Minute, "the start has passed"},
		"delayed":       {nfl(), func(d *board.Detail) { d.Fixture.State = feed.GameDelayed }, NormalMargin, noon - feed.Minute, ""},
		"cancelled":     {nfl(), func(d *board.Detail) { d.Fixture.State = feed.GameCancelled }, NormalMargin, noon - feed.Hour, "the game is cancelled"},
		"cancelled too": {nfl(), func(d *board.Detail) { d.Fixture.State = feed.GameCancelled }, Brownian, noon - feed.Hour, "the game is cancelled"},
		"old score":     {running(), nil, Brownian, noon + feed.Hour + 6*feed.Minute, "the score is old: last seen 6m0s ago"},
		"halftime":      {running(), func(d *board.Detail) { d.Fixture.Status = "STATUS_HALFTIME" }, Brownian, noon + feed.Hour + 6*feed.Minute, ""},
		"no score":      {running(), func(d *board.Detail) { d.Fixture.Home.Score = nil }, Brownian, noon + feed.Hour, "no source tells the score"},
		"no clock":      {running(), func(d *board.Detail) { d.Fixture.Seconds = nil }, Brownian, noon + feed.Hour, "no source tells the clock"},
		"overtime":      {running(), func(d *board.Detail) { d.Fixture.Period = 5 }, Brownian, noon + feed.Hour, "overtime is not modelled"},
		"no closing":    {running(), func(d *board.Detail) { d.Closing = nil }, Brownian, noon + feed.Hour, "no price of spreads from before the game is known"},
		"old closing":   {running(), func(d *board.Detail) { d.Closing = d.Closing[1:]; d.Closing[0].SeenTime -= 30 * feed.Hour }, Brownian, noon + feed.Hour, "the last prices of spreads before the game are from 30h1m0s before its start"},
	} {
		if c.change != nil {
			c.change(&c.detail)
		}
		m := pick(t, Of(c.detail, leagueOf(t, "nfl"), c.now), c.model)
		if c.want == "" != (m.Absent == "") || !strings.HasPrefix(m.Absent, c.want) || m.Absent != "" && len(m.Markets)+len(m.Parameters) > 0 {
			t.Errorf("%s: %+v", name, m)
		}
	}
	// Old live prices are not compared; the model stands.
	m := pick(t, Of(running(), leagueOf(t, "nfl"), noon+feed.Hour+4*feed.Minute+40*feed.Second), Brownian)
	if c := m.of(t, "h2h", nil, "home"); m.Absent != "" || c.Consensus != nil || c.Difference != nil {
		t.Errorf("%+v", m)
	}
}

// soccer is a match whose market is exactly that of the rates, in an hour.
func soccer(t failer, rates goals.Rates) board.Detail {
	g, err := rates.Grid()
	if err != nil {
		t.Fatal(err)
	}
	seen := noon - feed.Hour - feed.Minute
	home, draw, away := g.Result()
	over := 1 / g.Over(2.25).FairPrice()
	cover := 1 / g.Handicap(-.75).FairPrice()
	h2h, points := market("h2h", nil, seen, threeWay, home, draw, away), market("totals", ptr(2.25), seen, total, over, 1-over)
	return board.Detail{
		Fixture: board.FixtureView{FixtureID: "s", League: "epl", StartTime: noon, State: feed.GamePre, Markets: []board.MarketView{h2h, points}},
		Markets: []board.MarketView{h2h, points, market("spreads", ptr(-.75), seen, two, cover, 1-cover), market("btts", nil, seen, []string{"yes", "no"}, g.BothScore(), 1-g.BothScore())},
	}
}

func TestGoalsBesideTheOtherMarkets(t *testing.T) {
	rates := goals.Rates{Home: 1.5, Away: 1.1, Rho: -.13}
	v := Of(soccer(t, rates), leagueOf(t, "epl"), noon-feed.Hour)
	dc := pick(t, v, DixonColes)
	for i, want := range []float64{1.5, 1.1, -.13} {
		if math.Abs(dc.Parameters[i].Value-want) > 1e-7 {
			t.Errorf("parameters %+v", dc.Parameters)
		}
	}
	// The market is of the model: it agrees with all of it, lines it has not seen too.
	compared := 0
	for _, c := range dc.Markets {
		if c.Difference == nil || math.Abs(*c.Difference) > 1e-7 {
			t.Errorf("%+v", c)
		}
		if c.Input != (c.Market == "h2h" || c.Market == "totals") {
			t.Errorf("input: %+v", c)
		}
		compared++
	}
	if compared != 3+2+2+2 || len(dc.Scores) != likeliest || dc.Scores[0].Home != 1 || dc.Scores[0].Away != 1 || len(dc.Inputs) != 4 {
		t.Errorf("%+v", dc)
	}
	// With a rho nearer to 0 the draws are explained by fewer goals.
	p := pick(t, v, DixonColesH2H)
	if over := p.of(t, "totals", ptr(2.25), "over"); *over.Difference > -.01 || over.Input || !p.of(t, "h2h", nil, "draw").Input {
		t.Errorf("%+v", over)
	}
	closeTo(t, "draw", *p.of(t, "h2h", nil, "draw").Difference, 0)

	d := soccer(t, rates)
	d.Fixture.Markets = d.Fixture.Markets[:1]
	v = Of(d, leagueOf(t, "epl"), noon-feed.Hour)
	if pick(t, v, DixonColes).Absent != "no book has an open price on every outcome of totals" || pick(t, v, DixonColesH2H).Absent != "" {
		t.Errorf("without a total: %+v", v)
	}
	d.Fixture.Markets[0].Outcomes = d.Fixture.Markets[0].Outcomes[:2]
	if m := pick(t, Of(d, leagueOf(t, "epl"), noon-feed.Hour), DixonColesH2H); m.Absent != "the market h2h has no outcome away" {
		t.Errorf("without away: %+v", m)
	}
	d = soccer(t, rates)
	over, under := .05, .95
	d.Fixture.Markets[1].Outcomes[0].Fair, d.Fixture.Markets[1].Outcomes[1].Fair = &over, &under
	if m := pick(t, Of(d, leagueOf(t, "epl"), noon-feed.Hour), DixonColes); !strings.Contains(m.Absent, "no expected goals give these probabilities") {
		t.Errorf("markets that contradict each other: %+v", m)
	}
}

func TestGoalsInTheGame(t *testing.T) {
	d := soccer(t, goals.Rates{Home: 1.5, Away: 1.1, Rho: -.05})
	d.Closing = d.Fixture.Markets
	v := &d.Fixture
	v.State, v.Period, v.Seconds, v.GameSeen = feed.GameIn, 2, ptr(60*60.0), noon+feed.Hour
	v.Home.Score, v.Away.Score = ptr(int32(0)), ptr(int32(1))
	v.Markets = nil
	live := market("totals", ptr(2.5), noon+feed.Hour, total, .3, .7)
	d.Markets = []board.MarketView{live, market("totals", ptr(0.5), noon+feed.Hour, total, .99, .01)}
	m := pick(t, Of(d, leagueOf(t, "epl"), noon+feed.Hour), PoissonInGame)
	// A third is left: rates 0.5 and 1.1/3, summed by hand.
	pois := func(l float64, k int) float64 {
		g, _ := math.Lgamma(float64(k) + 1)
		return math.Exp(float64(k)*math.Log(l) - l - g)
	}
	var win, draw, over float64
	for i := range 15 {
		for j := range 15 {
			p := pois(.5, i) * pois(1.1/3, j)
			switch {
			case i > j+1:
				win += p
			case i == j+1:
				draw += p
			}
			if i+j+1 > 2 {
				over += p
			}
		}
	}
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"home", m.of(t, "h2h", nil, "home").Probability, win}, {"draw", m.of(t, "h2h", nil, "draw").Probability, draw},
		{"over", m.of(t, "totals", ptr(2.5), "over").Probability, over}, {"what has come", m.of(t, "totals", ptr(.5), "over").Probability, 1},
	} {
		if math.Abs(c.got-c.want) > 1e-7 {
			t.Errorf("%s = %v, want %v", c.what, c.got, c.want)
		}
	}
	if c := m.of(t, "h2h", nil, "home"); c.Consensus != nil || c.Input {
		t.Errorf("%+v", c)
	}
}

// TestEveryViewIsProbabilities draws boards of any state and holds that what is
// said are probabilities that sum to one, and can be sent.
func TestEveryViewIsProbabilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom([]string{"nfl", "epl", "mlb", "nhl"}).Draw(t, "league")
		l := leagueOf(t, id)
		draw := func(name string, line *float64, outcomes []string) board.MarketView {
			fair, sum := make([]float64, len(outcomes)), 0.0
			for i := range fair {
				fair[i] = rapid.Float64Range(.001, 1).Draw(t, "weight")
				sum += fair[i]
			}
			for i := range fair {
				fair[i] /= sum
			}
			m := market(name, line, noon+feed.Time(rapid.IntRange(-90, 10).Draw(t, "seen"))*feed.Minute, outcomes, fair...)
			m.Books = int32(rapid.IntRange(0, 3).Draw(t, "books"))
			return m
		}
		outcomes := two
		if l.Draw {
			outcomes = threeWay
		}
		lineOf := func(low, high int) *float64 { return ptr(float64(rapid.IntRange(low, high).Draw(t, "quarters")) / 4) }
		h2h, spread, points := draw("h2h", nil, outcomes), draw("spreads", lineOf(-40, 40), two), draw("totals", lineOf(1, 60), total)
		d := board.Detail{Markets: []board.MarketView{h2h, spread, points, draw("spreads", lineOf(-40, 40), two), draw("totals", lineOf(0, 60), total)}}
		d.Closing = []board.MarketView{draw("h2h", nil, outcomes), draw("spreads", lineOf(-40, 40), two), draw("totals", lineOf(1, 60), total)}
		v := &d.Fixture
		v.FixtureID, v.League, v.StartTime, v.Markets = "f", id, noon, []board.MarketView{h2h, spread, points}
		v.State = rapid.SampledFrom([]feed.GameState{feed.GamePre, feed.GameIn, feed.GameIn, feed.GamePost}).Draw(t, "state")
		v.Period, v.Seconds, v.Detail = int32(rapid.IntRange(0, 9).Draw(t, "period")), ptr(rapid.Float64Range(0, 5500).Draw(t, "seconds")), "Top 3rd"
		v.Home.Score, v.Away.Score = ptr(int32(rapid.IntRange(0, 9).Draw(t, "hs"))), ptr(int32(rapid.IntRange(0, 9).Draw(t, "as")))
		now := noon + feed.Time(rapid.IntRange(-60, 30).Draw(t, "now"))*feed.Minute
		v.GameSeen = now - feed.Time(rapid.IntRange(0, 7).Draw(t, "age"))*feed.Minute

		view := Of(d, l, now)
		if _, err := json.Marshal(view); err != nil {
			t.Fatal(err)
		}
		for _, m := range view.Models {
			sums := map[string]float64{}
			for _, c := range m.Markets {
				if !(c.Probability >= 0 && c.Probability <= 1) {
					t.Errorf("%s: %+v", m.Model, c)
				}
				if c.Consensus != nil && time.Duration(c.Consensus.Seconds*1e9) > maxAgeBefore {
					t.Errorf("compared with old prices: %+v", c)
				}
				sums[c.Market+feed.LineOf(c.Line).String()] += c.Probability
			}
			for key, sum := range sums {
				if math.Abs(sum-math.Round(sum)) > 1e-9 { // a line may be there twice
					t.Errorf("%s %s sums to %v", m.Model, key, sum)
				}
			}
			if m.Absent == "" && len(m.Inputs) == 0 {
				t.Errorf("%s rests on nothing: %+v", m.Model, m)
			}
		}
	})
}

func BenchmarkOfSoccer(b *testing.B) {
	d, l := soccer(b, goals.Rates{Home: 1.5, Away: 1.1, Rho: -.13}), leagueOf(b, "epl")
	b.ReportAllocs()
	for b.Loop() {
		Of(d, l, noon-feed.Hour)
	}
}
