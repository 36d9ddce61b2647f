//go:build ui

package ui

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// screenshotLimit bounds the pictures of the README, in bytes.
const screenshotLimit = 400_000

// screenshots writes docs/board.png, docs/board-dark.png, docs/fixture.png,
// docs/signals.png and docs/tools.png if BETFLOW_SCREENSHOTS=1 is set.
func screenshots(t *testing.T, browser context.Context, betflow *program) {
	if os.Getenv("BETFLOW_SCREENSHOTS") != "1" {
		return
	}
	docs := filepath.Join("..", "..", "docs")
	if err := os.MkdirAll(docs, 0o755); err != nil {
		t.Fatal(err)
	}
	var fixture string
	eventually(t, "games in play with a history to draw", 90*time.Second, func() bool {
		fixture = longestInPlay(t, betflow.url)
		return fixture != ""
	})
	p := open(t, browser, betflow.url+"/", 1440, 900)
	p.still("light")
	settled(p)
	movesAPrice(p)
	p.shoot(filepath.Join(docs, "board.png"))
	p.still("dark")
	movesAPrice(p)
	p.shoot(filepath.Join(docs, "board-dark.png"))

	p.still("light")
	p.visit(betflow.url + "/fixtures/" + fixture)
	p.until("the lines of the books", `document.querySelector('[aria-label="Line movement"] .u-over')`, 15*time.Second)
	p.choose("Size", "3m")
	p.until("candles of the windows", `document.querySelector(".candles canvas")`, 20*time.Second)
	p.until("the books", `document.querySelectorAll(".books tbody tr").length >= 3`, 5*time.Second)
	p.shoot(filepath.Join(docs, "fixture.png"))

	p.visit(betflow.url + "/signals")
	p.until("open signals", `document.querySelectorAll('`+signalRow+`').length >= 8`, 60*time.Second)
	p.shoot(filepath.Join(docs, "signals.png"))
	p.visit(betflow.url + "/tools/fair")
	p.until("the answer", answered, 10*time.Second)
	p.shoot(filepath.Join(docs, "tools.png"))
}

// longestInPlay names the fixture in play with the longest history, once it is
// long enough and others are in play beside it.
func longestInPlay(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url + "/api/v1/board")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var board struct {
		Fixtures []struct {
			ID        string `json:"fixture_id"`
			State     string
			Markets   []json.RawMessage
			Sparkline []json.RawMessage
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&board); err != nil {
		t.Fatal(err)
	}
	playing, longest, name := 0, 60, ""
	for _, f := range board.Fixtures {
		if f.State == "in" {
			playing++
			if len(f.Sparkline) > longest && len(f.Markets) == 3 {
				longest, name = len(f.Sparkline), f.ID
			}
		}
	}
	if playing < 4 {
		return ""
	}
	return name
}

// shoot writes a picture of what the page shows.
func (p *tab) shoot(file string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatalf("taking %s: %v", file, err)
	}
	if len(picture) > screenshotLimit {
		p.t.Errorf("%s has %d bytes, more than %d", file, len(picture), screenshotLimit)
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
