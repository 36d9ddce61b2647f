package simulate

import (
	"encoding/json"
)

// corrupt spoils a body if a fault asks for it. Bodies of two kinds of fault
// are spoiled in one game only, the first: the rest must survive at the reader.
func (fs *Faults) corrupt(source string, body []byte) []byte {
	f, ok := fs.take(source, FaultTruncate, FaultWrongType, FaultNull)
	if !ok {
		return body
	}
	if f.Kind == FaultTruncate {
		return body[:len(body)*2/3]
	}
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		panic("simulate: a body of our own is no JSON: " + err.Error())
	}
	game := firstGame(doc)
	if game == nil {
		return body
	}
	spoil := nulled
	if f.Kind == FaultWrongType {
		spoil = mistyped
	}
	for k, v := range game {
		game[k] = spoil(k, v)
	}
	return marshal(doc)
}

// firstGame finds the object to spoil: the first game of an odds or scores
// response or of a scoreboard, else the whole document.
func firstGame(doc any) map[string]any {
	switch d := doc.(type) {
	case []any:
		if len(d) > 0 {
			g, _ := d[0].(map[string]any)
			return g
		}
	case map[string]any:
		for _, key := range []string{"events", "data"} {
			if list, ok := d[key].([]any); ok {
				return firstGame(list)
			}
		}
		return d
	}
	return nil
}

// mistyped puts other types in place of those that a reader expects: of the
// start, of prices and of scores.
func mistyped(key string, v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k := range x {
			x[k] = mistyped(k, x[k])
		}
	case []any:
		for i := range x {
			x[i] = mistyped(key, x[i])
		}
	}
	switch key {
	case "commence_time", "date":
		return map[string]any{"value": v}
	case "price":
		return "evens"
	case "score", "temp":
		return []any{v}
	}
	return v
}

// nulled puts null in place of objects and of lists of objects.
func nulled(_ string, v any) any {
	switch x := v.(type) {
	case map[string]any:
		return nil
	case []any:
		for i := range x {
			if _, ok := x[i].(map[string]any); ok {
				x[i] = nil
			}
		}
	}
	return v
}
