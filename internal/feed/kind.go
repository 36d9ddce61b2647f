package feed

// Kind tells records of one topic apart.
type Kind string

// The kinds. Every topic of canonical records carries KindTick beside its own.
const (
	KindTick    Kind = "tick"    // time has passed: no record fetched earlier will follow
	KindQuote   Kind = "quote"   // a key's price or state changed
	KindStart   Kind = "start"   // a fixture begins at the event time
	KindSeen    Kind = "seen"    // a book's market was seen again, unchanged keys are as old as this
	KindGame    Kind = "game"    // a game's state changed
	KindPlay    Kind = "play"    // something happened in a game
	KindWeather Kind = "weather" // conditions at a venue, for one fixture
)

// TickKey is the Kafka key of ticks; keys are never empty.
const TickKey = "tick"
