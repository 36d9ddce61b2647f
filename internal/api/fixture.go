package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/board/models"
	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/store"
)

func (s *server) fixture(w http.ResponseWriter, r *http.Request) {
	d, err := s.detail(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.write(w, http.StatusOK, d)
}

// detail finds the fixture a request is about.
func (s *server) detail(r *http.Request) (board.Detail, error) {
	id := r.PathValue("id")
	d, ok := s.Board.Detail(id)
	if !ok {
		return d, notFound("no fixture "+id+" on the board", "fixtures that are over leave it; their rows stay in the table quotes")
	}
	return d, nil
}

// models puts models beside the market of a fixture.
func (s *server) models(w http.ResponseWriter, r *http.Request) {
	d, err := s.detail(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l, ok := s.Catalog.League(d.Fixture.League)
	if !ok {
		s.fail(w, r, notFound("no file describes the league "+d.Fixture.League, "models need the league's periods and standard deviations"))
		return
	}
	s.write(w, http.StatusOK, models.Of(d, l, s.Board.Now()))
}

// selectionOf reads which outcome a request is about.
func selectionOf(r *http.Request) (store.Selection, error) {
	q := r.URL.Query()
	l, err := line(r)
	if err != nil {
		return store.Selection{}, err
	}
	sel := store.Selection{FixtureID: r.PathValue("id"), Market: q.Get("market"), Period: q.Get("period"), Line: l, Outcome: q.Get("outcome")}
	if sel.Market == "" || sel.Outcome == "" {
		return store.Selection{}, badRequest("market and outcome are needed", "as in ?market=h2h&outcome=home, with &line=-3.5 where the market has lines")
	}
	if sel.Period == "" {
		sel.Period = feed.PeriodFull
	}
	return sel, nil
}

// movementJSON is the course of an outcome's prices; points are milliseconds
// since the epoch and a value, null where there was none any more.
type movementJSON struct {
	Market    string       `json:"market"`
	Line      *float64     `json:"line"`
	Outcome   string       `json:"outcome"`
	Series    []seriesJSON `json:"series"`
	Consensus []pointJSON  `json:"consensus"`
	Best      []pointJSON  `json:"best"`
}

type seriesJSON struct {
	Book   string      `json:"book"`
	Points []pointJSON `json:"points"`
}

type pointJSON [2]any

func points(ps []store.Point) []pointJSON {
	out := make([]pointJSON, len(ps))
	for i, p := range ps {
		out[i] = pointJSON{int64(p.At / 1000), p.Value}
	}
	return out
}

func (s *server) movement(w http.ResponseWriter, r *http.Request) {
	sel, err := selectionOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	m, err := s.Store.Movement(r.Context(), sel)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := movementJSON{Market: sel.Market, Line: sel.Line, Outcome: sel.Outcome, Series: []seriesJSON{}, Consensus: points(m.Consensus), Best: points(m.Best)}
	for _, series := range m.Series {
		out.Series = append(out.Series, seriesJSON{series.Book, points(series.Points)})
	}
	s.write(w, http.StatusOK, out)
}

func (s *server) windows(w http.ResponseWriter, r *http.Request) {
	sel, err := selectionOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	book, size := r.URL.Query().Get("book"), r.URL.Query().Get("size")
	if book == "" {
		s.fail(w, r, badRequest("book is needed", "as in &book=pinnacle"))
		return
	}
	if size == "" {
		size = "10m"
	}
	rows, err := s.Store.Windows(r.Context(), sel, book, size)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.write(w, http.StatusOK, map[string]any{"rows": rows})
}

type quarantineJSON struct {
	Source   string    `json:"source"`
	League   string    `json:"league"`
	SeenTime feed.Time `json:"seen_time"`
	Path     string    `json:"path"`
	Place    string    `json:"place"`
	Reason   string    `json:"reason"`
	Body     string    `json:"body"`
	Offset   string    `json:"raw"` // partition and offset of the response
}

// bodyShown bounds how much of a bad payload the page shows; the table has all.
const bodyShown = 2000

func (s *server) quarantine(w http.ResponseWriter, r *http.Request) {
	limit, err := limitOf(r, 50)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	rows, err := s.Store.Quarantine(r.Context(), limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := make([]quarantineJSON, len(rows))
	for i, q := range rows {
		out[i] = quarantineJSON{q.Source, q.League, q.SeenTime, q.Path, q.Place, q.Reason, shown(q.Body), fmt.Sprintf("raw.%s/%d@%d", q.Source, q.RawPartition, q.RawOffset)}
	}
	s.write(w, http.StatusOK, map[string]any{"rows": out})
}

// shown returns the beginning of a payload: as text, or in hex where it is none.
func shown(body []byte) string {
	text, end := string(body), ""
	if len(text) > bodyShown {
		text, end = text[:bodyShown], "..."
		for len(text) > bodyShown-utf8.UTFMax && !utf8.ValidString(text) {
			text = text[:len(text)-1] // the cut may go through a letter
		}
	}
	if !utf8.ValidString(text) {
		return fmt.Sprintf("%x", text) + end
	}
	return text + end
}

type reviewJSON struct {
	League    string    `json:"league"`
	Source    string    `json:"source"`
	Subject   string    `json:"subject"`
	SourceID  string    `json:"source_id"`
	Name      string    `json:"name"`
	Candidate string    `json:"candidate"`
	Score     float64   `json:"score"`
	Reason    string    `json:"reason"`
	SeenTime  feed.Time `json:"seen_time"`
}

func (s *server) reviews(w http.ResponseWriter, r *http.Request) {
	limit, err := limitOf(r, 50)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	rows, err := s.Store.Reviews(r.Context(), limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := make([]reviewJSON, len(rows))
	for i, v := range rows {
		out[i] = reviewJSON{v.League, v.Source, v.Subject, v.SourceID, v.Name, v.Candidate, v.Score, v.Reason, v.SeenTime}
	}
	s.write(w, http.StatusOK, map[string]any{"rows": out})
}

// queryMax bounds the text of a statement.
const queryMax = 64 << 10

func (s *server) query(w http.ResponseWriter, r *http.Request) {
	var q struct {
		SQL   string `json:"sql"`
		Limit int    `json:"limit"` // 0 for the most that is allowed; -1 for all, for the command line
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, queryMax)).Decode(&q); err != nil {
		s.fail(w, r, badRequest("the body is not a JSON object with the field sql: "+err.Error(), `send {"sql": "SELECT ..."}`))
		return
	}
	switch {
	case q.Limit == 0 || q.Limit > queryLimit:
		q.Limit = queryLimit
	case q.Limit < 0:
		q.Limit = 0
	}
	ctx, cancel := context.WithTimeout(r.Context(), queryTimeout)
	defer cancel()
	result, err := s.Store.Query(ctx, q.SQL, q.Limit)
	if err != nil {
		hint := "the tables: SHOW TABLES; the columns of one: DESCRIBE quotes"
		if errors.Is(err, store.ErrReadOnly) {
			hint = "the hot store is fed by the log alone; SELECT, FROM, WITH, DESCRIBE, SHOW and EXPLAIN are allowed"
		}
		if ctx.Err() != nil {
			hint = fmt.Sprintf("a statement may run for %s", queryTimeout)
		}
		s.fail(w, r, badRequest(err.Error(), hint))
		return
	}
	s.write(w, http.StatusOK, map[string]any{
		"columns": result.Columns, "rows": result.Rows, "truncated": result.Truncated,
		"elapsed_ms": float64(result.Elapsed.Microseconds()) / 1000,
	})
}
