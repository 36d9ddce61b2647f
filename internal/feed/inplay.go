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
	Kind      Kind     `avro:"kind"`
	Seq       int64    `avro:"seq"`
	FixtureID string   `avro:"fixture_id"`
	League    string   `avro:"league"`
	Market    string   `avro:"market"` // h2h, spreads or totals of the whole game
	Period    string   `avro:"period"` // of the market
	Line      *float64 `avro:"line"`   // the main one
	Change    string   `avro:"change"` // ChangeGame or ChangeMarket: the side that is new

	State        GameState `avro:"state"` // of the game
	GamePeriod   int32     `avro:"game_period"`
	Clock        string    `avro:"clock"`
	ClockSeconds *float64  `avro:"clock_seconds"`
	HomeScore    *int32    `avro:"home_score"`
	AwayScore    *int32    `avro:"away_score"`
	Elapsed      *float64  `avro:"elapsed"` // share of the regular game that is played, 0 to 1; nil where no source tells

	Model       string   `avro:"model"`        // brownian or poisson_in_game
	ModelAbsent string   `avro:"model_absent"` // why the model says nothing; empty if it does
	Anchors     []Anchor `avro:"anchors"`      // the prices before the game that the model begins with
	StartTime   Time     `avro:"start_time"`   // of the game: when it was seen to begin, else as published

	Method       string `avro:"method"`        // of the fair probabilities
	Books        int32  `avro:"books"`         // behind them
	MarketAbsent string `avro:"market_absent"` // why the books say nothing; empty if they do

	Outcomes []InPlayOutcome `avro:"outcomes"` // in the market's order

	GameTime   Time     `avro:"game_time"`   // of the game's state
	GameAge    *float64 `avro:"game_age"`    // seconds from it to EventTime
	MarketTime Time     `avro:"market_time"` // when the market was last confirmed, by the provider
	MarketAge  *float64 `avro:"market_age"`  // seconds from it to EventTime
	EventTime  Time     `avro:"event_time"`  // of the moment
	SeenTime   Time     `avro:"seen_time"`   // when the response was complete that brought the new side
}

// InPlayOutcome is one outcome by model and by market. Both are probabilities of
// winning given that the stake is not returned.
type InPlayOutcome struct {
	Outcome    string   `avro:"outcome"`
	Model      *float64 `avro:"model"`
	Fair       *float64 `avro:"fair"`
	Difference *float64 `avro:"difference"` // model less fair
	LogOdds    *float64 `avro:"log_odds"`   // the same in log odds; nil where one of them is certain
	BestPrice  *float64 `avro:"best_price"`
	BestBook   string   `avro:"best_book"`
}

// Anchor is a market as last seen before the game with a consensus.
type Anchor struct {
	Market    string   `avro:"market"`
	Line      *float64 `avro:"line"`
	Books     int32    `avro:"books"`
	EventTime Time     `avro:"event_time"` // of its newest price
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (p *InPlay) SetSeq(n int64) { p.Seq = n }

// Sequence returns that position.
func (p *InPlay) Sequence() int64 { return p.Seq }
