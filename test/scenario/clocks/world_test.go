package clocks

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/test/scenario/program"
)

// provider is a world that knows what time it is, whatever betflow's clock says,
// and counts its answers by path and body.
type provider struct {
	*httptest.Server
	offset time.Duration // of the world's time from the machine's

	gate   sync.RWMutex
	closed bool // nobody is answered

	mu     sync.Mutex
	served map[string]int
}

func newProvider(t *testing.T, start time.Time, ids ...string) *provider {
	t.Helper()
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := league.NewCatalog(all)
	if err != nil {
		t.Fatal(err)
	}
	var some []league.League
	for _, id := range ids {
		l, _ := catalog.League(id)
		some = append(some, *l)
	}
	p := &provider{offset: time.Until(start).Truncate(time.Second), served: map[string]int{}}
	sim, err := simulate.New(simulate.Config{Seed: 7, Leagues: some, Start: time.Now().Add(p.offset), GamesPerDay: 40})
	if err != nil {
		t.Fatal(err)
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.gate.RLock()
		defer p.gate.RUnlock()
		if p.closed {
			panic(http.ErrAbortHandler)
		}
		answer := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		sim.Handler().ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		p.mu.Lock()
		p.served[answerKey(r.URL.Path, body)]++
		p.mu.Unlock()
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body) // whoever is gone has asked for nothing
	}))
	t.Cleanup(p.Close)
	return p
}

func answerKey(path string, body []byte) string {
	sum := sha256.Sum256(body)
	return path + " " + hex.EncodeToString(sum[:16])
}

// answering says whether anybody is answered, and waits for answers under way.
func (p *provider) answering(yes bool) {
	p.gate.Lock()
	defer p.gate.Unlock()
	p.closed = !yes
}

func (p *provider) answers() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.served)
}

// watch is an ear at the stream of a running betflow: what time it was told.
type watch struct {
	mu   sync.Mutex
	last feed.Time
	back int // how often time went back
}

func watching(t *testing.T, at program.Addresses) *watch {
	t.Helper()
	resp, err := http.Get(at.HTTP + "/api/v1/stream")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	w := &watch{}
	go func() {
		lines := bufio.NewReader(resp.Body)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			data, is := strings.CutPrefix(line, "data: ")
			var event struct{ Now feed.Time }
			if !is || json.Unmarshal([]byte(data), &event) != nil {
				continue
			}
			w.mu.Lock()
			if event.Now < w.last {
				w.back++
			}
			w.last = event.Now
			w.mu.Unlock()
		}
	}()
	return w
}

func (w *watch) told() (last feed.Time, back int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last, w.back
}

// ask reads an answer of betflow.
func ask(t *testing.T, url string, into any) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("reading %s: %v\n%s", url, err, text)
	}
	return resp.StatusCode
}
