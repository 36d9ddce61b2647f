package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/store"
)

// stateLive asks for signals that are there: open or update.
const stateLive = "live"

func (s *server) signals(w http.ResponseWriter, r *http.Request) {
	f, err := signalFilter(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	rows, err := s.Store.Signals(r.Context(), f)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.write(w, http.StatusOK, map[string]any{"rows": rows})
}

// signalFilter reads what a request asks for.
func signalFilter(r *http.Request) (store.SignalFilter, error) {
	q := r.URL.Query()
	f := store.SignalFilter{Leagues: listOf(q.Get("league")), Rules: listOf(q.Get("rule")), FixtureID: q.Get("fixture")}
	for _, rule := range f.Rules {
		if !slices.Contains(feed.SignalRules(), rule) {
			return f, badRequest("rule "+strconv.Quote(rule)+" is not known", "use some of "+strings.Join(feed.SignalRules(), ", "))
		}
	}
	switch state := q.Get("state"); feed.SignalState(state) {
	case "":
	case stateLive:
		f.States = []feed.SignalState{feed.SignalOpen, feed.SignalUpdate}
	case feed.SignalOpen, feed.SignalUpdate, feed.SignalClose, feed.SignalDropped:
		f.States = []feed.SignalState{feed.SignalState(state)}
	default:
		return f, badRequest("state "+strconv.Quote(state)+" is not known", "use live, open, update, close or dropped")
	}
	if text := q.Get("since"); text != "" {
		if err := f.Since.UnmarshalText([]byte(text)); err != nil {
			return f, badRequest("since "+strconv.Quote(text)+" is not an instant", "as in 2026-11-22T18:00:00Z")
		}
	}
	limit, err := limitOf(r, 50)
	f.Limit = limit
	return f, err
}

// listOf splits a list of names; an empty one is all.
func listOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
