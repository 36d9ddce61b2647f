package feed

import (
	"cmp"
	"strconv"
)

// Markets that every source's names are mapped to.
const (
	MarketH2H        = "h2h"
	MarketSpreads    = "spreads"
	MarketTotals     = "totals"
	MarketTeamTotals = "team_totals"
	MarketOutrights  = "outrights"
)

// PeriodFull is the whole game with overtime where the market includes it.
const PeriodFull = "full"

// Outcomes. Where none fits, the outcome is a name.
const (
	OutcomeHome  = "home"
	OutcomeAway  = "away"
	OutcomeDraw  = "draw"
	OutcomeOver  = "over"
	OutcomeUnder = "under"
)

// CompareOutcomes puts home before draw before away and over before under, which
// is the order of a market's outcomes; other names follow in their own order.
func CompareOutcomes(a, b string) int {
	return cmp.Or(cmp.Compare(outcomeRank(a), outcomeRank(b)), cmp.Compare(a, b))
}

func outcomeRank(outcome string) int {
	switch outcome {
	case OutcomeHome, OutcomeOver:
		return 0
	case OutcomeDraw:
		return 1
	case OutcomeAway, OutcomeUnder:
		return 2
	}
	return 3
}

// State of a quote. Missing from a snapshot is withdrawn, which is not the same
// as old: an old quote is open and its age says so.
type State string

// The states of a quote.
const (
	StateOpen      State = "open"
	StateSuspended State = "suspended"
	StateWithdrawn State = "withdrawn"
)

// Formats in which a provider writes prices.
const (
	FormatDecimal  = "decimal"
	FormatAmerican = "american"
)

// Quote is one book's price for one outcome. It is published when the price or
// the state changes.
//
// The same shape serves three more kinds. A start record has no market: it says
// that the fixture begins at EventTime, and comes with its first prices and when
// that changes. A seen record has no outcome, line or
// price: it says that the source's answer at SeenTime still held this book's
// market of this fixture, as of EventTime. A tick has SeenTime and EventTime
// set to the instant up to which the log is complete and nothing else.
type Quote struct {
	Kind          Kind     `avro:"kind"`
	Seq           int64    `avro:"seq"`
	FixtureID     string   `avro:"fixture_id"`
	League        string   `avro:"league"`
	Market        string   `avro:"market"`
	Period        string   `avro:"period"`
	Line          *float64 `avro:"line"` // home's handicap for spreads, the total for totals, nil for h2h
	Outcome       string   `avro:"outcome"`
	Book          string   `avro:"book"`
	Price         float64  `avro:"price"`          // decimal odds; the last one known when withdrawn
	PriceOriginal string   `avro:"price_original"` // as the provider wrote it
	PriceFormat   string   `avro:"price_format"`   // FormatDecimal or FormatAmerican
	Limit         *float64 `avro:"limit"`          // the book's bet limit, if the source tells
	State         State    `avro:"state"`
	EventTime     Time     `avro:"event_time"` // the provider's time, else SeenTime
	SeenTime      Time     `avro:"seen_time"`  // when the response was complete
	Source        string   `avro:"source"`
	RawPartition  int32    `avro:"raw_partition"` // the response it was read from
	RawOffset     int64    `avro:"raw_offset"`
	// Last marks the last record of one response about one fixture. A response
	// is one consistent picture: who computes across books acts on Last, or
	// half-applied pictures would show prices that never stood together.
	Last bool `avro:"last"`
}

// Line is a handicap or a total as a comparable value, for use in keys.
type Line struct {
	Points float64
	Set    bool
}

// LineOf converts the optional number a record carries.
func LineOf(p *float64) Line {
	if p == nil {
		return Line{}
	}
	return Line{Points: *p + 0, Set: true} // +0 makes negative zero positive: one key for one line
}

// Ptr converts back to the optional number that a record carries.
func (l Line) Ptr() *float64 {
	if !l.Set {
		return nil
	}
	p := l.Points
	return &p
}

// String prints the line as in "-3.5", or "" if there is none.
func (l Line) String() string {
	if !l.Set {
		return ""
	}
	return strconv.FormatFloat(l.Points, 'f', -1, 64)
}

// Less orders lines: none first, then by points.
func (l Line) Less(m Line) bool {
	if l.Set != m.Set {
		return !l.Set
	}
	return l.Points < m.Points
}

// QuoteKey names what a price is for. Prices of one key replace each other.
type QuoteKey struct {
	FixtureID string
	Market    string
	Period    string
	Line      Line
	Outcome   string
	Book      string
}

// Key returns the quote's key.
func (q *Quote) Key() QuoteKey {
	return QuoteKey{q.FixtureID, q.Market, q.Period, LineOf(q.Line), q.Outcome, q.Book}
}

// MarketKey names one market and line of a fixture: the outcomes that sum to
// one.
type MarketKey struct {
	FixtureID string
	Market    string
	Period    string
	Line      Line
}

// MarketKey returns the market the quote belongs to.
func (q *Quote) MarketKey() MarketKey {
	return MarketKey{q.FixtureID, q.Market, q.Period, LineOf(q.Line)}
}

// String prints the key as "fixture|market|period|line": the Kafka key of the
// market's state.
func (k MarketKey) String() string {
	return k.FixtureID + "|" + k.Market + "|" + k.Period + "|" + k.Line.String()
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (q *Quote) SetSeq(n int64) { q.Seq = n }

// Sequence returns that position.
func (q *Quote) Sequence() int64 { return q.Seq }

// Seen returns when the log got to know what the record tells.
func (q *Quote) Seen() Time { return q.SeenTime }
