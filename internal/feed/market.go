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
	Books      int32          `avro:"books"`      // books that the consensus is made of
	Method     string         `avro:"method"`     // of the fair probabilities below
	Hold       *float64       `avro:"hold"`       // mean hold of those books; nil without one
	BestSum    *float64       `avro:"best_sum"`   // sum of 1/best price; below 1 the prices cross
	Dispersion *float64       `avro:"dispersion"` // standard deviation of the books' fair probability of the first outcome
	Outcomes   []OutcomeState `avro:"outcomes"`   // in the market's order
	EventTime  Time           `avro:"event_time"` // of the newest quote in it
	SeenTime   Time           `avro:"seen_time"`  // of the response that changed it
	Average    string         `avro:"average"`    // of the books' fair probabilities: mean, median or logit
	LeftOut    []LeftOut      `avro:"left_out"`   // books with an open price that are not in the consensus, in order of name

	// Main marks the line that most books quote; a market without lines is its
	// own. Of the main line it is also known what the books of all lines say, each
	// brought to it by the league's line model: CommonBooks are those, and
	// OutcomeState.Common is what they say.
	Main        bool  `avro:"main"`
	CommonBooks int32 `avro:"common_books"`
}

// LeftOut is a book that takes no part in a consensus.
type LeftOut struct {
	Book   string `avro:"book"`
	Reason Reason `avro:"reason"`
}

// Reason tells why a book takes no part.
type Reason string

// The reasons.
const (
	ReasonIncomplete Reason = "incomplete" // an outcome has no open price
	ReasonCrossed    Reason = "crossed"    // its own prices have no margin: one of them is out of date
	ReasonStale      Reason = "stale"      // a price is older than the configured age
	ReasonOutlier    Reason = "outlier"    // too far from the median of all; its prices are no best prices either
	ReasonUntrusted  Reason = "untrusted"  // the book has no weight
)

// OutcomeState is one outcome of a market.
type OutcomeState struct {
	Outcome         string   `avro:"outcome"`
	BestPrice       *float64 `avro:"best_price"` // nil when no book is open that is not an outlier
	BestBook        string   `avro:"best_book"`
	BestEventTime   Time     `avro:"best_event_time"` // the provider's time of that price
	BestSeenTime    Time     `avro:"best_seen_time"`
	Fair            *float64 `avro:"fair"`           // consensus fair probability by Method and Average
	Multiplicative  *float64 `avro:"multiplicative"` // the same consensus with each book read by this method
	Power           *float64 `avro:"power"`
	Shin            *float64 `avro:"shin"`
	Prices          int32    `avro:"prices"` // open prices that are not too old
	OldestEventTime Time     `avro:"oldest_event_time"`
	Common          *float64 `avro:"common"` // consensus of the books of all lines, brought to this one; of main lines only
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (m *MarketState) SetSeq(n int64) { m.Seq = n }

// Sequence returns that position.
func (m *MarketState) Sequence() int64 { return m.Seq }

// Seen returns when the log got to know what the record tells.
func (m *MarketState) Seen() Time { return m.SeenTime }
