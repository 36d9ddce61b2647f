package feed

// KindMarket marks the state of a market.
const KindMarket Kind = "market"

// MarketState is all books of one market and line at one moment: the best
// prices, what they say together, and how old they are.
type MarketState struct {
	Kind       Kind           `avro:"kind"`
	Seq        int64          `avro:"seq"`
	FixtureID  string         `avro:"fixture_id"`
	League     string         `avro:"league"`
	Market     string         `avro:"market"`
	Period     string         `avro:"period"`
	Line       *float64       `avro:"line"`
	Books      int32          `avro:"books"`      // books with an open price on every outcome
	Method     string         `avro:"method"`     // of the fair probabilities below
	Hold       *float64       `avro:"hold"`       // mean hold of those books; nil without one
	BestSum    *float64       `avro:"best_sum"`   // sum of 1/best price; below 1 the prices cross
	Dispersion *float64       `avro:"dispersion"` // standard deviation of the books' fair probability of the first outcome
	Outcomes   []OutcomeState `avro:"outcomes"`   // in the market's order
	EventTime  Time           `avro:"event_time"` // of the newest quote in it
	SeenTime   Time           `avro:"seen_time"`  // of the response that changed it
}

// OutcomeState is one outcome of a market.
type OutcomeState struct {
	Outcome         string   `avro:"outcome"`
	BestPrice       *float64 `avro:"best_price"` // nil when no book is open
	BestBook        string   `avro:"best_book"`
	BestEventTime   Time     `avro:"best_event_time"` // the provider's time of that price
	BestSeenTime    Time     `avro:"best_seen_time"`
	Fair            *float64 `avro:"fair"`           // consensus fair probability by Method: mean over books, renormalised
	Multiplicative  *float64 `avro:"multiplicative"` // the same consensus with each book read by this method
	Power           *float64 `avro:"power"`
	Shin            *float64 `avro:"shin"`
	Prices          int32    `avro:"prices"` // open prices
	OldestEventTime Time     `avro:"oldest_event_time"`
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (m *MarketState) SetSeq(n int64) { m.Seq = n }

// Sequence returns that position.
func (m *MarketState) Sequence() int64 { return m.Seq }
