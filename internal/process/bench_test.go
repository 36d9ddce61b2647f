package process

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// The benchmarks' answer: 20 games, 10 books, 3 markets of 2 outcomes.
const (
	benchGames  = 20
	benchBooks  = 10
	benchQuotes = benchGames * benchBooks * 3 * 2
)

// benchAnswer writes an answer; version moves every tenth price.
func benchAnswer(w *world, at feed.Time, version int) []byte {
	l := w.league("nhl")
	events := []oddsEvent{}
	n := 0
	price := func(base float64) any {
		n++
		if n%10 == 0 {
			base += float64(1+version%5) / 100
		}
		return strconv.FormatFloat(base, 'f', 2, 64)
	}
	for g := range benchGames {
		home, away := l.Teams[g%16].Name, l.Teams[16+(g+g/16)%16].Name
		ev := hockeyEvent("event"+strconv.Itoa(g), epoch+feed.Time(1+g)*24*feed.Hour, home, away)
		for b := range benchBooks {
			ev.Bookmakers = append(ev.Bookmakers, book("book"+strconv.Itoa(b), at,
				h2h(at, home, away, price(1.9), price(1.95)), spreads(at, home, away, -1.5, price(2.4), price(1.6)), totals(at, 5.5, price(1.87), price(1.97))))
		}
		events = append(events, ev)
	}
	return mustJSON(events)
}

// discard acknowledges each write and keeps nothing.
func discard(_ context.Context, r *kgo.Record, done func(*kgo.Record, error)) { done(r, nil) }

// answers returns one answer's records of the three raw partitions.
func (w *world) answers(b *testing.B, version int) []*kgo.Record {
	b.Helper()
	raw := &feed.Raw{Source: feed.SourceOdds, League: "nhl", FetchedAt: epoch, Status: 200, Path: "/v4/sports/icehockey_nhl/odds",
		Query: map[string]string{"oddsFormat": "decimal"}, Body: benchAnswer(w, epoch, version)}
	var records []*kgo.Record
	for at, rs := range w.rawLog([]entry{{time: epoch, raw: raw}}) {
		if at.Partition == 0 {
			records = append(records, rs...)
		}
	}
	return records
}

func setTime(records []*kgo.Record, at feed.Time) {
	for _, r := range records {
		for i := range r.Headers {
			switch r.Headers[i].Key {
			case "time":
				r.Headers[i].Value = strconv.AppendInt(nil, int64(at), 10)
			case "fetched_at":
				r.Headers[i].Value = []byte(at.String())
			}
		}
	}
}

func BenchmarkNormaliseOdds(b *testing.B) {
	w := newWorld(b, 1, "nhl")
	inputs := NewNormalise(w.config(), w.normaliseConfig(), 0).inputs
	for _, c := range []struct {
		name     string
		versions int
	}{{"unchanged", 1}, {"tenth changed", 2}} {
		b.Run(c.name, func(b *testing.B) {
			var versions [][]*kgo.Record
			for v := range c.versions {
				versions = append(versions, w.answers(b, v))
			}
			op, e := newNormalise(w.normaliseConfig(), 0, inputs), w.emitter(discard)
			at := epoch
			b.ReportAllocs()
			for b.Loop() {
				at += feed.Second
				records := versions[int(at/feed.Second)%len(versions)]
				setTime(records, at)
				for _, r := range records {
					if err := op.Process(r, e); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N)*benchQuotes/b.Elapsed().Seconds(), "quotes/s")
		})
	}
}

// BenchmarkCompute takes quotes that each change a price, six of them to a
// response, through markets and windows.
func BenchmarkCompute(b *testing.B) {
	w := newWorld(b, 1, "nhl")
	w.metrics = w.metrics[1:2] // as many windows as by default come from one metric
	codec := w.codecs[log.QuotesTopic("nhl")]
	op, e := newCompute(w.config(), w.computeConfig(), 0), w.emitter(discard)
	q := open("", "h2h", nil, "home", "", 2, epoch, epoch)
	var fixtures [200]string
	for i := range fixtures {
		fixtures[i] = fmt.Sprint("nhl-20261122-toronto-maple-leafs-boston-bruins-", i)
	}
	r := &kgo.Record{Topic: log.QuotesTopic("nhl")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q.Kind, q.Seq = feed.KindQuote, int64(i+1)
		if i%1000 == 999 { // a second
			q.SeenTime += feed.Second
			q.EventTime = q.SeenTime
			q.Kind = feed.KindTick
		}
		q.FixtureID, q.Book = fixtures[i/6%200], "book"+strconv.Itoa(i/2%3)
		q.Outcome = [2]string{"home", "away"}[i%2]
		q.Price = 1.9 + float64(i*7%13)/100
		q.Last = i%6 == 5
		var err error
		if r.Value, err = codec.Append(r.Value[:0], &q); err != nil {
			b.Fatal(err)
		}
		r.Offset = int64(i)
		if err := op.Process(r, e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "quotes/s")
}

// BenchmarkWholeWay takes answers of which a tenth has changed through both
// tasks, without a broker between them.
func BenchmarkWholeWay(b *testing.B) {
	w := newWorld(b, 1, "nhl")
	w.metrics = w.metrics[1:2]
	n := newNormalise(w.normaliseConfig(), 0, NewNormalise(w.config(), w.normaliseConfig(), 0).inputs)
	c, derived := newCompute(w.config(), w.computeConfig(), 0), w.emitter(discard)
	quotes := log.QuotesTopic("nhl")
	canonical := w.emitter(func(_ context.Context, r *kgo.Record, done func(*kgo.Record, error)) {
		if r.Topic == quotes {
			if err := c.Process(r, derived); err != nil {
				b.Fatal(err)
			}
		}
		done(r, nil)
	})
	versions := [][]*kgo.Record{w.answers(b, 0), w.answers(b, 1)}
	at := epoch
	b.ReportAllocs()
	for b.Loop() {
		at += feed.Second
		records := versions[int(at/feed.Second)%2]
		setTime(records, at)
		for _, r := range records {
			if err := n.Process(r, canonical); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*benchQuotes/b.Elapsed().Seconds(), "quotes/s")
}

// BenchmarkInline takes the same answers the whole way in process: what is left
// out against BenchmarkWholeWay is writing and reading the records.
func BenchmarkInline(b *testing.B) {
	w := newWorld(b, 1, "nhl")
	w.metrics = w.metrics[1:2]
	in := NewInline(w.normaliseConfig(), w.computeConfig(), w.joinConfig(), func(string, Sequenced) error { return nil })
	bodies := [][]byte{benchAnswer(w, epoch, 0), benchAnswer(w, epoch, 1)}
	raw := feed.Raw{Source: feed.SourceOdds, League: "nhl", Status: 200, Path: "/v4/sports/icehockey_nhl/odds", Query: map[string]string{"oddsFormat": "decimal"}}
	at := epoch
	b.ReportAllocs()
	for b.Loop() {
		at += feed.Second
		raw.FetchedAt, raw.Body = at, bodies[int(at/feed.Second)%2]
		if err := in.Capture(raw); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchQuotes/b.Elapsed().Seconds(), "quotes/s")
}

// BenchmarkMarketUpdate changes a price of one of ten books and computes and
// publishes the market's state: fair probabilities, consensus, best prices. The
// quote is decoded already.
func BenchmarkMarketUpdate(b *testing.B) {
	line := func(n int) *float64 { return point([]float64{-3, -3, -3, -2.5, -3.5}[n%5]) }
	for _, c := range []struct {
		name     string
		market   string
		outcomes []string
		line     func(book int) *float64
		signals  bool
	}{
		{"books=10/outcomes=2", feed.MarketH2H, []string{"home", "away"}, func(int) *float64 { return nil }, false},
		{"books=10/outcomes=3", feed.MarketH2H, []string{"home", "draw", "away"}, func(int) *float64 { return nil }, false},
		{"books=10/lines=3", feed.MarketSpreads, []string{"home", "away"}, line, false},
		{"books=10/outcomes=2/signals", feed.MarketH2H, []string{"home", "away"}, func(int) *float64 { return nil }, true},
		{"books=10/outcomes=3/signals", feed.MarketH2H, []string{"home", "draw", "away"}, func(int) *float64 { return nil }, true},
		{"books=10/lines=3/signals", feed.MarketSpreads, []string{"home", "away"}, line, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(b, 1, "nfl")
			cc := w.computeConfig()
			if !c.signals {
				cc.Signals = nil
			}
			op, e := newCompute(w.config(), cc, 0), w.emitter(discard)
			l := op.leagues[0]
			q := open("f", c.market, nil, "", "", 0, epoch, epoch)
			q.League, q.Period = "nfl", feed.PeriodFull
			quote := func(book int, outcome string, price float64) {
				q.Book, q.Line, q.Outcome, q.Price = "book"+strconv.Itoa(book), c.line(book), outcome, price
				mustFixture(b, l, "f").apply(&q)
			}
			for book := range benchBooks {
				for i, o := range c.outcomes {
					quote(book, o, float64(len(c.outcomes))*(.90+float64((3*book+7*i)%10)/150))
				}
			}
			if err := op.publish(l, mustFixture(b, l, "f"), &q, e); err != nil {
				b.Fatal(err)
			}
			q.Book, q.Line, q.Outcome = "book3", c.line(3), c.outcomes[0]
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				q.SeenTime += feed.Second / 1000
				q.EventTime = q.SeenTime
				q.Price = float64(len(c.outcomes)) * (.92 + float64(i%10)/500)
				mustFixture(b, l, "f").apply(&q)
				if err := op.publish(l, mustFixture(b, l, "f"), &q, e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
