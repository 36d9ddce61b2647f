package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/store"
)

// event is one server-sent event.
type event struct {
	id, name string
	data     map[string]any
}

// listen opens the stream. The reader fails the test if an event takes longer
// than a minute, which none does unless something hangs.
func (w *world) listen(t *testing.T, target, lastID string) (next func() event) {
	t.Helper()
	server := httptest.NewServer(w.handler)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = resp.Body.Close()
		server.Close()
	})
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	lines := bufio.NewReader(resp.Body)
	return func() event {
		t.Helper()
		var e event
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("reading the stream: %v", err)
			}
			switch line = strings.TrimSpace(line); {
			case line == "":
				return e
			case strings.HasPrefix(line, "id: "):
				e.id = line[4:]
			case strings.HasPrefix(line, "event: "):
				e.name = line[7:]
			case strings.HasPrefix(line, "data: "):
				if err := json.Unmarshal([]byte(line[6:]), &e.data); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// until skips heartbeats and other events before the one asked for.
func until(next func() event, name string) event {
	for {
		if e := next(); e.name == name {
			return e
		}
	}
}

// goal is a game record that changes the fixture.
func goal(n int32) *feed.Game {
	return &feed.Game{Kind: feed.KindGame, Seq: int64(n) + 100, FixtureID: fixtureID, League: "nhl", State: feed.GameIn,
		HomeScore: count(n), AwayScore: count(2), EventTime: fixed, SeenTime: fixed, Source: feed.SourceGames}
}

// tell hands one record to the board.
func (w *world) tell(t *testing.T, record any) {
	t.Helper()
	if err := w.board.Apply(t.Context(), []store.Change{{Record: record}}); err != nil {
		t.Fatal(err)
	}
}

func homeScore(t *testing.T, e event) float64 {
	t.Helper()
	fixtures := e.data["fixtures"].([]any)
	if len(fixtures) != 1 {
		t.Fatalf("%s has %d fixtures", e.name, len(fixtures))
	}
	return fixtures[0].(map[string]any)["home"].(map[string]any)["score"].(float64)
}

func TestStreamBeginsWithASnapshotAndGoesOnWithChanges(t *testing.T) {
	w, d := newWorld(t), readDescription(t)
	next := w.listen(t, "/api/v1/stream", "")
	first := next()
	if first.name != "snapshot" || homeScore(t, first) != 1 {
		t.Fatalf("the first event is %s", first.name)
	}
	beat := until(next, "heartbeat")
	w.tell(t, goal(3))
	delta := until(next, "delta")
	if homeScore(t, delta) != 3 || delta.data["seq"].(float64) <= first.data["seq"].(float64) {
		t.Errorf("the delta has score %v and seq %v after %v", homeScore(t, delta), delta.data["seq"], first.data["seq"])
	}
	for name, e := range map[string]event{"Board": first, "Heartbeat": beat, "Delta": delta} {
		for _, p := range d.check(name, d.at("components", "schemas", name), e.data) {
			t.Error(p)
		}
	}
}

func TestStreamResumesBehindTheLastEvent(t *testing.T) {
	w := newWorld(t)
	first := w.listen(t, "/api/v1/stream", "")()
	w.tell(t, goal(3))
	w.tell(t, goal(4))
	e := w.listen(t, "/api/v1/stream", first.id)()
	if e.name != "delta" || homeScore(t, e) != 4 {
		t.Errorf("after coming back the first event is %s with score %v; want a delta with the newest", e.name, homeScore(t, e))
	}
	again := w.listen(t, "/api/v1/stream", e.id)()
	if again.name != "heartbeat" {
		t.Errorf("with nothing missed the first event is %s, want a heartbeat", again.name)
	}
}

func TestStreamStartsAnewWhereItCannotResume(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"otherepoch-1", "garbage", "epoch1-x"} {
		if e := w.listen(t, "/api/v1/stream", id)(); e.name != "snapshot" {
			t.Errorf("Last-Event-ID %q: the first event is %s, want a snapshot", id, e.name)
		}
	}
	first := w.listen(t, "/api/v1/stream", "")()
	for n := range int32(1500) { // far more frames than are kept
		w.tell(t, goal(n))
	}
	next := w.listen(t, "/api/v1/stream", first.id)
	if a, b := next(), next(); a.name != "resync" || b.name != "snapshot" || homeScore(t, b) != 1499 {
		t.Errorf("too far behind: %s, %s; want resync and snapshot", a.name, b.name)
	}
}

func TestStreamFiltersLeagues(t *testing.T) {
	w := newWorld(t)
	next := w.listen(t, "/api/v1/stream?league=nba", "")
	if first := next(); len(first.data["fixtures"].([]any)) != 0 {
		t.Error("the snapshot has fixtures of another league")
	}
	w.tell(t, goal(3))
	for range 2 {
		if e := next(); e.name != "heartbeat" {
			t.Errorf("event %s about another league", e.name)
		}
	}
}
