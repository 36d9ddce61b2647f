package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/betflow/betflow/internal/movement"
	"github.com/betflow/betflow/internal/odds"
	"github.com/betflow/betflow/internal/store"
)

func (s *server) discovery(w http.ResponseWriter, r *http.Request) {
	rules, err := rulesOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h, err := s.Store.History(r.Context(), r.PathValue("id"))
	if errors.Is(err, store.ErrNoFixture) {
		err = notFound(err.Error(), "the table fixtures names them")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if l, ok := s.Catalog.League(h.League); ok {
		rules.Lines = movement.LinesOf(l.Score)
	}
	s.write(w, http.StatusOK, h.Discover(r.URL.Query().Get("market"), rules))
}

// rulesOf reads the choices that a request may make.
func rulesOf(r *http.Request) (movement.Rules, error) {
	rules, q := movement.DefaultRules(), r.URL.Query()
	if text := q.Get("method"); text != "" {
		method, err := odds.ParseMethod(text)
		if err != nil {
			return rules, badRequest(err.Error(), "")
		}
		rules.Method = method
	}
	if text := q.Get("max_age"); text != "" {
		age, err := time.ParseDuration(text)
		if err != nil || age < 0 {
			return rules, badRequest("max_age "+strconv.Quote(text)+" is no duration", "as in max_age=30m; 0 takes quotes of any age")
		}
		rules.MaxAge = age
	}
	return rules, nil
}
