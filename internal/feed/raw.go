package feed

// Sources that BetFlow captures. The name is part of the raw topic's name and
// of every record's provenance.
const (
	SourceOdds    = "theoddsapi"
	SourceGames   = "espn"
	SourceWeather = "openweather"
)

// Sources lists every source in the order in which records of the same instant
// are taken: games first, so that a price never waits for its fixture.
func Sources() []string { return []string{SourceGames, SourceOdds, SourceWeather} }

// HeaderDefect is the header of a Raw that is no response but a line of a
// recording that could not be read: its value is the reason, the body the line.
const HeaderDefect = "betflow-defect"

// Raw is one response of a provider exactly as it came, before anything has
// looked at it. All else in BetFlow can be rebuilt from these.
type Raw struct {
	Source    string            // one of Sources
	League    string            // BetFlow's league id; it keys the topic
	FetchedAt Time              // when the response was complete
	Path      string            // URL path, without host
	Query     map[string]string // URL query without credentials
	Status    int               // HTTP status
	Headers   map[string]string // the few that matter: quota, caching, content type
	Body      []byte            // the bytes as received, decompressed
	Cost      int               // credits the provider charged, 0 if it does not say
}

// Place is where a raw response stands in the log.
type Place struct {
	Topic     string
	Partition int32
	Offset    int64
}
