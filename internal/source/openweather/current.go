package openweather

import (
	"errors"
	"math"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/cursor"
)

// Current is the weather at a place as a station or the model has it. Numbers
// that the provider leaves out are nil.
type Current struct {
	Latitude     *float64
	Longitude    *float64
	Time         feed.Time // of the measurement
	Place        string    // the provider's name of the place
	Condition    string    // such as Rain
	Description  string    // such as light rain
	TemperatureC *float64
	FeelsLikeC   *float64
	Humidity     *float64 // percent
	PressureHPa  *float64
	WindMS       *float64 // metres a second
	WindGustMS   *float64
	WindDegrees  *float64 // where it blows from
	Clouds       *float64 // percent
	VisibilityM  *float64 // metres, 10,000 at most
	RainMM       *float64 // in the last hour
	SnowMM       *float64
}

// ParseCurrent reads an answer that was asked for in metric units. A field that
// cannot be read is a defect and nil.
//
// The error is a *source.Error: of class Corrupt if the body is no such answer,
// or the class of the status in cod if the body reports an error.
func ParseCurrent(body []byte) (Current, []feed.Defect, error) {
	c, err := cursor.Open(body)
	if err != nil {
		return Current{}, nil, source.Unreadable(feed.SourceWeather, "weather", err)
	}
	r := &reader{Cursor: c}
	var w Current
	status, message := 0, ""
	for name := range r.Fields() {
		switch string(name) {
		case "cod":
			status = r.status()
		case "message":
			message = r.text()
		default:
			r.field(string(name), &w)
		}
	}
	switch {
	case status >= 400:
		return Current{}, nil, source.Answered(feed.SourceWeather, status, message)
	case w.Time.IsZero() || w.TemperatureC == nil:
		if message == "" {
			message = "there is no time or no temperature"
		}
		return Current{}, nil, source.Unreadable(feed.SourceWeather, "weather", errors.New(message))
	}
	return w, r.defects, nil
}

// reader walks one body. Its methods consume one value each, whatever it is.
type reader struct {
	*cursor.Cursor
	defects []feed.Defect
}

func (r *reader) text() string {
	b, _ := r.Text()
	return string(b)
}

// status reads cod, which is a number here and a string in other answers.
func (r *reader) status() int {
	f, ok := r.Float()
	if !ok || f != math.Trunc(f) || f < 0 || f > 999 {
		return 0
	}
	return int(f)
}

// number reads a number that may be missing or null.
func (r *reader) number(place string) *float64 {
	if r.Kind() == cursor.Null {
		r.Skip()
		return nil
	}
	start := r.Pos()
	f, ok := r.Float()
	if !ok {
		r.defects = append(r.defects, feed.Defect{Place: place, Reason: "no number", Body: r.Since(start)})
		return nil
	}
	return &f
}

// field reads one field of the answer.
func (r *reader) field(name string, w *Current) {
	switch name {
	case "coord":
		r.numbers(name, map[string]**float64{"lat": &w.Latitude, "lon": &w.Longitude})
	case "main":
		r.numbers(name, map[string]**float64{
			"temp": &w.TemperatureC, "feels_like": &w.FeelsLikeC,
			"pressure": &w.PressureHPa, "humidity": &w.Humidity,
		})
	case "wind":
		r.numbers(name, map[string]**float64{"speed": &w.WindMS, "gust": &w.WindGustMS, "deg": &w.WindDegrees})
	case "clouds":
		r.numbers(name, map[string]**float64{"all": &w.Clouds})
	case "rain":
		r.numbers(name, map[string]**float64{"1h": &w.RainMM})
	case "snow":
		r.numbers(name, map[string]**float64{"1h": &w.SnowMM})
	case "visibility":
		w.VisibilityM = r.number(name)
	case "weather":
		r.conditions(w)
	case "name":
		w.Place = r.text()
	case "dt":
		w.Time = r.time(name)
	}
}

// numbers reads those fields of an object that are wanted. A block that is no
// object is a defect, null is a missing block.
func (r *reader) numbers(block string, wanted map[string]**float64) {
	start := r.Pos()
	kind := r.Kind()
	for name := range r.Fields() {
		if to := wanted[string(name)]; to != nil {
			*to = r.number(block + "." + string(name))
		}
	}
	if kind != cursor.Object && kind != cursor.Null {
		r.defects = append(r.defects, feed.Defect{Place: block, Reason: "an object was expected, not a " + kind.String(), Body: r.Since(start)})
	}
}

// conditions reads the first condition, which is the main one.
func (r *reader) conditions(w *Current) {
	for i := range r.Elements() {
		if i > 0 {
			continue
		}
		for name := range r.Fields() {
			switch string(name) {
			case "main":
				w.Condition = r.text()
			case "description":
				w.Description = r.text()
			}
		}
	}
}

// time reads Unix seconds.
func (r *reader) time(place string) feed.Time {
	const lastYear9999 = 253402300799
	start := r.Pos()
	seconds := r.number(place)
	if seconds == nil {
		return 0
	}
	if *seconds <= 0 || *seconds > lastYear9999 {
		r.defects = append(r.defects, feed.Defect{Place: place, Reason: "no instant", Body: r.Since(start)})
		return 0
	}
	return feed.Time(*seconds * float64(feed.Second))
}
