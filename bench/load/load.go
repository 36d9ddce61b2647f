// Package load makes the quotes that the benchmarks feed to every engine.
package load

import (
	"math/rand/v2"
	"strconv"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
)

// League is the league of all quotes.
const League = "nba"

// Windows that every engine computes, and how far behind the newest event time
// they close.
const (
	Tumbling = 3 * feed.Minute
	Sliding  = 10 * feed.Minute
	Every    = feed.Minute // from one sliding window to the next
	Disorder = 30 * feed.Second
)

// Load describes quotes in their order in the log. The same description always
// gives the same quotes.
type Load struct {
	Seed       uint64    `json:"seed"`
	Quotes     int       `json:"quotes"`
	Series     int       `json:"series"` // how many keys have windows of their own
	Rate       int       `json:"rate"`   // quotes per second of event time
	Partitions int32     `json:"partitions"`
	Start      feed.Time `json:"start"` // of event time, on a whole second
}

const (
	booksPerMarket = 10
	marketsPerGame = 3
	sides          = 2 // outcomes of a market
	perGame        = booksPerMarket * marketsPerGame
)

// jitter is how much older than its response a quote can be: the event times of
// a partition are out of order by that much and never late.
const jitter = 5 * feed.Second

// offer is one book's market: a change of it moves both sides.
type offer struct {
	fixture, market, book string
	line                  *float64
	outcomes              [sides]string
	steps                 [sides]int // prices, in steps above 1
	partition             int32
}

// step of a price. It is a power of two: sums of prices are exact in whatever
// order an engine adds them up, so that means can be compared to the last digits.
const step = 1.0 / 64

// Each yields the quotes and, after each second of event time, a tick for every
// partition, with the partition to write them to. After the last quote there are
// ticks until every window is closed. The quote is used again: it is the callee's
// until it returns.
func (l Load) Each(yield func(partition int32, q *feed.Quote) error) error {
	random := rand.New(rand.NewPCG(l.Seed, 0))
	offers := l.offers(random)
	// Some markets move all the time and most hardly ever.
	zipf := rand.NewZipf(random, 1.1, 20, uint64(len(offers)-1))
	g := generator{seqs: make([]int64, l.Partitions), yield: yield}
	pause := feed.Second * sides / feed.Time(l.Rate)
	second := l.Start
	for i := 0; i < l.Quotes; i += sides {
		now := l.Start + feed.Time(i/sides)*pause
		for ; second+feed.Second <= now; second += feed.Second {
			if err := g.tick(second + feed.Second); err != nil {
				return err
			}
		}
		o := &offers[zipf.Uint64()]
		event := now - feed.Time(random.Int64N(int64(jitter)))
		if err := g.move(o, event, now, random); err != nil {
			return err
		}
	}
	for end := second + Sliding + Every + Disorder; second < end; second += feed.Second {
		if err := g.tick(second + feed.Second); err != nil {
			return err
		}
	}
	return nil
}

// offers are those of as many games as it takes, in an order of their own: how
// often one moves has nothing to do with its game.
func (l Load) offers(random *rand.Rand) []offer {
	markets := [marketsPerGame]struct {
		name     string
		points   float64
		outcomes [sides]string
	}{
		{feed.MarketH2H, 0, [sides]string{feed.OutcomeHome, feed.OutcomeAway}},
		{feed.MarketSpreads, -4.5, [sides]string{feed.OutcomeHome, feed.OutcomeAway}},
		{feed.MarketTotals, 221.5, [sides]string{feed.OutcomeOver, feed.OutcomeUnder}},
	}
	offers := make([]offer, max(1, l.Series/sides))
	for i := range offers {
		fixture := "nba-20261120-game-" + strconv.Itoa(i/perGame)
		m := &markets[i/booksPerMarket%marketsPerGame]
		o := offer{
			fixture: fixture, market: m.name, book: "book-" + strconv.Itoa(i%booksPerMarket), outcomes: m.outcomes,
			steps: [sides]int{50 + random.IntN(20), 50 + random.IntN(20)}, partition: log.PartitionOf(fixture, l.Partitions),
		}
		if m.points != 0 {
			o.line = &m.points
		}
		offers[i] = o
	}
	random.Shuffle(len(offers), func(i, j int) { offers[i], offers[j] = offers[j], offers[i] })
	return offers
}

// generator numbers the records of each partition.
type generator struct {
	seqs  []int64
	quote feed.Quote
	yield func(int32, *feed.Quote) error
}

// move changes the prices of an offer; its quotes are one response.
func (g *generator) move(o *offer, event, now feed.Time, random *rand.Rand) error {
	for side := range sides {
		o.steps[side] = min(max(o.steps[side]+random.IntN(7)-3, 1), 600)
		price := 1 + float64(o.steps[side])*step
		g.quote = feed.Quote{
			Kind: feed.KindQuote, FixtureID: o.fixture, League: League, Market: o.market, Period: feed.PeriodFull,
			Line: o.line, Outcome: o.outcomes[side], Book: o.book,
			Price: price, PriceOriginal: strconv.FormatFloat(price, 'f', -1, 64), PriceFormat: feed.FormatDecimal,
			State: feed.StateOpen, EventTime: event, SeenTime: now, Source: feed.SourceOdds, Last: side == sides-1,
		}
		if err := g.send(o.partition); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) tick(at feed.Time) error {
	for p := range g.seqs {
		g.quote = feed.Quote{Kind: feed.KindTick, EventTime: at, SeenTime: at}
		if err := g.send(int32(p)); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) send(partition int32) error {
	g.seqs[partition]++
	g.quote.Seq = g.seqs[partition]
	return g.yield(partition, &g.quote)
}
