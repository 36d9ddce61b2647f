package backtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/betflow/betflow/internal/bet"
	"github.com/betflow/betflow/internal/feed"
)

// value bets on 2 % over the others, a hundred dollars each.
const value = `
name: value
entry: {ev: {min: 0.02}, min_books: 2, max_age: 10m}
staking: {flat: 100}
`

// soft is a game on whose home side the book soft pays more than it is worth.
// What then happens is the caller's.
func soft() *script {
	s := &script{}
	s.fixture(noon, "g", noon+feed.Hour)
	s.h2h(noon+1, "g", "a", 1.9, 1.9)
	s.h2h(noon+2, "g", "b", 1.91, 1.91)
	s.h2h(noon+3, "g", "soft", 2.1, 1.75)
	return s
}

func TestABetFromEntryToResult(t *testing.T) {
	s := soft()
	s.game(noon+20*feed.Minute, "g", feed.GamePre)
	s.h2h(noon+30*feed.Minute, "g", "soft", 1.95, 1.87)
	s.h2h(noon+30*feed.Minute, "g", "a", 1.8, 2.0)
	s.game(noon+feed.Hour+feed.Minute, "g", feed.GameIn, 0, 0)
	s.h2h(noon+feed.Hour+2*feed.Minute, "g", "soft", 1.2, 5) // in play: not the close
	s.game(noon+3*feed.Hour, "g", feed.GamePost, 3, 2)
	r := run(t, s, value+"commission: {soft: 0.05}\n")
	o := r.Strategies[0]
	if len(o.Bets) != 1 || o.Candidates != 1 || len(o.Rejected) != 0 {
		t.Fatalf("%d bets of %d candidates, rejected %v", len(o.Bets), o.Candidates, o.Rejected)
	}
	b := o.Bets[0]
	if b.Book != "soft" || b.Outcome != "home" || b.Price != 2.1 || b.Stake != 10000 || b.Placed != noon+3 || b.Result != bet.Won || b.Ways != bet.TwoWay {
		t.Errorf("bet %+v", b)
	}
	if net := 1 + 1.1*0.95; math.Abs(*b.EV-(0.5*net-1)) > 1e-9 || *b.Fair != 0.5 || b.Books != 2 {
		t.Errorf("ev %v at fair %v by %d books", *b.EV, *b.Fair, b.Books)
	}
	if b.Profit != 10450 || o.Final != 1_000_000+10450 {
		t.Errorf("profit %d, bankroll %d", b.Profit, o.Final)
	}
	v := b.Value
	if v == nil || v.Book != 1.95 || math.Abs(*v.Price-(2.1/1.95-1)) > 1e-9 || v.Books != 3 || v.Fair < 0.5 || v.Fair > 0.53 {
		t.Errorf("close %+v", v)
	}
	if r.Fixtures != 1 || r.Results != 1 || r.From != noon || r.To != noon+3*feed.Hour {
		t.Errorf("report %+v", r)
	}
}

// TestOneBetForEachThingToBetOn: better prices later are no second bet.
func TestOneBetForEachThingToBetOn(t *testing.T) {
	s := soft()
	for i := range feed.Time(5) {
		s.h2h(noon+(i+1)*feed.Minute, "g", "soft", 2.2+float64(i)/10, 1.7)
	}
	o := run(t, s, strings.Replace(value, "ev: {min: 0.02}", "ev: {min: 0.02}, books: [soft]", 1)).Strategies[0]
	if len(o.Bets) != 1 || o.Bets[0].Price != 2.1 {
		t.Errorf("bets %+v", o.Bets)
	}
}

func TestLatency(t *testing.T) {
	const late = value + "latency: 10s\n"
	for _, c := range []struct {
		name   string
		then   func(*script)
		price  float64 // 0: no bet
		reason Reason
	}{
		{"nothing happens", func(s *script) { s.seen(noon+feed.Minute, "g", "a") }, 2.1, ""},
		{"the price falls before the bet arrives", func(s *script) {
			s.h2h(noon+3+10*feed.Second, "g", "soft", 2.03, 1.8)
			s.seen(noon+feed.Minute, "g", "a")
		}, 2.03, ""},
		{"it falls just after", func(s *script) { s.h2h(noon+4+10*feed.Second, "g", "soft", 1.5, 2.5) }, 2.1, ""},
		{"it is withdrawn", func(s *script) { s.h2h(noon+5*feed.Second, "g", "soft", 0, 0); s.seen(noon+feed.Minute, "g", "a") }, 0, ReasonGone},
		{"the game begins", func(s *script) { s.game(noon+5*feed.Second, "g", feed.GameIn); s.seen(noon+feed.Minute, "g", "a") }, 0, ReasonStarted},
		{"the records end", func(*script) {}, 0, ReasonEnded},
	} {
		s := soft()
		c.then(s)
		o := run(t, s, late).Strategies[0]
		switch {
		case c.price == 0 && (len(o.Bets) != 0 || o.Rejected[c.reason] != 1):
			t.Errorf("%s: %d bets, rejected %v", c.name, len(o.Bets), o.Rejected)
		case c.price != 0 && (len(o.Bets) != 1 || o.Bets[0].Price != c.price || o.Bets[0].Decided != 2.1 || o.Bets[0].Placed != noon+3+10*feed.Second):
			t.Errorf("%s: bets %+v, rejected %v", c.name, o.Bets, o.Rejected)
		}
	}
}

// TestARefusedBetMayBeTriedAgain: a price that was gone comes back.
func TestARefusedBetMayBeTriedAgain(t *testing.T) {
	s := soft()
	s.h2h(noon+5*feed.Second, "g", "soft", 0, 0)
	s.h2h(noon+20*feed.Second, "g", "soft", 2.15, 1.75)
	s.seen(noon+feed.Minute, "g", "a")
	o := run(t, s, value+"latency: 10s\nlimits: {fixture: 100}\n").Strategies[0]
	if len(o.Bets) != 1 || o.Bets[0].Price != 2.15 || len(o.Rejected) != 0 || o.Candidates != 1 {
		t.Errorf("bets %+v, rejected %v", o.Bets, o.Rejected)
	}
}

// canary is a price that no strategy can have known.
const canary = 50

// TestNoLookAhead puts an absurd price into the moment after each decision: a bet
// at it would have been made with knowledge of the future.
func TestNoLookAhead(t *testing.T) {
	s := &script{}
	for i := range 20 {
		id, at := fmt.Sprint("g", i), noon+feed.Time(i)*feed.Minute
		s.fixture(at, id, noon+10*feed.Hour)
		s.h2h(at+1, id, "a", 1.9, 1.9)
		s.h2h(at+2, id, "b", 1.91, 1.91)
		s.h2h(at+3, id, "soft", 2.1, 1.75)
		s.h2h(at+4, id, "soft", canary, 1.01)
		s.h2h(at+5, id, "soft", 1.9, 1.9)
	}
	o := run(t, s, strings.Replace(value, "ev: {min: 0.02}", "ev: {min: 0.02}, books: [soft]", 1)).Strategies[0]
	if len(o.Bets) != 20 {
		t.Fatalf("%d bets", len(o.Bets))
	}
	for _, b := range o.Bets {
		if b.Price != 2.1 {
			t.Errorf("a bet at %g", b.Price)
		}
	}
}

func TestWindowsAndFilters(t *testing.T) {
	for _, c := range []struct {
		name, more string
		bets       int
	}{
		{"everything", "", 1},
		{"the league", "universe: {leagues: [nhl]}\n", 1},
		{"another league", "universe: {leagues: [nfl]}\n", 0},
		{"another market", "universe: {markets: [totals]}\n", 0},
		{"another part", "universe: {periods: [p1]}\n", 0},
		{"not yet", "universe: {start: {from: 30m}}\n", 0},
		{"too late", "universe: {start: {from: 48h, to: 2h}}\n", 0},
		{"in the window", "universe: {start: {from: 2h, to: 30m}}\n", 1},
		{"in play only", "universe: {in_play: true}\n", 0},
	} {
		if o := run(t, soft(), value+c.more).Strategies[0]; len(o.Bets) != c.bets {
			t.Errorf("%s: %d bets, want %d", c.name, len(o.Bets), c.bets)
		}
	}
	for _, c := range []struct {
		entry string
		bets  int
	}{
		{"{ev: {min: 0.06}}", 0}, {"{ev: {min: 0.01, max: 0.03}}", 0}, {"{ev: {min: 0.02}, price: {max: 2}}", 0}, {"{ev: {min: 0.02}, price: {min: 2}}", 1},
		{"{ev: {min: 0.02}, books: [a, b]}", 0}, {"{ev: {min: 0.02}, books: [soft]}", 1}, {"{ev: {min: 0.02}, min_books: 3}", 0},
		{"{ev: {min: 0.02}, min_books: 1, consensus: {books: [a]}}", 1}, {"{ev: {min: 0.02}, min_books: 1, books: [soft], consensus: {books: [soft]}}", 0},
		{"{ev: {min: 0.02}, max_age: 1h, consensus: {method: shin, average: median, outliers: 4}}", 1},
	} {
		text := "name: x\nstaking: {flat: 1}\nentry: " + c.entry + "\n"
		if o := run(t, soft(), text).Strategies[0]; len(o.Bets) != c.bets {
			t.Errorf("%s: %d bets, want %d", c.entry, len(o.Bets), c.bets)
		}
	}
}

func TestInPlay(t *testing.T) {
	s := soft()
	s.game(noon+feed.Hour, "g", feed.GameIn, 0, 0)
	s.seen(noon+feed.Hour+feed.Second, "g", "a")
	s.seen(noon+feed.Hour+feed.Second, "g", "b")
	s.seen(noon+feed.Hour+feed.Second, "g", "soft")
	s.game(noon+2*feed.Hour, "g", feed.GamePost, 0, 1)
	o := run(t, s, value+"universe: {in_play: true}\n").Strategies[0]
	if len(o.Bets) != 1 || o.Bets[0].Placed != noon+feed.Hour+feed.Second || o.Bets[0].Value != nil || o.Bets[0].Result != bet.Lost {
		t.Errorf("bets %+v", o.Bets)
	}
}

// TestOldPricesCountForNothing: confirmations keep prices young.
func TestOldPricesCountForNothing(t *testing.T) {
	build := func(confirm bool) *script {
		s := &script{}
		s.fixture(noon, "g", noon+5*feed.Hour)
		s.h2h(noon, "g", "a", 1.9, 1.9)
		s.h2h(noon, "g", "b", 1.9, 1.9)
		later := noon + feed.Hour
		if confirm {
			s.seen(later, "g", "a")
			s.seen(later, "g", "b")
		}
		s.h2h(later, "g", "soft", 2.1, 1.75)
		return s
	}
	if o := run(t, build(false), value).Strategies[0]; len(o.Bets) != 0 {
		t.Errorf("bets on prices an hour old: %+v", o.Bets)
	}
	if o := run(t, build(true), value).Strategies[0]; len(o.Bets) != 1 {
		t.Errorf("%d bets on confirmed prices", len(o.Bets))
	}
}

// games are n copies of the soft game a minute apart.
func games(n int) *script {
	s := &script{}
	for i := range n {
		id, at := fmt.Sprint("g", i), noon+feed.Time(i)*feed.Minute
		s.fixture(at, id, noon+10*feed.Hour)
		s.h2h(at+1, id, "a", 1.9, 1.9)
		s.h2h(at+2, id, "b", 1.9, 1.9)
		s.h2h(at+3, id, "soft", 2.1, 1.75)
	}
	return s
}

func TestStakesAndLimits(t *testing.T) {
	for _, c := range []struct {
		name, more string
		stakes     []int64
		reason     Reason
		rejected   int
	}{
		{"flat", "staking: {flat: 12.34}", []int64{1234, 1234, 1234}, "", 0},
		{"to win", "staking: {to_win: 110}", []int64{10000, 10000, 10000}, "", 0},
		{"half Kelly of what is free", "staking: {kelly: 0.5}\nbankroll: 1000", []int64{2272, 2221, 2170}, "", 0},
		{"the bet's limit", "staking: {flat: 100}\nlimits: {bet: 50}", []int64{5000, 5000, 5000}, "", 0},
		{"the day's limit", "staking: {flat: 100}\nlimits: {day: 250}", []int64{10000, 10000, 5000}, "", 0},
		{"and the least stake", "staking: {flat: 100}\nlimits: {day: 250, least: 60}", []int64{10000, 10000}, ReasonLimit, 1},
		{"open at once", "staking: {flat: 100}\nlimits: {open: 100}", []int64{10000}, ReasonLimit, 2},
		{"the money is out", "staking: {flat: 100}\nbankroll: 250", []int64{10000, 10000}, ReasonBankroll, 1},
		{"yen", "staking: {flat: 100}\ncurrency: JPY", []int64{100, 100, 100}, "", 0},
	} {
		o := run(t, games(3), "name: x\nentry: {ev: {min: 0.02}}\n"+c.more+"\n").Strategies[0]
		var stakes []int64
		for _, b := range o.Bets {
			stakes = append(stakes, b.Stake)
		}
		if fmt.Sprint(stakes) != fmt.Sprint(c.stakes) || o.Rejected[c.reason] != c.rejected {
			t.Errorf("%s: stakes %v, rejected %v, want %v", c.name, stakes, o.Rejected, c.stakes)
		}
	}
	s := soft()
	limit := 30.5
	s.entries[len(s.entries)-2].record.(*feed.Quote).Limit = &limit
	if o := run(t, s, value).Strategies[0]; len(o.Bets) != 1 || o.Bets[0].Stake != 3050 {
		t.Errorf("against the book's limit: %+v", o.Bets)
	}
}

// TestTheCloseIsThePictureBeforeTheStart goes through the ways in which a start
// becomes known.
func TestTheCloseIsThePictureBeforeTheStart(t *testing.T) {
	start := noon + feed.Hour
	for _, c := range []struct {
		name string
		then func(*script)
		home float64 // soft's closing price of home; 0: no close
	}{
		{"the records end before it", func(s *script) { s.seen(start-1, "g", "a") }, 0},
		{"nobody tells of the game", func(s *script) { s.h2h(start-1, "g", "soft", 2.05, 1.8); s.h2h(start, "g", "soft", 3, 1.3) }, 2.05},
		{"the game begins about when it was announced", func(s *script) {
			s.game(start-5, "g", feed.GamePre)
			s.h2h(start+1, "g", "soft", 2.01, 1.8)
			s.game(start+2, "g", feed.GameIn)
			s.h2h(start+3, "g", "soft", 9, 1.01)
		}, 2.1},
		{"it is delayed", func(s *script) {
			s.game(start-5, "g", feed.GamePre)
			s.h2h(start+feed.Hour, "g", "soft", 1.99, 1.8)
			s.game(start+feed.Hour+1, "g", feed.GameIn)
		}, 1.99},
		{"it is put off and announced anew", func(s *script) {
			s.seen(start+1, "g", "a")
			s.fixture(start+2, "g", start+5*feed.Hour)
			s.h2h(start+3, "g", "soft", 1.97, 1.8)
			s.seen(start+6*feed.Hour, "g", "a")
		}, 1.97},
		{"nobody had it waiting", func(s *script) { s.h2h(start+1, "g", "soft", 9, 1.01); s.game(start+feed.Hour, "g", feed.GameIn) }, 2.1},
		{"it begins early", func(s *script) {
			s.h2h(start-9, "g", "soft", 2.02, 1.8)
			s.game(start-5, "g", feed.GameIn)
			s.h2h(start-4, "g", "soft", 9, 1.01)
		}, 2.02},
		{"only its end is told", func(s *script) {
			s.h2h(start+1, "g", "soft", 9, 1.01)
			s.game(start+feed.Hour, "g", feed.GamePost, 1, 0)
		}, 2.1},
	} {
		s := soft()
		c.then(s)
		b := run(t, s, value).Strategies[0].Bets[0]
		switch {
		case c.home == 0 && b.Value != nil, c.home != 0 && (b.Value == nil || b.Value.Book != c.home):
			t.Errorf("%s: %+v, want %g", c.name, b.Value, c.home)
		}
	}
}

func TestGamesThatAreNotPlayedReturnStakes(t *testing.T) {
	s := soft()
	s.game(noon+feed.Minute, "g", feed.GamePostponed)
	o := run(t, s, value).Strategies[0]
	if b := o.Bets[0]; b.Result != bet.Void || b.Profit != 0 || o.Final != 1_000_000 || o.Performance.Void != 1 {
		t.Errorf("bet %+v, bankroll %d", b, o.Final)
	}
}

// TestResultsBesideTheTape: they grade what the tape leaves open, and change
// nothing that it tells.
func TestResultsBesideTheTape(t *testing.T) {
	s := games(2)
	s.game(noon+10*feed.Hour, "g0", feed.GameIn, 0, 0)
	s.game(noon+12*feed.Hour, "g0", feed.GamePost, 0, 1)
	final := func(id string) bet.Game {
		return bet.Game{Event: bet.Event{Fixture: id}, Final: &bet.Final{State: feed.GamePost, Home: 2, Away: 1}}
	}
	o := options()
	o.Results = bet.NewGames([]bet.Game{final("g0"), final("g1")}, nil)
	r, err := Run(context.Background(), s, strategies(t, value), o)
	if err != nil {
		t.Fatal(err)
	}
	bets := r.Strategies[0].Bets
	if len(bets) != 2 || bets[0].Result != bet.Lost || bets[1].Result != bet.Won || r.Results != 2 || r.Strategies[0].Final != 1_000_000-10000+11000 {
		t.Errorf("%d results, bankroll %d, bets %+v", r.Results, r.Strategies[0].Final, bets)
	}
}

func TestSeveralStrategiesAreCorrectedFor(t *testing.T) {
	r := run(t, soft(), value+"---"+strings.Replace(value, "name: value", "name: other", 1))
	if len(r.Strategies) != 2 || math.Abs(r.Level-0.975) > 1e-12 || len(r.Strategies[1].Bets) != 1 || !strings.Contains(r.Warnings[0], "2 strategies were tried") {
		t.Errorf("level %g, warnings %q", r.Level, r.Warnings)
	}
}

func TestWhatTheRecordsLackIsNamed(t *testing.T) {
	r := run(t, soft(), value+"universe: {leagues: [nhl, nlh], markets: [h2h]}\n")
	if len(r.Warnings) != 2 || !strings.Contains(r.Warnings[1], "looks at league nlh") {
		t.Errorf("warnings %q", r.Warnings)
	}
	r = run(t, soft(), strings.Replace(value, "ev:", "books: [soft, softer], ev:", 1))
	if len(r.Warnings) != 2 || !strings.Contains(r.Warnings[1], "looks at book softer") {
		t.Errorf("warnings %q", r.Warnings)
	}
}

func TestSignalsAreFollowed(t *testing.T) {
	signal := func(at feed.Time, rule string, state feed.SignalState, legs ...feed.SignalLeg) *script {
		s := soft()
		ev := 0.05
		s.add(at, &feed.Signal{Kind: feed.KindSignal, Rule: rule, State: state, FixtureID: "g", League: "nhl", Market: "h2h", Period: "full", Outcome: "home", EV: &ev, Legs: legs, SeenTime: at})
		return s
	}
	leg := func(outcome, book string, price, stake float64) feed.SignalLeg {
		return feed.SignalLeg{Outcome: outcome, Book: book, Price: price, Stake: stake}
	}
	arb := []feed.SignalLeg{leg("home", "soft", 2.1, 0.475), leg("away", "b", 1.91, 0.525)}
	for _, c := range []struct {
		name, entry string
		tape        *script
		bets        string
	}{
		{"an arbitrage", "{signal: arbitrage}", signal(noon+9, feed.RuleArbitrage, feed.SignalOpen, arb...), "soft home 4750, b away 5250"},
		{"another rule", "{signal: middle}", signal(noon+9, feed.RuleArbitrage, feed.SignalOpen, arb...), ""},
		{"an update", "{signal: arbitrage}", signal(noon+9, feed.RuleArbitrage, feed.SignalUpdate, arb...), ""},
		{"one of its books", "{signal: arbitrage, books: [soft]}", signal(noon+9, feed.RuleArbitrage, feed.SignalOpen, arb...), "soft home 4750"},
		{"too little", "{signal: arbitrage, ev: {min: 0.06}}", signal(noon+9, feed.RuleArbitrage, feed.SignalOpen, arb...), ""},
		{"steam", "{signal: steam}", signal(noon+9, feed.RuleSteam, feed.SignalOpen, leg("home", "a", 1.9, 0), leg("home", "b", 1.9, 0)), "soft home 10000"},
		{"steam of all but one that is dear", "{signal: steam, min_books: 1}", signal(noon+9, feed.RuleSteam, feed.SignalOpen, leg("home", "a", 1.9, 0), leg("home", "soft", 2.1, 0)), "b home 10000"},
		{"after the start", "{signal: arbitrage}", signal(noon+2*feed.Hour, feed.RuleArbitrage, feed.SignalOpen, arb...), ""},
	} {
		r := run(t, c.tape, "name: x\nstaking: {flat: 100}\nentry: "+c.entry+"\n")
		var got []string
		for _, b := range r.Strategies[0].Bets {
			got = append(got, fmt.Sprint(b.Book, " ", b.Outcome, " ", b.Stake))
		}
		if strings.Join(got, ", ") != c.bets {
			t.Errorf("%s: %q, want %q", c.name, got, c.bets)
		}
		if len(r.Warnings) > 0 && strings.Contains(strings.Join(r.Warnings, " "), "no signals") {
			t.Errorf("%s: %q", c.name, r.Warnings)
		}
	}
	if r := run(t, soft(), "name: x\nstaking: {flat: 1}\nentry: {signal: steam}\n"); !strings.Contains(strings.Join(r.Warnings, " "), "have no signals") {
		t.Errorf("warnings %q", r.Warnings)
	}
}

func TestATapeThatGoesBackIsRefused(t *testing.T) {
	s := soft()
	s.seen(noon, "g", "a")
	if _, err := Run(context.Background(), s, strategies(t, value), options()); err == nil || !strings.Contains(err.Error(), "goes back") {
		t.Errorf("got %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Run(ctx, soft(), strategies(t, value), options()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
