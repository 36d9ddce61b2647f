package process

import (
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/log"
	"github.com/betflow/betflow/internal/source/openweather"
)

// Weather is told for fixtures that start within a day or may still run.
const (
	weatherAhead  = 24 * feed.Hour
	weatherBehind = 6 * feed.Hour
)

// currentWeather reads an answer of OpenWeather and publishes it for every
// fixture at the venue it was asked for.
func (l *leagueNormalise) currentWeather(out *output) error {
	current, defects, err := openweather.ParseCurrent(out.raw.Body)
	if err != nil {
		return out.unreadable(err)
	}
	if err := out.quarantine(defects...); err != nil {
		return err
	}
	for _, f := range l.identity.Fixtures() {
		venue, outdoor := l.catalog.OutdoorVenue(f)
		if !outdoor || !l.wantsWeather(&f, out.raw.FetchedAt) {
			continue
		}
		if lat, lon := openweather.Coordinates(*venue); lat != out.raw.Query["lat"] || lon != out.raw.Query["lon"] {
			continue
		}
		w := weatherOf(&current)
		w.FixtureID, w.League, w.VenueID = f.FixtureID, l.id, venue.ID
		if old, ok := l.weather[f.FixtureID]; ok && old.EventTime == w.EventTime {
			continue // the same measurement again
		}
		w.SeenTime, w.Source = out.raw.FetchedAt, out.raw.Source
		w.RawPartition, w.RawOffset = out.place.Partition, out.place.Offset
		l.weather[f.FixtureID] = w
		l.changed[keyWeather+f.FixtureID] = true
		record := w
		if err := out.e.Emit(log.WeatherTopic(l.id), out.partitionOf(f.FixtureID), f.FixtureID, &record); err != nil {
			return err
		}
	}
	return nil
}

func (l *leagueNormalise) wantsWeather(f *feed.Fixture, now feed.Time) bool {
	switch feed.GameState(f.Status) {
	case feed.GamePost, feed.GameCancelled, feed.GameAbandoned:
		return false
	}
	return f.StartTime-now < weatherAhead && now-f.StartTime < weatherBehind
}

func weatherOf(c *openweather.Current) feed.Weather {
	w := feed.Weather{
		Kind: feed.KindWeather, TemperatureC: c.TemperatureC, FeelsLikeC: c.FeelsLikeC, Humidity: c.Humidity,
		PressureHPa: c.PressureHPa, WindMS: c.WindMS, WindGustMS: c.WindGustMS, WindDegrees: c.WindDegrees,
		Clouds: c.Clouds, Visibility: c.VisibilityM, Condition: c.Condition, Description: c.Description, EventTime: c.Time,
	}
	if c.RainMM != nil || c.SnowMM != nil {
		total := 0.0
		for _, mm := range []*float64{c.RainMM, c.SnowMM} {
			if mm != nil {
				total += *mm
			}
		}
		w.Precipitation = &total
	}
	return w
}
