package metric

import (
	"encoding/json"
	"strconv"
)

// Schema is the Avro schema of the metric's window records.
func (d *Definition) Schema() string {
	type field struct {
		Name string `json:"name"`
		Type any    `json:"type"`
	}
	instant := map[string]string{"type": "long", "logicalType": "timestamp-micros"}
	number := []string{"null", "double"}
	fields := []field{
		{Name: "kind", Type: "string"}, {Name: "seq", Type: "long"}, {Name: "metric", Type: "string"},
		{Name: "window_size", Type: "string"},
		{Name: "window_start", Type: instant}, {Name: "window_end", Type: instant},
		{Name: "revision", Type: "int"},
	}
	for _, c := range d.KeyColumns() {
		if c.Number {
			fields = append(fields, field{Name: c.Name, Type: number})
		} else {
			fields = append(fields, field{Name: c.Name, Type: "string"})
		}
	}
	for _, m := range d.Aggregates {
		if m.Counts() {
			fields = append(fields, field{Name: m.Name, Type: "long"})
		} else {
			fields = append(fields, field{Name: m.Name, Type: number})
		}
	}
	b, err := json.Marshal(map[string]any{
		"type": "record", "name": "Window_" + d.Name, "namespace": "betflow", "fields": fields,
	})
	if err != nil {
		panic("metric: schema of " + strconv.Quote(d.Name) + ": " + err.Error()) // only plain strings are marshalled
	}
	return string(b)
}

// Counts tells whether the measure is a whole number that is never absent. All
// others are numbers that may be.
func (m Measure) Counts() bool {
	a, _ := aggregateOf(m.Aggregate)
	return a.Counts()
}
