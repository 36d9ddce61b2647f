// Package api serves BetFlow over HTTP: the board and its stream, fixtures,
// status, SQL, the calculators, and the description of all that.
package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/store"
)

//go:embed openapi.yaml
var openapi []byte

// Deps is what the API serves from.
type Deps struct {
	Board    *board.Board
	Store    store.Reader // nil where nothing is served: only what operators ask is answered then
	Catalog  *league.Catalog
	Mode     func() Mode    // where the records come from
	Status   func() *Status // of the whole system
	Ready    func() error   // nil if everything has started and works
	Metrics  http.Handler   // for Prometheus
	Debug    http.Handler   // for developers and operators, served under /debug; may change without notice
	Pages    http.Handler   // the web UI
	Schemas  http.Handler   // the schema registry, served under /registry
	Instance string         // names this run of the program
	Logger   *slog.Logger
}

// Mode says where the records come from and how fast their time runs.
type Mode struct {
	Source string  `json:"source"` // simulator, live or replay
	Speed  float64 `json:"speed"`  // seconds of the log's clock in a second; 0 is as fast as can be
	Name   string  `json:"name,omitempty"`
}

// queryLimit bounds the rows of one answer to SQL.
const queryLimit = 10_000

// queryTimeout bounds how long one statement may run.
const queryTimeout = 30 * time.Second

// New returns the handler of everything under one address.
func New(d Deps) http.Handler { return (&server{Deps: d}).handler() }

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	routes := s.routes()
	if s.Store == nil {
		routes = s.operations()
	}
	for pattern, h := range routes {
		mux.Handle(pattern, h)
	}
	return mux
}

// routes maps patterns to who answers them. The description names all of
// /api/v1.
func (s *server) routes() map[string]http.Handler {
	routes := s.operations()
	maps.Copy(routes, s.tools())
	maps.Copy(routes, map[string]http.Handler{
		"GET /api/v1/board":                   http.HandlerFunc(s.board),
		"GET /api/v1/stream":                  http.HandlerFunc(s.stream),
		"GET /api/v1/fixtures/{id}":           http.HandlerFunc(s.fixture),
		"GET /api/v1/fixtures/{id}/discovery": http.HandlerFunc(s.discovery),
		"GET /api/v1/fixtures/{id}/movement":  http.HandlerFunc(s.movement),
		"GET /api/v1/fixtures/{id}/windows":   http.HandlerFunc(s.windows),
		"GET /api/v1/fixtures/{id}/models":    http.HandlerFunc(s.models),
		"GET /api/v1/signals":                 http.HandlerFunc(s.signals),
		"GET /api/v1/quarantine":              http.HandlerFunc(s.quarantine),
		"GET /api/v1/reviews":                 http.HandlerFunc(s.reviews),
		"POST /api/v1/query":                  http.HandlerFunc(s.query),
		"GET /api/v1/openapi.yaml":            http.HandlerFunc(s.describe),
		"/":                                   s.Pages,
	})
	return routes
}

// operations are the routes that every process has.
func (s *server) operations() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /api/v1/status": http.HandlerFunc(s.status),
		"/api/":              http.HandlerFunc(s.unknown),
		"GET /healthz":       http.HandlerFunc(s.healthy),
		"GET /readyz":        http.HandlerFunc(s.ready),
		"GET /metrics":       s.Metrics,
		"/debug/":            s.Debug,
		"/registry/":         http.StripPrefix("/registry", s.Schemas),
	}
}

type server struct {
	Deps
	streams atomic.Int64 // that are open
	encoded eventCache
}

// problem is an error with its HTTP status and a way out.
type problem struct {
	status int
	text   string
	hint   string
}

func (p *problem) Error() string { return p.text }

func badRequest(text, hint string) error { return &problem{http.StatusBadRequest, text, hint} }
func notFound(text, hint string) error   { return &problem{http.StatusNotFound, text, hint} }

// fail answers with an error: a problem as it says, anything else as a fault of
// ours, logged.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the client has gone
	}
	var p *problem
	if !errors.As(err, &p) {
		s.Logger.Error("answering request", "path", r.URL.Path, "error", err)
		p = &problem{http.StatusInternalServerError, err.Error(), "see the log of the server"}
	}
	body := map[string]string{"error": p.text}
	if p.hint != "" {
		body["hint"] = p.hint
	}
	s.write(w, p.status, body)
}

func (s *server) write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // hints are requests with & in them, for people to read
	if err := e.Encode(body); err != nil {
		s.Logger.Debug("client has gone", "error", err)
	}
}

func (s *server) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openapi) // the client has gone if this fails
}

func (s *server) unknown(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, notFound("no such endpoint: "+r.Method+" "+r.URL.Path, "GET /api/v1/openapi.yaml lists them"))
}

func (s *server) healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Betflow-Instance", s.Instance)
	w.WriteHeader(http.StatusNoContent)
}

func (s *server) ready(w http.ResponseWriter, _ *http.Request) {
	if err := s.Ready(); err != nil {
		s.write(w, http.StatusServiceUnavailable, map[string]string{"error": err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *server) status(w http.ResponseWriter, _ *http.Request) {
	s.write(w, http.StatusOK, s.Status())
}

// limitOf reads the limit parameter.
func limitOf(r *http.Request, otherwise int) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > queryLimit {
		return 0, badRequest("limit "+strconv.Quote(text)+" is not a number from 1 to "+strconv.Itoa(queryLimit), "")
	}
	return n, nil
}
