package process

import (
	"cmp"
	"math"
	"slices"
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
	for i := range n {
		market := rapid.SampledFrom([]string{feed.MarketH2H, "h2h_3_way", feed.MarketTotals}).Draw(t, "market")
		q := feed.Quote{
			Kind: feed.KindQuote, FixtureID: fixture, Market: market, Period: feed.PeriodFull,
			Book: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "book"), State: feed.StateOpen,
			EventTime: now - feed.Time(rapid.IntRange(-1, 12).Draw(t, "age"))*feed.Minute, SeenTime: now, Last: i == n-1,
		}
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			q.Kind, q.Period, q.State = feed.KindSeen, "", ""
			p.write(q)
			continue
		}
		switch market {
		case feed.MarketTotals:
			q.Line = point(rapid.SampledFrom([]float64{5.5, 6}).Draw(t, "line"))
			q.Outcome = rapid.SampledFrom([]string{"over", "under"}).Draw(t, "outcome")
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

// naiveStates recomputes from the quotes what market states there must be, each
// from the whole history.
func naiveStates(quotes []feed.Quote, method odds.Method, maxAge time.Duration) []feed.MarketState {
	var states []feed.MarketState
	last := map[feed.MarketKey]feed.MarketState{}
	begin := 0
	for i := range quotes {
		if quotes[i].Kind == feed.KindTick {
			begin = i + 1
			continue
		}
		if !quotes[i].Last {
			continue
		}
		changed := map[feed.MarketKey]bool{}
		for _, q := range quotes[begin : i+1] {
			if q.Kind == feed.KindQuote {
				changed[q.MarketKey()] = true
			}
		}
		begin = i + 1
		seen := map[feed.MarketKey]bool{}
		for _, q := range quotes[:i+1] {
			if k := q.MarketKey(); q.Kind == feed.KindQuote && changed[k] && !seen[k] {
				seen[k] = true
				s := naiveState(quotes[:i+1], k, quotes[i].SeenTime, method, maxAge)
				if old, ok := last[k]; !ok || !sameNumbers(&old, &s) {
					last[k] = s
					states = append(states, s)
				}
			}
		}
	}
	return states
}

func naiveState(history []feed.Quote, key feed.MarketKey, now feed.Time, method odds.Method, maxAge time.Duration) feed.MarketState {
	s := feed.MarketState{Kind: feed.KindMarket, FixtureID: key.FixtureID, Market: key.Market, Period: key.Period, Line: key.Line.Ptr(), Method: string(method), SeenTime: now}
	latest := map[[2]string]feed.Quote{} // by outcome and book
	confirmed := map[string]feed.Quote{} // by book
	var outcomes, books []string
	for _, q := range history {
		switch {
		case q.Kind == feed.KindSeen && q.FixtureID == key.FixtureID && q.Market == key.Market:
			confirmed[q.Book] = q
		case q.Kind == feed.KindQuote && q.MarketKey() == key:
			latest[[2]string{q.Outcome, q.Book}] = q
			outcomes, books = append(outcomes, q.Outcome), append(books, q.Book)
		}
	}
	slices.Sort(outcomes)
	outcomes = slices.Compact(outcomes)
	order := []string{"home", "over", "draw", "away", "under"}
	slices.SortStableFunc(outcomes, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	slices.Sort(books)
	sums := map[odds.Method][]float64{}
	var first []float64
	holds := 0.0
	s.Outcomes = make([]feed.OutcomeState, len(outcomes))
	for _, b := range slices.Compact(books) {
		var prices []float64
		for i, o := range outcomes {
			state := &s.Outcomes[i]
			state.Outcome = o
			q := latest[[2]string{o, b}]
			event, seen := max(q.EventTime, confirmed[b].EventTime), max(q.SeenTime, confirmed[b].SeenTime)
			if q.State != feed.StateOpen || now.Sub(event) > maxAge {
				continue
			}
			prices = append(prices, q.Price)
			s.EventTime = max(s.EventTime, event)
			state.Prices++
			if state.OldestEventTime == 0 || event < state.OldestEventTime {
				state.OldestEventTime = event
			}
			best := state.BestPrice
			if best == nil || q.Price > *best || q.Price == *best && event > state.BestEventTime {
				state.BestPrice, state.BestBook, state.BestEventTime, state.BestSeenTime = point(q.Price), b, event, seen
			}
		}
		if len(prices) != len(outcomes) || len(prices) < 2 {
			continue
		}
		fair, err := odds.Fair(nil, odds.Shin, prices)
		if err != nil {
			continue // its own prices cross
		}
		s.Books++
		holds += fair.Hold
		for _, m := range []odds.Method{odds.Multiplicative, odds.Power, odds.Shin} {
			r, err := odds.Fair(nil, m, prices)
			if err != nil {
				panic(err) // what one method reads, all do
			}
			if sums[m] == nil {
				sums[m] = make([]float64, len(prices))
			}
			for i, v := range r.Probabilities {
				sums[m][i] += v
			}
			if m == method {
				first = append(first, r.Probabilities[0])
			}
		}
	}
	sum := 0.0
	for i := range s.Outcomes {
		if s.Outcomes[i].BestPrice == nil {
			sum = math.NaN()
			break
		}
		sum += 1 / *s.Outcomes[i].BestPrice
	}
	if len(outcomes) > 1 && !math.IsNaN(sum) {
		s.BestSum = &sum
	}
	if s.Books == 0 {
		return s
	}
	s.Hold = point(holds / float64(s.Books))
	if n := float64(len(first)); n > 1 {
		mean, squares := 0.0, 0.0
		for _, v := range first {
			mean += v / n
		}
		for _, v := range first {
			squares += (v - mean) * (v - mean)
		}
		s.Dispersion = point(math.Sqrt(squares / (n - 1)))
	}
	for i := range s.Outcomes {
		share := func(m odds.Method) *float64 {
			total := 0.0
			for _, v := range sums[m] {
				total += v
			}
			return point(sums[m][i] / total)
		}
		o := &s.Outcomes[i]
		o.Multiplicative, o.Power, o.Shin, o.Fair = share(odds.Multiplicative), share(odds.Power), share(odds.Shin), share(method)
	}
	return s
}

// sameNumbers tells whether two states differ in their times alone.
func sameNumbers(a, b *feed.MarketState) bool {
	return a.Books == b.Books && near(a.Hold, b.Hold) && slices.EqualFunc(a.Outcomes, b.Outcomes, func(x, y feed.OutcomeState) bool {
		return x.Outcome == y.Outcome && near(x.BestPrice, y.BestPrice) && x.BestBook == y.BestBook && x.Prices == y.Prices && near(x.Fair, y.Fair)
	})
}

func near(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) < 1e-12
}

func sameState(a, b *feed.MarketState) bool {
	return sameNumbers(a, b) && a.FixtureID == b.FixtureID && a.Market == b.Market && a.Period == b.Period && near(a.Line, b.Line) &&
		a.Method == b.Method && near(a.BestSum, b.BestSum) && near(a.Dispersion, b.Dispersion) && a.EventTime == b.EventTime && a.SeenTime == b.SeenTime &&
		slices.EqualFunc(a.Outcomes, b.Outcomes, func(x, y feed.OutcomeState) bool {
			return x.BestEventTime == y.BestEventTime && x.BestSeenTime == y.BestSeenTime && x.OldestEventTime == y.OldestEventTime &&
				near(x.Multiplicative, y.Multiplicative) && near(x.Power, y.Power) && near(x.Shin, y.Shin)
		})
}

// TestMarketStatesAreThoseOfANaiveRecomputation also holds that nothing is
// published in the midst of a response and that times alone are no news: the
// recomputation looks at whole responses and publishes other numbers only.
func TestMarketStatesAreThoseOfANaiveRecomputation(t *testing.T) {
	w := newWorld(t, 1, "nhl")
	checkN(t, 150, func(rt *rapid.T) {
		w.method = rapid.SampledFrom([]odds.Method{odds.Multiplicative, odds.Power, odds.Shin}).Draw(rt, "method")
		p := &tape{t: rt, w: w, league: "nhl", in: memoryLog{}}
		now := epoch
		for range rapid.IntRange(1, 25).Draw(rt, "responses") {
			now += feed.Time(rapid.IntRange(1, 300).Draw(rt, "seconds")) * feed.Second
			p.drawResponse(rt, now)
			p.tick(now.Truncate(feed.Second))
		}
		out := w.compute(rt, p.in)
		got := decode[feed.MarketState](rt, w, out, log.MarketsTopic("nhl"))
		want := naiveStates(p.quotes, w.method, w.computeConfig().MaxAge)
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
