package feed

// KindInPlay marks a running game beside its market.
const KindInPlay Kind = "inplay"

// What an InPlay record was written for.
const (
	ChangeGame   = "game"   // the score or the clock
	ChangeMarket = "market" // the prices
)

// InPlay is one market of a running game at one moment of event time: what a
// model makes of score, clock and the prices before the game, and what the books
// say now. It is written when either side changes.
type InPlay struct {
	Kind      Kind     `json:"-" avro:"kind"`
	Seq       int64    `json:"-" avro:"seq"`
	FixtureID string   `json:"fixture_id" avro:"fixture_id"`
	League    string   `json:"league" avro:"league"`
	Market    string   `json:"market" avro:"market"` // h2h, spreads or totals of the whole game
	Period    string   `json:"period" avro:"period"` // of the market
	Line      *float64 `json:"line" avro:"line"`     // the main one
	Change    string   `json:"change" avro:"change"` // ChangeGame or ChangeMarket: the side that is new

	State        GameState `json:"state" avro:"state"` // of the game
	GamePeriod   int32     `json:"game_period" avro:"game_period"`
	Clock        string    `json:"clock" avro:"clock"`
	ClockSeconds *float64  `json:"clock_seconds" avro:"clock_seconds"`
	HomeScore    *int32    `json:"home_score" avro:"home_score"`
	AwayScore    *int32    `json:"away_score" avro:"away_score"`
	Elapsed      *float64  `json:"elapsed" avro:"elapsed"` // share of the regular game that is played, 0 to 1; nil where no source tells

	Model       string   `json:"model" avro:"model"`               // brownian or poisson_in_game
	ModelAbsent string   `json:"model_absent" avro:"model_absent"` // why the model says nothing; empty if it does
	Anchors     []Anchor `json:"anchors" avro:"anchors"`           // the prices before the game that the model begins with
	StartTime   Time     `json:"start_time" avro:"start_time"`     // of the game: when it was seen to begin, else as published

	Method       string `json:"method" avro:"method"`               // of the fair probabilities
	Books        int32  `json:"books" avro:"books"`                 // behind them
	MarketAbsent string `json:"market_absent" avro:"market_absent"` // why the books say nothing; empty if they do

	Outcomes []InPlayOutcome `json:"outcomes" avro:"outcomes"` // in the market's order

	GameTime   Time     `json:"game_time" avro:"game_time"`     // of the game's state
	GameAge    *float64 `json:"game_age" avro:"game_age"`       // seconds from it to EventTime
	MarketTime Time     `json:"market_time" avro:"market_time"` // when the market was last confirmed, by the provider
	MarketAge  *float64 `json:"market_age" avro:"market_age"`   // seconds from it to EventTime
	EventTime  Time     `json:"event_time" avro:"event_time"`   // of the moment
	SeenTime   Time     `json:"seen_time" avro:"seen_time"`     // when the response was complete that brought the new side
}

// InPlayOutcome is one outcome by model and by market. Both are probabilities of
// winning given that the stake is not returned.
type InPlayOutcome struct {
	Outcome    string   `json:"outcome" avro:"outcome"`
	Model      *float64 `json:"model" avro:"model"`
	Fair       *float64 `json:"fair" avro:"fair"`
	Difference *float64 `json:"difference" avro:"difference"` // model less fair
	LogOdds    *float64 `json:"log_odds" avro:"log_odds"`     // the same in log odds; nil where one of them is certain
	BestPrice  *float64 `json:"best_price" avro:"best_price"`
	BestBook   string   `json:"best_book" avro:"best_book"`
}

// Anchor is a market as last seen before the game with a consensus.
type Anchor struct {
	Market    string   `json:"market" avro:"market"`
	Line      *float64 `json:"line" avro:"line"`
	Books     int32    `json:"books" avro:"books"`
	EventTime Time     `json:"event_time" avro:"event_time"` // of its newest price
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (p *InPlay) SetSeq(n int64) { p.Seq = n }

// Sequence returns that position.
func (p *InPlay) Sequence() int64 { return p.Seq }

// Seen returns when the log got to know what the record tells.
func (p *InPlay) Seen() Time { return p.SeenTime }
