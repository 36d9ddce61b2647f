// Package faults runs the built program on the simulated world and lets the
// providers fail in every way the simulator knows.
package faults

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/program"
)

var betflow program.Binary

func TestMain(m *testing.M) { program.Main(m, &betflow) }

// world is a running betflow and the addresses it has.
type world struct {
	*program.Process
	at   program.Addresses
	test *testing.T // the one that the program lives as long as
}

// settings make the world quick.
var settings = []string{"BETFLOW_SIMULATOR_SEED=3", "BETFLOW_SIMULATOR_REFRESH=500ms", "BETFLOW_SIMULATOR_SPEED=2"}

// TestFaultsOfProvidersAreLivedThrough goes through the faults one after the
// other in one run of the program.
func TestFaultsOfProvidersAreLivedThrough(t *testing.T) {
	data := t.TempDir()
	w := &world{Process: betflow.Start(t, data, settings, "up"), test: t}
	w.at = w.Addresses(t)
	if w.at.Simulator == "" {
		t.Fatal("addresses.json names no simulator")
	}
	for _, step := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"the undisturbed world is whole", w.whole},
		{"a hanging answer is given up", w.hang},
		{"a rate limit is waited out", w.counted("theoddsapi", "too_many", `{"kind":"rate_limit","source":"theoddsapi","requests":2,"retry_after":1}`)},
		{"server errors are asked again", w.counted("espn", "server_error", `{"kind":"server_error","source":"espn","requests":3,"status":502}`)},
		{"half a body goes to quarantine", w.quarantined("theoddsapi", "truncate")},
		{"a game with wrong types goes to quarantine alone", w.quarantined("theoddsapi", "wrong_type")},
		{"a game of nulls goes to quarantine alone", w.quarantined("espn", "null")},
		{"the quotes of a vanished book are withdrawn", w.vanish},
		{"a rescheduled fixture keeps its id", w.reschedule},
		{"prices of a silent provider age", w.silence},
		{"a hanging answer has been counted", w.hung},
		{"an exhausted quota stops one source only", w.quota},
		{"a new start goes on where it was", w.afresh},
	} {
		if !t.Run(step.name, step.run) {
			break // what follows would wait for a world that is not there
		}
	}
	w.Terminate(t)
	w.Succeed(t)
}

// inject switches a fault on.
func (w *world) inject(t *testing.T, fault string) {
	t.Helper()
	resp, err := http.Post(w.at.Simulator+"/simulator/faults", "application/json", strings.NewReader(fault))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("injecting %s: status %s", fault, resp.Status)
	}
}

// clear switches all faults off.
func (w *world) clear(t *testing.T) {
	t.Helper()
	req, err := http.NewRequest(http.MethodDelete, w.at.Simulator+"/simulator/faults", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}

func (w *world) get(t *testing.T, path string, into any) {
	t.Helper()
	resp, err := http.Get(w.at.HTTP + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
}

// query runs SQL and returns the rows.
func (w *world) query(t *testing.T, sql string) [][]any {
	t.Helper()
	text, err := json.Marshal(map[string]string{"sql": sql})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(w.at.HTTP+"/api/v1/query", "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Error string
		Rows  [][]any
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Error != "" {
		t.Fatalf("query %s: %v %s", sql, err, answer.Error)
	}
	return answer.Rows
}

// number runs SQL that gives one number.
func (w *world) number(t *testing.T, sql string) float64 {
	t.Helper()
	v, _ := w.query(t, sql)[0][0].(float64)
	return v
}

// metric reads one series from /metrics; one that is not there is 0.
func (w *world) metric(t *testing.T, series string) float64 {
	t.Helper()
	resp, err := http.Get(w.at.HTTP + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), series+" "); ok {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatalf("metric %s: %v", series, err)
			}
			return v
		}
	}
	return 0
}

func failures(source, reason string) string {
	return fmt.Sprintf("betflow_source_failures_total{reason=%q,source=%q}", reason, source)
}

// sourceStatus is one provider in /api/v1/status.
type sourceStatus struct {
	Source      string
	State       string
	LastSuccess time.Time `json:"last_success"`
	Hint        string
	Requests    int64
	Errors      int64
	Quota       struct{ Remaining int }
}

func (w *world) source(t *testing.T, name string) sourceStatus {
	t.Helper()
	var status struct{ Sources []sourceStatus }
	w.get(t, "/api/v1/status", &status)
	for _, s := range status.Sources {
		if s.Source == name {
			return s
		}
	}
	t.Fatalf("the status does not name %s", name)
	return sourceStatus{}
}

// recovers waits until a source has answered again since now and nothing of it
// fails.
func (w *world) recovers(t *testing.T, name string) {
	t.Helper()
	before := w.source(t, name).LastSuccess
	w.Until(t, name+" to answer again", func() bool {
		s := w.source(t, name)
		return s.LastSuccess.After(before) && s.State == "ok"
	})
}

// whole waits for odds, games and weather of the same fixtures.
func (w *world) whole(t *testing.T) {
	w.Until(t, "quotes of every league", func() bool {
		return w.number(t, "SELECT count(DISTINCT league) FROM quotes") == 5
	})
	w.Until(t, "weather at open venues", func() bool { return w.number(t, "SELECT count(*) FROM weather") > 0 })
	if n := w.number(t, "SELECT count(*) FROM weather WHERE league IN ('nba', 'nhl')"); n > 0 {
		t.Errorf("%v rows of weather are of games under a roof", n)
	}
	w.Until(t, "games in several states", func() bool {
		return w.number(t, "SELECT count(DISTINCT state) FROM latest_games") >= 2
	})
	const shared = `WITH names AS (SELECT id, count(DISTINCT source) AS sources FROM crosswalk WHERE kind = 'fixture' GROUP BY id)
		SELECT avg(CASE WHEN sources = 2 THEN 1 ELSE 0 END) FROM names JOIN latest_games g ON g.fixture_id = id WHERE g.state IN ('pre', 'in')`
	if share := w.number(t, shared); share < .9 {
		t.Errorf("%.0f%% of the games to come or in play have an id of both providers, want nearly all", 100*share)
	}
	if n := w.number(t, "SELECT count(*) - count(DISTINCT (source, source_id)) FROM crosswalk WHERE kind = 'fixture'"); n != 0 {
		t.Errorf("%v names of providers stand for more than one fixture", n)
	}
}

// hang begins a request that is not answered; the others must not notice. It
// takes its time: hung looks at the end of it.
func (w *world) hang(t *testing.T) {
	w.inject(t, `{"kind":"hang","source":"theoddsapi","requests":1}`)
	before := w.source(t, "theoddsapi").Requests
	w.Until(t, "other leagues to be asked on", func() bool { return w.source(t, "theoddsapi").Requests > before+5 })
}

func (w *world) hung(t *testing.T) {
	w.Until(t, "the hanging request to be counted", func() bool { return w.metric(t, failures("theoddsapi", "timeout")) >= 1 })
	w.recovers(t, "theoddsapi")
}

// counted injects a fault of the transport, which is counted by its reason and
// gets over.
func (w *world) counted(source, reason, fault string) func(*testing.T) {
	return func(t *testing.T) {
		before, errors := w.metric(t, failures(source, reason)), w.source(t, source).Errors
		w.inject(t, fault)
		w.Until(t, "the fault to be counted", func() bool { return w.metric(t, failures(source, reason)) >= before+2 })
		if n := w.source(t, source).Errors; n < errors+2 {
			t.Errorf("the status counts %d errors, want %d at least", n, errors+2)
		}
		before = w.metric(t, fmt.Sprintf("betflow_source_requests_total{source=%q}", source))
		w.Until(t, "the source to be asked on", func() bool {
			return w.metric(t, fmt.Sprintf("betflow_source_requests_total{source=%q}", source)) > before+10
		})
	}
}

// quarantined spoils one answer: something of it is in quarantine, with its
// reason and bytes, and quotes go on.
func (w *world) quarantined(source, kind string) func(*testing.T) {
	return func(t *testing.T) {
		rows := fmt.Sprintf("SELECT count(*) FROM quarantine WHERE source = '%s'", source)
		before := w.number(t, rows)
		w.inject(t, fmt.Sprintf(`{"kind":%q,"source":%q,"requests":1}`, kind, source))
		w.Until(t, "something in quarantine", func() bool { return w.number(t, rows) > before })
		if n := w.number(t, rows+" AND (reason = '' OR path = '' OR body IS NULL)"); n > 0 {
			t.Errorf("%v rows of the quarantine lack reason, path or body", n)
		}
		w.Until(t, "the counter to tell", func() bool {
			return w.metric(t, `betflow_board_records_total{kind="quarantine"}`) >= before+1
		})
		seen := w.number(t, "SELECT count(*) FROM quotes")
		w.Until(t, "quotes to go on", func() bool { return w.number(t, "SELECT count(*) FROM quotes") > seen })
	}
}

// vanish takes a book away.
func (w *world) vanish(t *testing.T) {
	const open = "SELECT count(*) FROM latest_quotes WHERE book = 'fanduel' AND state = 'open'"
	if w.number(t, open) == 0 {
		t.Fatal("the book has no quotes to begin with")
	}
	w.inject(t, `{"kind":"vanish","book":"fanduel"}`)
	w.Until(t, "the book's quotes to be withdrawn", func() bool { return w.number(t, open) == 0 })
	if w.number(t, "SELECT count(*) FROM latest_quotes WHERE book = 'draftkings' AND state = 'open'") == 0 {
		t.Error("another book's quotes are gone as well")
	}
	w.clear(t)
	w.Until(t, "the book's quotes to come back", func() bool { return w.number(t, open) > 0 })
}

// reschedule moves a fixture by half an hour.
func (w *world) reschedule(t *testing.T) {
	rows := w.query(t, `SELECT c.source_id, f.fixture_id, epoch(f.start_time) FROM fixtures f
		JOIN crosswalk c ON c.id = f.fixture_id AND c.kind = 'fixture' AND c.source = 'theoddsapi'
		JOIN latest_games g ON g.fixture_id = f.fixture_id AND g.state = 'pre'
		WHERE f.start_time > (SELECT max(seen_time) FROM quotes) + INTERVAL 2 HOUR ORDER BY f.start_time LIMIT 1`)
	if len(rows) == 0 {
		t.Fatal("no fixture starts in hours")
	}
	source, id, start := rows[0][0].(string), rows[0][1].(string), rows[0][2].(float64)
	w.inject(t, fmt.Sprintf(`{"kind":"reschedule","fixture":%q,"shift":30}`, source))
	w.Until(t, "the fixture to have its new start", func() bool {
		return w.number(t, "SELECT epoch(start_time) FROM fixtures WHERE fixture_id = '"+id+"'") == start+30*60
	})
	named := w.query(t, "SELECT DISTINCT id FROM crosswalk WHERE kind = 'fixture' AND source = 'theoddsapi' AND source_id = '"+source+"'")
	if len(named) != 1 || named[0][0] != id {
		t.Errorf("the provider's id stands for %v, want %s", named, id)
	}
}

// boardView is what of the board shows ages.
type boardView struct {
	Now      time.Time
	Fixtures []struct {
		League  string
		Markets []struct {
			Outcomes []struct {
				Seen time.Time `json:"best_seen_time"`
			}
		}
	}
}

// youngest is how old the newest confirmation of a best price is.
func (w *world) youngest(t *testing.T) time.Duration {
	t.Helper()
	var b boardView
	w.get(t, "/api/v1/board", &b)
	age := time.Duration(1<<63 - 1)
	for _, f := range b.Fixtures {
		for _, m := range f.Markets {
			for _, o := range m.Outcomes {
				if !o.Seen.IsZero() {
					age = min(age, b.Now.Sub(o.Seen))
				}
			}
		}
	}
	return age
}

// silence lets The Odds API fail until its prices are visibly old. Games go on.
func (w *world) silence(t *testing.T) {
	w.inject(t, `{"kind":"server_error","source":"theoddsapi"}`)
	games := w.source(t, "espn").LastSuccess
	w.Until(t, "the prices to be old", func() bool { return w.youngest(t) > 15*time.Second })
	w.Until(t, "the status to tell", func() bool {
		s := w.source(t, "theoddsapi")
		return s.State == "down" && s.Hint != ""
	})
	if s := w.source(t, "espn"); s.State != "ok" || !s.LastSuccess.After(games) {
		t.Errorf("games have stopped as well: %+v", s)
	}
	w.clear(t)
	w.Until(t, "the prices to be young again", func() bool { return w.youngest(t) < 10*time.Second })
}

// quota uses up the credits at The Odds API. The provider has said that none are
// left, so it is not asked again before they are renewed, or before a new start.
func (w *world) quota(t *testing.T) {
	w.inject(t, `{"kind":"quota","source":"theoddsapi"}`)
	w.Until(t, "the status to tell", func() bool {
		s := w.source(t, "theoddsapi")
		return s.State != "ok" && s.Hint != "" && s.Quota.Remaining == 0
	})
	if n := w.metric(t, failures("theoddsapi", "refused")); n == 0 {
		t.Error("the refused requests are not counted")
	}
	if n := w.metric(t, `betflow_source_quota_remaining{source="theoddsapi"}`); n != 0 {
		t.Errorf("the metrics tell of %v credits, want 0", n)
	}
	games := w.source(t, "espn").LastSuccess
	w.Until(t, "games to go on", func() bool { return w.source(t, "espn").LastSuccess.After(games) })
}

// afresh starts the program again on the data it has.
func (w *world) afresh(t *testing.T) {
	w.Terminate(t)
	w.Succeed(t)
	w.Process = betflow.Start(w.test, w.Data, settings, "up")
	w.at = w.Addresses(t)
	before := w.number(t, "SELECT count(*) FROM quotes")
	w.Until(t, "quotes to go on", func() bool { return w.number(t, "SELECT count(*) FROM quotes") > before })
	w.Until(t, "the source to be well", func() bool { return w.source(t, "theoddsapi").State == "ok" })
}
