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
	Kind      Kind   `avro:"kind"`
	Seq       int64  `avro:"seq"`
	FixtureID string `avro:"fixture_id"`
	League    string `avro:"league"`
	VenueID   string `avro:"venue_id"`
	Change    string `avro:"change"` // ChangeMarket or ChangeWeather: the side that is new
	InPlay    bool   `avro:"in_play"`

	Line        *float64 `avro:"line"`              // of the main total; nil where no book has one
	Over        *float64 `avro:"over_probability"`  // fair probability
	Under       *float64 `avro:"under_probability"` // fair probability
	Implied     *float64 `avro:"implied_total"`     // expected points: line and fair probability as one number
	Books       int32    `avro:"books"`
	OpenLine    *float64 `avro:"open_line"`             // of the first main total with a consensus
	OpenOver    *float64 `avro:"open_over_probability"` // fair probability then
	OpenTime    Time     `avro:"open_time"`             // its event time
	LineMove    *float64 `avro:"line_move"`             // points since the opening
	ImpliedMove *float64 `avro:"implied_move"`          // expected points since the opening

	TemperatureC  *float64 `avro:"temperature_c"`
	WindMS        *float64 `avro:"wind_ms"`
	WindGustMS    *float64 `avro:"wind_gust_ms"`
	Precipitation *float64 `avro:"precipitation"` // millimetres in the last hour
	Humidity      *float64 `avro:"humidity"`      // percent

	// Changes since the reading before, nil where one of the two lacks the number.
	TemperatureMove   *float64 `avro:"temperature_move"`
	WindMove          *float64 `avro:"wind_move"`
	WindGustMove      *float64 `avro:"wind_gust_move"`
	PrecipitationMove *float64 `avro:"precipitation_move"`
	HumidityMove      *float64 `avro:"humidity_move"`

	MarketTime  Time    `avro:"market_time"`  // when the total was last confirmed, by the provider
	MarketAge   float64 `avro:"market_age"`   // seconds from it to EventTime
	WeatherTime Time    `avro:"weather_time"` // of the measurement
	WeatherAge  float64 `avro:"weather_age"`  // seconds from it to EventTime
	BeforeTime  Time    `avro:"before_time"`  // of the measurement before; 0 for none
	EventTime   Time    `avro:"event_time"`   // of the moment
	SeenTime    Time    `avro:"seen_time"`    // when the response was complete that brought the new side
}

// SetSeq sets the record's position among those its task wrote to a partition.
func (w *TotalsWeather) SetSeq(n int64) { w.Seq = n }

// Sequence returns that position.
func (w *TotalsWeather) Sequence() int64 { return w.Seq }
