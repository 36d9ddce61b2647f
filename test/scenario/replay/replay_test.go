// Package replay plays recordings through the built program and holds what
// comes out against a recount that shares no code with it.
package replay

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/betflow/betflow/test/scenario/program"
	"github.com/betflow/betflow/test/scenario/synthetic"
)

var betflow program.Binary

func TestMain(m *testing.M) { program.Main(m, &betflow) }

// summary is what a replay prints at its end.
type summary struct{ Responses, Fixtures, Quotes, Withdrawn, Windows, Quarantined int }

// play replays a recording into a data folder of its own.
func play(t *testing.T, file string) (data string, s summary) {
	t.Helper()
	data = t.TempDir()
	out := betflow.Run(t, data, "up", "--replay", file, "--speed", "max", "--exit", "--json")
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("reading the summary %q: %v", out, err)
	}
	return data, s
}

// TestARealRecordingIsCountedRight checks the numbers that are known of the
// recording of NHL and WNBA, where it is at hand.
func TestARealRecordingIsCountedRight(t *testing.T) {
	file, ok := program.Shared("odds-api/nhl-wnba-2026.ndjson.gz")
	if !ok {
		t.Log("the recording is not here: the synthetic one is held against the recount in the same way")
		return
	}
	data, s := play(t, file)
	s.Windows = 0 // recomputed one by one below
	if want := (summary{Responses: 640, Fixtures: 614, Quotes: 15_517, Withdrawn: 8_410}); s != want {
		t.Errorf("the summary is %+v, want %+v", s, want)
	}
	c := count(t, file)
	if len(c.open) != 166 {
		t.Errorf("the recount has %d open prices, want 166", len(c.open))
	}
	checkQuotes(t, data, c)
	if late, _ := checkWindows(t, data); late != 0 {
		t.Errorf("%d values were late, want none", late)
	}
	sameAgain(t, data, file)
}

// TestASyntheticRecordingIsCountedRight does the same with several sources,
// leagues and formats, event times out of order and quotes that come too late.
func TestASyntheticRecordingIsCountedRight(t *testing.T) {
	file, responses := synthetic.Recording{Leagues: []string{"nfl", "nhl", "epl"}, Games: 6, Rounds: 55, Every: 2 * time.Minute}.Write(t)
	data, s := play(t, file)
	c := count(t, file)
	if s.Responses != responses || c.responses != responses {
		t.Errorf("%d responses were played and %d recounted, want %d", s.Responses, c.responses, responses)
	}
	if s.Quarantined != 0 {
		t.Errorf("%d records are in quarantine, want none", s.Quarantined)
	}
	checkQuotes(t, data, c)
	late, revised := checkWindows(t, data)
	if late == 0 || revised == 0 {
		t.Errorf("%d values were late and %d windows revised: the recording has to have both", late, revised)
	}
	t.Logf("%+v, %d late, %d revisions", s, late, revised)
	for table, least := range map[string]int{"games": 50, "weather": 5, "market_states": 1000, "inplay": 50, "totals_weather": 5, "crosswalk": 30} {
		if n := counted(t, data, table); n < least {
			t.Errorf("table %s has %d rows, want %d at least", table, n, least)
		}
	}
	sameAgain(t, data, file)
}

func counted(t *testing.T, data, table string) int {
	t.Helper()
	return program.Rows[struct{ N int }](t, &betflow, data, "SELECT count(*) AS n FROM "+table)[0].N
}

// storedQuote is a row of the quotes table with the provider's id of its event.
type storedQuote struct {
	Event     string    `json:"event"`
	Market    string    `json:"market"`
	Period    string    `json:"period"`
	Line      *float64  `json:"line"`
	Outcome   string    `json:"outcome"`
	Book      string    `json:"book"`
	Text      string    `json:"price_original"`
	Price     float64   `json:"price"`
	State     string    `json:"state"`
	EventTime time.Time `json:"event_time"`
	SeenTime  time.Time `json:"seen_time"`
}

func (q *storedQuote) row(t *testing.T) quoteRow {
	key := quoteKey{Event: q.Event, Market: q.Market, Outcome: q.Outcome, Book: q.Book}
	if q.Line != nil {
		key.Line = lineText(*q.Line)
	}
	if q.Period != "full" {
		t.Errorf("%s is of period %q", key.name(), q.Period)
	}
	return quoteRow{key, q.Text, q.Price, q.State, q.EventTime, q.SeenTime}
}

// withTable asks for a table of quotes with the provider's ids of the events.
func withTable(name string) string {
	return "SELECT c.source_id AS event, q.* FROM " + name + ` q
		JOIN crosswalk c ON c.id = q.fixture_id AND c.source = 'theoddsapi' AND c.kind = 'fixture'`
}

// checkQuotes compares every row of the quotes table and the last price of every
// key with the recount.
func checkQuotes(t *testing.T, data string, c *recount) {
	t.Helper()
	events := program.Rows[struct{ ID string }](t, &betflow, data, "SELECT source_id AS id FROM crosswalk WHERE source = 'theoddsapi' AND kind = 'fixture'")
	for _, e := range events {
		if !c.events[e.ID] {
			t.Errorf("event %s is not in the recording", e.ID)
		}
	}
	if len(events) != len(c.events) {
		t.Errorf("%d events have a fixture, want %d", len(events), len(c.events))
	}
	var got []quoteRow
	for _, q := range program.Rows[storedQuote](t, &betflow, data, withTable("quotes")) {
		got = append(got, q.row(t))
	}
	compareRows(t, sorted(got), sorted(c.rows))

	open := 0
	for _, q := range program.Rows[storedQuote](t, &betflow, data, withTable("latest_quotes")+" WHERE q.state = 'open'") {
		open++
		row := q.row(t)
		h := c.open[row.quoteKey]
		if h == nil {
			t.Errorf("%s is open, want withdrawn", row.name())
		} else if !samePrice(row.Price, h.row.Price) {
			t.Errorf("%s is %v, want %v", row.name(), row.Price, h.row.Price)
		}
	}
	if open != len(c.open) {
		t.Errorf("%d prices are open, want %d", open, len(c.open))
	}
}

func compareRows(t *testing.T, got, want []quoteRow) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d rows of quotes, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if !got[i].equal(want[i]) {
			t.Fatalf("row %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
}

// sameAgain replays once more and holds that every topic has the same records,
// and that the log serves them unchanged when BetFlow runs on it again.
func sameAgain(t *testing.T, data, file string) {
	t.Helper()
	want := program.ReadLog(t, data)
	again, _ := play(t, file)
	got := program.ReadLog(t, again)
	if d := got.Compare(want); d.Any() {
		t.Errorf("a second replay differs: %s", &d)
	}
	t.Logf("%d records in %d partitions", got.Count(), len(got))

	p := betflow.Start(t, again, []string{"BETFLOW_SOURCES_MODE=none"}, "up")
	served := program.Consume(t, p.Addresses(t).Kafka)
	for name, records := range want {
		if there := served[name]; there != nil {
			served[name] = there.Head(len(records.Numbers)) // behind it there is the time since
		}
	}
	if d := served.Compare(want); d.Any() {
		t.Errorf("the log does not serve what was written: %s", &d)
	}
	p.Terminate(t)
	p.Succeed(t)
}
