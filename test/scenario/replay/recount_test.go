package replay

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// quoteKey names a price: the provider's id of the event and what is bet on.
type quoteKey struct{ Event, Market, Line, Outcome, Book string }

// quoteRow is one change of a price.
type quoteRow struct {
	quoteKey
	Text      string // the price as the provider wrote it
	Price     float64
	State     string
	EventTime time.Time
	SeenTime  time.Time
}

// held is a price that is open, and the request whose answer held it last.
type held struct {
	row     quoteRow
	request string
	answer  int
}

// recount is what a recording says when it is read in the simplest way.
type recount struct {
	responses int
	unread    int             // answers of odds that are no JSON
	events    map[string]bool // ids
	open      map[quoteKey]*held
	rows      []quoteRow
	seen      map[string]map[string]bool // request -> events of its last answer
}

// response is a line of a recording.
type response struct {
	Source    string            `json:"source"`
	FetchedAt time.Time         `json:"fetched_at"`
	Path      string            `json:"path"`
	Query     map[string]string `json:"query"`
	Body      json.RawMessage   `json:"body"`
}

// event is a game of The Odds API.
type event struct {
	ID         string `json:"id"`
	Home       string `json:"home_team"`
	Away       string `json:"away_team"`
	Bookmakers []struct {
		Key        string     `json:"key"`
		LastUpdate *time.Time `json:"last_update"`
		Markets    []struct {
			Key        string     `json:"key"`
			LastUpdate *time.Time `json:"last_update"`
			Outcomes   []outcome  `json:"outcomes"`
		} `json:"markets"`
	} `json:"bookmakers"`
}

type outcome struct {
	Name  string      `json:"name"`
	Price json.Number `json:"price"`
	Point *float64    `json:"point"`
}

// count reads a recording, plain or with gzip.
func count(t *testing.T, file string) *recount {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	c := &recount{events: map[string]bool{}, open: map[quoteKey]*held{}, seen: map[string]map[string]bool{}}
	lines := bufio.NewReaderSize(in, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return c
		}
		var r response
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("line %d: %v", c.responses+1, err)
		}
		c.responses++
		if r.Source == "theoddsapi" {
			c.answer(t, &r)
		}
	}
}

// answer compares an answer with the last one to the same request.
func (c *recount) answer(t *testing.T, r *response) {
	var events []event
	if err := json.Unmarshal(r.Body, &events); err != nil {
		c.unread++
		return
	}
	request := r.Path
	for _, name := range []string{"regions", "markets", "oddsFormat"} {
		request += " " + r.Query[name]
	}
	present := map[string]bool{}
	for i := range events {
		c.events[events[i].ID], present[events[i].ID] = true, true
		c.prices(t, r, request, &events[i])
	}
	gone := c.seen[request]
	c.seen[request] = present
	var missing []quoteKey
	for key, h := range c.open {
		if h.request == request && h.answer != c.responses && (present[key.Event] || gone[key.Event]) {
			missing = append(missing, key)
		}
	}
	for _, key := range missing {
		row := c.open[key].row
		row.State, row.EventTime, row.SeenTime = "withdrawn", r.FetchedAt, r.FetchedAt
		c.rows = append(c.rows, row)
		delete(c.open, key)
	}
}

func (c *recount) prices(t *testing.T, r *response, request string, e *event) {
	for _, b := range e.Bookmakers {
		for _, m := range b.Markets {
			at := r.FetchedAt
			if m.LastUpdate != nil {
				at = *m.LastUpdate
			} else if b.LastUpdate != nil {
				at = *b.LastUpdate
			}
			for _, o := range m.Outcomes {
				row := quoteRow{quoteKey: keyOf(e, b.Key, m.Key, &o), Text: o.Price.String(), State: "open", EventTime: at, SeenTime: r.FetchedAt}
				row.Price = decimal(t, row.Text, r.Query["oddsFormat"])
				h := c.open[row.quoteKey]
				if h == nil {
					h = &held{}
					c.open[row.quoteKey] = h
				}
				if h.row.Price != row.Price {
					c.rows = append(c.rows, row)
					h.row = row
				}
				h.row.Text = row.Text
				h.request, h.answer = request, c.responses
			}
		}
	}
}

// keyOf names what a price is for: by name, never by place, and on home's
// handicap.
func keyOf(e *event, book, market string, o *outcome) quoteKey {
	key := quoteKey{Event: e.ID, Market: market, Outcome: o.Name, Book: book}
	sign := 1.0
	switch o.Name {
	case e.Home:
		key.Outcome = "home"
	case e.Away:
		key.Outcome = "away"
		if market == "spreads" {
			sign = -1
		}
	case "Draw", "Over", "Under":
		key.Outcome = strings.ToLower(o.Name)
	}
	if o.Point != nil {
		key.Line = lineText(sign * *o.Point)
	}
	return key
}

// lineText writes a line; minus zero is zero.
func lineText(line float64) string { return strconv.FormatFloat(line+0, 'g', -1, 64) }

func decimal(t *testing.T, text, format string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		t.Fatalf("price %q: %v", text, err)
	case format != "american":
		return v
	case v < 0:
		return 1 + 100/-v
	}
	return 1 + v/100
}

// sorted brings rows into one order, whatever order they came in.
func sorted(rows []quoteRow) []quoteRow {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b quoteRow) int {
		if n := a.SeenTime.Compare(b.SeenTime); n != 0 {
			return n
		}
		return strings.Compare(a.name()+a.State, b.name()+b.State)
	})
	return rows
}

func (k quoteKey) name() string {
	return strings.Join([]string{k.Event, k.Market, k.Line, k.Outcome, k.Book}, "|")
}

// samePrice compares decimal prices, which are a formula of their text and may
// round in the last digit.
func samePrice(a, b float64) bool { return math.Abs(a-b) <= 1e-12*b }

func (r quoteRow) equal(o quoteRow) bool {
	return r.quoteKey == o.quoteKey && r.Text == o.Text && r.State == o.State &&
		samePrice(r.Price, o.Price) && r.EventTime.Equal(o.EventTime) && r.SeenTime.Equal(o.SeenTime)
}
