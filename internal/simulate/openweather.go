package simulate

import (
	"math"
	"net/http"
	"strconv"

	"github.com/betflow/betflow/internal/feed"
)

// weatherReport is OpenWeather's current weather, /data/2.5/weather.
type weatherReport struct {
	Coord struct {
		Lon float64 `json:"lon"`
		Lat float64 `json:"lat"`
	} `json:"coord"`
	Weather    []weatherCondition `json:"weather"`
	Base       string             `json:"base"`
	Main       weatherMain        `json:"main"`
	Visibility int                `json:"visibility"`
	Wind       struct {
		Speed float64 `json:"speed"`
		Deg   int     `json:"deg"`
		Gust  float64 `json:"gust"`
	} `json:"wind"`
	Rain   *hourly `json:"rain,omitempty"`
	Snow   *hourly `json:"snow,omitempty"`
	Clouds struct {
		All int `json:"all"`
	} `json:"clouds"`
	Dt       int64      `json:"dt"`
	Sys      weatherSun `json:"sys"`
	Timezone int        `json:"timezone"`
	ID       int        `json:"id"`
	Name     string     `json:"name"`
	Cod      int        `json:"cod"`
}

type weatherCondition struct {
	ID          int    `json:"id"`
	Main        string `json:"main"`
	Description string `json:"description"`
	Icon        string `json:"icon"`
}

type weatherMain struct {
	Temp      float64 `json:"temp"`
	FeelsLike float64 `json:"feels_like"`
	TempMin   float64 `json:"temp_min"`
	TempMax   float64 `json:"temp_max"`
	Pressure  int     `json:"pressure"`
	Humidity  int     `json:"humidity"`
}

type hourly struct {
	OneHour float64 `json:"1h"`
}

type weatherSun struct {
	Country string `json:"country"`
	Sunrise int64  `json:"sunrise"`
	Sunset  int64  `json:"sunset"`
}

type weatherError struct {
	Cod     int    `json:"cod"`
	Message string `json:"message"`
}

// measured is how often a place is measured.
const measured = 10 * feed.Minute

// currentWeather answers /data/2.5/weather.
func (s *Simulator) currentWeather(r *http.Request, at feed.Time) reply {
	q := r.URL.Query()
	if q.Get("appid") == "" {
		return reply{status: http.StatusUnauthorized, body: marshal(weatherError{
			Cod: 401, Message: "Invalid API key. Please see https://openweathermap.org/faq#error401 for more info."})}
	}
	if !q.Has("lat") || !q.Has("lon") {
		return weatherRefusal("Nothing to geocode")
	}
	lat, err := strconv.ParseFloat(q.Get("lat"), 64)
	if err != nil || !(math.Abs(lat) <= 90) {
		return weatherRefusal("wrong latitude")
	}
	lon, err := strconv.ParseFloat(q.Get("lon"), 64)
	if err != nil || !(math.Abs(lon) <= 180) {
		return weatherRefusal("wrong longitude")
	}
	return reply{status: http.StatusOK, body: marshal(s.report(lat, lon, q.Get("units"), at.Truncate(measured)))}
}

func weatherRefusal(message string) reply {
	return reply{status: http.StatusBadRequest, body: marshal(weatherError{Cod: 400, Message: message})}
}

// report writes the conditions in the units asked for: metric, imperial, or
// kelvin and metres a second.
func (s *Simulator) report(lat, lon float64, units string, at feed.Time) weatherReport {
	w := s.weather.at(lat, lon, at)
	degrees := func(c float64) float64 {
		switch units {
		case "metric":
			return hundredths(c)
		case "imperial":
			return hundredths(fahrenheit(c))
		}
		return hundredths(c + 273.15)
	}
	speed := func(ms float64) float64 {
		if units == "imperial" {
			ms *= 2.236936
		}
		return hundredths(ms)
	}
	code, main, description := w.condition()
	out := weatherReport{
		Weather: []weatherCondition{{ID: code, Main: main, Description: description, Icon: icon(code)}},
		Base:    "stations", Visibility: int(max(800, 10000-2500*w.rain)), Dt: int64(at / feed.Second),
		Main: weatherMain{Temp: degrees(w.celsius), FeelsLike: degrees(w.celsius - .35*w.wind),
			TempMin: degrees(w.celsius - 1.2), TempMax: degrees(w.celsius + 1.1),
			Pressure: int(math.Round(w.pressure)), Humidity: int(math.Round(w.humidity))},
		Name: "", Cod: http.StatusOK, Timezone: int(math.Round(lon/15)) * 3600,
	}
	out.Coord.Lat, out.Coord.Lon = hundredths(lat), hundredths(lon)
	out.Wind.Speed, out.Wind.Gust, out.Wind.Deg = speed(w.wind), speed(w.gust), int(w.degrees)
	out.Clouds.All = int(w.clouds)
	midnight := at.Truncate(day) - feed.Time(lon*240)*feed.Second
	out.Sys = weatherSun{Sunrise: int64((midnight + 6*feed.Hour) / feed.Second), Sunset: int64((midnight + 18*feed.Hour) / feed.Second)}
	switch main {
	case "Rain":
		out.Rain = &hourly{hundredths(w.rain)}
	case "Snow":
		out.Snow = &hourly{hundredths(w.rain)}
	}
	return out
}

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }

func fahrenheit(celsius float64) float64 { return celsius*1.8 + 32 }

// icon is OpenWeather's picture for a code, by day.
func icon(code int) string {
	switch {
	case code == 800:
		return "01d"
	case code == 801:
		return "02d"
	case code == 802:
		return "03d"
	case code > 802:
		return "04d"
	case code >= 600:
		return "13d"
	}
	return "10d"
}
