package feed

// KindSignal marks a word about a signal.
const KindSignal Kind = "signal"

// Rules that signals come from. The glossary says what each means.
const (
	RuleArbitrage   = "arbitrage"
	RuleMiddle      = "middle"
	RuleLowHold     = "low_hold"
	RuleValue       = "value"
	RuleSteam       = "steam"
	RuleDrop        = "drop"
	RuleReverseMove = "reverse_move"
	RuleStaleLine   = "stale_line"
	RuleOutlier     = "outlier"
)

// SignalRules lists every rule.
func SignalRules() []string {
	return []string{RuleArbitrage, RuleMiddle, RuleLowHold, RuleValue, RuleSteam, RuleDrop, RuleReverseMove, RuleStaleLine, RuleOutlier}
}

// SignalState is what a record says about its signal.
type SignalState string

// The states. Open, update and close follow each other under one signal id. A
// dropped candidate was never a signal: a guard refused it, and the record says
// which.
const (
	SignalOpen    SignalState = "open"
	SignalUpdate  SignalState = "update"
	SignalClose   SignalState = "close"
	SignalDropped SignalState = "dropped"
)

// Live tells whether the signal is there after the record.
func (s SignalState) Live() bool { return s == SignalOpen || s == SignalUpdate }

// Unit says what a signal's value counts.
type Unit string

// The units.
const (
	UnitReturn      Unit = "return"      // profit per unit staked: arbitrage (certain), middle and value (expected)
	UnitHold        Unit = "hold"        // 1 - 1/booksum of the best prices: low_hold
	UnitProbability Unit = "probability" // change or gap of a fair probability: steam and reverse_move on h2h, stale_line
	UnitPoints      Unit = "points"      // change of a line: steam and reverse_move on spreads and totals
	UnitShare       Unit = "share"       // share that a fair price fell by: drop
	UnitMADs        Unit = "mads"        // distance from the median, in median absolute deviations of the logit: outlier
)

// Signal is one word in the life of a signal. Its numbers are those of the
// moment; a close repeats the last ones.
type Signal struct {
	Kind      Kind        `json:"-" avro:"kind"`
	Seq       int64       `json:"-" avro:"seq"`
	SignalID  string      `json:"signal_id" avro:"signal_id"`   // dedupe key and opening time: one for open, updates and close
	DedupeKey string      `json:"dedupe_key" avro:"dedupe_key"` // what may not be open twice: see SignalKey
	Rule      string      `json:"rule" avro:"rule"`
	State     SignalState `json:"state" avro:"state"`
	Revision  int32       `json:"revision" avro:"revision"` // 0 at the opening, then one more with each word
	FixtureID string      `json:"fixture_id" avro:"fixture_id"`
	League    string      `json:"league" avro:"league"`
	Market    string      `json:"market" avro:"market"`
	Period    string      `json:"period" avro:"period"`
	Line      *float64    `json:"line" avro:"line"`       // nil without one and where several lines are meant
	Outcome   string      `json:"outcome" avro:"outcome"` // the side to take, or the one that moves; empty where it is all
	Book      string      `json:"book" avro:"book"`       // the book that it is about; empty where it is several
	Value     float64     `json:"value" avro:"value"`
	Unit      Unit        `json:"unit" avro:"unit"`     // of the value
	Fair      *float64    `json:"fair" avro:"fair"`     // fair probability of the outcome; of landing between the lines for a middle
	EV        *float64    `json:"ev" avro:"ev"`         // expected profit per unit staked at the legs' prices
	Kelly     *float64    `json:"kelly" avro:"kelly"`   // share of the bankroll to stake, by the rule's fraction of Kelly
	Profit    *float64    `json:"profit" avro:"profit"` // expected profit of that stake, as a share of the bankroll
	Books     int32       `json:"books" avro:"books"`   // books behind the fair probability, or that moved: the sample
	Method    string      `json:"method" avro:"method"` // of fair probabilities
	Legs      []SignalLeg `json:"legs" avro:"legs"`
	Reason    string      `json:"reason" avro:"reason"` // one word: why it closed or was dropped
	Detail    string      `json:"detail" avro:"detail"` // a sentence with the numbers behind it
	Opened    Time        `json:"opened_time" avro:"opened_time"`
	EventTime Time        `json:"event_time" avro:"event_time"` // of the newest price in it
	SeenTime  Time        `json:"seen_time" avro:"seen_time"`   // of the response or tick that it follows from
}

// SignalLeg is one price that a signal rests on: a bet to place, or a book that
// moved, in the order in which they did.
type SignalLeg struct {
	Outcome   string   `json:"outcome" avro:"outcome"`
	Line      *float64 `json:"line" avro:"line"`
	Book      string   `json:"book" avro:"book"`
	Sharp     bool     `json:"sharp" avro:"sharp"` // the book is in the sharp set
	Price     float64  `json:"price" avro:"price"`
	Position  *float64 `json:"position" avro:"position"`     // where the book stands: a fair probability, or points; nil where that does not matter
	Reference *float64 `json:"reference" avro:"reference"`   // what that is held against: its own position before the move, or the others'
	EventTime Time     `json:"event_time" avro:"event_time"` // of the price's last confirmation by the provider
	SeenTime  Time     `json:"seen_time" avro:"seen_time"`   // and when we saw that
	Age       float64  `json:"age" avro:"age"`               // seconds from EventTime to the signal's SeenTime
	Stake     float64  `json:"stake" avro:"stake"`           // share of the whole stake; 0 where there is nothing to bet
}

// SignalKey names what may be open once at a time: a rule's signal on one
// market, line, outcome and book of a fixture. What a rule does not tell apart
// is empty in its keys.
type SignalKey struct {
	Rule    string
	Market  MarketKey
	Outcome string
	Book    string
}

// String prints the key as "rule|fixture|market|period|line|outcome|book": the
// dedupe key, and the Kafka key of the signal's records.
func (k SignalKey) String() string {
	return k.Rule + "|" + k.Market.String() + "|" + k.Outcome + "|" + k.Book
}

// ID names the signal that opened under the key at a time.
func (k SignalKey) ID(opened Time) string { return k.String() + "@" + opened.String() }

// SetSeq sets the record's position among those its task wrote to a partition.
func (s *Signal) SetSeq(n int64) { s.Seq = n }

// Sequence returns that position.
func (s *Signal) Sequence() int64 { return s.Seq }

// Seen returns when the log got to know what the record tells.
func (s *Signal) Seen() Time { return s.SeenTime }
