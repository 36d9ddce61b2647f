//go:build ui

package ui

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// A page that stays open says so when the server dies, and goes on when it is
// back, without being loaded again.
func testRestart(t *testing.T, binary string, browser context.Context) {
	data := t.TempDir()
	betflow := up(t, binary, data, world(), "--http", "127.0.0.1:0")
	p := open(t, browser, betflow.url+"/", 1440, 900)
	settled(p)
	movesAPrice(p)

	betflow.stop(t, os.Kill)
	p.until("the page to say that the server is gone", `document.querySelector(".banner")?.textContent.includes("lost")`, 15*time.Second)
	if rows := p.count(".fixture"); rows < 20 {
		t.Errorf("without the server the page keeps %d rows, want the last received", rows)
	}

	up(t, binary, data, world(), "--http", strings.TrimPrefix(betflow.url, "http://"))
	p.until("the page to find the server again",
		`!document.querySelector(".banner") && document.querySelector('.connection[data-state="live"]') && window.mark`, 30*time.Second)
	settled(p)
	movesAPrice(p)
	for _, text := range p.said {
		if strings.Contains(strings.ToLower(text), "exception") || strings.Contains(text, "TypeError") {
			t.Errorf("the console says: %s", text)
		}
	}
}
