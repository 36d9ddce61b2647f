package espn

import (
	"maps"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source"
)

// BaseURL of the provider.
const BaseURL = "https://site.api.espn.com"

// DateLayout is how the scoreboard's dates parameter is written. The day is the
// American Eastern one.
const DateLayout = "20060102"

// Config describes the provider to a client. ESPN publishes no limit; the rate
// here is a guest's.
func Config() source.Config {
	return source.Config{
		Source:    feed.SourceGames,
		BaseURL:   BaseURL,
		PerSecond: 4,
		Burst:     8,
		Timeout:   15 * time.Second,
		Attempts:  4,
		Backoff:   source.Backoff{Base: 500 * time.Millisecond, Max: 30 * time.Second},
		MaxBody:   64 << 20,
		Explain:   source.Message,
	}
}

// Schedule is how often a league's scoreboard is asked for.
func Schedule() source.Schedule {
	return source.Schedule{
		InPlay: 10 * time.Second,
		Steps: []source.Step{
			{Within: 30 * time.Minute, Every: time.Minute},
			{Within: 24 * time.Hour, Every: 10 * time.Minute},
			{Within: 7 * 24 * time.Hour, Every: time.Hour},
		},
		Idle: 6 * time.Hour,
	}
}

// Scoreboard asks for a league's games of the current day or week, with the
// league's own parameters, such as groups. Extra parameters, such as dates and
// limit, win over those.
func Scoreboard(l league.League, extra map[string]string) source.Request {
	query := make(map[string]string)
	maps.Copy(query, l.Params[feed.SourceGames])
	maps.Copy(query, extra)
	return source.Request{
		League: l.ID,
		Path:   "/apis/site/v2/sports/" + l.Keys[feed.SourceGames] + "/scoreboard",
		Query:  query,
	}
}
