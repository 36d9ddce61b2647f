package api

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/betflow/betflow/internal/board"
	"github.com/betflow/betflow/internal/feed"
)

// boardJSON is a snapshot of the board.
type boardJSON struct {
	Epoch    string            `json:"epoch"`
	Seq      int64             `json:"seq"`
	Now      feed.Time         `json:"now"`
	Mode     Mode              `json:"mode"`
	Leagues  []leagueJSON      `json:"leagues"`
	Fixtures []json.RawMessage `json:"fixtures"`
	Signals  []json.RawMessage `json:"signals"` // those that are there
}

type leagueJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Sport string `json:"sport"`
	Draw  bool   `json:"draw"`
}

// leagueFilter is the set of leagues a reader asked for; nil is all.
type leagueFilter map[string]bool

func filterOf(r *http.Request) leagueFilter {
	text := r.URL.Query().Get("league")
	if text == "" {
		return nil
	}
	f := leagueFilter{}
	for id := range strings.SplitSeq(text, ",") {
		f[id] = true
	}
	return f
}

// String names the set: equal sets have equal names.
func (f leagueFilter) String() string { return strings.Join(slices.Sorted(maps.Keys(f)), ",") }

func (f leagueFilter) pick(fixtures []board.FixtureJSON) []json.RawMessage {
	out := make([]json.RawMessage, 0, len(fixtures))
	for i := range fixtures {
		if f == nil || f[fixtures[i].League] {
			out = append(out, fixtures[i].JSON)
		}
	}
	return out
}

func (f leagueFilter) pickSignals(signals []board.SignalJSON) []json.RawMessage {
	out := make([]json.RawMessage, 0, len(signals))
	for i := range signals {
		if f == nil || f[signals[i].League] {
			out = append(out, signals[i].JSON)
		}
	}
	return out
}

func (s *server) snapshot(filter leagueFilter) boardJSON {
	fr := s.Board.Snapshot()
	b := boardJSON{
		Epoch: epochOf(s.Board.EventID(fr.Seq)), Seq: fr.Seq, Now: fr.Now, Mode: s.Mode(),
		Leagues: []leagueJSON{}, Fixtures: filter.pick(fr.Fixtures), Signals: filter.pickSignals(fr.Signals),
	}
	for _, l := range s.Catalog.Leagues() {
		b.Leagues = append(b.Leagues, leagueJSON{l.ID, l.Name, l.Sport, l.Draw})
	}
	return b
}

func epochOf(eventID string) string {
	epoch, _, _ := strings.Cut(eventID, "-")
	return epoch
}

func (s *server) board(w http.ResponseWriter, r *http.Request) {
	s.write(w, http.StatusOK, s.snapshot(filterOf(r)))
}

// line reads the optional line parameter.
func line(r *http.Request) (*float64, error) {
	text := r.URL.Query().Get("line")
	if text == "" || text == "null" {
		return nil, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, badRequest("line "+strconv.Quote(text)+" is not a number", "")
	}
	return &v, nil
}
