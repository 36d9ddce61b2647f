package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/store"
)

func TestEveryErrorIsJSONWithAHint(t *testing.T) {
	for _, c := range []struct {
		method, target, body string
		store                answers
		status               int
		says, hint           string
	}{
		{method: "GET", target: "/api/v1/fixtures/none", status: 404, says: "no fixture none", hint: "quotes"},
		{method: "GET", target: "/api/v1/nothing", status: 404, says: "no such endpoint: GET /api/v1/nothing", hint: "openapi"},
		{method: "GET", target: "/api/v1/query", status: 404, says: "no such endpoint: GET", hint: "openapi"},
		{method: "POST", target: "/api/v1/board", status: 404, says: "no such endpoint: POST", hint: "openapi"},
		{method: "GET", target: "/api/v1/fixtures/f/movement", status: 400, says: "market and outcome", hint: "market=h2h"},
		{method: "GET", target: "/api/v1/fixtures/f/movement?market=h2h", status: 400, says: "market and outcome", hint: "market=h2h"},
		{method: "GET", target: "/api/v1/fixtures/f/movement?market=h2h&outcome=home&line=x", status: 400, says: `line "x"`},
		{method: "GET", target: "/api/v1/fixtures/f/movement?market=h2h&outcome=home&line=NaN", status: 400, says: `line "NaN"`},
		{method: "GET", target: "/api/v1/fixtures/f/movement?market=h2h&outcome=home&line=-Inf", status: 400, says: `line "-Inf"`},
		{method: "GET", target: "/api/v1/fixtures/f/movement?market=h2h&outcome=home&line=1e999", status: 400, says: `line "1e999"`},
		{method: "GET", target: "/api/v1/fixtures/f/movement?market=h2h&outcome=home", store: answers{err: errBroken}, status: 500, says: "the disk is full", hint: "log"},
		{method: "GET", target: "/api/v1/fixtures/none/discovery", status: 404, says: "no such fixture: none", hint: "fixtures"},
		{method: "GET", target: "/api/v1/fixtures/f/discovery?method=guess", status: 400, says: `"guess"`},
		{method: "GET", target: "/api/v1/fixtures/f/discovery?max_age=old", status: 400, says: `max_age "old"`, hint: "30m"},
		{method: "GET", target: "/api/v1/fixtures/f/discovery?max_age=-1s", status: 400, says: `max_age "-1s"`},
		{method: "GET", target: "/api/v1/fixtures/f/discovery", store: answers{err: errBroken}, status: 500, says: "the disk is full"},
		{method: "GET", target: "/api/v1/fixtures/f/windows?market=h2h&outcome=home", status: 400, says: "book is needed", hint: "book="},
		{method: "GET", target: "/api/v1/fixtures/f/windows?book=x", status: 400, says: "market and outcome"},
		{method: "GET", target: "/api/v1/fixtures/f/windows?market=h2h&outcome=home&book=x", store: answers{err: errBroken}, status: 500, says: "the disk is full"},
		{method: "GET", target: "/api/v1/quarantine?limit=0", status: 400, says: `limit "0"`},
		{method: "GET", target: "/api/v1/quarantine?limit=10001", status: 400, says: "1 to 10000"},
		{method: "GET", target: "/api/v1/reviews?limit=ten", status: 400, says: `limit "ten"`},
		{method: "GET", target: "/api/v1/quarantine", store: answers{err: errBroken}, status: 500, says: "the disk is full"},
		{method: "GET", target: "/api/v1/reviews", store: answers{err: errBroken}, status: 500, says: "the disk is full"},
		{method: "POST", target: "/api/v1/query", body: "SELECT 1", status: 400, says: "not a JSON object", hint: `{"sql"`},
		{method: "POST", target: "/api/v1/query", body: `{"sql": 5}`, status: 400, says: "not a JSON object"},
		{method: "POST", target: "/api/v1/query", body: `{"sql": "` + strings.Repeat("x", queryMax) + `"}`, status: 400, says: "too large"},
		{method: "POST", target: "/api/v1/query", body: `{"sql": "SELEC"}`, store: answers{err: errBroken}, status: 400, says: "the disk is full", hint: "SHOW TABLES"},
		{method: "POST", target: "/api/v1/query", body: `{"sql": "DROP"}`, store: answers{err: fmt.Errorf("x: %w", store.ErrReadOnly)}, status: 400, says: "reads", hint: "SELECT, FROM"},
	} {
		t.Run(c.method+" "+c.target+" "+c.body[:min(len(c.body), 20)], func(t *testing.T) {
			w := newWorld(t)
			*w.store = c.store
			rec := w.do(c.method, c.target, c.body)
			got, _ := decode(t, rec.Body.Bytes()).(map[string]any)
			said, _ := got["error"].(string)
			hint, _ := got["hint"].(string)
			if rec.Code != c.status || !strings.Contains(said, c.says) || !strings.Contains(hint, c.hint) {
				t.Errorf("got %d %v, want %d with %q and %q", rec.Code, got, c.status, c.says, c.hint)
			}
			if ct := rec.Header().Get("Content-Type"); ct != "application/json" {
				t.Errorf("content type %s", ct)
			}
		})
	}
}

func TestAnswersAreNotKept(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{"/api/v1/board", "/api/v1/status", "/api/v1/nothing"} {
		if got := w.do("GET", target, "").Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", target, got)
		}
	}
}

func TestEachAddressHasItsOwner(t *testing.T) {
	w := newWorld(t)
	for target, want := range map[string]string{
		"/": "pages /", "/fixture/x": "pages /fixture/x", "/metrics": "metrics /metrics", "/debug/tasks": "debug /debug/tasks",
		"/registry/subjects/x/versions": "schemas /subjects/x/versions", "/registry/": "schemas /",
	} {
		if got := w.do("GET", target, "").Body.String(); got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
	if got := w.do("POST", "/registry/subjects", "").Body.String(); got != "schemas /subjects" {
		t.Errorf("a schema is posted to %q", got)
	}
	if rec := w.do("GET", "/api/v1/openapi.yaml", ""); rec.Header().Get("Content-Type") != "application/yaml" || !strings.HasPrefix(rec.Body.String(), "openapi: 3.1") {
		t.Errorf("the description is %s", rec.Header().Get("Content-Type"))
	}
}

func TestHealthAndReadiness(t *testing.T) {
	w := newWorld(t)
	if rec := w.do("GET", "/healthz", ""); rec.Code != 204 || rec.Header().Get("Betflow-Instance") != "i1" {
		t.Errorf("healthz: %d %v", rec.Code, rec.Header())
	}
	if rec := w.do("GET", "/readyz", ""); rec.Code != 204 {
		t.Errorf("readyz: %d", rec.Code)
	}
	w.unready = errors.New("still starting")
	if rec := w.do("GET", "/readyz", ""); rec.Code != 503 || !strings.Contains(rec.Body.String(), "still starting") {
		t.Errorf("readyz while starting: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do("GET", "/healthz", ""); rec.Code != 204 {
		t.Errorf("healthz while starting: %d", rec.Code)
	}
}

func TestTheBoardIsFilteredByLeague(t *testing.T) {
	w := newWorld(t)
	w.put(t, fixtureOf("a", "nfl"), fixtureOf("b", "nba"), fixtureOf("c", "mlb"))
	for target, want := range map[string]string{
		"/api/v1/board": "a b c", "/api/v1/board?league=": "a b c", "/api/v1/board?league=nba": "b", "/api/v1/board?league=nfl,mlb": "a c", "/api/v1/board?league=x": "",
	} {
		got := decode(t, w.do("GET", target, "").Body.Bytes()).(map[string]any)
		var ids []string
		for _, f := range got["fixtures"].([]any) {
			ids = append(ids, f.(map[string]any)["fixture_id"].(string))
		}
		if strings.Join(ids, " ") != want {
			t.Errorf("%s: got %v, want %s", target, ids, want)
		}
		if got["epoch"] != "e1" || got["seq"] != 1.0 || len(got["leagues"].([]any)) == 0 {
			t.Errorf("%s: %v %v", target, got["epoch"], got["seq"])
		}
	}
}

func TestASelectionIsReadFromTheQuery(t *testing.T) {
	for query, want := range map[string]store.Selection{
		"market=h2h&outcome=home":                         {FixtureID: "f", Market: "h2h", Period: "full", Outcome: "home"},
		"market=h2h&outcome=home&line=null":               {FixtureID: "f", Market: "h2h", Period: "full", Outcome: "home"},
		"market=spreads&outcome=away&line=-3.5&period=q1": {FixtureID: "f", Market: "spreads", Period: "q1", Line: ptr(-3.5), Outcome: "away"},
	} {
		for _, path := range []string{"movement", "windows"} {
			w := newWorld(t)
			if rec := w.do("GET", "/api/v1/fixtures/f/"+path+"?book=x&"+query, ""); rec.Code != 200 {
				t.Fatalf("%s: %d %s", query, rec.Code, rec.Body)
			}
			got := w.store.sel
			line, wanted := feed.LineOf(got.Line), feed.LineOf(want.Line)
			got.Line, want.Line = nil, nil
			if got != want || line != wanted {
				t.Errorf("%s: got %+v with line %s", query, got, line)
			}
			want.Line = wanted.Ptr()
		}
	}
}

func TestASignalFilterIsReadFromTheQuery(t *testing.T) {
	live := []feed.SignalState{feed.SignalOpen, feed.SignalUpdate}
	for query, want := range map[string]store.SignalFilter{
		"":                        {Limit: 50},
		"?state=live&limit=7":     {States: live, Limit: 7},
		"?state=dropped":          {States: []feed.SignalState{feed.SignalDropped}, Limit: 50},
		"?league=nfl,nba&rule=":   {Leagues: []string{"nfl", "nba"}, Limit: 50},
		"?rule=arbitrage,steam":   {Rules: []string{"arbitrage", "steam"}, Limit: 50},
		"?fixture=f":              {FixtureID: "f", Limit: 50},
		"?since=" + noon.String(): {Since: noon, Limit: 50},
	} {
		w := newWorld(t)
		if rec := w.do("GET", "/api/v1/signals"+query, ""); rec.Code != 200 || !reflect.DeepEqual(w.store.filter, want) {
			t.Errorf("%s: %d, got %+v, want %+v", query, rec.Code, w.store.filter, want)
		}
	}
}

func TestLimitsReachTheStore(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		method, target, body string
		want                 int
	}{
		{"GET", "/api/v1/quarantine", "", 50}, {"GET", "/api/v1/quarantine?limit=7", "", 7}, {"GET", "/api/v1/reviews?limit=10000", "", 10_000},
		{"POST", "/api/v1/query", `{"sql":"x"}`, 10_000}, {"POST", "/api/v1/query", `{"sql":"x","limit":5}`, 5},
		{"POST", "/api/v1/query", `{"sql":"x","limit":99999}`, 10_000}, {"POST", "/api/v1/query", `{"sql":"x","limit":-1}`, 0},
	} {
		if rec := w.do(c.method, c.target, c.body); rec.Code != 200 || w.store.limit != c.want {
			t.Errorf("%s %s %s: %d, limit %d, want %d", c.method, c.target, c.body, rec.Code, w.store.limit, c.want)
		}
	}
}

func TestBadInputIsShownInPart(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"text":            {`{"a":1}`, `{"a":1}`},
		"long text":       {strings.Repeat("x", bodyShown+1), strings.Repeat("x", bodyShown) + "..."},
		"cut in a letter": {strings.Repeat("x", bodyShown-1) + "é", strings.Repeat("x", bodyShown-1) + "..."},
		"bytes":           {"\xff\x00", "ff00"},
		"many bytes":      {strings.Repeat("\xff", bodyShown+9), strings.Repeat("ff", bodyShown-utf8.UTFMax) + "..."},
		"nothing":         {"", ""},
	} {
		if got := shown([]byte(c.body)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got[max(0, len(got)-10):], c.want[max(0, len(c.want)-10):])
		}
	}
}

func TestAQueryThatTakesTooLongIsToldSo(t *testing.T) {
	w := newWorld(t)
	w.store.block = true
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "POST", "/api/v1/query", strings.NewReader(`{"sql":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	rec := newRecorder()
	w.ServeHTTP(rec, r)
	if !strings.Contains(rec.text(), "30s") || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Errorf("got %s", rec.text())
	}
}

func TestDiscoveryIsAsAskedFor(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]struct {
		method         string
		markets, close int
	}{"": {"power", 1, 3}, "?method=shin&market=h2h": {"shin", 1, 3}, "?market=spreads": {"power", 0, 0}, "?max_age=1m": {"power", 1, 0}, "?max_age=51m": {"power", 1, 2}} {
		got := decode(t, w.do("GET", "/api/v1/fixtures/f/discovery"+query, "").Body.Bytes()).(map[string]any)
		markets := got["markets"].([]any)
		if got["method"] != want.method || got["league"] != "nfl" || len(markets) != want.markets {
			t.Errorf("%q: got %v with %d markets", query, got["method"], len(markets))
		}
		if len(markets) > 0 {
			if closed := markets[0].(map[string]any)["close"].([]any); len(closed) != want.close {
				t.Errorf("%q: %d books close, want %d", query, len(closed), want.close)
			}
		}
	}
}
