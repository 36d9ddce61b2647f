//go:build ui

package ui

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/betflow/betflow/internal/feed"
	"github.com/betflow/betflow/internal/league"
	"github.com/betflow/betflow/internal/simulate"
	"github.com/betflow/betflow/internal/source/recording"
	"github.com/betflow/betflow/leagues"
)

// What goes wrong in the recording of the faults, and when by its own clock.
const (
	vanishAfter = 3 * time.Minute // one book is gone
	breakAfter  = 5 * time.Minute // the odds answer 503; the scores go on
	recordFor   = 13 * time.Minute
	faultsSpeed = 10
)

const vanishing = "draftkings"

// The providers' faults are simulated by the clock of a recording, which the
// program then plays: a book disappears, then all odds stand still while the
// game goes on.
func testFaults(t *testing.T, binary string, browser context.Context) {
	file := filepath.Join(t.TempDir(), "faults.ndjson")
	fixture := record(t, file)
	betflow := up(t, binary, t.TempDir(), []string{"BETFLOW_SOURCES_MODE=none"},
		"--http", "127.0.0.1:0", "--replay", file, "--speed", strconv.Itoa(faultsSpeed))

	p := open(t, browser, betflow.url+"/", 1440, 900)
	p.until("games in play with prices that are not stale",
		`document.querySelector('.fixture[data-state="in"] .quote[data-age="fresh"]') && !document.querySelector('.fixture[data-state="in"] .quote[data-age="stale"]')`, 20*time.Second)
	page := open(t, browser, betflow.url+"/?state=playing&q="+url.QueryEscape(fixture), 1440, 900)
	page.until("the row of "+fixture, `document.querySelector(".fixture .row-link")`, 10*time.Second)
	page.click(".fixture .row-link", "")
	book := `[...document.querySelectorAll(".books tbody tr")].find((row) => row.textContent.startsWith("` + vanishing + `"))`
	page.until(vanishing+" to have open prices", book+`?.querySelector('[data-quote="open"]')`, 10*time.Second)

	page.until(vanishing+" to be shown as withdrawn", book+`?.querySelector('[data-quote="withdrawn"]') && !`+book+`.querySelector('[data-quote="open"]')`, 30*time.Second)
	p.until("no best price to be of "+vanishing, `document.querySelector(".fixture") && ![...document.querySelectorAll(".quote .book")].some((e) => e.textContent === "`+vanishing+`")`, 10*time.Second)
	if n := page.count(`.books [data-quote="open"]`); n < 4 {
		t.Errorf("after one book has gone %d open prices are left, want those of the others", n)
	}

	stale := `document.querySelector('.fixture[data-state="in"] .quote[data-age="stale"]')`
	p.until("prices in play to be marked as stale", stale, 60*time.Second)
	if label := read[string](p, stale+`.querySelector(".age").textContent`); len(label) < 6 || label[:6] != "stale " {
		t.Errorf("the age of a stale price reads %q, want the word beside the colour", label)
	}
	if read[string](p, `getComputedStyle(`+stale+`.querySelector(".price")).textDecorationStyle`) != "dotted" {
		t.Error("a stale price looks like a current one")
	}
	page.until("the book's table to mark them too", `document.querySelector('.books .age-cell[data-age="stale"]')`, 10*time.Second)
	p.silent()
	page.silent()
}

// record writes what the simulated providers answer over the recording's time
// and returns the name of a team that is in play all along.
func record(t *testing.T, file string) string {
	t.Helper()
	all, err := leagues.Load()
	if err != nil {
		t.Fatal(err)
	}
	var chosen []league.League
	for _, l := range all {
		if l.ID == "nba" || l.ID == "nhl" {
			chosen = append(chosen, l)
		}
	}
	now := time.Date(2026, 1, 17, 12, 0, 0, 0, time.UTC)
	sim, err := simulate.New(simulate.Config{Seed: 7, Leagues: chosen, Start: now, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	shown := sim.Fixtures(chosen[0].ID, feed.At(now), feed.At(now.Add(24*time.Hour)))[0]
	begin := shown.Start.Std().Add(20 * time.Minute)
	now = begin
	server := httptest.NewServer(sim.Handler())
	defer server.Close()

	var out bytes.Buffer
	take := func(source, leagueID, path, query string) {
		text, err := recording.Encode(ask(t, server.URL, source, leagueID, path, query, now))
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(text, '\n'))
	}
	for ; now.Sub(begin) < recordFor; now = now.Add(10 * time.Second) {
		switch now.Sub(begin) {
		case vanishAfter:
			inject(t, sim, simulate.Fault{Kind: simulate.FaultVanish, Book: vanishing})
		case breakAfter:
			inject(t, sim, simulate.Fault{Kind: simulate.FaultServerError, Source: feed.SourceOdds})
		}
		for _, l := range chosen {
			take(feed.SourceGames, l.ID, "/apis/site/v2/sports/"+l.Keys[feed.SourceGames]+"/scoreboard", "")
			take(feed.SourceOdds, l.ID, "/v4/sports/"+l.Keys[feed.SourceOdds]+"/odds", "regions=us&markets=h2h,spreads,totals&oddsFormat=decimal&apiKey=test")
		}
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return shown.Home.Name
}

func inject(t *testing.T, sim *simulate.Simulator, f simulate.Fault) {
	t.Helper()
	if err := sim.Faults().Inject(f); err != nil {
		t.Fatal(err)
	}
}

// ask fetches a response as the capture would record it.
func ask(t *testing.T, base, source, leagueID, path, query string, now time.Time) feed.Raw {
	t.Helper()
	response, err := http.Get(base + path + "?" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if source == feed.SourceGames && response.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %s: %s", path, response.Status, body)
	}
	return feed.Raw{
		Source: source, League: leagueID, FetchedAt: feed.At(now), Path: path, Status: response.StatusCode,
		Query: map[string]string{"regions": "us", "markets": "h2h,spreads,totals", "oddsFormat": "decimal"}, Body: body,
	}
}
