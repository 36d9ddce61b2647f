package simulate

import (
	"encoding/json"
	"math"
	"net/http"
	"testing"

	"github.com/betflow/betflow/internal/feed"
	"pgregory.net/rapid"
)

func TestWeatherIsPlausibleAndSmoothInTime(t *testing.T) {
	s, _ := newTest(t)
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-60, 65).Draw(t, "lat")
		lon := rapid.Float64Range(-180, 180).Draw(t, "lon")
		at := feed.Time(rapid.Int64Range(int64(50*365*day), int64(60*365*day)).Draw(t, "at"))
		a, b := s.weather.at(lat, lon, at), s.weather.at(lat, lon, at+measured)
		if a.celsius < -50 || a.celsius > 55 || a.wind <= 0 || a.wind > 25 || a.gust < a.wind || a.rain < 0 ||
			a.humidity < 10 || a.humidity > 100 || a.pressure < 960 || a.pressure > 1060 || a.degrees < 0 || a.degrees >= 360 {
			t.Fatalf("conditions %+v", a)
		}
		if math.Abs(a.celsius-b.celsius) > 1 || math.Abs(a.wind-b.wind) > 2 || math.Abs(a.pressure-b.pressure) > 2 {
			t.Fatalf("within ten minutes %+v became %+v", a, b)
		}
	})
}

func TestWeatherAnswersInTheUnitsAskedFor(t *testing.T) {
	s, _ := newTest(t)
	temps := map[string]float64{}
	for _, units := range []string{"metric", "imperial", "standard"} {
		var report struct {
			Main struct{ Temp float64 }
			Wind struct{ Speed float64 }
			Dt   int64
			Cod  int
		}
		w := get(t, s, "/data/2.5/weather?lat=41.86&lon=-87.61&appid=k&units="+units)
		if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil || report.Cod != 200 {
			t.Fatalf("%s: %v: %s", units, err, w.Body)
		}
		if age := begin.Unix() - report.Dt; age < 0 || age > 600 {
			t.Errorf("measured %d seconds ago", age)
		}
		temps[units] = report.Main.Temp
	}
	if math.Abs(temps["metric"]*1.8+32-temps["imperial"]) > .05 || math.Abs(temps["metric"]+273.15-temps["standard"]) > .02 {
		t.Errorf("temperatures %v", temps)
	}
}

func TestWeatherRefusesBadRequests(t *testing.T) {
	s, _ := newTest(t)
	for path, status := range map[string]int{
		"/data/2.5/weather?lat=41&lon=-87":           http.StatusUnauthorized,
		"/data/2.5/weather?appid=k":                  http.StatusBadRequest,
		"/data/2.5/weather?appid=k&lat=91&lon=0":     http.StatusBadRequest,
		"/data/2.5/weather?appid=k&lat=NaN&lon=0":    http.StatusBadRequest,
		"/data/2.5/weather?appid=k&lat=0&lon=Dallas": http.StatusBadRequest,
	} {
		w := get(t, s, path)
		var body weatherError
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != status || body.Cod != status || body.Message == "" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestWindLowersTotalsOutdoors(t *testing.T) {
	s, _ := newTest(t)
	var windy, calm, nWindy, nCalm float64
	for _, f := range sample(t, s, "nfl", 200) {
		total := f.homeMean + f.awayMean
		if s.weather.at(f.Venue.Latitude, f.Venue.Longitude, f.Start).wind > 6 {
			windy += total
			nWindy++
		} else {
			calm += total
			nCalm++
		}
	}
	if nWindy < 50 || nCalm < 50 || windy/nWindy > calm/nCalm-.5 {
		t.Errorf("mean totals are %.2f in %v windy games and %.2f in %v calm ones", windy/nWindy, nWindy, calm/nCalm, nCalm)
	}
}
