package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
)

// recorder is a client of a stream. With stuck it takes no bytes.
type recorder struct {
	mu       sync.Mutex
	header   http.Header
	body     bytes.Buffer
	flushed  int // bytes that have left
	deadline time.Time
	stuck    bool
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(int)     {}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stuck {
		time.Sleep(time.Until(r.deadline)) // as a full connection does, in the bubble's time
		return 0, os.ErrDeadlineExceeded
	}
	return r.body.Write(p)
}

func (r *recorder) FlushError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flushed = r.body.Len()
	return nil
}

func (r *recorder) SetWriteDeadline(t time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deadline = t
	return nil
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body.String()
}

type event struct {
	id, name string
	data     map[string]any
}

// take returns the events that have come since the last call.
func (r *recorder) take(t *testing.T) (events []event) {
	t.Helper()
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flushed != r.body.Len() {
		t.Fatalf("%d of %d bytes were flushed", r.flushed, r.body.Len())
	}
	for block := range strings.SplitSeq(strings.TrimSuffix(r.body.String(), "\n\n"), "\n\n") {
		if block == "" {
			continue
		}
		var e event
		for line := range strings.SplitSeq(block, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				if err := json.Unmarshal([]byte(value), &e.data); err != nil {
					t.Fatalf("%v in %s", err, line)
				}
			default:
				t.Fatalf("line %q", line)
			}
		}
		events = append(events, e)
	}
	r.body.Reset()
	r.flushed = 0
	return events
}

func names(events []event) string {
	var all []string
	for _, e := range events {
		all = append(all, e.name+":"+e.id)
	}
	return strings.Join(all, " ")
}

// follow opens a stream; it ends with the test.
func (w *world) follow(t *testing.T, target, lastID string) (rec *recorder, done chan struct{}) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", target, nil)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	rec, done = newRecorder(), make(chan struct{})
	go func() {
		defer close(done)
		w.ServeHTTP(rec, r)
	}()
	return rec, done
}

func TestAStreamIsASnapshotThenDeltasThenHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(t, fixtureOf("a", "nfl"))
		rec, _ := w.follow(t, "/api/v1/stream", "")
		got := rec.take(t)
		if names(got) != "snapshot:e1-1" || len(got[0].data["fixtures"].([]any)) != 1 {
			t.Fatalf("first: %v", got)
		}
		if ct := rec.header.Get("Content-Type"); ct != "text/event-stream" {
			t.Errorf("content type %s", ct)
		}
		w.put(t, priceOf("a", "nfl", 1.9, noon))
		got = rec.take(t)
		if names(got) != "delta:e1-2" || len(got[0].data["fixtures"].([]any)) != 1 || got[0].data["seq"] != 2.0 {
			t.Fatalf("after a change: %v", got)
		}
		time.Sleep(999 * time.Millisecond)
		if got := rec.take(t); len(got) != 0 {
			t.Fatalf("before a second has passed: %v", got)
		}
		time.Sleep(2001 * time.Millisecond)
		got = rec.take(t)
		if names(got) != "heartbeat:e1-2 heartbeat:e1-2 heartbeat:e1-2" || got[0].data["now"] != noon.String() {
			t.Fatalf("in three quiet seconds: %v", got)
		}
		w.put(t, &feed.Quote{Kind: feed.KindTick, SeenTime: noon + 13*feed.Hour})
		got = rec.take(t)
		if names(got) != "delta:e1-3" || got[0].data["removed"].([]any)[0] != "a" {
			t.Fatalf("after the end of a fixture: %v", got)
		}
	})
}

func TestAStreamGoesOnWhereItsClientStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for i := range 5 {
			w.put(t, fixtureOf("a", "nfl"), priceOf("a", "nfl", 1.5+float64(i), noon))
		}
		for _, c := range []struct{ lastID, want string }{
			{"e1-3", "delta:e1-5"}, {"e1-4", "delta:e1-5"}, {"e1-5", ""},
			{"e1-9", "resync: snapshot:e1-5"}, {"old-3", "snapshot:e1-5"}, {"nonsense", "snapshot:e1-5"}, {"", "snapshot:e1-5"},
		} {
			rec, _ := w.follow(t, "/api/v1/stream", c.lastID)
			if got := names(rec.take(t)); got != c.want {
				t.Errorf("after %q: %q, want %q", c.lastID, got, c.want)
			}
		}
	})
}

func TestAStreamTooFarBehindIsResynced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for i := range 1500 {
			w.put(t, fixtureOf("a", "nfl"), priceOf("a", "nfl", 1.5+float64(i), noon))
		}
		rec, _ := w.follow(t, "/api/v1/stream", "e1-2")
		got := rec.take(t)
		if names(got) != "resync: snapshot:e1-1500" || got[0].data["reason"] == "" {
			t.Fatalf("got %v", names(got))
		}
		w.put(t, priceOf("a", "nfl", 9, noon))
		if got := names(rec.take(t)); got != "delta:e1-1501" {
			t.Errorf("afterwards: %v", got)
		}
	})
}

func TestAStreamOfOneLeagueHasNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(t, fixtureOf("a", "nfl"), fixtureOf("b", "nba"))
		rec, _ := w.follow(t, "/api/v1/stream?league=nba", "")
		if got := rec.take(t); len(got[0].data["fixtures"].([]any)) != 1 {
			t.Fatalf("got %v", got)
		}
		w.put(t, priceOf("a", "nfl", 1.5, noon))
		if got := rec.take(t); len(got) != 0 {
			t.Fatalf("another league's change came: %v", got)
		}
		w.put(t, priceOf("b", "nba", 1.5, noon))
		got := rec.take(t)
		if names(got) != "delta:e1-3" || len(got[0].data["fixtures"].([]any)) != 1 {
			t.Fatalf("got %v", got)
		}
		// A board that is busy with other leagues is still heard.
		for range 35 {
			time.Sleep(100 * time.Millisecond)
			w.put(t, priceOf("a", "nfl", 1.5, noon))
		}
		got = rec.take(t)
		if len(got) != 3 || got[0].name != "heartbeat" {
			t.Errorf("in three busy seconds: %v", names(got))
		}
	})
}

func TestAClientThatTakesNothingIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.put(t, fixtureOf("a", "nfl"))
		rec, done := w.follow(t, "/api/v1/stream", "")
		rec.take(t)
		rec.mu.Lock()
		rec.stuck = true
		rec.mu.Unlock()
		began := time.Now()
		for range 50 { // the board does not wait for it
			w.put(t, priceOf("a", "nfl", 1.5, noon))
		}
		if time.Since(began) != 0 {
			t.Errorf("the board waited %s", time.Since(began))
		}
		<-done
		if took := time.Since(began); took != streamWriteTimeout {
			t.Errorf("cut off after %s", took)
		}
	})
}

func TestAStreamEndsWithItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.ServeHTTP(newRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/api/v1/stream", nil))
		}()
		synctest.Wait()
		cancel()
		<-done
	})
}

func TestAStreamOverTheNetworkArrivesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.put(t, fixtureOf("a", "nfl"))
	lines := openStream(t, w)
	if !strings.HasPrefix(<-lines, "id: e1-1") || <-lines != "event: snapshot" || !strings.HasPrefix(<-lines, `data: {"epoch":"e1"`) || <-lines != "" {
		t.Fatal("no snapshot")
	}
	w.put(t, priceOf("a", "nfl", 1.5, noon))
	for line := range lines {
		if line == "id: e1-2" {
			return
		}
	}
	t.Fatal("no delta")
}

// openStream reads a stream from a real server, line by line.
func openStream(t testing.TB, w *world) <-chan string {
	t.Helper()
	server := httptest.NewServer(w)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); server.Close() })
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer answer.Body.Close()
		in := bufio.NewScanner(answer.Body)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			select {
			case lines <- in.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// TestAMergedDeltaIsItsFramesInOrder: whatever frames a slow reader finds, one
// delta of them leaves it with the same fixtures as one after the other, in
// whichever order it applies the delta's two lists.
func TestAMergedDeltaIsItsFramesInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var frames []board.Frame
		one := map[string]string{"a": `"old"`, "b": `"old"`}
		for i := range rapid.IntRange(1, 6).Draw(t, "frames") {
			fr := board.Frame{Seq: int64(i + 1)}
			for _, id := range []string{"a", "b", "c"} {
				switch rapid.IntRange(0, 2).Draw(t, id) {
				case 1:
					text, err := json.Marshal(map[string]any{"fixture_id": id, "frame": i})
					if err != nil {
						t.Fatal(err)
					}
					fr.Fixtures = append(fr.Fixtures, board.FixtureJSON{ID: id, League: "nfl", JSON: text})
					one[id] = string(text)
				case 2:
					fr.Removed = append(fr.Removed, id)
					delete(one, id)
				}
			}
			frames = append(frames, fr)
		}
		d := merge(frames, nil)
		if d.Seq != frames[len(frames)-1].Seq || d.Fixtures == nil || d.Removed == nil {
			t.Fatalf("got %+v", d)
		}
		for _, removedFirst := range []bool{true, false} {
			merged := map[string]string{"a": `"old"`, "b": `"old"`}
			remove := func() {
				for _, id := range d.Removed {
					delete(merged, id)
				}
			}
			if removedFirst {
				remove()
			}
			for _, text := range d.Fixtures {
				var f struct {
					ID string `json:"fixture_id"`
				}
				if err := json.Unmarshal(text, &f); err != nil {
					t.Fatal(err)
				}
				merged[f.ID] = string(text)
			}
			if !removedFirst {
				remove()
			}
			if len(merged) != len(one) {
				t.Fatalf("removed first %v: %v, want %v", removedFirst, merged, one)
			}
			for id, text := range one {
				if merged[id] != text {
					t.Fatalf("removed first %v: %s is %s, want %s", removedFirst, id, merged[id], text)
				}
			}
		}
	})
}
