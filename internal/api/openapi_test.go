package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
	w.put(t, full("f")...)
	w.put(t, fixtureOf("bare", "nba"))
	for path, methods := range d.at("paths") {
		for method := range methods.(map[string]any) {
			target, body := strings.ReplaceAll(path, "{id}", "f"), ""
			switch {
			case path == "/api/v1/stream":
				continue // never ends: see below
			case strings.HasSuffix(path, "/movement"), strings.HasSuffix(path, "/windows"):
				target += "?market=h2h&outcome=home&book=draftkings"
			case path == "/api/v1/query":
				body = `{"sql": "SELECT 1"}`
			case strings.HasPrefix(path, "/api/v1/tools/"):
				target += "?" + d.exampleQuery(path)
			}
			rec := w.do(strings.ToUpper(method), target, body)
			if rec.Code >= 400 {
				t.Errorf("%s %s: %d %s", method, path, rec.Code, rec.Body)
				continue
			}
			d.checkAnswer(t, method, path, rec)
		}
	}
}

// exampleQuery is a request with the examples of all parameters.
func (d description) exampleQuery(path string) string {
	query := url.Values{}
	list, _ := d.at("paths", path, "get")["parameters"].([]any)
	for _, one := range list {
		p := d.schema(one.(map[string]any))
		if example, ok := p["example"].(string); ok {
			query.Set(p["name"].(string), example)
		}
	}
	return query.Encode()
}

// checkAnswer compares an answer with what is described for its status.
func (d description) checkAnswer(t *testing.T, method, path string, rec *httptest.ResponseRecorder) {
	t.Helper()
	answer, ok := d.at("paths", path, method, "responses")[strconv.Itoa(rec.Code)].(map[string]any)
	if !ok {
		t.Errorf("%s %s: status %d is not described: %s", method, path, rec.Code, rec.Body)
		return
	}
	content, _ := d.schema(answer)["content"].(map[string]any)
	kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
	if rec.Code != http.StatusNoContent && content[kind] == nil {
		t.Errorf("%s %s: content type %q is not described", method, path, kind)
	}
	if js, ok := content["application/json"].(map[string]any); ok {
		for _, p := range d.check("", js["schema"].(map[string]any), decode(t, rec.Body.Bytes())) {
			t.Errorf("%s %s: %s", method, path, p)
		}
	}
}

func TestEveryProblemIsDescribed(t *testing.T) {
	w, d := newWorld(t), readDescription(t)
	w.unready, w.store.err = errBroken, errBroken
	const selection = "?market=h2h&outcome=home&book=x"
	for _, c := range []struct{ method, path, query, body string }{
		{"get", "/api/v1/fixtures/{id}", "", ""}, {"get", "/api/v1/fixtures/{id}/models", "", ""},
		{"get", "/api/v1/signals", "", ""}, {"get", "/api/v1/signals", "?rule=luck", ""}, {"get", "/api/v1/signals", "?state=gone", ""},
		{"get", "/api/v1/signals", "?since=today", ""}, {"get", "/api/v1/signals", "?limit=0", ""},
		{"get", "/api/v1/fixtures/{id}/movement", "", ""}, {"get", "/api/v1/fixtures/{id}/movement", selection, ""},
		{"get", "/api/v1/fixtures/{id}/discovery", "?method=x", ""}, {"get", "/api/v1/fixtures/{id}/discovery", "", ""},
		{"get", "/api/v1/fixtures/{id}/windows", "", ""}, {"get", "/api/v1/fixtures/{id}/windows", selection, ""},
		{"get", "/api/v1/quarantine", "?limit=x", ""}, {"get", "/api/v1/quarantine", "", ""},
		{"get", "/api/v1/reviews", "?limit=x", ""}, {"get", "/api/v1/reviews", "", ""},
		{"post", "/api/v1/query", "", "{"}, {"post", "/api/v1/query", "", `{"sql":"x"}`},
		{"get", "/readyz", "", ""},
		{"get", "/api/v1/tools/convert", "", ""}, {"get", "/api/v1/tools/fair", "", ""}, {"get", "/api/v1/tools/fair/methods", "", ""},
		{"get", "/api/v1/tools/arb", "", ""}, {"get", "/api/v1/tools/hedge", "", ""}, {"get", "/api/v1/tools/middle", "", ""},
		{"get", "/api/v1/tools/lay", "", ""}, {"get", "/api/v1/tools/kelly", "", ""}, {"get", "/api/v1/tools/clv", "", ""},
	} {
		rec := w.do(strings.ToUpper(c.method), strings.ReplaceAll(c.path, "{id}", "f")+c.query, c.body)
		if rec.Code < 400 {
			t.Errorf("%s %s%s was answered", c.method, c.path, c.query)
		}
		d.checkAnswer(t, c.method, c.path, rec)
	}
}

func TestEveryEventIsAsDescribed(t *testing.T) {
	d := readDescription(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(t, full("f")...)
		rec, _ := w.follow(t, "/api/v1/stream", "e1-7")
		events := rec.take(t)
		w.put(t, priceOf("f", "nfl", 1.5, noon))
		time.Sleep(1500 * time.Millisecond)
		events = append(events, rec.take(t)...)
		seen := map[string]bool{}
		for _, e := range events {
			seen[e.name] = true
			schema, ok := map[string]string{"snapshot": "Board", "delta": "Delta", "heartbeat": "Heartbeat", "resync": "Resync"}[e.name]
			if !ok {
				t.Errorf("event %s is not described", e.name)
			}
			for _, p := range d.check(e.name, d.at("components", "schemas", schema), e.data) {
				t.Error(p)
			}
		}
		if len(seen) != 4 {
			t.Errorf("only %v came", seen)
		}
	})
}

func TestRoutesAndDescriptionNameTheSame(t *testing.T) {
	// For developers, or described elsewhere.
	others := []string{"/", "/api/", "/registry/", "/debug/"}
	var described, served []string
	for path, methods := range readDescription(t).at("paths") {
		for method := range methods.(map[string]any) {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	for pattern := range newWorld(t).server.routes() {
		if !slices.Contains(others, pattern) {
			served = append(served, pattern)
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described:\n%s\nserved:\n%s", strings.Join(described, "\n"), strings.Join(served, "\n"))
	}
}

func TestEveryReferenceOfTheDescriptionLeadsSomewhere(t *testing.T) {
	d := readDescription(t)
	used := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if ref, ok := x["$ref"].(string); ok {
				used[ref] = true
				if d.schema(x) == nil {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, e := range x {
				walk(e)
			}
		case []any:
			for _, e := range x {
				walk(e)
			}
		}
	}
	walk(map[string]any(d))
	for _, kind := range []string{"schemas", "parameters", "responses"} {
		for name := range d.at("components", kind) {
			ref := "#/components/" + kind + "/" + name
			// Events are named in the stream's words: a schema of one has no other use.
			if !used[ref] && !slices.Contains([]string{"Delta", "Heartbeat", "Resync"}, name) {
				t.Errorf("%s is not used", ref)
			}
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
