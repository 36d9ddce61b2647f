package calculator

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// exact is how close to a published figure an answer has to be.
const exact = 1e-9

// near fails the test unless got is within tolerance of want.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

func TestConvert(t *testing.T) {
	a, err := Convert{Prices: []string{"+170", "7/4", "evens"}}.Answer()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		format   odds.Format
		price    float64
		american string
		hongkong string
	}{{"american", 2.7, "+170", "1.7"}, {"fractional", 2.75, "+175", "1.75"}, {"fractional", 2, "+100", "1"}} {
		c := a.Prices[i]
		if c.Format != want.format || c.Price != want.price || c.Formats["american"] != want.american || c.Formats["hongkong"] != want.hongkong || len(c.Formats) != len(odds.Formats()) {
			t.Errorf("got %+v, want %+v", c, want)
		}
	}
	if a, err = (Convert{Prices: []string{"-0.5"}, From: "malay", To: "american"}).Answer(); err != nil || len(a.Prices[0].Formats) != 1 || a.Prices[0].Formats["american"] != "+200" {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestFairGivesTheOracles(t *testing.T) {
	a, err := Fair{Prices: []string{"2.6", "2.4", "4.3"}, Method: "shin"}.Answer()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "p", a.Fair[0], .37299406033208965, exact)
	near(t, "z", *a.Parameter, .01694251276407055, exact)
	near(t, "margin", a.Margin, .03384019082, exact)
	if a.Status != odds.StatusOK || a.Winners != 0 {
		t.Errorf("got %+v", a)
	}
	if a, err = (Fair{Prices: []string{"+170", "+130", "+340"}}).Answer(); err != nil || a.Method != odds.Power {
		t.Fatalf("got %+v, %v", a, err)
	}
	near(t, "p by power", a.Fair[1], .423730753, exact)
	three := Fair{Prices: strings.Fields("1.53 1.67 1.25 2.38 2.38 4.5 5.5 6.5 7"), Winners: "3"}
	if a, err = three.Answer(); err != nil || a.Winners != 3 {
		t.Fatalf("got %+v, %v", a, err)
	}
	sum := 0.0
	for _, p := range a.Fair {
		sum += p
	}
	near(t, "sum", sum, 3, exact)
}

func TestUnderroundPricesAreMarkedOrRefused(t *testing.T) {
	prices := strings.Fields("6 7 8 9 10 12 15 21")
	a, err := Fair{Prices: prices}.Answer()
	if err != nil || a.Method != odds.Multiplicative || a.Status != odds.StatusUnderround || a.Parameter != nil {
		t.Errorf("got %+v, %v", a, err)
	}
	if _, err := (Fair{Prices: prices, Method: "shin"}).Answer(); err == nil {
		t.Error("shin has an answer")
	}
	c, err := Fair{Prices: prices}.Compare()
	if err != nil || len(c.Methods) != len(odds.Methods()) || c.MaxSpread != 0 {
		t.Fatalf("got %+v, %v", c, err)
	}
	near(t, "margin", c.Margin, .843254-1, 1e-6)
	for _, m := range c.Methods {
		if m.Status != odds.StatusUnderround || (m.Fair != nil) != (m.Method == odds.Multiplicative) {
			t.Errorf("got %+v", m)
		}
	}
}

func TestCompareMeasuresTheSpreadOfGoodAnswers(t *testing.T) {
	// Clarke's six outcomes, where the linear methods give less than nothing and jsd nothing.
	c, err := Fair{Prices: []string{"1.1494252873563218", "5", "10", "20", "50", "100"}}.Compare()
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for _, m := range c.Methods {
		if m.Status == odds.StatusProblematic {
			bad++
		}
	}
	near(t, "spread of the favourite", c.Spread[0], .8257503238-.696, exact)
	if bad != 4 || c.MaxSpread != slices.Max(c.Spread) {
		t.Errorf("%d problematic, largest %v of %v", bad, c.MaxSpread, c.Spread)
	}
}

func TestArbGivesTheOracles(t *testing.T) {
	a, err := Arb{Prices: []string{"3.1", "3.5", "3.1"}}.Answer()
	if err != nil || !a.Arbitrage || a.Staking != nil {
		t.Fatalf("got %+v, %v", a, err)
	}
	near(t, "booksum", a.Booksum, .930875576, exact)
	near(t, "roi", a.ROI, .07425742574, exact)
	near(t, "share", a.Shares[1], .30693069, 1e-8)
	if a, err = (Arb{Prices: []string{"2.10", "2.05"}, Stake: "1000"}).Answer(); err != nil {
		t.Fatal(err)
	}
	near(t, "booksum", a.Booksum, .9639953542, 1e-10)
	if !slices.Equal(a.Stakes, []Money{49_398, 50_602}) || !slices.Equal(a.Profits, []Money{3735, 3734}) || a.Profit != 3734 || a.Total != 100_000 {
		t.Errorf("got %+v", a.Staking)
	}
	if a, err = (Arb{Prices: []string{"2.10", "2.05"}, Stake: "1000", Round: "25"}).Answer(); err != nil || a.Stakes[0]%2500 != 0 || a.Total != 100_000 {
		t.Errorf("got %+v, %v", a.Staking, err)
	}
	// Found by trying all stakes: 170, 150 and 170 leave 10 and earn more than 500 can.
	if a, err = (Arb{Prices: []string{"3.1", "3.5", "3.1"}, Stake: "500", Round: "5"}).Answer(); err != nil || a.Total != 49_000 || a.Profit != 3500 {
		t.Errorf("got %+v, %v", a.Staking, err)
	}
	if a, err = (Arb{Prices: []string{"1.9", "1.95"}, Stake: "500", Round: "5"}).Answer(); err != nil || a.Total != 50_000 || a.Profit >= 0 {
		t.Errorf("a loss: got %+v, %v", a.Staking, err)
	}
	if a, err = (Arb{Prices: []string{"1.9", "1.95"}, Commissions: []string{"0", "5%"}}).Answer(); err != nil || a.Arbitrage || a.Hold <= 0 {
		t.Errorf("got %+v, %v", a, err)
	}
	near(t, "net price", a.NetPrices[1], 1.9025, exact)
	if a.NetPrices[0] != 1.9 {
		t.Errorf("commission 0 makes %v", a.NetPrices[0])
	}
}

func TestHedgeGivesTheOracle(t *testing.T) {
	a, err := Hedge{Bet: "25@6", Others: []string{"2.5", "3.5"}}.Answer()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "exact result", a.Exact, 22.142857142857142, exact)
	if !slices.Equal(a.Stakes, []Money{2500, 6000, 4286}) || !slices.Equal(a.Profits, []Money{2214, 2214, 2215}) || a.Profit != 2214 {
		t.Errorf("got %+v", a)
	}
	if a, err = (Hedge{Bet: "25@6", Others: []string{"2.5", "3.5"}, Round: "1"}).Answer(); err != nil || !slices.Equal(a.Stakes, []Money{2500, 6000, 4300}) || a.Profit != 2200 {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestMiddleGivesTheOracle(t *testing.T) {
	a, err := Middle{Prices: []string{"-110", "-110"}, Stake: "220", Probability: "0.1"}.Answer()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "break-even", a.BreakEven, 10.0/210, exact)
	near(t, "cost", a.Cost, 10.0/220, exact)
	near(t, "ev", *a.EV, (.9*-10+.1*200)/220, exact)
	if !slices.Equal(a.Profits, []Money{-1000, -1000}) || *a.Both != 20_000 {
		t.Errorf("got %+v both %v", a.Staking, *a.Both)
	}
	if a, err = (Middle{Prices: []string{"1.95", "1.95"}}).Answer(); err != nil || a.Staking != nil || a.Both != nil || a.EV != nil {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestLayBalancesTheBet(t *testing.T) {
	// By hand: 10 at 5.0, laid at 5.2 with 2 %: 50/5.18 or, the bet free, 40/5.18.
	for free, want := range map[bool]LayAnswer{
		false: {Price: 5, Lay: 5.2, Stake: 1000, LayStake: 965, Liability: 4054, Result: -54, Rate: -.05405405405405},
		true:  {Price: 5, Lay: 5.2, Stake: 1000, LayStake: 772, Liability: 3243, Result: 757, Rate: .75675675675676},
	} {
		got, err := Lay{Bet: "10@5.0", Price: "5.2", Commission: "2%", Free: free}.Answer()
		if err != nil {
			t.Fatal(err)
		}
		near(t, "rate", got.Rate, want.Rate, exact)
		if got.Rate = want.Rate; got != want {
			t.Errorf("free %v: got %+v, want %+v", free, got, want)
		}
	}
}

func TestKellyGivesTheOracles(t *testing.T) {
	for _, c := range []struct {
		price, probability, fraction string
		full, share, growth          float64
		tolerance                    float64
	}{
		{"3.5", ".3", "", .02, .02, .3*math.Log(1.05) + .7*math.Log(.98), exact},
		{"2.0", ".6", "", .2, .2, .6*math.Log(1.2) + .4*math.Log(.8), exact},
		{"2.5", ".5", "", .1666666666667, .1666666666667, .02041099726, exact},
		{"2.5", "50%", "0.5", .1666666666667, .0833333333333, .01538582933, exact},
		{"-110", ".55", "", .055, .055, .55*math.Log(1.05) + .45*math.Log(.945), exact},
		{"2.1", ".55", "50%", .1409090909091, .0704545454545, .008177, 1e-6},
		{"1.5", ".6", "", 0, 0, 0, exact},
	} {
		a, err := Kelly{Prices: []string{c.price}, Probabilities: []string{c.probability}, Fraction: c.fraction}.Answer()
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.price+" full", a.Bets[0].Full, c.full, exact)
		near(t, c.price+" share", a.Share, c.share, exact)
		near(t, c.price+" growth", a.Growth, c.growth, c.tolerance)
	}
	a, err := Kelly{Prices: []string{"2.5", "3.2", "2.8"}, Probabilities: []string{".55", ".25", ".20"}, Bankroll: "1000", Round: "5"}.Answer()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "first", a.Bets[0].Share, .2717391304, 1e-10)
	near(t, "second", a.Bets[1].Share, .0326086957, 1e-10)
	near(t, "third", a.Bets[2].Share, 0, 0)
	near(t, "growth", a.Growth, .046783, 1e-6)
	if *a.Bets[0].Stake != 27_000 || *a.Bets[1].Stake != 3000 || *a.Bets[2].Stake != 0 || *a.Stake != 30_000 {
		t.Errorf("got %v %v %v of %v", a.Bets[0].Stake, a.Bets[1].Stake, a.Bets[2].Stake, a.Stake)
	}
	if a, err = (Kelly{Prices: []string{"2.0"}, Probabilities: []string{".6"}, Bankroll: "50"}).Answer(); err != nil || *a.Stake != 1000 {
		t.Errorf("a fifth of 50 is %v, %v", a.Stake, err)
	}
}

func TestCLVGivesTheOracle(t *testing.T) {
	a, err := CLV{Bet: "-125", Closing: []string{"-150", "+130"}, Method: "multiplicative"}.Answer()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "fair", a.Fair, .5798319328, 1e-10)
	near(t, "price", a.Price, .08, exact)
	near(t, "no vig", a.NoVig, .04369747899, exact)
	near(t, "probability", a.Probability, .0444444444444, exact)
	near(t, "cents", a.Cents, 25, exact)
	if a, err = (CLV{Bet: "2.5", Closing: []string{"2.2", "2.1"}}).Answer(); err != nil || a.Status != odds.StatusUnderround || a.Method != odds.Multiplicative {
		t.Errorf("got %+v, %v", a, err)
	}
}

// football is a league without key numbers.
var football = &league.League{ID: "f", Score: league.Score{SigmaMargin: 13.86, SigmaTotal: 10}}

func TestCLVOfLinesThatMoved(t *testing.T) {
	above := func(x, mean, sigma float64) float64 { return .5 * math.Erfc((x-mean)/(sigma*math.Sqrt2)) }
	even := []string{"1.91", "1.91"}
	for _, c := range []struct {
		line, closing string
		side          Side
		points, noVig float64
	}{
		{"-3", "-4.5", "", 1.5, above(3.5, 4.5, 13.86)*.91 - (1 - above(2.5, 4.5, 13.86))},
		{"3.5", "+2.5", SideSpread, 1, above(-3.5, -2.5, 13.86)*1.91 - 1},
		{"44.5", "46.5", SideOver, 2, above(44.5, 46.5, 10)*1.91 - 1},
		{"44.5", "46.5", SideUnder, -2, (1-above(44.5, 46.5, 10))*1.91 - 1},
	} {
		a, err := CLV{Bet: "1.91", Closing: even, Line: c.line, ClosingLine: c.closing, Side: c.side, League: football}.Answer()
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.line+" points", a.Points, c.points, exact)
		near(t, c.line+" no vig", a.NoVig, c.noVig, exact)
		near(t, c.line+" price", a.Price, 0, exact)
	}
	// On a key number half a point is worth more.
	plain, err := CLV{Bet: "1.91", Closing: even, Line: "-2.5", ClosingLine: "-3.5", League: football}.Answer()
	if err != nil {
		t.Fatal(err)
	}
	key := *football
	key.Score.KeyNumbers = map[int]float64{3: .09}
	if a, err := (CLV{Bet: "1.91", Closing: even, Line: "-2.5", ClosingLine: "-3.5", League: &key}).Answer(); err != nil || a.NoVig < plain.NoVig+.04 {
		t.Errorf("over the 3 it is %v, elsewhere %v, %v", a.NoVig, plain.NoVig, err)
	}
}

// TestWhatIsWrongIsSaid: no question that cannot be answered is, and the error
// names what was wrong.
func TestWhatIsWrongIsSaid(t *testing.T) {
	two := []string{"2.1", "2.2"}
	for _, c := range []struct {
		ask  func() (any, error)
		says string
	}{
		{ask(Convert{}.Answer), "no price"},
		{ask(Convert{Prices: []string{"0.5"}}.Answer), `"0.5" is impossible: write a probability with %`},
		{ask(Convert{Prices: two, From: "roman"}.Answer), "unknown price format"},
		{ask(Convert{Prices: two, To: "roman"}.Answer), "unknown price format"},
		{ask(Fair{Prices: two[:1]}.Answer), "at least two outcomes"},
		{ask(Fair{Prices: []string{"2.1", "x"}}.Answer), `"x" is impossible`},
		{ask(Fair{Prices: two, Method: "guess"}.Answer), "unknown method"},
		{ask(Fair{Prices: two, Winners: "2"}.Answer), "fewer winners than outcomes"},
		{ask(Fair{Prices: two, Winners: "0"}.Answer), "at least one winner"},
		{ask(Fair{Prices: two, Winners: "-1"}.Compare), "at least one winner"},
		{ask(Fair{Prices: two, Winners: "x"}.Compare), `winners "x"`},
		{ask(Fair{Prices: []string{"0.9", "2"}}.Compare), "0.9"},
		{ask(Arb{}.Answer), "at least two outcomes"},
		{ask(Arb{Prices: two, Stake: "-5"}.Answer), `amount "-5"`},
		{ask(Arb{Prices: two, Stake: "5.001"}.Answer), "two decimals"},
		{ask(Arb{Prices: two, Stake: "5", Round: "10"}.Answer), "no larger than the total"},
		{ask(Arb{Prices: two, Stake: "5", Round: "x"}.Answer), `amount "x"`},
		{ask(Arb{Prices: two, Commissions: []string{"0", "0", "0"}}.Answer), "3 values of commission for 2 prices"},
		{ask(Arb{Prices: two, Commissions: []string{"2"}}.Answer), `commission "2"`},
		{ask(Arb{Prices: two, Commissions: []string{"100%"}}.Answer), "above 1"},
		{ask(Hedge{Bet: "25", Others: two}.Answer), "STAKE@PRICE"},
		{ask(Hedge{Bet: "@2", Others: two}.Answer), `amount ""`},
		{ask(Hedge{Bet: "25@1", Others: two}.Answer), `"1" is impossible`},
		{ask(Hedge{Bet: "25@6"}.Answer), "at least two outcomes"},
		{ask(Hedge{Bet: "25@6", Others: two, Round: "0"}.Answer), `amount "0"`},
		{ask(Hedge{Bet: "900000000@900000000", Others: two}.Answer), "above"},
		{ask(Middle{Prices: append(two, "3")}.Answer), "two prices, not 3"},
		{ask(Middle{Prices: two, Probability: "5"}.Answer), `probability "5"`},
		{ask(Middle{Prices: two, Stake: "x"}.Answer), `amount "x"`},
		{ask(Lay{Bet: "x", Price: "2"}.Answer), "STAKE@PRICE"},
		{ask(Lay{Bet: "5@2", Price: "1"}.Answer), `"1" is impossible`},
		{ask(Lay{Bet: "5@2", Price: "2", Commission: "-1%"}.Answer), `commission "-1%"`},
		{ask(Lay{Bet: "900000000@900000000", Price: "1.1"}.Answer), "above"},
		{ask(Kelly{}.Answer), "at least two outcomes"},
		{ask(Kelly{Prices: two, Probabilities: []string{".5"}}.Answer), "1 probabilities for 2 prices"},
		{ask(Kelly{Prices: two, Probabilities: []string{".5", ".6"}}.Answer), "sum to at most 1"},
		{ask(Kelly{Prices: two, Probabilities: []string{".5", "60"}}.Answer), `probability "60"`},
		{ask(Kelly{Prices: two, Probabilities: []string{".5", ".3"}, Fraction: "2"}.Answer), `fraction "2"`},
		{ask(Kelly{Prices: two, Probabilities: []string{".5", ".3"}, Bankroll: "0"}.Answer), `amount "0"`},
		{ask(Kelly{Prices: two, Probabilities: []string{".5", ".3"}, Bankroll: "10", Round: "y"}.Answer), `amount "y"`},
		{ask(CLV{Bet: "x", Closing: two}.Answer), `"x"`},
		{ask(CLV{Bet: "2", Closing: two[:1]}.Answer), "at least two outcomes"},
		{ask(CLV{Bet: "2", Closing: two, Method: "?"}.Answer), "unknown method"},
		{ask(CLV{Bet: "2", Closing: two, Line: "3"}.Answer), "compared with a closing line"},
		{ask(CLV{Bet: "2", Closing: two, ClosingLine: "3", League: football}.Answer), "compared with a closing line"},
		{ask(CLV{Bet: "2", Closing: two, Line: "3", ClosingLine: "3"}.Answer), "in a league"},
		{ask(CLV{Bet: "2", Closing: two, Line: "x", ClosingLine: "3", League: football}.Answer), `line "x"`},
		{ask(CLV{Bet: "2", Closing: two, Line: "3.1", ClosingLine: "3", League: football}.Answer), `line "3.1"`},
		{ask(CLV{Bet: "2", Closing: two, Line: "3", ClosingLine: "nan", League: football}.Answer), `line "nan"`},
		{ask(CLV{Bet: "2", Closing: two, Line: "3", ClosingLine: "1e9", League: football}.Answer), `line "1e9"`},
		{ask(CLV{Bet: "2", Closing: two, Line: "3", ClosingLine: "3", Side: "home", League: football}.Answer), `side "home"`},
		{ask(CLV{Bet: "2", Closing: two, Line: "3", ClosingLine: "3", League: &league.League{ID: "x"}}.Answer), "lines of x"},
	} {
		if got, err := c.ask(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %+v, %v, want %q", got, err, c.says)
		}
	}
}

func ask[A any](f func() (A, error)) func() (any, error) {
	return func() (any, error) { return f() }
}

// TestEveryAnswerIsJSON asks with prices and amounts from end to end of what is
// allowed: an answer has no number that JSON cannot say, and stakes spend no
// more than they may.
func TestEveryAnswerIsJSON(t *testing.T) {
	price := rapid.OneOf(rapid.StringMatching(`([2-9]|[1-9][0-9]{1,8})\.[0-9]{1,9}`), rapid.StringMatching(`[+-][1-9][0-9]{2,6}`), rapid.StringMatching(`1\.0{0,8}[1-9]`), rapid.StringMatching(`[1-9]{1,2}%`))
	money := rapid.StringMatching(`[1-9][0-9]{0,8}(\.[0-9]{1,2})?`)
	share := rapid.OneOf(rapid.StringMatching(`0\.[0-9]{1,6}`), rapid.SampledFrom([]string{"0", "1", "100%", "2%"}))
	rapid.Check(t, func(t *rapid.T) {
		prices := rapid.SliceOfN(price, 2, 6).Draw(t, "prices")
		shares := rapid.SliceOfN(share, len(prices), len(prices)).Draw(t, "shares")
		amount, bet := money.Draw(t, "amount"), money.Draw(t, "stake")+"@"+price.Draw(t, "price")
		answered := 0
		for _, one := range []func() (any, error){
			ask(Convert{Prices: prices}.Answer), ask(Fair{Prices: prices}.Answer), ask(Fair{Prices: prices}.Compare),
			ask(Arb{Prices: prices, Stake: amount, Commissions: shares}.Answer), ask(Hedge{Bet: bet, Others: prices}.Answer),
			ask(Middle{Prices: prices[:2], Stake: amount, Probability: shares[0]}.Answer), ask(Lay{Bet: bet, Price: prices[0], Commission: shares[0]}.Answer),
			ask(Kelly{Prices: prices, Probabilities: shares, Bankroll: amount, Fraction: shares[0]}.Answer), ask(CLV{Bet: prices[0], Closing: prices}.Answer),
		} {
			a, err := one()
			if err != nil {
				continue // some of these cannot be answered
			}
			answered++
			if _, err := json.Marshal(a); err != nil {
				t.Errorf("%+v: %v", a, err)
			}
			switch x := a.(type) {
			case ArbAnswer:
				if limit, err := ParseMoney(amount); err != nil || x.Total > limit || x.Profit != slices.Min(x.Profits) {
					t.Errorf("%s becomes %+v", amount, x.Staking)
				}
			case KellyAnswer:
				if *x.Stake > *x.Bankroll || x.Growth > x.FullGrowth+1e-12 {
					t.Errorf("got %+v", x)
				}
			}
		}
		if answered == 0 {
			t.Error("nothing was answered")
		}
	})
}
