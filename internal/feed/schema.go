package feed

import _ "embed"

// Avro schemas of the records, one for each topic's values. They only ever
// change in backward compatible ways, which the registry checks. The texts are
// sent to a registry as they stand here: the same schema in another spelling
// would get another id.
var (
	//go:embed schema/quote.avsc
	QuoteSchema string
	//go:embed schema/game.avsc
	GameSchema string
	//go:embed schema/play.avsc
	PlaySchema string
	//go:embed schema/weather.avsc
	WeatherSchema string
	//go:embed schema/fixture.avsc
	FixtureSchema string
	//go:embed schema/dimension.avsc
	DimensionSchema string
	//go:embed schema/review.avsc
	ReviewSchema string
	//go:embed schema/quarantine.avsc
	QuarantineSchema string
	//go:embed schema/late.avsc
	LateSchema string
	//go:embed schema/market.avsc
	MarketSchema string
	//go:embed schema/signal.avsc
	SignalSchema string
	//go:embed schema/inplay.avsc
	InPlaySchema string
	//go:embed schema/totalsweather.avsc
	TotalsWeatherSchema string
)
