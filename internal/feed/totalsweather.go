package feed

// KindTotalsWeather marks weather beside the total of a game outdoors.
const KindTotalsWeather Kind = "totals_weather"

// ChangeWeather is what a TotalsWeather record was written for if it was not
// ChangeMarket.
const ChangeWeather = "weather"

// TotalsWeather is the main total of a game under the open sky beside the weather
// at its venue, at one moment of event time. It is written when either side
// changes, once both are known.
type TotalsWeather struct {
	Kind      Kind   `json:"-" avro:"kind"`
	Seq       int64  `json:"-" avro:"seq"`
	FixtureID string `json:"fixture_id" avro:"fixture_id"`
	League    string `json:"league" avro:"league"`
	VenueID   string `json:"venue_id" avro:"venue_id"`
	Change    string `json:"change" avro:"change"` // ChangeMarket or ChangeWeather: the side that is new
	InPlay    bool   `json:"in_play" avro:"in_play"`

	Line        *float64 `json:"line" avro:"line"`                           // of the main total; nil where no book has one
	Over        *float64 `json:"over_probability" avro:"over_probability"`   // fair probability
	Under       *float64 `json:"under_probability" avro:"under_probability"` // fair probability
	Implied     *float64 `json:"implied_total" avro:"implied_total"`         // expected points: line and fair probability as one number
	Books       int32    `json:"books" avro:"books"`
	OpenLine    *float64 `json:"open_line" avro:"open_line"`                         // of the first main total with a consensus
	OpenOver    *float64 `json:"open_over_probability" avro:"open_over_probability"` // fair probability then
	OpenTime    Time     `json:"open_time" avro:"open_time"`                         // its event time
	LineMove    *float64 `json:"line_move" avro:"line_move"`                         // points since the opening
	ImpliedMove *float64 `json:"implied_move" avro:"implied_move"`                   // expected points since the opening

	TemperatureC  *float64 `json:"temperature_c" avro:"temperature_c"`
	WindMS        *float64 `json:"wind_ms" avro:"wind_ms"`
	WindGustMS    *float64 `json:"wind_gust_ms" avro:"wind_gust_ms"`
	Precipitation *float64 `json:"precipitation" avro:"precipitation"` // millimetres in the last hour
	Humidity      *float64 `json:"humidity" avro:"humidity"`           // percent

	// Changes since the reading before, nil where one of the two lacks the number.
	TemperatureMove   *float64 `json:"temperature_move" avro:"temperature_move"`
	WindMove          *float64 `json:"wind_move" avro:"wind_move"`
	WindGustMove      *float64 `json:"wind_gust_move" avro:"wind_gust_move"`
	PrecipitationMove *float64 `json:"precipitation_move" avro:"precipitation_move"`
	HumidityMove      *float64 `json:"humidity_move" avro:"humidity_move"`

	MarketTime  Time    `json:"market_time" avro:"market_time"`   // when the total was last confirmed, by the provider
	MarketAge   float64 `json:"market_age" avro:"market_age"`     // seconds from it to EventTime
	WeatherTime Time    `json:"weather_time" avro:"weather_time"` // of the measurement
	WeatherAge  float64 `json:"weather_age" avro:"weather_age"`   // seconds from it to EventTime
	BeforeTime  Time    `json:"before_time" avro:"before_time"`   // of the measurement before; 0 for none
	EventTime   Time    `json:"event_time" avro:"event_time"`     // of the moment
	SeenTime    Time    `json:"seen_time" avro:"seen_time"`       // when the response was complete that brought the new side
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (w *TotalsWeather) SetSeq(n int64) { w.Seq = n }

// Sequence returns that position.
func (w *TotalsWeather) Sequence() int64 { return w.Seq }

// Seen returns when the log got to know what the record tells.
func (w *TotalsWeather) Seen() Time { return w.SeenTime }
