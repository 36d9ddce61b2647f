package feed

// GameState is where a game stands in its life.
type GameState string

// The states of a game. Final states are post, cancelled, postponed and
// abandoned; a postponed game gets a new start and may return to pre.
const (
	GamePre       GameState = "pre"
	GameIn        GameState = "in"
	GamePost      GameState = "post"
	GamePostponed GameState = "postponed"
	GameCancelled GameState = "cancelled"
	GameSuspended GameState = "suspended"
	GameDelayed   GameState = "delayed"
	GameAbandoned GameState = "abandoned"
)

// Game is the state of one game, published when it changes. A tick has only its
// times.
type Game struct {
	Kind         Kind      `avro:"kind"`
	Seq          int64     `avro:"seq"`
	FixtureID    string    `avro:"fixture_id"`
	League       string    `avro:"league"`
	State        GameState `avro:"state"`
	Status       string    `avro:"status"` // the provider's own word, such as STATUS_HALFTIME
	Detail       string    `avro:"detail"` // for people, such as "10:23 - 3rd Quarter"
	Period       int32     `avro:"period"` // 0 before the start
	Clock        string    `avro:"clock"`  // as shown in the arena
	ClockSeconds *float64  `avro:"clock_seconds"`
	HomeScore    *int32    `avro:"home_score"` // nil before the start or where the source has none
	AwayScore    *int32    `avro:"away_score"`
	HomePeriods  []int32   `avro:"home_periods"` // points by period
	AwayPeriods  []int32   `avro:"away_periods"`
	HomeRecord   string    `avro:"home_record"` // such as "11-3"
	AwayRecord   string    `avro:"away_record"`
	Possession   string    `avro:"possession"` // home, away or empty
	Situation    string    `avro:"situation"`  // such as "3rd & 7 at DAL 32"
	EventTime    Time      `avro:"event_time"` // ESPN gives none: the fetch time
	SeenTime     Time      `avro:"seen_time"`
	Source       string    `avro:"source"`
	RawPartition int32     `avro:"raw_partition"`
	RawOffset    int64     `avro:"raw_offset"`
}

// Play is one thing that happened in a game, as the scoreboard tells it.
type Play struct {
	Kind         Kind   `avro:"kind"`
	Seq          int64  `avro:"seq"`
	FixtureID    string `avro:"fixture_id"`
	League       string `avro:"league"`
	PlayID       string `avro:"play_id"` // the provider's id
	Period       int32  `avro:"period"`
	Clock        string `avro:"clock"`
	Type         string `avro:"type"`
	Text         string `avro:"text"`
	ScoreValue   int32  `avro:"score_value"`
	EventTime    Time   `avro:"event_time"`
	SeenTime     Time   `avro:"seen_time"`
	Source       string `avro:"source"`
	RawPartition int32  `avro:"raw_partition"`
	RawOffset    int64  `avro:"raw_offset"`
}

// Weather is the conditions at a fixture's venue, in SI units.
type Weather struct {
	Kind          Kind     `avro:"kind"`
	Seq           int64    `avro:"seq"`
	FixtureID     string   `avro:"fixture_id"`
	League        string   `avro:"league"`
	VenueID       string   `avro:"venue_id"`
	TemperatureC  *float64 `avro:"temperature_c"`
	FeelsLikeC    *float64 `avro:"feels_like_c"`
	Humidity      *float64 `avro:"humidity"` // percent
	PressureHPa   *float64 `avro:"pressure_hpa"`
	WindMS        *float64 `avro:"wind_ms"` // metres a second
	WindGustMS    *float64 `avro:"wind_gust_ms"`
	WindDegrees   *float64 `avro:"wind_degrees"`  // where it blows from
	Precipitation *float64 `avro:"precipitation"` // millimetres in the last hour, rain and snow
	Clouds        *float64 `avro:"clouds"`        // percent
	Visibility    *float64 `avro:"visibility"`    // metres
	Condition     string   `avro:"condition"`     // such as "Rain"
	Description   string   `avro:"description"`   // such as "light rain"
	EventTime     Time     `avro:"event_time"`    // of the measurement
	SeenTime      Time     `avro:"seen_time"`
	Source        string   `avro:"source"`
	RawPartition  int32    `avro:"raw_partition"`
	RawOffset     int64    `avro:"raw_offset"`
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (g *Game) SetSeq(n int64) { g.Seq = n }

// Sequence returns that position.
func (g *Game) Sequence() int64 { return g.Seq }

// Seen returns when the log got to know what the record tells.
func (g *Game) Seen() Time { return g.SeenTime }

// SetSeq sets the record's position among those its task wrote to a partition.
func (p *Play) SetSeq(n int64) { p.Seq = n }

// Sequence returns that position.
func (p *Play) Sequence() int64 { return p.Seq }

// Seen returns when the log got to know what the record tells.
func (p *Play) Seen() Time { return p.SeenTime }

// SetSeq sets the record's position among those its task wrote to a partition.
func (w *Weather) SetSeq(n int64) { w.Seq = n }

// Sequence returns that position.
func (w *Weather) Sequence() int64 { return w.Seq }

// Seen returns when the log got to know what the record tells.
func (w *Weather) Seen() Time { return w.SeenTime }
