package openweather

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/source"
)

func ptr[T any](v T) *T { return &v }

func fixture(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/current.json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestWeatherIsReadInSIUnits(t *testing.T) {
	got, defects, err := ParseCurrent(fixture(t))
	if err != nil || len(defects) > 0 {
		t.Fatal(err, defects)
	}
	want := Current{
		Latitude: ptr(39.9008), Longitude: ptr(-75.1675), Time: feed.At(time.Date(2026, 3, 7, 15, 0, 0, 0, time.UTC)),
		Place: "North Town", Condition: "Rain", Description: "light rain",
		TemperatureC: ptr(11.4), FeelsLikeC: ptr(10.2), Humidity: ptr(82.0), PressureHPa: ptr(1009.0),
		WindMS: ptr(6.17), WindGustMS: ptr(9.77), WindDegrees: ptr(240.0), Clouds: ptr(100.0), VisibilityM: ptr(9000.0), RainMM: ptr(0.51),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAbsentBlocksAreNil(t *testing.T) {
	got, defects, err := ParseCurrent([]byte(`{"dt":"1772895600","main":{"temp":0,"humidity":null},"snow":{"1h":2,"3h":5},"rain":null,"wind":{},"cod":"200"}`))
	want := Current{Time: feed.At(time.Date(2026, 3, 7, 15, 0, 0, 0, time.UTC)), TemperatureC: ptr(0.0), SnowMM: ptr(2.0)}
	if err != nil || len(defects) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, defects %q, error %v; want %+v", got, defects, err, want)
	}
}

func TestUnreadableFieldIsADefect(t *testing.T) {
	got, defects, err := ParseCurrent([]byte(`{"dt":1772895600,"main":{"temp":9,"humidity":"wet"},"wind":[3],"visibility":{},"weather":[7,{"main":"x"}]}`))
	if err != nil || *got.TemperatureC != 9 || got.Humidity != nil || got.WindMS != nil || got.Condition != "" {
		t.Fatalf("got %+v, error %v", got, err)
	}
	var places []string
	for _, d := range defects {
		places = append(places, d.Place+" "+string(d.Body))
	}
	if want := []string{`main.humidity "wet"`, `wind [3]`, `visibility {}`}; !reflect.DeepEqual(places, want) {
		t.Errorf("defects at %q, want %q", places, want)
	}
}

func TestErrorBodiesHaveTheClassOfTheirCode(t *testing.T) {
	for _, tt := range []struct {
		body, words string
		class       source.Class
		status      int
	}{
		{`{"cod":401,"message":"Invalid API key"}`, "Invalid API key", source.Permanent, 401},
		{`{"cod":"404","message":"city not found"}`, "city not found", source.Permanent, 404},
		{`{"cod":429,"message":"limit"}`, "limit", source.Retryable, 429},
		{`{"cod":200}`, "no time", source.Corrupt, 0},
		{`{"main":{"temp":1},"dt":-4}`, "no time", source.Corrupt, 0},
		{`[]`, "no time", source.Corrupt, 0},
		{`oops`, "invalid character", source.Corrupt, 0},
	} {
		_, _, err := ParseCurrent([]byte(tt.body))
		var e *source.Error
		if !errors.As(err, &e) || e.Class != tt.class || e.Status != tt.status || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s ends with %v, want %s %d and %q", tt.body, err, tt.class, tt.status, tt.words)
		}
	}
}

func TestRequestNamesTheVenueByItsCoordinates(t *testing.T) {
	v := league.Venue{ID: "north", Latitude: 39.900812, Longitude: -75.16746}
	got := Weather("nfl", v)
	want := source.Request{League: "nfl", Path: "/data/2.5/weather", Query: map[string]string{"lat": "39.9008", "lon": "-75.1675", "units": "metric"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if lat, lon := Coordinates(v); lat != got.Query["lat"] || lon != got.Query["lon"] {
		t.Errorf("the venue is found at %s, %s", lat, lon)
	}
}

// Whatever the body: no panic, and either an error or a measurement with a time
// and a temperature, with defects that say where and why.
func FuzzParseCurrent(f *testing.F) {
	f.Add(fixture(f))
	f.Add([]byte(`{"cod":"404","message":"city not found"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w, defects, err := ParseCurrent(body)
		if err == nil && (w.Time.IsZero() || w.TemperatureC == nil) {
			t.Fatalf("%q reads as %+v", body, w)
		}
		for _, d := range defects {
			if d.Place == "" || d.Reason == "" || !json.Valid(d.Body) {
				t.Fatalf("defect %q", d)
			}
		}
	})
}
