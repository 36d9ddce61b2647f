package process

import (
	"cmp"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/odds"
)

// tape is a partition of quotes as a normalise task writes it.
type tape struct {
	t      rapid.TB
	w      *world
	league string
	in     memoryLog
	quotes []feed.Quote
}

func (p *tape) write(q feed.Quote) {
	q.League = p.league
	q.Seq = int64(len(p.quotes) + 1)
	p.quotes = append(p.quotes, q)
	topic := log.QuotesTopic(p.league)
	value, err := p.w.codecs[topic].Append(nil, &q)
	if err != nil {
		p.t.Fatal(err)
	}
	p.in.append(&kgo.Record{Topic: topic, Key: []byte(cmp.Or(q.FixtureID, feed.TickKey)), Value: value})
}

func (p *tape) tick(at feed.Time) {
	p.write(feed.Quote{Kind: feed.KindTick, EventTime: at, SeenTime: at})
}

// open is an open price, the last record of its response.
func open(fixture, market string, line *float64, outcome, book string, price float64, event, seen feed.Time) feed.Quote {
	return feed.Quote{Kind: feed.KindQuote, FixtureID: fixture, Market: market, Period: feed.PeriodFull, Line: line, Outcome: outcome,
		Book: book, Price: price, State: feed.StateOpen, EventTime: event, SeenTime: seen, Last: true}
}

// drawResponse writes one response about one fixture.
func (p *tape) drawResponse(t *rapid.T, now feed.Time) {
	fixture := rapid.SampledFrom([]string{"f1", "f2"}).Draw(t, "fixture")
	n := rapid.IntRange(1, 8).Draw(t, "records")
	if rapid.IntRange(0, 5).Draw(t, "start") == 0 {
		p.write(feed.Quote{Kind: feed.KindStart, FixtureID: fixture, SeenTime: now,
			EventTime: now + feed.Time(rapid.IntRange(-2, 20).Draw(t, "begins in"))*feed.Minute})
	}
	for i := range n {
		market := rapid.SampledFrom([]string{feed.MarketH2H, "h2h_3_way", feed.MarketTotals, feed.MarketSpreads}).Draw(t, "market")
		q := feed.Quote{
			Kind: feed.KindQuote, FixtureID: fixture, Market: market, Period: feed.PeriodFull,
			Book: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "book"), State: feed.StateOpen,
			EventTime: now - feed.Time(rapid.IntRange(-1, 12).Draw(t, "age"))*feed.Minute, SeenTime: now, Last: i == n-1,
		}
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			q.Kind, q.Period, q.State = feed.KindSeen, "", ""
			p.write(q)
			continue
		}
		switch market {
		case feed.MarketTotals:
			q.Line = point(rapid.SampledFrom([]float64{5.5, 6, 6.25}).Draw(t, "line"))
			q.Outcome = rapid.SampledFrom([]string{"over", "under"}).Draw(t, "outcome")
		case feed.MarketSpreads:
			q.Line = point(rapid.SampledFrom([]float64{-1.5, 0, 1.5}).Draw(t, "line"))
			q.Outcome = rapid.SampledFrom([]string{"away", "home"}).Draw(t, "outcome")
		case "h2h_3_way":
			q.Outcome = rapid.SampledFrom([]string{"away", "draw", "home"}).Draw(t, "outcome")
		default:
			q.Outcome = rapid.SampledFrom([]string{"away", "home"}).Draw(t, "outcome")
		}
		// Few prices, so that ties are common; high ones cross.
		q.Price = rapid.SampledFrom([]float64{1.5, 1.9, 2, 2.1, 2.5, 3.2}).Draw(t, "price")
		if rapid.IntRange(0, 5).Draw(t, "state") == 0 {
			q.State = rapid.SampledFrom([]feed.State{feed.StateWithdrawn, feed.StateSuspended}).Draw(t, "which")
		}
		p.write(q)
	}
}

// TestMarketStatesAreThoseOfANaiveRecomputation also holds that nothing is
// published in the midst of a response and that times alone are no news: the
// recomputation looks at whole responses and publishes other numbers only.
func TestMarketStatesAreThoseOfANaiveRecomputation(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	score := w.league("nhl").Score
	sigma := map[string]float64{feed.MarketSpreads: score.SigmaMargin, feed.MarketTotals: score.SigmaTotal}
	checkN(t, 150, func(rt *rapid.T) {
		cc := w.computeConfig()
		cc.Method = rapid.SampledFrom([]odds.Method{odds.Multiplicative, odds.Power, odds.Shin}).Draw(rt, "method")
		cc.Average = rapid.SampledFrom([]odds.Average{odds.Mean, odds.Median, odds.LogitMean}).Draw(rt, "average")
		cc.HalfLife = time.Duration(rapid.IntRange(0, 5).Draw(rt, "half-life")) * time.Minute
		cc.OutlierMADs = float64(rapid.IntRange(0, 3).Draw(rt, "MADs"))
		cc.Books.Known = map[string]odds.Book{"a": {Weight: 3}, "b": {Weight: rapid.SampledFrom([]float64{0, .5}).Draw(rt, "weight")}}
		p := &tape{t: rt, w: w, league: "nhl", in: memoryLog{}}
		now := epoch
		for range rapid.IntRange(1, 25).Draw(rt, "responses") {
			now += feed.Time(rapid.IntRange(1, 300).Draw(rt, "seconds")) * feed.Second
			p.drawResponse(rt, now)
			p.tick(now.Truncate(feed.Second))
		}
		out := memoryLog{}
		w.fold(rt, newCompute(w.config(), cc, 0), NewCompute(w.config(), cc, 0).inputs, p.in, out)
		got := decode[feed.MarketState](rt, w, out, log.MarketsTopic("nhl"))
		want := (&naivePricer{cc: cc, sigma: sigma}).states(p.quotes)
		for i := range min(len(got), len(want)) {
			if !sameState(&got[i], &want[i]) {
				rt.Fatalf("state %d is\n%s\nwant\n%s", i, jsonOf(got[i]), jsonOf(want[i]))
			}
		}
		if len(got) != len(want) {
			rt.Fatalf("%d states were published, want %d", len(got), len(want))
		}
	})
}

func TestBookWhosePricesCrossTakesNoPart(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	p := &tape{t: t, w: w, league: "nhl", in: memoryLog{}}
	home := open("f", "h2h", nil, "home", "a", 2.2, epoch, epoch)
	home.Last = false
	p.write(home)
	p.write(open("f", "h2h", nil, "away", "a", 2.2, epoch, epoch))
	out := w.compute(t, p.in)
	got := decode[feed.MarketState](t, w, out, log.MarketsTopic("nhl"))
	if len(got) != 1 || got[0].Books != 0 || got[0].Outcomes[0].Fair != nil || got[0].Hold != nil || got[0].BestSum == nil || *got[0].BestSum >= 1 {
		t.Errorf("got %s, want best prices that cross and no fair ones", jsonOf(got))
	}
}

// mustFixture returns a fixture's markets where nothing has to be read.
func mustFixture(t testing.TB, l *leagueCompute, id string) *fixtureMarkets {
	t.Helper()
	f, err := l.fixture(id)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestComputingAStateAllocatesNothing(t *testing.T) {
	w := newWorld(t, 1, "nfl")
	op := newCompute(w.config(), w.computeConfig(), 0)
	l := op.leagues[0]
	q := open("f", feed.MarketSpreads, nil, "", "", 0, epoch, epoch)
	quote := func(book int, outcome string, price float64) {
		q.Book, q.Line, q.Outcome, q.Price = string(rune('a'+book)), point(-3+float64(book%3)/2), outcome, price
		mustFixture(t, l, "f").apply(&q)
	}
	for book := range 9 {
		quote(book, "home", 1.85+float64(book)/100)
		quote(book, "away", 1.95)
	}
	f := l.markets["f"]
	price, published := 1.85, 0
	prices := []*bookView{f.Markets[0].Books[0], f.Markets[1].Books[0]}
	if n := testing.AllocsPerRun(50, func() {
		price += .001
		for _, b := range prices {
			b.Prices[0].Price = price
			b.reading.forget()
		}
		f.Markets[0].Due, f.Markets[1].Due = true, true
		op.pricer.elect(f, epoch)
		for _, m := range f.Markets {
			if m.news(op.pricer.state(f, m, epoch, l.lines)) {
				published++
			}
		}
	}); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
	if published < 50 {
		t.Errorf("%d states were news", published)
	}
}
