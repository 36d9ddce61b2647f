package openweather

import (
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source"
)

// BaseURL of the provider.
const BaseURL = "https://api.openweathermap.org"

// places is how many decimals of a degree a request carries: about ten metres,
// so that each venue has a query of its own.
const places = 4

// Config describes the provider to a client. Rate: the free plan allows 60
// requests a minute.
func Config(key source.Secret) source.Config {
	return source.Config{
		Source:     feed.SourceWeather,
		BaseURL:    BaseURL,
		Credential: source.Credential{Param: "appid", Secret: key},
		PerSecond:  0.9,
		Burst:      6,
		Timeout:    10 * time.Second,
		Attempts:   3,
		Backoff:    source.Backoff{Base: time.Second, Max: 30 * time.Second},
		MaxBody:    1 << 20,
		Explain:    source.Message,
	}
}

// Schedule is how often the weather at a league's venues is asked for.
func Schedule() source.Schedule {
	return source.Schedule{
		InPlay: 10 * time.Minute,
		Steps: []source.Step{
			{Within: 6 * time.Hour, Every: 15 * time.Minute},
			{Within: 24 * time.Hour, Every: time.Hour},
		},
		Idle: 6 * time.Hour,
	}
}

// Weather asks for the conditions at a venue of a league now, in metric units.
func Weather(leagueID string, v league.Venue) source.Request {
	lat, lon := Coordinates(v)
	return source.Request{
		League: leagueID,
		Path:   "/data/2.5/weather",
		Query:  map[string]string{"lat": lat, "lon": lon, "units": "metric"},
	}
}

// Coordinates writes where a venue is as its request does. A captured response
// belongs to the venue whose coordinates are its query's lat and lon, as text.
func Coordinates(v league.Venue) (lat, lon string) {
	return degrees(v.Latitude), degrees(v.Longitude)
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', places, 64) }
