// Package synthetic makes recordings of the simulated world: odds, scoreboards
// and weather of several leagues as their providers would have answered, with
// the troubles of real recordings put in. A recording depends on its settings
// alone.
package synthetic

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source"
	"github.com/betflow/betflow/internal/source/espn"
	"github.com/betflow/betflow/internal/source/openweather"
	"github.com/betflow/betflow/internal/source/recording"
	"github.com/betflow/betflow/internal/source/theoddsapi"
	"github.com/betflow/betflow/leagues"
)

// Recording says what is recorded.
type Recording struct {
	Leagues []string
	Games   int           // a day, of each league
	Rounds  int           // how often every league is asked
	Every   time.Duration // between rounds
	Spoiled bool          // some answers cannot be read, in part or as a whole
}

// Start is the instant of the first response: some hours before the first games
// of most leagues.
var Start = time.Date(2025, time.October, 11, 16, 0, 0, 0, time.UTC)

// Write makes the recording in a temporary folder and returns the file's name
// and how many responses are in it.
func (r Recording) Write(t testing.TB) (file string, responses int) {
	t.Helper()
	w := &writer{t: t, now: Start, spoiled: r.Spoiled}
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	var followed []league.League
	for _, id := range r.Leagues {
		for i := range all {
			if all[i].ID == id {
				followed = append(followed, all[i])
			}
		}
	}
	w.sim, err = simulate.New(simulate.Config{
		Seed: 7, Leagues: followed, Start: Start, Now: func() time.Time { return w.now }, GamesPerDay: r.Games, Credits: 1 << 30,
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "synthetic.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	w.out = bufio.NewWriterSize(out, 1<<20)
	for round := range r.Rounds {
		for i, l := range followed {
			w.now = Start.Add(time.Duration(round)*r.Every + time.Duration(i)*time.Second)
			w.league(l, round)
		}
	}
	if err := errors.Join(w.out.Flush(), out.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Name(), w.lines
}

type writer struct {
	t       testing.TB
	sim     *simulate.Simulator
	now     time.Time
	spoiled bool
	out     *bufio.Writer
	lines   int
	answers int // of odds
}

// league asks for everything about one league. Soccer is priced in decimal by
// European books, the rest in american by those of the United States.
func (w *writer) league(l league.League, round int) {
	w.ask(feed.SourceGames, l.ID, espn.Scoreboard(l, nil))
	offer := theoddsapi.Offer{Markets: []string{"h2h", "spreads", "totals"}, Regions: []string{"us"}, Format: feed.FormatAmerican}
	if l.Draw {
		offer.Regions, offer.Format = []string{"eu"}, feed.FormatDecimal
	}
	w.ask(feed.SourceOdds, l.ID, theoddsapi.Odds(l, offer))
	if !l.Outdoor || round%10 != 0 {
		return
	}
	for _, v := range w.venues(l) {
		w.ask(feed.SourceWeather, l.ID, openweather.Weather(l.ID, v))
	}
}

// venues lists where the league plays within the day.
func (w *writer) venues(l league.League) []league.Venue {
	var out []league.Venue
	asked := map[string]bool{}
	for _, f := range w.sim.Fixtures(l.ID, feed.At(w.now), feed.At(w.now.Add(24*time.Hour))) {
		if v := f.Venue; v.Roof == league.RoofOpen && v.Latitude != 0 && !asked[v.ID] {
			asked[v.ID] = true
			out = append(out, v)
		}
	}
	return out
}

// ask writes the provider's answer as a line of the recording.
func (w *writer) ask(src, leagueID string, req source.Request) {
	w.t.Helper()
	query := url.Values{}
	for k, v := range req.Query {
		query.Set(k, v)
	}
	query.Set("apiKey", "demo")
	query.Set("appid", "demo")
	answer := httptest.NewRecorder()
	w.sim.Handler().ServeHTTP(answer, httptest.NewRequest("GET", req.Path+"?"+query.Encode(), nil))
	body := answer.Body.Bytes()
	if answer.Code != 200 {
		w.t.Fatalf("the simulated %s answered %d to %s: %s", src, answer.Code, req.Path, body)
	}
	if src == feed.SourceOdds {
		body = w.trouble(body)
	}
	line, err := recording.Encode(feed.Raw{
		Source: src, League: leagueID, FetchedAt: feed.At(w.now), Path: req.Path, Query: req.Query, Status: 200, Body: body,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.out.Write(append(line, '\n')); err != nil {
		w.t.Fatal(err)
	}
	w.lines++
}

// trouble does to an odds answer what time and providers do to it: a book's
// prices come minutes late, or hours, a book is missing, a body breaks off.
func (w *writer) trouble(body []byte) []byte {
	w.answers++
	switch n := w.answers; {
	case w.spoiled && n%41 == 40:
		return body[:len(body)/2]
	case w.spoiled && n%37 == 36:
		return w.edit(body, func(event, _ map[string]any) { event["commence_time"] = map[string]any{} })
	case n%9 == 8:
		return w.edit(body, late(2*time.Hour))
	case n%4 == 3:
		return w.edit(body, late(time.Duration(3+n%12)*time.Minute))
	case n%7 == 6:
		return w.edit(body, func(event, _ map[string]any) { event["bookmakers"] = event["bookmakers"].([]any)[1:] })
	}
	return body
}

// edit changes every third event that has books.
func (w *writer) edit(body []byte, change func(event, book map[string]any)) []byte {
	var events []map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&events); err != nil {
		w.t.Fatal(err)
	}
	for i := w.answers % 3; i < len(events); i += 3 {
		books, _ := events[i]["bookmakers"].([]any)
		if len(books) == 0 {
			continue
		}
		change(events[i], books[w.answers%len(books)].(map[string]any))
	}
	edited, err := json.Marshal(events)
	if err != nil {
		w.t.Fatal(err)
	}
	return edited
}

// late makes a book's prices older, and others, so that they are news.
func late(by time.Duration) func(event, book map[string]any) {
	return func(_, book map[string]any) {
		for _, m := range book["markets"].([]any) {
			market := m.(map[string]any)
			at, err := time.Parse(time.RFC3339, market["last_update"].(string))
			if err != nil {
				panic(err) // the simulator's own time
			}
			market["last_update"] = at.Add(-by).Format(time.RFC3339)
			for _, o := range market["outcomes"].([]any) {
				outcome := o.(map[string]any)
				outcome["price"] = json.Number(nudged(outcome["price"].(json.Number).String()))
			}
		}
	}
}

// nudged is a price a little away from the given one, in the same format.
func nudged(price string) string {
	for _, c := range price {
		if c == '.' {
			return price + "1"
		}
	}
	return price + ".5"
}
