// Command dev serves the built web UI with invented, moving data by the same
// HTTP API as BetFlow, for work on the UI without a pipeline.
//
//	go run ./web/build && go run ./web/dev -fixtures 300 -rate 20
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/betflow/betflow/internal/api"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/leagues"
	"github.com/betflow/betflow/web"
)

func main() {
	address := flag.String("http", "127.0.0.1:8090", "address to serve on")
	fixtures := flag.Int("fixtures", 40, "number of fixtures")
	rate := flag.Int("rate", 4, "delta frames a second")
	flag.Parse()
	if err := serve(*address, *fixtures, max(1, *rate)); err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
}

func serve(address string, fixtures, rate int) error {
	s := &server{world: newWorld(fixtures, time.Now()), rate: rate}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/board", s.board)
	mux.HandleFunc("GET /api/v1/stream", s.stream)
	mux.HandleFunc("GET /api/v1/fixtures/{id}", s.fixture)
	mux.HandleFunc("GET /api/v1/fixtures/{id}/movement", s.movement)
	mux.HandleFunc("GET /api/v1/fixtures/{id}/windows", s.windows)
	mux.HandleFunc("GET /api/v1/fixtures/{id}/models", s.models)
	mux.HandleFunc("GET /api/v1/fixtures/{id}/discovery", s.discovery)
	mux.HandleFunc("GET /api/v1/signals", s.signals)
	mux.HandleFunc("GET /api/v1/status", s.status)
	mux.HandleFunc("GET /api/v1/quarantine", s.quarantine)
	mux.HandleFunc("GET /api/v1/reviews", s.reviews)
	mux.HandleFunc("POST /api/v1/query", s.query)
	calculators, err := tools()
	if err != nil {
		return err
	}
	mux.Handle("GET /api/v1/tools/", calculators)
	mux.Handle("/", web.Handler())
	slog.Info("serving invented data", "address", "http://"+address)
	return http.ListenAndServe(address, mux)
}

// tools are the real ones: calculators need no data.
func tools() (http.Handler, error) {
	all, err := leagues.Load()
	if err != nil {
		return nil, err
	}
	catalog, err := league.NewCatalog(all)
	if err != nil {
		return nil, err
	}
	none := http.NotFoundHandler()
	return api.New(api.Deps{Catalog: catalog, Metrics: none, Pages: none, Schemas: none, Logger: slog.Default()}), nil
}

type server struct {
	world *world
	rate  int
}

// object is a JSON object written by hand: a mock needs no types of its own.
type object = map[string]any

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		slog.Warn("answering", "error", err)
	}
}

func (s *server) board(w http.ResponseWriter, r *http.Request) { answer(w, s.world.board(time.Now())) }

// stream sends a snapshot, then deltas at the rate and a heartbeat a second.
func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := func(event string, seq int64, data any) bool {
		body, err := json.Marshal(data)
		if err != nil {
			return false
		}
		_, err = fmt.Fprintf(w, "id: %s-%d\nevent: %s\ndata: %s\n\n", epoch, seq, event, body)
		return err == nil && http.NewResponseController(w).Flush() == nil
	}
	snapshot := s.world.board(time.Now())
	seq := snapshot["seq"].(int64)
	if !send("snapshot", seq, snapshot) {
		return
	}
	deltas := time.NewTicker(time.Second / time.Duration(s.rate))
	defer deltas.Stop()
	beats := time.NewTicker(time.Second)
	defer beats.Stop()
	for {
		alive := true
		select {
		case <-r.Context().Done():
			return
		case now := <-deltas.C:
			seq++
			fixtures, signals := s.world.move(now, 3)
			alive = send("delta", seq, object{"seq": seq, "now": stamp(now), "fixtures": fixtures, "signals": signals})
		case now := <-beats.C:
			alive = send("heartbeat", seq, object{"seq": seq, "now": stamp(now)})
		}
		if !alive {
			return
		}
	}
}
