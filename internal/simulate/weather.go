package simulate

import (
	"math"

	"github.com/betflow/betflow/internal/feed"
)

// climate is the weather of the world: smooth in time, the same for places
// within half a degree.
type climate struct{ seed seed }

// conditions are the weather at one place and instant, in SI units.
type conditions struct {
	celsius  float64
	humidity float64 // percent
	pressure float64 // hPa
	wind     float64 // metres a second
	gust     float64
	degrees  float64 // where it blows from
	rain     float64 // millimetres in the last hour, snow included
	clouds   float64 // percent
}

// at returns the conditions: a yearly and a daily wave by latitude and
// longitude, and weather that changes over hours.
func (c *climate) at(lat, lon float64, t feed.Time) conditions {
	s := c.seed.at(uint64(int64(math.Round(lat * 2)))).at(uint64(int64(math.Round(lon * 2))))
	hours := float64(t) / float64(feed.Hour)
	year := math.Mod(hours/24/365.25, 1)
	summer := -math.Cos(2 * math.Pi * (year - .05)) // coldest about 19 January in the north
	if lat < 0 {
		summer = -summer
	}
	sun := -math.Cos(2 * math.Pi * (hours/24 + lon/360 - .1)) // warmest about half past two
	front := s.of("front").smooth(hours / 18)                 // a low brings wind and rain
	a := math.Abs(lat)
	w := conditions{
		celsius:  28 - .45*a + .3*a*summer + 4*sun + 4*s.of("air").smooth(hours/30),
		pressure: 1014 - 8*front,
		wind:     max(.3, 3.6+2.2*front+.8*sun+.9*s.of("wind").smooth(hours/2)),
		degrees:  math.Mod(720+230+70*s.of("direction").smooth(hours/9), 360),
		clouds:   min(100, max(0, 45+40*front)),
	}
	w.gust = w.wind * (1.3 + .2*s.of("gust").uniform())
	w.rain = max(0, 1.6*(front-.9)+.4*s.of("shower").smooth(hours))
	if front < .6 {
		w.rain = 0
	}
	w.humidity = min(100, max(15, 62+14*front-10*sun+8*math.Min(1, w.rain)))
	return w
}

// condition is OpenWeather's code, group and description of the weather.
func (w conditions) condition() (code int, main, description string) {
	switch {
	case w.rain > 0 && w.celsius < .5:
		return 600, "Snow", "light snow"
	case w.rain > 1:
		return 501, "Rain", "moderate rain"
	case w.rain > 0:
		return 500, "Rain", "light rain"
	case w.clouds > 84:
		return 804, "Clouds", "overcast clouds"
	case w.clouds > 50:
		return 803, "Clouds", "broken clouds"
	case w.clouds > 24:
		return 802, "Clouds", "scattered clouds"
	case w.clouds > 10:
		return 801, "Clouds", "few clouds"
	}
	return 800, "Clear", "clear sky"
}
