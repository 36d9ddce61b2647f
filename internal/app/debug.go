package app

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/process"
)

// Values of http.debug.
const (
	debugAuto = "auto" // on a loopback address only
	debugOn   = "true"
	debugOff  = "false"
)

// debugIndex leads to the pages for developers and operators.
const debugIndex = `<!doctype html><html lang="en"><meta charset="utf-8"><title>BetFlow: debug</title>
<h1>Debug</h1>
<ul>
<li><a href="/debug/tasks">/debug/tasks</a>: checkpoints, positions and lag of every task; ?task=compute-0&amp;largest=10
<li><a href="/debug/watermarks">/debug/watermarks</a>: how far the windows of each league and metric have come
<li><a href="/debug/parity">/debug/parity</a>: finished windows that were recomputed from the log, and where the stream had said something else
<li><a href="/debug/pprof/">/debug/pprof/</a>: profiles of the program
<li><a href="/metrics">/metrics</a>: for Prometheus
<li><a href="/api/v1/status">/api/v1/status</a>: the system as the pages show it
</ul>
`

// MaxLargest bounds how many entries one request may ask for.
const MaxLargest = 1000

// debug answers everything under /debug, if the configuration lets it.
func (s *system) debug() http.Handler {
	mux := http.NewServeMux()
	if !debugging(s.cfg.HTTP.Debug, s.listener.Addr()) {
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusNotFound, "the pages under /debug are off", "set http.debug: true; auto shows them on a loopback address only")
		})
		return mux
	}
	mux.HandleFunc("GET /debug/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(debugIndex)) // the client has gone if this fails
	})
	mux.HandleFunc("GET /debug/tasks", s.debugTasks)
	mux.HandleFunc("GET /debug/watermarks", s.debugWatermarks)
	mux.HandleFunc("GET /debug/parity", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.parity.Summary()) })
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// debugging tells whether the pages under /debug are on. They show what is
// inside and can keep a processor busy, so whoever opens the address to a
// network has to say that it is meant.
func debugging(setting string, listen net.Addr) bool {
	switch setting {
	case debugOn:
		return true
	case debugAuto:
		tcp, ok := listen.(*net.TCPAddr)
		return ok && tcp.IP.IsLoopback()
	}
	return false
}

func (s *system) debugTasks(w http.ResponseWriter, r *http.Request) {
	largest := 0
	if text := r.URL.Query().Get("largest"); text != "" {
		var err error
		if largest, err = strconv.Atoi(text); err != nil || largest < 0 || largest > MaxLargest {
			refuse(w, http.StatusBadRequest, "largest "+strconv.Quote(text)+" is not a number from 0 to "+strconv.Itoa(MaxLargest), "")
			return
		}
	}
	if !s.assembled.Load() {
		refuse(w, http.StatusServiceUnavailable, "still starting", "")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), debugTimeout)
	defer cancel()
	reports, err := s.inspect(ctx, r.URL.Query().Get("task"), largest)
	var unknown *UnknownTaskError
	switch {
	case errors.As(err, &unknown):
		refuse(w, http.StatusNotFound, err.Error(), "")
	case err != nil:
		s.deps.Logger.Error("inspecting tasks", "error", err)
		refuse(w, http.StatusInternalServerError, err.Error(), "see the log of the server")
	default:
		answer(w, http.StatusOK, reports)
	}
}

// debugTimeout bounds what the log may take to answer.
const debugTimeout = 10 * time.Second

// WatermarkReport is how far the windows of a league and metric, or its joins, have
// come in one task, beside the newest tick it has taken.
type WatermarkReport struct {
	Task string `json:"task"`
	process.Watermark
	Tick          feed.Time `json:"tick"`
	BehindSeconds float64   `json:"behind_seconds"` // the disorder of the metric, and the seconds that ticks are apart
}

func (s *system) debugWatermarks(w http.ResponseWriter, _ *http.Request) {
	out := []WatermarkReport{}
	if s.assembled.Load() {
		for _, t := range slices.Concat(s.computers, s.joiners) {
			p := t.Progress()
			ticks := map[string]feed.Time{} // by league: that all inputs have reached
			for at, tick := range p.Clocks {
				_, league, _ := strings.Cut(at.Topic, ".")
				if newest, ok := ticks[league]; !ok || tick < newest {
					ticks[league] = tick
				}
			}
			for _, m := range p.Watermarks {
				tick := ticks[m.League]
				out = append(out, WatermarkReport{Task: t.Name(), Watermark: m, Tick: tick, BehindSeconds: tick.Sub(m.Time).Seconds()})
			}
		}
	}
	answer(w, http.StatusOK, out)
}

func refuse(w http.ResponseWriter, status int, text, hint string) {
	body := map[string]string{"error": text}
	if hint != "" {
		body["hint"] = hint
	}
	answer(w, status, body)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ") // for people to read
	_ = e.Encode(body)    // the client has gone if this fails
}
