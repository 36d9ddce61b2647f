//go:build ui

package ui

import (
	"regexp"
	"strings"
	"time"
)

const signalRow = `.signal[data-tab="open"]:not(.signal-head)`

// signals waits for some to open, filters them, and reads why others were
// dropped.
func signals(p *tab, url string) {
	p.t.Helper()
	p.click("nav a", "Board")
	p.until("the board to mark fixtures with open signals", `document.querySelector(".fixture .signal-mark")`, 60*time.Second)
	p.visit(url + "/signals")
	p.until("open signals", `document.querySelectorAll('`+signalRow+`').length >= 3`, 60*time.Second)
	age := regexp.MustCompile(`^((stale )?\d+(s|m|h|d)( \d+[mh])?|closed|no time)$`)
	ages := p.texts(signalRow + " .leg .age")
	if len(ages) < 3 {
		p.t.Errorf("%d legs have an age, want one for each signal at least", len(ages))
	}
	for _, text := range ages {
		if !age.MatchString(text) {
			p.t.Errorf("a leg has the age %q", text)
		}
	}
	if note := strings.Join(p.texts(".page .explain"), " "); !strings.Contains(note, "no advice") || !strings.Contains(note, "places no bets") {
		p.t.Errorf("the page says %q, want that it is no advice and no bet is placed", note)
	}
	read[bool](p, `(window.mark = document.querySelector('`+signalRow+`').parentElement.textContent, true)`)
	p.until("the signals to move without a reload", `window.mark && document.querySelector('`+signalRow+`')?.parentElement.textContent !== window.mark`, 20*time.Second)

	p.click(`[aria-label="Life"] .chip`, "Dropped")
	p.until("candidates that were dropped, with a reason and a sentence",
		`(() => { const rows = [...document.querySelectorAll('.signal[data-tab="dropped"] .signal-reason')]; return rows.length >= 3 && rows.every((e) => e.querySelector("strong").textContent && e.querySelector("span").textContent.endsWith(".")); })()`, 30*time.Second)
	rule := `.signal[data-tab="dropped"]:not(.signal-head)`
	p.click(`[aria-label="Rules"] .chip`, "Value")
	p.until("one rule alone", `document.querySelector('`+rule+`') && [...document.querySelectorAll('`+rule+`')].every((row) => row.dataset.rule === "value") && location.search.includes("rule=value") && location.search.includes("tab=dropped")`, 15*time.Second)
	p.click(`[aria-label="Rules"] .chip`, "Value")

	p.click(`[aria-label="Life"] .chip`, "Closed")
	p.until("signals that have closed", `document.querySelector('.signal[data-tab="closed"] .signal-reason strong')`, 60*time.Second)
	p.click(`[aria-label="Life"] .chip`, "Open")
	p.until("an open signal to follow", `document.querySelector('`+signalRow+` a')`, 30*time.Second)
	p.click(signalRow+" a", "")
	p.until("the fixture's signals", `document.querySelector('.fixture-page [aria-label="Signals"] h2')`, 30*time.Second)

	p.visit(url + "/signals?rule=value,low_hold,arbitrage,middle")
	p.until("a signal that can be calculated", `document.querySelector('`+signalRow+` a[href^="/tools/"]')`, 60*time.Second)
	p.click(signalRow+` a[href^="/tools/"]`, "")
	p.until("the calculator with its prices", `location.pathname.startsWith("/tools/") && location.search.includes("prices=") && `+answered, 15*time.Second)
}
