package bet

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/odds"
)

const monday = feed.Time(1_768_824_000_000_000) // 2026-01-19 12:00 UTC

// flips are bets at a price that win with a probability, n on each day.
func flips(seed uint64, days, n int, price, p float64) []Graded {
	r := rand.New(rand.NewPCG(seed, 0))
	var out []Graded
	for d := range days {
		for range n {
			b := Bet{Placed: monday, Event: Event{Start: monday + feed.Time(d)*24*feed.Hour}, Price: price, Stake: 1000, Currency: "USD"}
			g := Graded{Bet: b, Result: Lost, Value: &Value{Fair: p, NoVig: p*price - 1}}
			if r.Float64() < p {
				g.Result = Won
			}
			g.Profit = b.Profit(g.Result)
			out = append(out, g)
		}
	}
	return out
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name string
		bets []Graded
		want Verdict
	}{
		{"a fair coin at even money", flips(1, 60, 5, 2, 0.5), NoEdge},
		{"a coin that is worth a fifth", flips(1, 60, 10, 2, 0.6), Edge},
		{"a coin of the book", flips(1, 60, 10, 1.8, 0.45), Losing},
		{"won all of a week", flips(1, 7, 5, 2, 1), TooFew},
		{"nothing", nil, TooFew},
	} {
		p := Perform(c.bets, DefaultDoubt())
		if p.Verdict != c.want {
			t.Errorf("%s: %s (%+v), want %s", c.name, p.Verdict, p.ROI, c.want)
		}
		if (p.Needed > 0) != (c.want == NoEdge) {
			t.Errorf("%s: %d bets needed", c.name, p.Needed)
		}
	}
}

// TestBetsNeeded plays as many bets as it said were needed: about half of such
// records leave zero out.
func TestBetsNeeded(t *testing.T) {
	p := Perform(flips(3, 60, 5, 2, 0.55), DefaultDoubt())
	if p.Verdict != NoEdge || p.ROI.Value <= 0 {
		t.Fatalf("the sample is no use: %s, %+v", p.Verdict, p.ROI)
	}
	true50 := 0.5 + p.ROI.Value/2 // the probability that has this return
	shown := 0
	const records = 30
	for seed := range uint64(records) {
		q := Perform(flips(100+seed, p.Needed/5, 5, 2, true50), Doubt{Level: 0.95, Reps: 200, Seed: 1})
		if q.Verdict == Edge {
			shown++
		}
	}
	if shown < records/4 || shown > records*3/4 {
		t.Errorf("with %d bets %d of %d records show an edge", p.Needed, shown, records)
	}
}

// TestIntervalsCover: in nine of ten records and more the interval holds the
// true return.
func TestIntervalsCover(t *testing.T) {
	held := 0
	const records = 80
	for seed := range uint64(records) {
		p := Perform(flips(seed, 40, 4, 1.95, 0.52), Doubt{Level: 0.95, Reps: 200, Seed: 1})
		if p.ROI.CI.Holds(0.52*1.95 - 1) {
			held++
		}
	}
	if held < 70 {
		t.Errorf("%d of %d", held, records)
	}
}

// TestPerformanceAgainstNaiveSums recounts everything in the plainest way.
func TestPerformanceAgainstNaiveSums(t *testing.T) {
	results := []Result{Pending, Won, HalfWon, Push, HalfLost, Lost, Void}
	rapid.Check(t, func(t *rapid.T) {
		var bets []Graded
		for range rapid.IntRange(0, 40).Draw(t, "bets") {
			b := Bet{Placed: monday, Price: float64(rapid.IntRange(110, 900).Draw(t, "price")) / 100, Stake: rapid.Int64Range(1, 10000).Draw(t, "stake")}
			b.Start = monday + feed.Time(rapid.IntRange(0, 500).Draw(t, "hours"))*feed.Hour
			g := Graded{Bet: b, Result: rapid.SampledFrom(results).Draw(t, "result")}
			g.Profit = b.Profit(g.Result)
			if rapid.Bool().Draw(t, "closed") {
				v := float64(rapid.IntRange(-10, 10).Draw(t, "clv")) / 100
				g.Value = &Value{NoVig: v, Price: &v}
			}
			bets = append(bets, g)
		}
		p := Perform(bets, Doubt{Level: 0.9, Reps: 10, Seed: 1})
		var staked, profit, sum, peak, drop int64
		settled, valued, beaten := 0, 0, 0
		clv := 0.0
		order := slices.Clone(bets)
		slices.SortStableFunc(order, func(a, b Graded) int { return int((a.Start - b.Start) / feed.Hour) })
		for _, g := range order {
			if g.Result != Pending {
				settled++
				staked += g.Stake
				profit += g.Profit
				sum += g.Profit
				peak = max(peak, sum)
				drop = max(drop, peak-sum)
			}
			if g.Value != nil {
				valued++
				clv += g.Value.NoVig
				if g.Value.NoVig > 0 {
					beaten++
				}
			}
		}
		if p.Bets != len(bets) || p.Settled != settled || p.Staked != staked || p.Profit != profit || p.MaxDrop != drop || p.Valued != valued {
			t.Fatalf("got %+v, want %d settled, %d staked, %d profit, %d drop, %d valued", p, settled, staked, profit, drop, valued)
		}
		if (p.ROI != nil) != (settled > 0) || p.ROI != nil && math.Abs(p.ROI.Value-float64(profit)/float64(staked)) > 1e-9 {
			t.Fatalf("return %+v, want %d of %d", p.ROI, profit, staked)
		}
		if (p.CLV != nil) != (valued > 0) || p.CLV != nil && (math.Abs(p.CLV.Value-clv/float64(valued)) > 1e-9 || p.Beaten.Count != beaten || p.BeatenFair.Count != beaten) {
			t.Fatalf("value %+v, want %g; beaten %+v, want %d", p.CLV, clv/float64(valued), p.Beaten, beaten)
		}
		for _, g := range Groupings() {
			total, n := int64(0), 0
			for _, b := range Split(bets, g, Doubt{Level: 0.9, Reps: 2, Seed: 1}) {
				total += b.Profit
				n += b.Bets
			}
			if g.Name == "price" && (total != profit || n != settled) {
				t.Fatalf("by %s: %d of %d bets, %d of %d", g.Name, n, settled, total, profit)
			}
		}
	})
}

func TestBucketsAreInOrder(t *testing.T) {
	var bets []Graded
	for i, price := range []float64{25, 1.1, 3.5, 1.25, 1.9} {
		bets = append(bets, Graded{Bet: Bet{Price: price, Stake: 1, Placed: monday + feed.Time(i), Book: strings.Repeat("b", i)}, Result: Lost, Profit: -1, Value: &Value{NoVig: -0.06 + float64(i)*0.03}})
	}
	var got [][]string
	for _, g := range Groupings() {
		var names []string
		for _, b := range Split(bets, g, DefaultDoubt()) {
			names = append(names, b.Name)
		}
		got = append(got, names)
	}
	want := [][]string{
		{"below 1.25", "1.25 to 1.5", "1.5 to 2", "3 to 4", "20 and above"}, nil, {"b", "bb", "bbb", "bbbb"}, nil,
		{"below -5%", "-5% to -2%", "0% to 2%", "2% to 5%", "5% to 10%"},
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

func TestAssessTellsWhatItDoesNotKnow(t *testing.T) {
	b := Bet{Placed: monday, Event: Event{Home: "A", Away: "B"}, Selection: Selection{Market: "h2h", Period: "full", Outcome: "home", Ways: TwoWay}, Price: 2, Stake: 100, Book: "x"}
	g := Game{Event: Event{Fixture: "f", League: "nfl", Home: "Ay", Away: "Be", Start: monday + feed.Hour}, Final: &Final{State: feed.GamePost, Home: 1, Away: 0}}
	for _, c := range []struct {
		name   string
		told   Result
		game   *Game
		result Result
		profit int64
		notes  []string
	}{
		{"no game", Pending, nil, Pending, 0, []string{"no such game is known"}},
		{"no game, a result", Won, nil, Won, 100, []string{"no such game is known"}},
		{"a score", Pending, &g, Won, 100, []string{ErrNoClose.Error()}},
		{"the owner disagrees", Lost, &g, Lost, -100, []string{"by the score it is won, by its owner lost", ErrNoClose.Error()}},
		{"no score", Pending, &Game{Event: g.Event}, Pending, 0, []string{"no final score is known", ErrNoClose.Error()}},
	} {
		b.Result = c.told
		got := Assess(b, c.game, Reading{Method: odds.Power})
		if got.Result != c.result || got.Profit != c.profit || !reflect.DeepEqual(got.Notes, c.notes) {
			t.Errorf("%s: %+v", c.name, got)
		}
		if c.game != nil && (got.Fixture != "f" || got.League != "nfl" || got.Start != g.Start || got.Home != "A") {
			t.Errorf("%s: event %+v", c.name, got.Event)
		}
	}
}

// TestBetsPlacedAfterTheStartHaveNoClosingValue: a day without a time is no start
// that a bet could come after.
func TestBetsPlacedAfterTheStartHaveNoClosingValue(t *testing.T) {
	for _, c := range []struct {
		start  feed.Time
		day    bool
		valued int
	}{{monday + 1, false, 1}, {monday - 1, false, 0}, {monday - 1, true, 1}, {0, false, 1}} {
		g := Graded{Bet: Bet{Placed: monday, Event: Event{Start: c.start, DayOnly: c.day}, Price: 2, Stake: 1}, Value: &Value{NoVig: 0.1}}
		if p := Perform([]Graded{g}, DefaultDoubt()); p.Valued != c.valued || (p.CLV != nil) != (c.valued > 0) {
			t.Errorf("start %s: %d valued, %v", c.start, p.Valued, p.CLV)
		}
	}
}
