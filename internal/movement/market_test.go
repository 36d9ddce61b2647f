package movement

import (
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/odds"
)

// row is a quote record: seen at a minute, its event ten seconds earlier.
func row(minute float64, market, book, outcome string, line *float64, price float64) feed.Quote {
	at := begin + feed.Time(minute*float64(feed.Minute))
	q := feed.Quote{
		Kind: feed.KindQuote, FixtureID: "f", Market: market, Period: feed.PeriodFull, Line: line, Outcome: outcome, Book: book,
		Price: price, State: feed.StateOpen, EventTime: at - 10*feed.Second, SeenTime: at,
	}
	if price < 0 {
		q.Price, q.State = -price, feed.StateWithdrawn
	}
	return q
}

// h2h is a response that shows both prices; negative ones are withdrawn.
func h2h(minute float64, book string, home, away float64) []feed.Quote {
	return []feed.Quote{row(minute, "h2h", book, "home", nil, home), row(minute, "h2h", book, "away", nil, away)}
}

func spread(minute float64, book string, line, home, away float64) []feed.Quote {
	return []feed.Quote{row(minute, "spreads", book, "away", &line, away), row(minute, "spreads", book, "home", &line, home)}
}

func join(parts ...[]feed.Quote) []feed.Quote {
	var all []feed.Quote
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func TestRecordsMakeTwoSidedQuotes(t *testing.T) {
	tick := feed.Quote{Kind: feed.KindTick, SeenTime: begin}
	seen := feed.Quote{Kind: feed.KindSeen, Market: "h2h", Book: "a", SeenTime: begin}
	markets := Assemble(join(
		[]feed.Quote{tick, row(0, "h2h", "a", "home", nil, 1.9)}, // one side only
		[]feed.Quote{seen, row(1, "h2h", "a", "away", nil, 2.0)},
		[]feed.Quote{row(2, "h2h", "a", "home", nil, 1.8)},              // one price moves
		[]feed.Quote{row(3, "h2h", "a", "home", nil, -1.8)},             // withdrawn
		[]feed.Quote{row(4, "h2h", "a", "home", nil, 1.8)},              // the same comes back
		spread(5, "b", -3.5, 1.9, 1.9), spread(6, "b", -4.5, 2.1, 1.75), // beside the even one
		spread(7, "b", -3.5, -1.9, -1.9), // the main line vanishes
	))
	if len(markets) != 2 || !reflect.DeepEqual(markets[0].Outcomes, []string{"home", "away"}) || markets[1].Market != "spreads" {
		t.Fatalf("markets %+v", markets)
	}
	at := func(minute float64) feed.Time { return begin + feed.Time(minute*float64(feed.Minute)) }
	quote := func(line feed.Line, minute float64, prices ...float64) Quote {
		return Quote{Line: line, Prices: prices, Event: at(minute) - 10*feed.Second, Seen: at(minute)}
	}
	if got, want := markets[0].Tracks, []Track{{"a", []Quote{
		quote(feed.Line{}, 1, 1.9, 2), quote(feed.Line{}, 2, 1.8, 2), quote(feed.Line{}, 3), quote(feed.Line{}, 4, 1.8, 2),
	}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	main, other := feed.Line{Points: -3.5, Set: true}, feed.Line{Points: -4.5, Set: true}
	second := quote(other, 7, 2.1, 1.75)
	second.Event = at(6) - 10*feed.Second // when that line was quoted
	if got, want := markets[1].Tracks, []Track{{"b", []Quote{quote(main, 5, 1.9, 1.9), second}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestADrawMakesThreeSides(t *testing.T) {
	m := Assemble(join(h2h(0, "us", 1.9, 2), h2h(1, "eu", 2.5, 2.9), []feed.Quote{row(1, "h2h", "eu", "draw", nil, 3.2)}))[0]
	if len(m.Outcomes) != 3 || m.Outcomes[1] != "draw" || len(m.Tracks) != 2 {
		t.Fatalf("got %+v", m)
	}
	if len(m.Tracks[1].Quotes) != 0 || len(m.Tracks[0].Quotes) != 1 || !reflect.DeepEqual(m.Tracks[0].Quotes[0].Prices, []float64{2.5, 3.2, 2.9}) {
		t.Errorf("the book without a draw has %+v, the other %+v", m.Tracks[1], m.Tracks[0])
	}
}

func TestActualStart(t *testing.T) {
	game := func(state feed.GameState, minute feed.Time) feed.Game {
		return feed.Game{State: state, SeenTime: begin + minute*feed.Minute}
	}
	for _, c := range []struct {
		name     string
		games    []feed.Game
		want     feed.Time // minutes after the schedule
		observed bool
	}{
		{"never seen", nil, 0, false},
		{"not begun", []feed.Game{game(feed.GamePre, -60)}, 0, false},
		{"on time", []feed.Game{game(feed.GamePre, -60), game(feed.GameIn, 8)}, 0, true},
		{"delayed", []feed.Game{game(feed.GamePre, -60), game(feed.GameDelayed, 5), game(feed.GameIn, 75), game(feed.GameIn, 90)}, 75, true},
		{"early", []feed.Game{game(feed.GamePre, -60), game(feed.GameIn, -2)}, -2, true},
		{"joined in the middle", []feed.Game{game(feed.GameIn, 75), game(feed.GamePre, 80), game(feed.GameIn, 90)}, 0, false},
		{"called off", []feed.Game{game(feed.GamePre, -60), game(feed.GameCancelled, -5)}, 0, false},
	} {
		at, observed := Start(begin, c.games)
		if at != begin+c.want*feed.Minute || observed != c.observed {
			t.Errorf("%s: %s, %v", c.name, at, observed)
		}
	}
	if at, ok := Start(0, []feed.Game{game(feed.GamePre, 1), game(feed.GameIn, 2)}); !ok || at != begin+2*feed.Minute {
		t.Errorf("without a schedule: %s", at)
	}
}

func TestOpeningAndClosingByTheRules(t *testing.T) {
	start := begin + 60*feed.Minute
	m := Assemble(join(
		h2h(0, "a", 2, 1.8), h2h(50, "a", 2.1, 1.75), h2h(61, "a", 9, 1.05), // the last one in play
		h2h(5, "b", 2, 1.85), h2h(58, "b", -2, -1.85), // pulled before the start
		h2h(70, "c", 2, 1.8),   // opens in play
		h2h(10, "d", 2.3, 2.3), // no margin: no fair price by power
	))[0]
	type brief struct {
		book     string
		price    float64
		age      float64
		standing bool
	}
	var open, closed, fresh []brief
	for i := range m.Tracks {
		if s, ok := m.Opening(&m.Tracks[i], odds.Multiplicative, start); ok {
			open = append(open, brief{s.Book, s.Prices[0].Price, s.Age, s.Standing})
			if s.Rule != RuleOpen || s.Prices[0].Outcome != "home" || s.Line != nil || s.Book == "a" && !near(*s.Prices[0].Fair, 1.8/3.8, 1e-12) {
				t.Errorf("opening %+v", s)
			}
		}
		if s, ok := m.Closing(&m.Tracks[i], odds.Power, start, 0); ok {
			closed = append(closed, brief{s.Book, s.Prices[0].Price, s.Age, s.Standing})
			if s.Rule != RuleClose || (s.Prices[0].Fair == nil) != (s.Book == "d") {
				t.Errorf("closing %+v", s)
			}
		}
		if s, ok := m.Closing(&m.Tracks[i], odds.Power, start, 30*time.Minute); ok {
			fresh = append(fresh, brief{s.Book, s.Prices[0].Price, s.Age, s.Standing})
		}
	}
	if want := []brief{{"a", 2, 3610, false}, {"b", 2, 3310, false}, {"d", 2.3, 3010, true}}; !reflect.DeepEqual(open, want) {
		t.Errorf("open %v, want %v", open, want)
	}
	if want := []brief{{"a", 2.1, 610, true}, {"b", 2, 3310, false}, {"d", 2.3, 3010, true}}; !reflect.DeepEqual(closed, want) {
		t.Errorf("closed %v, want %v", closed, want)
	}
	if want := []brief{{"a", 2.1, 610, true}}; !reflect.DeepEqual(fresh, want) {
		t.Errorf("closed of half an hour at most %v, want %v", fresh, want)
	}
}

// A mean weighted by limits takes the books at the reference line that have one.
func TestLimitWeightedPrices(t *testing.T) {
	limited := func(rows []feed.Quote, limit float64) []feed.Quote {
		for i := range rows {
			rows[i].Limit = &limit
		}
		return rows
	}
	m := Assemble(join(
		limited(spread(0, "a", -3, 2, 1.8), 1000), limited(spread(0, "b", -3, 1.9, 1.9), 3000),
		spread(0, "silent", -3, 5, 1.1), limited(spread(0, "elsewhere", -4, 2.2, 1.7), 9000),
		limited(spread(0, "gone", -3, 3, 1.3), 9000), spread(5, "gone", -3, -3, -1.3),
	))[0]
	got := m.LimitWeighted(feed.Line{Points: -3, Set: true}, begin+feed.Hour)
	if len(got) != 2 || got[0].Outcome != "home" || !near(value(got[0].Price), (2*1000+1.9*3000)/4000, 1e-12) || got[0].Price.N != 2 || !near(value(got[1].Price), (1.8*1000+1.9*3000)/4000, 1e-12) {
		t.Errorf("got %+v", got)
	}
	if none := m.LimitWeighted(feed.Line{Points: -9, Set: true}, begin+feed.Hour); none[0].Price.Enough() {
		t.Errorf("without limits: %+v", none)
	}
}

func TestTheConsensusOpensWithEnoughBooks(t *testing.T) {
	m := Assemble(join(
		h2h(0, "a", 2, 2), h2h(1, "b", 1.9, 1.9), h2h(2, "a", -2, -2), h2h(3, "c", 1.8, 1.8), h2h(4, "d", 1.5, 3),
	))[0]
	c, ok := m.OpeningConsensus(odds.Multiplicative, nil, feed.Line{}, 3, begin+feed.Hour)
	if want := (0.5 + 0.5 + 3/4.5) / 3; !ok || c.Books != 3 || c.Seen != begin+4*feed.Minute || !near(c.Fair, want, 1e-12) {
		t.Errorf("got %+v, %v", c, ok)
	}
	if _, ok := m.OpeningConsensus(odds.Multiplicative, nil, feed.Line{}, 3, begin+3*feed.Minute); ok {
		t.Error("a consensus of two")
	}
}

// A point of the spread is worth phi(0)/sigma near even chances, and what a move
// does the opposite move undoes.
func TestLinesAreBroughtToTheReference(t *testing.T) {
	s := LinesOf(league.Score{SigmaMargin: 13.45, SigmaTotal: 13.5})
	line := func(p float64) feed.Line { return feed.Line{Points: p, Set: true} }
	p, ok := s.Move("spreads", 0.5, line(-3.5), line(-2.5))
	if want := 0.5 * math.Erfc(-1/13.45/math.Sqrt2); !ok || !near(p, want, 1e-12) || !near(p-0.5, 1/math.Sqrt(2*math.Pi)/13.45, 1e-4) {
		t.Errorf("a point more for home: %g, %v", p, ok)
	}
	p, ok = s.Move("totals", 0.5, line(44.5), line(45.5))
	if want := 0.5 * math.Erfc(1/13.5/math.Sqrt2); !ok || !near(p, want, 1e-12) {
		t.Errorf("over a higher total: %g, %v", p, ok)
	}
	for _, c := range []struct {
		market   string
		from, to feed.Line
	}{{"h2h", line(1), line(2)}, {"spreads", feed.Line{}, line(2)}, {"spreads", line(1), feed.Line{}}} {
		if _, ok := s.Move(c.market, 0.5, c.from, c.to); ok {
			t.Errorf("%v was mapped", c)
		}
	}
	if l := LinesOf(league.Score{}); len(l) != 0 {
		t.Errorf("a league without a score model has lines: %v", l)
	}
	rapid.Check(t, func(t *rapid.T) {
		market := rapid.SampledFrom([]string{"spreads", "totals"}).Draw(t, "market")
		p := rapid.Float64Range(0.05, 0.95).Draw(t, "p")
		from, to := line(float64(rapid.IntRange(-20, 20).Draw(t, "from"))/2), line(float64(rapid.IntRange(-20, 20).Draw(t, "to"))/2)
		there, _ := s.Move(market, p, from, to)
		if back, ok := s.Move(market, there, to, from); !ok || !near(back, p, 1e-9) {
			t.Fatalf("%g became %g and then %g", p, there, back)
		}
	})
}

// A book that moves its line and one that moves its price by as much move x
// alike.
func TestPriceAndLineMovesAreOne(t *testing.T) {
	s := LinesOf(league.Score{SigmaMargin: 13.45})
	p, _ := s.Move("spreads", 0.5, feed.Line{Points: -4, Set: true}, feed.Line{Points: -3, Set: true}) // even at -4 is p at -3
	m := Assemble(join(
		spread(0, "line", -3, 1.9, 1.9), spread(0, "price", -3, 2, 2), spread(0, "still", -3, 1.9, 1.9),
		spread(10, "line", -3, -1.9, -1.9), spread(10, "line", -4, 1.9, 1.9),
		spread(10, "price", -3, 1/p, 1/(1-p)),
	))[0]
	start := begin + feed.Hour
	reference := m.Reference(start)
	if reference.Points != -3 {
		t.Fatalf("reference %v", reference)
	}
	var ends []float64
	for i := range m.Tracks {
		path, without := m.Path(&m.Tracks[i], odds.Multiplicative, s, reference, start)
		if without != 0 {
			t.Fatalf("%d quotes of %s were left out", without, path.Book)
		}
		ends = append(ends, path.Points[len(path.Points)-1].X)
	}
	if !near(ends[0], ends[1], 1e-9) || !near(ends[0], odds.LogOdds(p), 1e-9) || !near(ends[2], 0, 1e-12) {
		t.Errorf("by line %g, by price %g, unmoved %g", ends[0], ends[1], ends[2])
	}
	if path, without := m.Path(&m.Tracks[0], odds.Multiplicative, nil, reference, start); without != 1 || len(path.Points) != 2 || !path.Points[1].Gone {
		t.Errorf("without a model %d quotes are left out of %v", without, path)
	}
	if path, without := m.Path(&m.Tracks[0], odds.Method("none"), s, reference, start); without != 2 || len(path.Points) != 0 {
		t.Errorf("without a method %d quotes are left out of %v", without, path)
	}
}
