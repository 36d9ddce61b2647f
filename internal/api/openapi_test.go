package api

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// description is the API's description as a tree.
type description map[string]any

func readDescription(t *testing.T) description {
	t.Helper()
	var d description
	if err := yaml.Unmarshal(openapi, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d description) at(path ...string) map[string]any {
	var v any = map[string]any(d)
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	m, _ := v.(map[string]any)
	return m
}

// schema follows a reference.
func (d description) schema(s map[string]any) map[string]any {
	if ref, ok := s["$ref"].(string); ok {
		return d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return s
}

// check compares a decoded JSON value with a schema: types, required fields,
// fields that are not described, and enumerations.
func (d description) check(where string, s map[string]any, v any) (problems []string) {
	s = d.schema(s)
	var types []string
	switch x := s["type"].(type) {
	case string:
		types = []string{x}
	case []any:
		for _, one := range x {
			types = append(types, fmt.Sprint(one))
		}
	}
	if is := typeOf(v); len(types) > 0 && !slices.Contains(types, is) && !(is == "integer" && slices.Contains(types, "number")) {
		return []string{fmt.Sprintf("%s is %s, described as %v", where, is, types)}
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		problems = append(problems, fmt.Sprintf("%s is %v, which is none of %v", where, v, enum))
	}
	switch x := v.(type) {
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := x[fmt.Sprint(name)]; !ok {
				problems = append(problems, fmt.Sprintf("%s lacks %v", where, name))
			}
		}
		for name, value := range x {
			p, ok := properties[name].(map[string]any)
			if !ok {
				problems = append(problems, fmt.Sprintf("%s.%s is not described", where, name))
				continue
			}
			problems = append(problems, d.check(where+"."+name, p, value)...)
		}
	case []any:
		items, ok := s["items"].(map[string]any)
		for i, value := range x {
			if ok {
				problems = append(problems, d.check(fmt.Sprintf("%s[%d]", where, i), items, value)...)
			}
		}
	}
	return problems
}

func typeOf(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if x == float64(int64(x)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

func TestEveryDescribedPathAnswersAsDescribed(t *testing.T) {
	w, d := newWorld(t), readDescription(t)
	selection := "?market=h2h&outcome=home&book=draftkings"
	for path, methods := range d.at("paths") {
		for method := range methods.(map[string]any) {
			target, body := strings.ReplaceAll(path, "{id}", fixtureID), ""
			switch {
			case path == "/api/v1/stream":
				continue // never ends: see the tests of the stream
			case strings.HasSuffix(path, "/movement"), strings.HasSuffix(path, "/windows"):
				target += selection
			case path == "/api/v1/query":
				body = `{"sql": "SELECT book, price, event_time, line FROM quotes"}`
			}
			rec, v := w.get(t, strings.ToUpper(method), target, body)
			answers := d.at("paths", path, method, "responses")
			answer, ok := answers[fmt.Sprint(rec.Code)].(map[string]any)
			if !ok || rec.Code >= 400 {
				t.Errorf("%s %s: status %d is not what is described: %s", method, path, rec.Code, rec.Body)
				continue
			}
			content, _ := answer["content"].(map[string]any)
			if rec.Code == http.StatusOK && content[strings.Split(rec.Header().Get("Content-Type"), ";")[0]] == nil {
				t.Errorf("%s %s: content type %q is not described", method, path, rec.Header().Get("Content-Type"))
			}
			if js, ok := content["application/json"].(map[string]any); ok {
				for _, p := range d.check("", js["schema"].(map[string]any), v) {
					t.Errorf("%s %s: %s", method, path, p)
				}
			}
		}
	}
}

func TestEveryRouteIsDescribed(t *testing.T) {
	source, err := os.ReadFile("api.go")
	if err != nil {
		t.Fatal(err)
	}
	paths := readDescription(t).at("paths")
	routes := regexp.MustCompile(`"(GET|POST) (/[^" ]*)"`).FindAllStringSubmatch(string(source), -1)
	if len(routes) < 10 {
		t.Fatalf("only %d routes found", len(routes))
	}
	for _, r := range routes {
		if strings.HasPrefix(r[2], "/debug/") {
			continue // for developers
		}
		methods, _ := paths[r[2]].(map[string]any)
		if methods[strings.ToLower(r[1])] == nil {
			t.Errorf("%s %s is not described", r[1], r[2])
		}
	}
}

func TestTheCheckerSeesDifferences(t *testing.T) {
	d := readDescription(t)
	league := d.at("components", "schemas", "League")
	good := map[string]any{"id": "nfl", "name": "NFL", "sport": "football", "draw": false}
	if p := d.check("", league, good); len(p) != 0 {
		t.Errorf("a good value: %v", p)
	}
	for _, bad := range []map[string]any{
		{"id": "nfl", "name": "NFL", "sport": "football"},
		{"id": 1.0, "name": "NFL", "sport": "football", "draw": false},
		{"id": "nfl", "name": "NFL", "sport": "football", "draw": false, "more": 1.0},
	} {
		if p := d.check("", league, bad); len(p) != 1 {
			t.Errorf("%v: %v, want one problem", bad, p)
		}
	}
}
