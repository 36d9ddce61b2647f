package simulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/source/theoddsapi"
)

func TestAHistoryIsWhatAClientWouldHaveCaptured(t *testing.T) {
	from := feed.At(begin)
	poll := Poll{From: from, To: from + 3*feed.Minute, Odds: feed.Minute, Games: 30 * feed.Second,
		Offer: theoddsapi.Offer{Markets: []string{"h2h", "totals"}, Regions: []string{"us", "eu"}, Format: feed.FormatAmerican}}
	h, err := NewHistory(Config{Seed: 7, Leagues: testLeagues()[:2]}, poll)
	if err != nil {
		t.Fatal(err)
	}
	// The same world, asked over HTTP at the instants of the responses.
	world, clock := newTest(t, func(c *Config) { c.Seed, c.Leagues = 7, testLeagues()[:2] })
	counts, last := map[string]int{}, feed.Time(0)
	h.Responses(func(r feed.Raw) bool {
		counts[r.Source]++
		if r.FetchedAt < last || r.Status != http.StatusOK || !json.Valid(r.Body) {
			t.Fatalf("%s at %s, status %d: %.80s", r.Path, r.FetchedAt, r.Status, r.Body)
		}
		last = r.FetchedAt
		clock.now = r.FetchedAt.Std()
		path := r.Path + "?apiKey=k"
		for name, value := range r.Query {
			path += "&" + name + "=" + value
		}
		if want := get(t, world, path).Body.Bytes(); !bytes.Equal(r.Body, want) {
			t.Errorf("%s at %s differs from what the handler answers", r.Path, r.FetchedAt)
		}
		return true
	})
	if counts[feed.SourceOdds] != 2*3 || counts[feed.SourceGames] != 2*6 {
		t.Errorf("%v responses", counts)
	}
	seen := 0
	h.Responses(func(feed.Raw) bool { seen++; return seen < 3 })
	if seen != 3 {
		t.Errorf("%d responses after the reader had enough", seen)
	}
}

func TestAHistoryWithoutQuestionsIsRefused(t *testing.T) {
	at := feed.At(begin)
	for _, p := range []Poll{{}, {From: at, To: at, Odds: feed.Second}, {From: at, To: at + feed.Hour}, {From: at, To: at + feed.Hour, Odds: feed.Span(time.Millisecond)}} {
		if _, err := NewHistory(Config{Leagues: testLeagues()[:1]}, p); !errors.Is(err, ErrPoll) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
